"""From where each station was heard: its usual peers, so that a change is seen and a stranger can be told apart."""

import sqlite3
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from anlan.observe.store.errors import named
from anlan.observe.store.file import at_once

MOST = 16
"""Peers kept of one station; the one known longest goes first."""
DAY_MS = 86_400_000


@dataclass(frozen=True, slots=True)
class Change:
    """A station was heard from a peer of which it never was; `before` is the one it came to last."""

    station: int
    peer: str
    before: str


class Peers:
    """The usual peers of one store's stations, on the writer's connection. `has` may be asked from any thread."""

    def __init__(self, path: Path, db: sqlite3.Connection) -> None:
        self._path = path
        self._db = db
        self._known: dict[int, dict[str, int]] = {}
        self._told: dict[int, int] = {}
        with named(path):
            rows = db.execute("select station, peer, since from peer order by since, rowid").fetchall()
        for station, peer, since in rows:
            self._known.setdefault(station, {})[peer] = since

    def has(self, station: int, peer: str) -> bool:
        return peer in self._known.get(station, ())

    def hear(self, pairs: Iterable[tuple[int, str]], *, at: int) -> Sequence[Change]:
        """Remember (station, peer); the changes that are to be told: at most one a day for each. Raises `StoreError`."""
        news = sorted(pair for pair in set(pairs) if not self.has(*pair))
        if not news:
            return ()
        with at_once(self._path, self._db):
            rows = [(*pair, at) for pair in news]
            self._db.executemany("insert or replace into peer values (?, ?, ?)", rows)
        changes = []
        for station, peer in news:
            mine = self._known.setdefault(station, {})
            if mine and abs(at - self._told.get(station, at - 2 * DAY_MS)) > DAY_MS:
                changes.append(Change(station, peer, next(reversed(mine))))
                self._told[station] = at
            mine[peer] = at
            if len(mine) > MOST:
                del mine[next(iter(mine))]
        return changes
