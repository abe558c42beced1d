"""上传: a file is looked at, nothing saved; confirmed by whoever looked at it or another, it is read again and saved whole."""

import base64
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from django.db import transaction
from django.db.models import Q

from anlan.foundation import crypto, journal, tasks
from anlan.foundation.actions import action, next_ref
from anlan.foundation.context import Ctx
from anlan.foundation.errors import Conflict, Invalid, NotFound
from anlan.foundation.home import home
from anlan.foundation.words import Sentence, say, t
from anlan.foundation.writing import writing
from anlan.registers import saving
from anlan.registers.books import reading
from anlan.registers.books import writing as books
from anlan.registers.columns import Look
from anlan.registers.events import IMPORTED
from anlan.registers.judging import Judged, judge
from anlan.registers.models import Revision, Upload
from anlan.registers.register import Register

MOST_BYTES = 20 << 20
KEPT = timedelta(days=1)
AT_ONCE = 2000
"""So many entries are saved while the person waits; more, as due work of the engine."""
IMPORT = "registers.import"


@dataclass
class Looked:
    """A file as it was understood. `said` is what is to be told of it: of a row by its number, or (0) of the whole."""

    judged: Judged
    said: list[tuple[int, Sentence]]

    @property
    def counts(self) -> dict[str, int]:
        return self.judged.counts()


def look(ctx: Ctx, register: Register, data: bytes, filename: str) -> Looked:
    """Read and judge a file. Raises: BookError, Invalid."""
    ctx.require(register.keep)
    if len(data) > MOST_BYTES:
        raise Invalid("文件超过 {n} MB。请分成几个文件再传。", n=MOST_BYTES >> 20)
    table = register.unfold(ctx, data, filename) or reading.read(data, filename, register.heads(Look(ctx)))
    judged = judge(ctx, register, ((row.number, row.cells) for row in table.rows))
    by_number = {line.number: line for line in judged.lines}
    for told in table.wrong:
        by_number[told.number].wrong.setdefault("", told.text)
    said = [(told.number, told.text) for told in table.skipped[:5]]
    if table.unknown:
        said.append((0, say("没有读的列：{names}", names="、".join(table.unknown))))
    if table.others:
        said.append((0, say("没有读的工作表：{names}", names="、".join(table.others))))
    return Looked(judged, said)


def forget(ctx: Ctx) -> None:
    """Files that nobody confirmed within a day are gone."""
    old = Upload.objects.filter(world_id=ctx.world.id, state=Upload.State.LOOKED, at__lt=ctx.now - KEPT)
    for ref in list(old.values_list("ref", flat=True)):
        kept_at(ctx.world.key, ref).unlink(missing_ok=True)
    old.update(state=Upload.State.CANCELLED)


def keep(ctx: Ctx, register: Register, data: bytes, filename: str) -> str:
    """Keep a file that was looked at, sealed, for its confirmation; returns the upload's ref."""
    looked = look(ctx, register, data, filename)
    forget(ctx)
    with writing():
        ref = next_ref(ctx, "F")
    sealed = crypto.seal(base64.b64encode(data).decode(), ref)
    kept_at(ctx.world.key, ref).parent.mkdir(parents=True, exist_ok=True)
    kept_at(ctx.world.key, ref).write_text(sealed)
    with action(ctx, register.keep):
        Upload.objects.create(
            world_id=ctx.world.id, ref=ref, register=register.name, name=filename[:120], by=ctx.actor.ref,
            at=ctx.now, counts=looked.counts,
        )  # fmt: skip
    return ref


def upload(ctx: Ctx, register: Register, ref: str, *, saved: bool = False) -> Upload:
    """For who sent it; one that is `saved`, for whoever keeps the register too: what it wrote lies in their scope or is not undone.

    Raises: NotFound.
    """
    mine = Upload.objects.filter(world_id=ctx.world.id, register=register.name, ref=ref)
    found = mine.filter(
        Q(by=ctx.actor.ref) | (Q(state=Upload.State.SAVED) if saved else Q(pk__in=()))
    ).first()
    if found is None:
        raise NotFound("没有这个上传的文件。请再传一次。")
    return found


def sent(ctx: Ctx, register: Register) -> list[Upload]:
    """The last files that this person sent, and that others' rows within their scope came from."""
    mine = Upload.objects.filter(world_id=ctx.world.id, register=register.name)
    found = list(mine.filter(by=ctx.actor.ref).order_by("-pk")[:10])
    others = mine.exclude(by=ctx.actor.ref).filter(state=Upload.State.SAVED).order_by("-pk")[:10]
    return found + [each for each in others if lies_within(ctx, register, each.ref)]


