"""From a session key to who is looking: for live push, which stands outside Django's middleware."""

from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import close_old_connections

from anlan.foundation import worlds
from anlan.foundation.errors import NotFound
from anlan.foundation.scope import Scope
from anlan.people import sessions
from anlan.people.scope import scope_of


@dataclass(frozen=True)
class Viewer:
    world_id: int
    scope: Scope


def viewer_of(session_key: str, world_key: str) -> Viewer | None:
    """The world and scope that a session may watch, or None."""
    close_old_connections()
    account = sessions.account_of(session_key, datetime.now(UTC))
    if account is None:
        return None
    try:
        world = worlds.get(world_key)
    except NotFound:
        return None
    return Viewer(world.pk, scope_of(account))
