"""Reading accounts, posts and tokens: names masked, secrets never. Journal refs of accounts become posts here."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType

from anlan.foundation import crypto
from anlan.foundation.context import Ctx
from anlan.foundation.errors import NotFound
from anlan.foundation.words import LANGUAGES, w, written
from anlan.people.accounts import tokens, tries
from anlan.people.accounts.scope import permissions_now, roles, scope_at, scope_of
from anlan.people.models import Account, Post

ASKED = {"create": w("新建账号"), "reset": w("重置账号"), "move": w("换岗位")}


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
    asked: str
    """What waits for a second administrator: create, reset, move:<post>; empty: nothing."""
    asked_in_words: str
    asked_by: int | None
    asked_at: datetime | None
    rests_until: datetime | None


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
    expires_at: datetime
    last_used_on: date | None


def of(account: Account, waiting: Mapping[str, datetime] = MappingProxyType({})) -> AccountInfo:
    """`waiting`: names that new devices must wait with, as `tries.waiting` gives them."""
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
        locked_until=waiting.get(crypto.blind(account.username)) if waiting else None,
        last_login=account.last_login,
        language=account.language,
        asked=account.asked,
        asked_in_words=ASKED.get(account.asked.partition(":")[0], ""),
        asked_by=account.asked_by_id,
        asked_at=account.asked_at,
        rests_until=account.rests_until,
    )


def accounts(ctx: Ctx) -> list[AccountInfo]:
    """Accounts within scope, by user name."""
    waiting = tries.waiting(ctx.now)
    return [of(account, waiting) for account in ctx.rows(Account).order_by("username")]


def account(ctx: Ctx, username: str) -> AccountInfo:
    """Raises: NotFound."""
    row = ctx.rows(Account).filter(username=username).first()
    if row is None:
        raise NotFound("没有账号 {username}，或不在您的范围内。", username=username)
    return of(row, tries.waiting(ctx.now))


def posts(ctx: Ctx) -> list[PostInfo]:
    """Posts that may be given: the organisation and all that the post's holder sees lie within scope."""
    rows = Post.objects.select_related("organisation__place").order_by("organisation__ref", "ref")
    rows = rows.prefetch_related("places", "organisation__commands")
    return [
        PostInfo(p.ref, p.organisation.name, p.title, p.role)
        for p in rows
        if ctx.scope.holds(p.organisation.place.path if p.organisation.place else "")
        and ctx.scope.covers(scope_at(p))
    ]


def tokens_of(account: Account, now: datetime) -> list[TokenInfo]:
    """One's own tokens that still work."""
    rows = tokens.standing(account, now)
    return [TokenInfo(row.pk, row.label, row.made_at, row.expires_at, row.last_used_on) for row in rows]


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
    return [of(row) for row in rows if permission in permissions_now(row)]


def approvers(*, unit: str, permission: str, over: str) -> list[AccountInfo]:
    """Accounts of one unit that may do this for the place `over`, by user name, whoever asks: whom another unit wakes."""
    rows = Account.objects.filter(post__organisation__ref=unit, is_active=True).order_by("username")
    return [of(row) for row in rows if permission in permissions_now(row) and scope_of(row).holds(over)]


def permissions_held(ref: str, *, over: str = "") -> tuple[str, frozenset[str]]:
    """Unit and permissions of an account by its ref; none where its scope does not hold the place `over`.

    Raises: NotFound.
    """
    row = Account.objects.filter(ref=ref, is_active=True).first()
    if row is None:
        raise NotFound("没有账号 {username}，或不在您的范围内。", username=ref)
    held = permissions_now(row) if not over or scope_of(row).holds(over) else frozenset()
    return row.post.organisation.ref, held
