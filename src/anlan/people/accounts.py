"""Accounts 账号: make, sign in, lock, change, end. Pages and command line call the same functions.

All of it happens in the live world, by real time, whatever exercise is on the screen. The journal holds refs of
accounts, never names. A failed sign-in is committed before the error is raised, so that failures count. Passwords are
hashed before a transaction opens: a hash takes half a second, and nobody else could write meanwhile.
"""

import hashlib
import logging
import secrets
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta

from django.contrib.auth import password_validation
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError

from anlan.foundation import crypto, journal
from anlan.foundation.actions import action
from anlan.foundation.context import Ctx
from anlan.foundation.errors import Busy, Conflict, Forbidden, Invalid, NotFound
from anlan.foundation.writing import writing
from anlan.people import rules
from anlan.people.models import Account, Post

log = logging.getLogger(__name__)
POLICY = rules.LockoutPolicy()
LINK_LIVES = timedelta(minutes=10)
LANGUAGES = ("zh", "en")
HASHES_AT_ONCE = 2
HASH_WAIT_SECONDS = 3.0
_places_to_hash = threading.BoundedSemaphore(HASHES_AT_ONCE)


def create_account(
    ctx: Ctx,
    *,
    username: str,
    name: str,
    password: str,
    post_ref: str,
    totp_secret: str | None = None,
    language: str = "zh",
    must_change_password: bool = False,
) -> str:
    """Make an account at a post and return its ref. Without a TOTP secret the person enrols at the first sign-in.

    Raises: Invalid for a name or password that will not do; Conflict when the user name is taken; NotFound for the post.
    """
    ctx.require("admin.manage")
    if not rules.is_username(username):
        raise Invalid("用户名用 3 到 40 个小写字母、数字或 . - _，例如 sui-duty-1。")
    if not name.strip():
        raise Invalid("请填姓名。它加密保存，页面上只显示姓和星号。")
    hashed = _hashed(password)
    with action(ctx, "admin.manage"):
        if Account.objects.filter(username=username).exists():
            raise Conflict("用户名 {username} 已经有人用，请换一个。", username=username)
        post = _post(ctx, post_ref)
        account = Account(
            ref=_next_ref(),
            username=username,
            name_sealed=crypto.seal(name.strip(), username),
            post=post,
            totp_sealed=crypto.seal(totp_secret, username) if totp_secret else "",
            language=language if language in LANGUAGES else "zh",
            must_change_password=must_change_password,
            password=hashed,
        )
        account.save()
        _note(ctx, account, "created", {"post": post.ref, "role": post.role})
        return account.ref


def is_known(username: str) -> bool:
    """Whether somebody signs in by that name."""
    return Account.objects.filter(username=username).exists()


def _post(ctx: Ctx, ref: str) -> Post:
    post = Post.objects.filter(ref=ref).select_related("organisation__place").first()
    place = post.organisation.place if post else None
    if post is None or not ctx.scope.holds(place.path if place else ""):
        raise NotFound("没有岗位 {ref}，或不在您的范围内。请从岗位列表里选择。", ref=ref)
    return post


def _next_ref() -> str:
    last = Account.objects.select_for_update(of=("self",)).order_by("-pk").first()
    return f"U-{(int(last.ref[2:]) if last else 0) + 1:04d}"


@contextmanager
def _hashing() -> Iterator[None]:
    """One of the few places to hash at once, so that a crowd of sign-ins leaves the machine to the others."""
    if not _places_to_hash.acquire(timeout=HASH_WAIT_SECONDS):
        raise Busy("正在登录的人太多，请过几秒再试。")
    try:
        yield
    finally:
        _places_to_hash.release()


def _hashed(password: str) -> str:
    """The hash of a new password. Raises: Invalid for one that will not do."""
    try:
        password_validation.validate_password(password)
    except ValidationError:
        raise Invalid("密码至少 10 位，且不能是常见密码。请换一个。") from None
    with _hashing():
        return make_password(password)


def _note(ctx: Ctx, account: Account, verb: str, body: dict[str, object] | None = None) -> None:
    place = account.post.organisation.place
    journal.append(
        ctx,
        f"people.account.{verb}",
        refs={"account": account.ref},
        body=body or {},
        place=place.path if place else "",
    )


# ---------- signing in ----------
def sign_in(ctx: Ctx, *, username: str, password: str, code: str) -> Account:
    """Let a person in: password, and a one-time code where one is enrolled. `ctx` is the system's in the live world.

    Raises: Forbidden, with one text for a wrong name, password or code; another while locked.
    """
    known = Account.objects.filter(username=username.strip(), is_active=True).first()
    with _hashing():
        if known is None:
            make_password(password)  # the same work as for a real account, so that time tells nothing
            log.warning("sign-in refused: no such account")
            raise Forbidden(_REFUSED)
        right = known.check_password(password)
    with writing():
        account = Account.objects.select_for_update(of=("self",)).get(pk=known.pk)
        right = (
            right and account.is_active and account.password == known.password
        )  # nothing changed meanwhile
        refusal = _try(ctx, account, right, code)
    if refusal:
        raise Forbidden(refusal)
    return account


_REFUSED = "用户名、密码或动态码不对。请核对后再试；动态码每 30 秒换一次，用过的不能再用。"
_LOCKED = "连续输错太多次，账号已锁定。请稍后再试，或请管理员重置。"


def _try(ctx: Ctx, account: Account, right: bool, code: str) -> str:
    """Judge one attempt, whose password was found right or wrong, and keep its outcome; returns why not, or nothing."""
    before = rules.Attempts(failures=account.failures, locked_until=account.locked_until)
    if before.is_locked(ctx.now):
        return _LOCKED
    step = _step(ctx, account, code) if account.totp_sealed else account.totp_last
    if not right or step is None:
        return _failed(ctx, account, before)
    account.totp_last, account.failures, account.locked_until = step, 0, None
    account.last_login = ctx.now
    account.save(update_fields=["totp_last", "failures", "locked_until", "last_login"])
    _note(ctx, account, "signed_in")
    return ""