def lies_within(ctx: Ctx, register: Register, ref: str) -> bool:
    """Whether all that a file wrote, and still stands, lies within the scope of who asks."""
    if ctx.scope.all:
        return True
    wrote = Revision.objects.filter(world_id=ctx.world.id, register=register.name, upload=ref)
    seen = register.rows(ctx).values(register.ref)
    return wrote.exists() and not wrote.exclude(ref__in=seen).exists()


def again(ctx: Ctx, register: Register, ref: str) -> Looked:
    """The kept file, judged against what stands now."""
    found = upload(ctx, register, ref)
    return look(ctx, register, bytes_of(ctx, ref), found.name)


def confirm(ctx: Ctx, register: Register, ref: str) -> Upload:
    """Save the kept file: all of it or nothing, once; a long one as due work. Raises: NotRead, Conflict."""
    found = upload(ctx, register, ref)
    if found.state != Upload.State.LOOKED:
        return found
    if found.counts["new"] + found.counts["changed"] > AT_ONCE:
        if found.counts["wrong"]:
            raise Conflict("还有 {n} 行有错。改好再写入。", n=found.counts["wrong"])
        _later(ctx, register, found)
    else:
        take(ctx, register, again(ctx, register, ref), found, was=Upload.State.LOOKED)
    found.refresh_from_db()
    return found


def take(ctx: Ctx, register: Register, looked: Looked, found: Upload, *, was: Upload.State) -> None:
    """Save what was looked at, if nobody has yet."""
    with action(ctx, register.keep):
        saved = {"saved_by": ctx.actor.ref, "saved_at": ctx.now, "counts": looked.counts}
        if not Upload.objects.filter(pk=found.pk, state=was).update(state=Upload.State.SAVED, **saved):
            raise Conflict("这个文件刚被确认过。请看台账。")
        save_file(ctx, register, looked, found.ref)
        transaction.on_commit(lambda: kept_at(ctx.world.key, found.ref).unlink(missing_ok=True))


def _later(ctx: Ctx, register: Register, found: Upload) -> None:
    payload = {
        "register": register.name, "ref": found.ref, "actor": ctx.actor.ref, "paths": list(ctx.scope.paths),
        "all": ctx.scope.all,
    }  # fmt: skip
    with action(ctx, register.keep):
        mine = Upload.objects.filter(pk=found.pk, state=Upload.State.LOOKED)
        if mine.update(state=Upload.State.WAITING):
            tasks.schedule(ctx, IMPORT, key=f"register-import:{found.ref}", due_at=ctx.now, payload=payload)


def cancel(ctx: Ctx, register: Register, ref: str) -> None:
    """Before its turn came a file is not saved after all. Raises: Conflict."""
    found = upload(ctx, register, ref)
    with action(ctx, register.keep):
        mine = Upload.objects.filter(pk=found.pk, state=Upload.State.WAITING)
        if not mine.update(state=Upload.State.CANCELLED):
            raise Conflict("已经在写入，或已写完，停不下来了。写完可以整个撤回。")


def save_file(ctx: Ctx, register: Register, looked: Looked, ref: str) -> None:
    """Store a looked-at file, with one entry for the file itself. Raises: NotRead while a row is wrong."""
    with action(ctx, register.keep):
        saving.save_all(ctx, register, looked.judged, upload=ref)
        journal.append(ctx, IMPORTED, refs={"upload": ref, "register": register.name}, body=looked.counts)


def kept_at(world: str, ref: str) -> Path:
    return home() / "uploads" / world / f"{ref}.sealed"


def bytes_of(ctx: Ctx, ref: str) -> bytes:
    try:
        return base64.b64decode(crypto.unseal(kept_at(ctx.world.key, ref).read_text(), ref))
    except FileNotFoundError:
        raise NotFound("没有这个上传的文件。请再传一次。") from None


# ---------- files out ----------
def template(ctx: Ctx, register: Register) -> bytes:
    look = Look(ctx)
    return books.template(register.word, [c.head(look) for c in register.typed], register.examples)


def errors(ctx: Ctx, register: Register, looked: Looked, lang: str) -> bytes:
    """The rows that were not taken, each with its reason, to be mended and sent again."""
    wrong = looked.judged.of("wrong")
    rows = (line.cells for line in wrong)
    reasons = ({name: t(lang, why) for name, why in line.wrong.items()} for line in wrong)
    return books.errors_book(register.word, register.heads(Look(ctx)), rows, reasons)
