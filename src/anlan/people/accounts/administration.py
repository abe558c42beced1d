"""The administrator's acts: make, reset, move, end accounts. Pages and command line call the same functions.

An account that may approve, issue or manage is not made, reset or moved by one administrator alone: what the first asks
waits in the account's row until a second confirms it, and for some hours afterwards the account neither approves nor
issues (the roles pack's `[change]`). Who stands at the machine itself, the system, needs no second.
"""

import secrets
from datetime import timedelta

from django.contrib.auth.hashers import make_password

from anlan.foundation import crypto
from anlan.foundation.actions import action
from anlan.foundation.context import Ctx
from anlan.foundation.errors import Conflict, Forbidden, Invalid, NotFound
from anlan.people import rules
from anlan.people.accounts import LANGUAGES, hashed_anew, note, tokens, tries
from anlan.people.accounts.scope import needs_second, rest, scope_at, scope_of
from anlan.people.models import Account, Post

LINK_LIVES = timedelta(minutes=10)


def create_account(
    ctx: Ctx,
    *,
    username: str,
    name: str,
    password: str | None,
    post_ref: str,
    totp_secret: str | None = None,
    language: str = "zh",
    must_change_password: bool = False,
) -> str:
    """Make an account at a post and return its ref. Without a password a link opens it; without a TOTP secret the person
    enrols at the first sign-in.

    One that needs a second administrator opens once it is confirmed, with another password.
    Raises: Invalid for a name or password that will not do; Conflict when the user name is taken; NotFound for the post.
    """
    ctx.require("admin.manage")
    if not rules.is_username(username):
        raise Invalid("用户名用 3 到 40 个小写字母、数字或 . - _，例如 sui-duty-1。").at("username")
    if not name.strip():
        raise Invalid("请填姓名。它加密保存，页面上只显示姓和星号。").at("name")
    nobodys = make_password(None)
    hashed = nobodys if password is None else hashed_anew(password)
    with action(ctx, "admin.manage"):
        if Account.objects.filter(username=username).exists():
            raise Conflict("用户名 {username} 已经有人用，请换一个。", username=username).at("username")
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
        if _waits(ctx, account, "create", post):
            account.is_active, account.password = False, nobodys
            account.save(update_fields=["is_active", "password"])
        else:
            note(ctx, account, "created", {"post": post.ref, "role": post.role})
        return account.ref


def is_anybody_known() -> bool:
    """Whether this installation has an account."""
    return Account.objects.exists()


def is_known(username: str) -> bool:
    """Whether somebody signs in by that name."""
    return Account.objects.filter(username=username).exists()


def _next_ref() -> str:
    last = Account.objects.select_for_update(of=("self",)).order_by("-pk").first()
    return f"U-{(int(last.ref[2:]) if last else 0) + 1:04d}"


def _post(ctx: Ctx, ref: str) -> Post:
    """A post that this administrator may give: its places, and what its organisation commands, lie within theirs."""
    post = Post.objects.filter(ref=ref).select_related("organisation__place").first()
    place = post.organisation.place if post else None
    within = ctx.scope.holds(place.path if place else "") and post and ctx.scope.covers(scope_at(post))
    if post is None or not within:
        raise NotFound("没有岗位 {ref}，或不在您的范围内。请从岗位列表里选择。", ref=ref)
    return post


def _account(ctx: Ctx, username: str) -> Account:
    """An account that sees no more than this administrator does."""
    account = ctx.rows(Account).select_for_update(of=("self",)).filter(username=username).first()
    if account is None or not ctx.scope.covers(scope_of(account)):
        raise NotFound("没有账号 {username}，或不在您的范围内。", username=username)
    return account


def _of_another(ctx: Ctx, username: str) -> Account:
    account = _account(ctx, username)
    if account.pk == ctx.actor.account_id:
        raise Conflict("不能重置、换岗或停用自己的账号。请让另一位管理员来做。")
    return account


def _waits(ctx: Ctx, account: Account, what: str, *posts: Post) -> bool:
    """Write down what is asked where a second administrator must confirm it; the last asked stands."""
    if ctx.actor.account_id is None or not any(needs_second(post) for post in posts):
        return False
    account.asked, account.asked_by_id, account.asked_at = what, ctx.actor.account_id, ctx.now
    account.save(update_fields=["asked", "asked_by", "asked_at"])
    note(ctx, account, "asked", {"what": what})
    return True


def sign_in_link(ctx: Ctx, *, username: str) -> str:
    """A token that signs one person in once, within ten minutes: for who stands at the machine itself, as the demo does."""
    with action(ctx, "admin.manage"):
        return _link(ctx, _account(ctx, username))


