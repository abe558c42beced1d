"""接口令牌: bearer tokens by which a program acts as an account. Shown once; only the digest is kept."""

import secrets
from datetime import datetime, timedelta

from django.db.models import QuerySet

from anlan.foundation import journal
from anlan.foundation.context import Ctx
from anlan.foundation.errors import Conflict, Invalid, NotFound
from anlan.foundation.writing import writing
from anlan.people import rules
from anlan.people.models import Account, ApiToken

PREFIX = "anlan_"
AT_MOST = 10
LONGEST = timedelta(days=90)


def make(ctx: Ctx, *, account: Account, label: str, days: int = LONGEST.days) -> str:
    """A new token of one's own account for so many days, 90 at most; the text is returned this one time."""
    with writing():
        if not label.strip():
            raise Invalid("请写明这个令牌给谁用，便于日后吊销。")
        if not 1 <= days <= LONGEST.days:
            raise Invalid("令牌能用 1 到 {n} 天，请改天数。", n=LONGEST.days)
        if standing(account, ctx.now).count() >= AT_MOST:
            raise Conflict("一个账号最多 {n} 个令牌，请先吊销不用的。", n=AT_MOST)
        text = PREFIX + secrets.token_urlsafe(32)
        row = ApiToken.objects.create(
            account=account,
            label=label.strip()[:60],
            digest=rules.digest(text),
            made_at=ctx.now,
            expires_at=ctx.now + timedelta(days=days),
        )
        _note(ctx, row, "made")
        return text


def standing(account: Account, now: datetime) -> QuerySet[ApiToken]:
    """One's own tokens that still work."""
    return ApiToken.objects.filter(account=account, revoked_at=None, expires_at__gt=now).order_by("pk")


def end_all(ctx: Ctx, *, account: Account) -> None:
    """End every token of an account, in the transaction of what ends them: reset, other post, password, end."""
    ended = standing(account, ctx.now)
    for row in ended:
        _note(ctx, row, "revoked")
    ended.update(revoked_at=ctx.now)


def revoke(ctx: Ctx, *, account: Account, token_id: int) -> None:
    """End one of one's own tokens at once."""
    with writing():
        row = ApiToken.objects.select_for_update(of=("self",)).filter(pk=token_id, account=account).first()
        if row is None:
            raise NotFound("没有这个令牌，或不是您的。")
        if row.revoked_at is None:
            row.revoked_at = ctx.now
            row.save(update_fields=["revoked_at"])
            _note(ctx, row, "revoked")


def _note(ctx: Ctx, row: ApiToken, verb: str) -> None:
    place = row.account.post.organisation.place
    refs = {"account": row.account.ref}
    journal.append(ctx, f"people.token.{verb}", refs=refs, body={}, place=place.path if place else "")


def account_of(text: str, now: datetime) -> Account | None:
    """The account that a bearer token stands for, or None; the day of its last use is kept."""
    if not text.startswith(PREFIX):
        return None
    row = ApiToken.objects.filter(digest=rules.digest(text), revoked_at=None, expires_at__gt=now).first()
    if row is None:
        return None
    if row.last_used_on != now.date():
        ApiToken.objects.filter(pk=row.pk).update(last_used_on=now.date())
    account = Account.objects.filter(pk=row.account_id, is_active=True).first()
    return account if account and is_set_up(account) else None


def is_set_up(account: Account) -> bool:
    """Whether the person has bound an authenticator and replaced the password that somebody else gave."""
    return bool(account.totp_sealed) and not account.must_change_password
