"""Sessions 会话: they last one duty shift, whatever happens in between, and end with account, post, role or password.

Sessions run by real time in every world. Pages and live push ask the same function.
"""

from collections.abc import Collection
from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY, user_logged_in
from django.contrib.sessions.models import Session
from django.dispatch import receiver
from django.utils.crypto import constant_time_compare

from anlan.people.accounts.tokens import is_set_up
from anlan.people.models import Account

SINCE = "since"


@receiver(user_logged_in)
def _remember_since(*, request: Any, **_: Any) -> None:
    request.session[SINCE] = int(datetime.now(UTC).timestamp())


def is_over(session: Any, now: datetime) -> bool:
    """Whether the shift that this session was opened for has passed."""
    return int(now.timestamp()) - int(session.get(SINCE, 0)) >= settings.SESSION_COOKIE_AGE


def account_of(session_key: str, now: datetime) -> Account | None:
    """The account that a session key lets in now, or None."""
    return accounts_of([session_key], now).get(session_key)


def accounts_of(session_keys: Collection[str], now: datetime) -> dict[str, Account]:
    """The accounts of those session keys that let somebody in now, by key: two questions for any number of streams."""
    rows = Session.objects.filter(session_key__in=set(session_keys) - {""}, expire_date__gt=datetime.now(UTC))
    held = {row.session_key: row.get_decoded() for row in rows}
    wanted = {session.get(SESSION_KEY) for session in held.values()} - {None}
    accounts = {str(a.pk): a for a in Account.objects.filter(pk__in=wanted, is_active=True)}
    fits: dict[str, Account] = {}
    for key, session in held.items():
        account = accounts.get(str(session.get(SESSION_KEY)))
        if account is None or is_over(session, now) or not is_set_up(account):
            continue
        if constant_time_compare(session.get(HASH_SESSION_KEY, ""), account.get_session_auth_hash()):
            fits[key] = account
    return fits