def _link(ctx: Ctx, account: Account) -> str:
    token = secrets.token_urlsafe(24)
    account.link_digest, account.link_until = rules.digest(token), ctx.now + LINK_LIVES
    account.save(update_fields=["link_digest", "link_until"])
    note(ctx, account, "link_made")
    return token


def reset_by_link(ctx: Ctx, *, username: str) -> str:
    """Reset at the machine itself: nobody's password is left, and the token returned signs in once, within ten minutes."""
    nobodys = make_password(None)
    with action(ctx, "admin.manage"):
        account = _account(ctx, username)
        if not account.is_active:
            raise Conflict("账号 {username} 已停用。请先在账号页上启用。", username=username)
        _reset(ctx, account, nobodys)
        note(ctx, account, "reset", {"by": "link"})
        return _link(ctx, account)


def reset(ctx: Ctx, *, username: str) -> str:
    """Unlock, take the authenticator and the tokens away, and give a password to be changed at once; returned this one
    time. Empty: it waits for a second administrator."""
    ctx.require("admin.manage")
    password = secrets.token_urlsafe(12)
    hashed = hashed_anew(password)
    with action(ctx, "admin.manage"):
        account = _of_another(ctx, username)
        if _waits(ctx, account, "reset", account.post):
            return ""
        _reset(ctx, account, hashed)
        note(ctx, account, "reset")
        return password


def _reset(ctx: Ctx, account: Account, hashed: str) -> None:
    account.password, account.must_change_password = hashed, True
    account.totp_sealed, account.totp_last, account.link_digest = "", 0, ""
    account.save()
    tries.forget(account.username)
    tokens.end_all(ctx, account=account)


def set_active(ctx: Ctx, *, username: str, active: bool) -> None:
    """Let an account in again, or no longer; its sessions and tokens end at once."""
    with action(ctx, "admin.manage"):
        account = _of_another(ctx, username)
        if account.is_active == active:
            raise Conflict("账号 {username} 已经是这个状态，请刷新。", username=username)
        if active and account.asked == "create":
            raise Conflict("这个账号还要另一位管理员确认，确认后就能用。")
        account.is_active = active
        account.save(update_fields=["is_active"])
        tokens.end_all(ctx, account=account)
        note(ctx, account, "activated" if active else "deactivated")


def move(ctx: Ctx, *, username: str, post_ref: str) -> bool:
    """Seat a person at another post; sessions and tokens end, the account's ref stays. False: it waits for a second."""
    with action(ctx, "admin.manage"):
        account, post = _of_another(ctx, username), _post(ctx, post_ref)
        if _waits(ctx, account, f"move:{post.ref}", account.post, post):
            return False
        _move(ctx, account, post)
        note(ctx, account, "moved", {"post": post.ref, "role": post.role})
        return True


def _move(ctx: Ctx, account: Account, post: Post) -> None:
    account.post = post
    account.save(update_fields=["post"])
    tokens.end_all(ctx, account=account)


def confirm(ctx: Ctx, *, username: str, asked: str) -> str:
    """Do what another administrator asked, as it was read; returns the new password where there is one, this one time."""
    ctx.require("admin.manage")
    password = secrets.token_urlsafe(12)
    hashed = hashed_anew(password)
    with action(ctx, "admin.manage"):
        account = _asked(ctx, username)
        if account.asked != asked:
            raise Conflict("要确认的事刚刚改过。请刷新，看清楚再确认。")
        if account.asked_by_id == ctx.actor.account_id:
            raise Forbidden("自己提出的要另一位管理员来确认。")
        what, _, post_ref = account.asked.partition(":")
        first = Account.objects.get(pk=account.asked_by_id).ref
        account.rests_until = ctx.now + rest()
        account.is_active = account.is_active or what == "create"
        _settle(account)
        if post_ref:
            _move(ctx, account, _post(ctx, post_ref))
        else:
            _reset(ctx, account, hashed)
        verb = {"create": "created", "reset": "reset", "move": "moved"}[what]
        told = {"post": account.post.ref, "role": account.post.role, "asked_by": first}
        note(ctx, account, verb, told)
        return "" if post_ref else password


def decline(ctx: Ctx, *, username: str) -> None:
    """Take back what was asked; whoever asked may do so too. An account that was to be made stays closed."""
    with action(ctx, "admin.manage"):
        account = _asked(ctx, username)
        told = {"what": account.asked}
        _settle(account)
        note(ctx, account, "declined", told)


def _asked(ctx: Ctx, username: str) -> Account:
    account = _of_another(ctx, username)
    if not account.asked:
        raise Conflict("这个账号没有等着确认的事，请刷新。")
    return account


def _settle(account: Account) -> None:
    account.asked, account.asked_by, account.asked_at = "", None, None
    account.save(update_fields=["asked", "asked_by", "asked_at", "rests_until", "is_active"])
