"""Accounts 账号: sign in, lock, change one's own. What administrators do with them stands in `administration`.

All of it happens in the live world, by real time, whatever exercise is on the screen. The journal holds refs of
accounts, never names. A failed sign-in is committed before the error is raised, so that failures count. Passwords are
hashed before a transaction opens: a hash takes half a second, and nobody else could write meanwhile.
"""

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib.auth import password_validation
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError

from anlan.foundation import crypto, journal
from anlan.foundation.context import Ctx
from anlan.foundation.errors import Busy, Conflict, Forbidden, Invalid
from anlan.foundation.writing import writing
from anlan.people import rules
from anlan.people.accounts import tokens, tries
from anlan.people.models import Account

LANGUAGES = ("zh", "en")
HASHES_AT_ONCE = 2
HASH_WAIT_SECONDS = 3.0
_places_to_hash = threading.BoundedSemaphore(HASHES_AT_ONCE)


@contextmanager
def _hashing() -> Iterator[None]:
    """One of the few places to hash at once, so that a crowd of sign-ins leaves the machine to the others."""
    if not _places_to_hash.acquire(timeout=HASH_WAIT_SECONDS):
        raise Busy("正在登录的人太多，请过几秒再试。")
    try:
        yield
    finally:
        _places_to_hash.release()


def hashed_anew(password: str) -> str:
    """The hash of a new password. Raises: Invalid for one that will not do."""
    try:
        password_validation.validate_password(password)
    except ValidationError:
        raise Invalid("密码至少 10 位，且不能是常见密码。请换一个。").at("new") from None
    with _hashing():
        return make_password(password)


def note(ctx: Ctx, account: Account, verb: str, body: dict[str, object] | None = None) -> None:
    place = account.post.organisation.place
    journal.append(
        ctx,
        f"people.account.{verb}",
        refs={"account": account.ref},
        body=body or {},
        place=place.path if place else "",
    )


# ---------- signing in
def sign_in(ctx: Ctx, *, username: str, password: str, code: str, source: str, device: str = "") -> Account:
    """Let a person in: password, and a one-time code where one is enrolled. `ctx` is the system's in the live world.

    `device` is what `devices.read` knows of the browser. An unknown name costs the same work as a known one.
    Raises: Forbidden, with one text whatever was wrong, also while too many tries went before.
    """
    known = Account.objects.filter(username=username.strip(), is_active=True).first()
    where = tries.of(username, source=source, device=device)
    if where.are_over(ctx.now):
        raise Forbidden(REFUSED)
    with _hashing():
        right = known.check_password(password) if known else not make_password(password)
    with writing():
        account = (
            Account.objects.select_for_update(of=("self",)).filter(pk=known.pk if known else None).first()
        )
        unchanged = account is not None and account.is_active and account.password == known.password
        step = _step(ctx, account, code) if right and unchanged and not where.are_over(ctx.now) else None
        if account is not None and step is not None:
            _let_in(ctx, account, step)
            where.end()
            return account
        is_locked = where.count(ctx.now)
        if account is not None:
            note(ctx, account, "locked" if is_locked else "refused")
    raise Forbidden(REFUSED)


REFUSED = "没有登录。用户名、密码或动态码不对，或者错得太多，要等几分钟。请核对后再试；动态码每 30 秒换一次，用过的不能再用。"


def _let_in(ctx: Ctx, account: Account, step: int, *, by: str = "") -> None:
    account.totp_last, account.last_login = step, ctx.now
    account.save(update_fields=["totp_last", "last_login"])
    note(ctx, account, "signed_in", {"by": by} if by else None)


def _step(ctx: Ctx, account: Account, code: str) -> int | None:
    if not account.totp_sealed:
        return account.totp_last
    secret = crypto.unseal(account.totp_sealed, account.username)
    return rules.accepted_step(secret=secret, code=code, now=ctx.now, last=account.totp_last)


