"""Sessions 会话: they last one duty shift, whatever happens in between, and end with account, post, role or password.

Sessions run by real time in every world. Pages and live push ask the same function.
"""

from datetime import UTC, datetime
from typing import Any

from django.conf import settings
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY, user_logged_in
from django.contrib.sessions.backends.db import SessionStore
from django.dispatch import receiver
from django.utils.crypto import constant_time_compare

from anlan.people.models import Account
from anlan.people.tokens import is_set_up

SINCE = "since"


@receiver(user_logged_in)
def _remember_since(*, request: Any, **_: Any) -> None:
    request.session[SINCE] = int(datetime.now(UTC).timestamp())


def is_over(session: Any, now: datetime) -> bool:
    """Whether the shift that this session was opened for has passed."""
    return int(now.timestamp()) - int(session.get(SINCE, 0)) >= settings.SESSION_COOKIE_AGE


def account_of(session_key: str, now: datetime) -> Account | None:
    """The account that a session key lets in now, or None."""
    if not session_key:
        return None
    session = SessionStore(session_key)
    account = Account.objects.filter(pk=session.get(SESSION_KEY), is_active=True).first()
    if account is None or is_over(session, now) or not is_set_up(account):
        return None
    fits = constant_time_compare(session.get(HASH_SESSION_KEY, ""), account.get_session_auth_hash())
    return account if fits else None