def _step(ctx: Ctx, account: Account, code: str) -> int | None:
    secret = crypto.unseal(account.totp_sealed, account.username)
    return rules.accepted_step(secret=secret, code=code, now=ctx.now, last=account.totp_last)


def _failed(ctx: Ctx, account: Account, before: rules.Attempts) -> str:
    after = rules.after_failure(attempts=before, now=ctx.now, policy=POLICY)
    account.failures, account.locked_until = after.failures, after.locked_until
    account.save(update_fields=["failures", "locked_until"])
    if after.locked_until is None:
        _note(ctx, account, "refused", {"failures": after.failures})
        return _REFUSED
    _note(ctx, account, "locked", {"failures": after.failures, "until": after.locked_until})
    return _LOCKED


def signed_out(ctx: Ctx, *, account: Account) -> None:
    with writing():
        _note(ctx, account, "signed_out")


def sign_in_link(ctx: Ctx, *, username: str) -> str:
    """A token that signs one person in once, within ten minutes: for who stands at the machine itself, as the demo does."""
    with action(ctx, "admin.manage"):
        account = _account(ctx, username)
        token = secrets.token_urlsafe(24)
        account.link_digest, account.link_until = digest(token), ctx.now + LINK_LIVES
        account.save(update_fields=["link_digest", "link_until"])
        _note(ctx, account, "link_made")
        return token


def take_link(ctx: Ctx, *, token: str) -> Account:
    """Use up a one-time link. Raises: Forbidden when it was used, is too old, or never was."""
    with writing():
        wanted = Account.objects.filter(link_digest=digest(token), link_until__gt=ctx.now, is_active=True)
        account = wanted.select_for_update(of=("self",)).first()
        if account is None:
            raise Forbidden("这个登录链接用过了或过期了。请在服务器上重新生成，或用密码登录。")
        account.link_digest, account.last_login = "", ctx.now
        account.save(update_fields=["link_digest", "last_login"])
        _note(ctx, account, "signed_in", {"by": "link"})
        return account


def digest(token: str) -> str:
    """What is kept of a secret that is long and random by itself."""
    return hashlib.sha256(token.encode()).hexdigest()


# ---------- one's own ----------
def change_password(ctx: Ctx, *, account: Account, old: str, new: str) -> None:
    """Change one's own password; every other session ends."""
    with _hashing():
        if not account.check_password(old):
            raise Invalid("原密码不对，请重新输入。")
    if old == new:
        raise Invalid("新密码不能和原密码一样。")
    hashed = _hashed(new)
    with writing():
        unchanged = Account.objects.filter(pk=account.pk, password=account.password)
        if not unchanged.update(password=hashed, must_change_password=False):
            raise Conflict("密码刚刚在别处改过。请用新的密码重新登录。")
        account.password, account.must_change_password = hashed, False
        _note(ctx, account, "password_changed")


def enrol_totp(ctx: Ctx, *, account: Account, secret: str, code: str) -> None:
    """Bind an authenticator, once a code from it proves that it was read."""
    with writing():
        step = rules.accepted_step(secret=secret, code=code, now=ctx.now, last=0)
        if step is None:
            raise Invalid("动态码不对。请核对手机的时间，再输入新的动态码。")
        account.totp_sealed, account.totp_last = crypto.seal(secret, account.username), step
        account.save(update_fields=["totp_sealed", "totp_last"])
        _note(ctx, account, "totp_enrolled")


def set_language(*, account: Account, language: str) -> None:
    if language not in LANGUAGES:
        raise Invalid("语言只有中文和英文，请选一种。")
    Account.objects.filter(pk=account.pk).update(language=language)


# ---------- the administrator's ----------
def _account(ctx: Ctx, username: str) -> Account:
    account = ctx.rows(Account).select_for_update(of=("self",)).filter(username=username).first()
    if account is None:
        raise NotFound("没有账号 {username}，或不在您的范围内。", username=username)
    return account


def reset(ctx: Ctx, *, username: str) -> str:
    """Unlock, take the authenticator away, and give a password to be changed at once; returned this one time."""
    ctx.require("admin.manage")
    password = secrets.token_urlsafe(12)
    hashed = _hashed(password)
    with action(ctx, "admin.manage"):
        account = _account(ctx, username)
        account.password = hashed
        account.totp_sealed, account.totp_last = "", 0
        account.failures, account.locked_until, account.must_change_password = 0, None, True
        account.save()
        _note(ctx, account, "reset")
        return password


def set_active(ctx: Ctx, *, username: str, active: bool) -> None:
    """Let an account in again, or no longer; its sessions and tokens end at once."""
    with action(ctx, "admin.manage"):
        account = _account(ctx, username)
        if account.pk == ctx.actor.account_id:
            raise Conflict("不能停用自己的账号。请让另一位管理员来做。")
        if account.is_active == active:
            raise Conflict("账号 {username} 已经是这个状态，请刷新。", username=username)
        account.is_active = active
        account.save(update_fields=["is_active"])
        _note(ctx, account, "activated" if active else "deactivated")


def move(ctx: Ctx, *, username: str, post_ref: str) -> None:
    """Seat a person at another post; sessions end, the account's ref stays."""
    with action(ctx, "admin.manage"):
        account = _account(ctx, username)
        account.post = _post(ctx, post_ref)
        account.save(update_fields=["post"])
        _note(ctx, account, "moved", {"post": account.post.ref, "role": account.post.role})