def come_in(
    ctx: Ctx, *, account: Account, by: str, code: str | None, source: str, device: str = ""
) -> Account:
    """Let in whom a provider vouches for, with their own one-time code, or with None where the provider asked for one itself.

    Raises: Forbidden, as `sign_in` does.
    """
    where = tries.of(account.username, source=source, device=device)
    with writing():
        now = Account.objects.select_for_update(of=("self",)).filter(pk=account.pk, is_active=True).first()
        is_open = now is not None and bool(now.totp_sealed or code is None) and not where.are_over(ctx.now)
        step = (now.totp_last if code is None else _step(ctx, now, code)) if now and is_open else None
        if now is not None and step is not None:
            _let_in(ctx, now, step, by=by)
            where.end()
            return now
        is_locked = where.count(ctx.now)
        note(ctx, account, "locked" if is_locked else "refused", {"by": by})
    raise Forbidden(REFUSED)


def signed_out(ctx: Ctx, *, account: Account) -> None:
    with writing():
        note(ctx, account, "signed_out")


def take_link(ctx: Ctx, *, token: str) -> Account:
    """Use up a one-time link. Raises: Forbidden when it was used, is too old, or never was."""
    with writing():
        wanted = Account.objects.filter(
            link_digest=rules.digest(token), link_until__gt=ctx.now, is_active=True
        )
        account = wanted.select_for_update(of=("self",)).first()
        if account is None:
            raise Forbidden("这个登录链接用过了或过期了。请在服务器上重新生成，或用密码登录。")
        account.link_digest, account.last_login = "", ctx.now
        account.save(update_fields=["link_digest", "last_login"])
        note(ctx, account, "signed_in", {"by": "link"})
        return account


# ---------- one's own ----------
def _prove(ctx: Ctx, account: Account, password: str, *, wrong: str, code: str | None = None) -> None:
    """Who sits at an open session shows that it is theirs; wrong tries count as those of a device do."""
    where = tries.of(account.username, source="", device=account.ref)
    if where.are_over(ctx.now):
        raise Forbidden(REFUSED)
    with _hashing():
        right = account.check_password(password)
    if not right or (code is not None and _step(ctx, account, code) is None):
        with writing():
            where.count(ctx.now)
        raise Invalid(wrong).at("old" if code is None else "password")


def change_password(ctx: Ctx, *, account: Account, old: str, new: str) -> None:
    """Change one's own password, or set the first one; every other session and every token ends."""
    if account.has_usable_password():
        _prove(ctx, account, old, wrong="原密码不对，请重新输入。")
    if old == new:
        raise Invalid("新密码不能和原密码一样。").at("new")
    hashed = hashed_anew(new)
    with writing():
        unchanged = Account.objects.filter(pk=account.pk, password=account.password)
        if not unchanged.update(password=hashed, must_change_password=False):
            raise Conflict("密码刚刚在别处改过。请用新的密码重新登录。")
        account.password, account.must_change_password = hashed, False
        tokens.end_all(ctx, account=account)
        note(ctx, account, "password_changed")


def enrol_totp(
    ctx: Ctx, *, account: Account, secret: str, code: str, password: str = "", old_code: str = ""
) -> None:
    """Bind an authenticator, once a code from it proves that it was read.

    Whoever has one bound already proves with password and a code of the old one that the screen was not borrowed.
    """
    if account.totp_sealed:
        wrong = "密码或原来的动态码不对。请核对后再试；手机丢了请找管理员重置。"
        _prove(ctx, account, password, wrong=wrong, code=old_code)
    with writing():
        step = rules.accepted_step(secret=secret, code=code, now=ctx.now, last=0)
        if step is None:
            raise Invalid("动态码不对。请核对手机的时间，再输入新的动态码。").at("code")
        account.totp_sealed, account.totp_last = crypto.seal(secret, account.username), step
        account.save(update_fields=["totp_sealed", "totp_last"])
        note(ctx, account, "totp_enrolled")


def set_language(*, account: Account, language: str) -> None:
    if language not in LANGUAGES:
        raise Invalid("语言只有中文和英文，请选一种。")
    Account.objects.filter(pk=account.pk).update(language=language)
