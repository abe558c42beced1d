"""From a session key to who is looking: shared by pages and live push."""

from dataclasses import dataclass

from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.db import close_old_connections
from django.utils.crypto import constant_time_compare

from anlan.foundation import worlds
from anlan.foundation.errors import NotFound
from anlan.foundation.scope import Scope
from anlan.people.models import Account
from anlan.people.scope import scope_of


@dataclass(frozen=True)
class Viewer:
    world_id: int
    scope: Scope


def viewer_of(session_key: str, world_key: str) -> Viewer | None:
    """The world and scope that a session may watch, or None."""
    close_old_connections()
    account = _account(session_key)
    if account is None:
        return None
    try:
        world = worlds.get(world_key)
    except NotFound:
        return None
    return Viewer(world.pk, scope_of(account))


def _account(session_key: str) -> Account | None:
    if not session_key:
        return None
    session = SessionStore(session_key)
    account = (
        Account.objects.filter(pk=session.get(SESSION_KEY), is_active=True).select_related("post").first()
    )
    if account is None:
        return None
    fits = constant_time_compare(session.get(HASH_SESSION_KEY, ""), account.get_session_auth_hash())
    return account if fits else None
