"""Reading accounts, posts and tokens: names masked, secrets never. Journal refs of accounts become posts here."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from anlan.foundation import crypto
from anlan.foundation.context import Ctx
from anlan.foundation.errors import NotFound
from anlan.foundation.words import LANGUAGES, written
from anlan.people.models import Account, ApiToken, Post
from anlan.people.scope import permissions_of, roles, scope_of


@dataclass(frozen=True)
class AccountInfo:
    """账号 as a page shows it."""

    ref: str
    username: str
    name: str  # masked
    organisation: str
    title: str
    post: str
    role: dict[str, str]  # in both languages
    is_active: bool
    has_totp: bool
    locked_until: datetime | None
    last_login: datetime | None
    language: str


@dataclass(frozen=True)
class PostInfo:
    ref: str
    organisation: str
    title: str
    role: str


@dataclass(frozen=True)
class TokenInfo:
    id: int
    label: str
    made_at: datetime
    last_used_on: date | None


def of(account: Account) -> AccountInfo:
    post = account.post
    return AccountInfo(
        ref=account.ref,
        username=account.username,
        name=crypto.mask_name(crypto.unseal(account.name_sealed, account.username)),
        organisation=post.organisation.name,
        title=post.title,
        post=post.ref,
        role=roles().get(post.role, {"zh": post.role}),
        is_active=account.is_active,
        has_totp=bool(account.totp_sealed),
        locked_until=account.locked_until,
        last_login=account.last_login,
        language=account.language,
    )


def accounts(ctx: Ctx, *, text: str = "") -> list[AccountInfo]:
    """Accounts within scope, by user name; `text` is a part of user name, ref, unit or post title."""
    wanted = text.strip()
    found = [of(account) for account in ctx.rows(Account).order_by("username")]
    return (
        [a for a in found if wanted in f"{a.username} {a.ref} {a.organisation} {a.title}"]
        if wanted
        else found
    )


def account(ctx: Ctx, username: str) -> AccountInfo:
    """Raises: NotFound."""
    row = ctx.rows(Account).filter(username=username).first()
    if row is None:
        raise NotFound("没有账号 {username}，或不在您的范围内。", username=username)
    return of(row)


def posts(ctx: Ctx) -> list[PostInfo]:
    """Posts of organisations that lie within scope."""
    rows = Post.objects.select_related("organisation__place").order_by("organisation__ref", "ref")
    return [
        PostInfo(p.ref, p.organisation.name, p.title, p.role)
        for p in rows
        if ctx.scope.holds(p.organisation.place.path if p.organisation.place else "")
    ]


def tokens_of(account: Account) -> list[TokenInfo]:
    """One's own tokens that still work."""
    rows = ApiToken.objects.filter(account=account, revoked_at=None).order_by("pk")
    return [TokenInfo(row.pk, row.label, row.made_at, row.last_used_on) for row in rows]


def posts_of(refs: Iterable[str]) -> dict[str, dict[str, str]]:
    """Account ref → unit and post title in each language, for whoever reads the journal: what sat there, not who."""
    rows = Account.objects.filter(ref__in=set(refs))
    return {
        a.ref: {lang: f"{a.post.organisation.name} {written(lang, a.post.title)}" for lang in LANGUAGES}
        for a in rows
    }


def who_may(ctx: Ctx, *, unit: str, permission: str) -> list[AccountInfo]:
    """Accounts of one unit whose role has the permission, by user name: whom to wake."""
    rows = ctx.rows(Account).filter(post__organisation__ref=unit, is_active=True).order_by("username")
    return [of(row) for row in rows if permission in permissions_of(row.post.role)]


def approvers(*, unit: str, permission: str, over: str) -> list[AccountInfo]:
    """Accounts of one unit that may do this for the place `over`, by user name, whoever asks: whom another unit wakes."""
    rows = Account.objects.filter(post__organisation__ref=unit, is_active=True).order_by("username")
    return [
        of(row) for row in rows if permission in permissions_of(row.post.role) and scope_of(row).holds(over)
    ]


def permissions_held(ref: str, *, over: str = "") -> tuple[str, frozenset[str]]:
    """Unit and permissions of an account by its ref; none where its scope does not hold the place `over`.

    Raises: NotFound.
    """
    row = Account.objects.filter(ref=ref, is_active=True).first()
    if row is None:
        raise NotFound("没有账号 {username}，或不在您的范围内。", username=ref)
    held = permissions_of(row.post.role) if not over or scope_of(row).holds(over) else frozenset()
    return row.post.organisation.ref, held
