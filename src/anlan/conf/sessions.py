"""From a session key to who is looking: for live push, which stands outside Django's middleware."""

import asyncio
from collections.abc import Collection
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import close_old_connections

from anlan.foundation import worlds
from anlan.foundation.errors import NotFound
from anlan.foundation.scope import Scope
from anlan.people.accounts import sessions
from anlan.people.accounts.scope import scope_of


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


def still_signed_in(session_keys: Collection[str]) -> set[str]:
    """Those of the sessions that have not ended."""
    close_old_connections()
    return set(sessions.accounts_of(session_keys, datetime.now(UTC)))


class Guard:
    """Looks after the sessions of all open streams, many in one question, so that looking costs the streams nothing."""

    AT_ONCE = 200

    def __init__(self) -> None:
        self._open: dict[str, list[asyncio.Event]] = {}
        self._looking: asyncio.Task[None] | None = None

    async def until_signed_out(self, session_key: str, every: float) -> None:
        """Wait until the session has ended; it is looked at every so many seconds."""
        ended = asyncio.Event()
        self._open.setdefault(session_key, []).append(ended)
        if self._looking is None or self._looking.done():
            self._looking = asyncio.create_task(self._look(every))
        try:
            await ended.wait()
        finally:
            waiting = self._open.get(session_key, [])
            if ended in waiting:
                waiting.remove(ended)
            if not waiting:
                self._open.pop(session_key, None)

    async def _look(self, every: float) -> None:
        while self._open:
            keys = list(self._open)
            pause = every / -(-len(keys) // self.AT_ONCE)
            for start in range(0, len(keys), self.AT_ONCE):
                some = keys[start : start + self.AT_ONCE]
                for key in set(some) - await asyncio.to_thread(still_signed_in, some):
                    for ended in self._open.pop(key, []):
                        ended.set()
                await asyncio.sleep(pause)
