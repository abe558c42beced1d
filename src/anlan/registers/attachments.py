"""附件: photos and papers of an entry, kept sealed under the hash of their content; the journal knows them by that hash."""

import base64
import hashlib
from collections.abc import Sequence
from pathlib import Path

from django.db import transaction

from anlan.foundation import crypto, journal
from anlan.foundation.actions import action, reason_in
from anlan.foundation.context import Ctx
from anlan.foundation.errors import Conflict, Forbidden, Invalid, NotFound
from anlan.foundation.home import home
from anlan.registers import pictures, queries
from anlan.registers.columns import chunks
from anlan.registers.events import ATTACHED, DETACHED
from anlan.registers.models import Attachment
from anlan.registers.register import Register

MOST_BYTES = 10 << 20
MOST = 20


def of(ctx: Ctx, register: Register, ref: str) -> list[Attachment]:
    """The files of an entry, the oldest first."""
    return list(ctx.rows(Attachment).filter(register=register.name, ref=ref).order_by("pk"))


def add(ctx: Ctx, register: Register, ref: str, data: bytes, name: str) -> str:
    """Keep a file with its entry; the same again changes nothing. Returns its hash. Raises: Invalid, Conflict."""
    ctx.require(register.keep)
    row = queries.entry(ctx, register, ref)
    if not register.can_change(ctx, row):
        raise Forbidden("不在您的范围内，不能改")
    if len(data) > MOST_BYTES:
        raise Invalid("文件超过 {n} MB。照片请用普通画质，文件请分开传。", n=MOST_BYTES >> 20)
    try:
        kind, clean = pictures.clean(data)
    except pictures.NoPicture as error:
        raise Invalid("{why}", why=error.why) from None
    digest = hashlib.sha256(clean).hexdigest()
    _keep(digest, clean)
    with action(ctx, register.keep):
        mine = Attachment.objects.filter(world_id=ctx.world.id, register=register.name, ref=ref)
        if mine.filter(digest=digest).exists():
            return digest
        if mine.count() >= MOST:
            raise Conflict("一条最多附 {n} 个文件。请先去掉不要的。", n=MOST)
        Attachment.objects.create(
            world_id=ctx.world.id, register=register.name, ref=ref, place=register.path_of(row), digest=digest,
            name=name[:120], kind=kind, size=len(clean), by=ctx.actor.ref, at=ctx.now,
        )  # fmt: skip
        body = {"sha256": digest, "type": kind, "size": len(clean)}
        journal.append(ctx, ATTACHED, refs={register.name: ref}, body=body, place=register.path_of(row))
    return digest


def one(ctx: Ctx, register: Register, ref: str, digest: str) -> Attachment:
    """Raises: NotFound."""
    queries.entry(ctx, register, ref)
    found = ctx.rows(Attachment).filter(register=register.name, ref=ref, digest=digest).first()
    if found is None:
        raise NotFound("没有这个附件，或不在您的范围内。请从这一条的页面打开。")
    return found


def content(found: Attachment) -> bytes:
    """Raises: NotFound where the file itself is gone."""
    try:
        return base64.b64decode(crypto.unseal(_path(found.digest).read_text(), found.digest))
    except FileNotFoundError:
        raise NotFound("附件的文件不在这台机器上。请从备份里恢复。") from None


def remove(ctx: Ctx, register: Register, ref: str, digest: str, *, why: str) -> None:
    """Take a file away from its entry; what nobody else needs is deleted. Its hash stays in the journal."""
    found, why = one(ctx, register, ref, digest), reason_in(why)
    row = queries.entry(ctx, register, ref)
    if not register.can_change(ctx, row):
        raise Forbidden("不在您的范围内，不能改")
    with action(ctx, register.keep):
        if not Attachment.objects.filter(pk=found.pk).delete()[0]:
            raise Conflict("这个附件刚被别人去掉。请刷新后再看。")
        body = {"sha256": digest, "why": why}
        journal.append(ctx, DETACHED, refs={register.name: ref}, body=body, place=found.place)
    sweep([digest])


def forget(ctx: Ctx, register: Register, refs: Sequence[str]) -> None:
    """The files of entries that go, in the transaction in which they go."""
    lost: list[str] = []
    for some in chunks(refs):
        mine = Attachment.objects.filter(world_id=ctx.world.id, register=register.name, ref__in=some)
        lost += mine.values_list("digest", flat=True)
        mine.delete()
    if lost:
        transaction.on_commit(lambda: sweep(lost))


def sweep(digests: Sequence[str]) -> None:
    """Delete the content that no entry has any more."""
    for digest in set(digests) - set(
        Attachment.objects.filter(digest__in=digests).values_list("digest", flat=True)
    ):
        _path(digest).unlink(missing_ok=True)


def _keep(digest: str, data: bytes) -> None:
    path = _path(digest)
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        part = path.with_suffix(".part")
        part.write_text(crypto.seal(base64.b64encode(data).decode(), digest))
        part.replace(path)


def _path(digest: str) -> Path:
    return home() / "attachments" / digest[:2] / f"{digest}.sealed"
