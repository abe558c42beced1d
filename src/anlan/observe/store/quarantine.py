"""隔离区: input that could not be read, kept with its bytes until someone has looked at it; within budgets, else counted."""

from __future__ import annotations

import hashlib
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from anlan.observe.store.errors import BadBatch, named
from anlan.observe.store.file import at_once

NEW, REFED, DROPPED = "new", "refed", "dropped"
_STATES = (NEW, REFED, DROPPED)
_FIELDS = "id, received_at, last_at, peer, bytes, reason, count, state, size"
_COLUMNS = f"{_FIELDS}, digest"
DAY_MS = 86_400_000
OURS = "*"
"""Stands for the peers of stations that may send, whose input was acknowledged: it has an account of its own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What is kept of a day; beyond it input is counted, not kept."""

    kept: int
    bytes: int


PEER = Budget(kept=500, bytes=128 * 1024)
STRANGERS = Budget(kept=20_000, bytes=4 * 1024 * 1024)
STATIONS = Budget(kept=100_000, bytes=64 * 1024 * 1024)
CUT = 512
"""The first bytes that are kept of what a stranger sends; what was acknowledged is kept whole."""


@dataclass(frozen=True, slots=True)
class Broken:
    """One kind of broken input: its bytes, why it was refused (a code), how often it came, what became of it.

    `size` is that of the whole input; `bytes` may be its beginning.
    """

    id: int
    received_at: int
    last_at: int
    peer: str
    bytes: bytes
    reason: str
    count: int
    state: str
    size: int = 0

    @property
    def is_cut(self) -> bool:
        return self.size > len(self.bytes)


class Quarantine:
    """The quarantine of one store, on the writer's connection."""

    def __init__(self, path: Path, db: sqlite3.Connection) -> None:
        self._path = path
        self._db = db

    def put(
        self,
        items: Sequence[tuple[bytes, str]],
        *,
        peer: str,
        received_at: int,
        ours: bool = False,
        over: int = 0,
    ) -> list[bool]:
        """Keep (bytes, reason code) pairs; the same again only counts. Which of them are kept; the others, and `over`
        more that were not even looked at, are counted. `ours`: of a station that may send. Durable on return.

        Raises `StoreError`.
        """
        day, account = received_at // DAY_MS, OURS if ours else peer
        with at_once(self._path, self._db):
            left = self._left(day, account)
            kept = [self._keep(data, reason, peer, received_at, left, ours) for data, reason in items]
            add = (
                "insert into quarantine_day values (?, ?, ?, ?, ?) on conflict do update set kept = kept + excluded.kept,"
                " bytes = bytes + excluded.bytes, over = over + excluded.over"
            )
            self._db.execute(add, (day, account, left.rows, left.taken, over + len(items) - sum(kept)))
        return kept

    def _left(self, day: int, account: str) -> _Left:
        """What may still be kept today: of a peer within its own budget and that of all strangers."""
        asked = (
            "select coalesce(sum(kept), 0), coalesce(sum(bytes), 0) from quarantine_day where day = ? and "
        )
        budgets = [(PEER, "peer = ?", account), (STRANGERS, "peer <> ?", OURS)]
        if account == OURS:
            budgets = [(STATIONS, "peer = ?", OURS)]
        left = []
        for budget, which, name in budgets:
            kept, size = self._db.execute(asked + which, (day, name)).fetchone()
            left.append((budget.kept - kept, budget.bytes - size))
        return _Left(min(kept for kept, _ in left), min(size for _, size in left))

    def _keep(self, data: bytes, reason: str, peer: str, at: int, left: _Left, ours: bool) -> bool:
        digest = _digest(data)
        again = "update quarantine set count = count + 1, last_at = ?, state = 'new' where digest = ? and reason = ?"
        if self._db.execute(again, (at, digest, reason)).rowcount:
            return True
        part = data if ours else data[:CUT]
        if not left.take(len(part)):
            return False
        add = f"insert into quarantine ({_COLUMNS}) values (null, ?, ?, ?, ?, ?, 1, 'new', ?, ?)"
        self._db.execute(add, (at, at, peer, part, reason, len(data), digest))
        return True

    def load(self, items: Sequence[Broken]) -> None:
        """Keep the items of a backup as they were. Raises `StoreError`."""
        add = f"insert into quarantine ({_COLUMNS}) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
        with at_once(self._path, self._db):
            rows = [(*(getattr(i, n) for n in _FIELDS.split(", ")), _digest(i.bytes)) for i in items]
            self._db.executemany(add, rows)

    def mark(self, ids: Sequence[int], state: str) -> int:
        """Say that items were fed again or dropped; gives how many were still new. Raises `StoreError`."""
        if state not in _STATES:
            raise BadBatch(f"{state} is no state of the quarantine: use one of {', '.join(_STATES)}.")
        change = "update quarantine set state = ? where id = ? and state = 'new'"
        with named(self._path):
            return sum(self._db.execute(change, (state, item)).rowcount for item in ids)


@dataclass(slots=True)
class _Left:
    """What of a budget is left, and what was taken of it."""

    most_rows: int
    most_bytes: int
    rows: int = 0
    taken: int = 0

    def take(self, size: int) -> bool:
        if self.rows >= self.most_rows or self.taken + size > self.most_bytes:
            return False
        self.rows, self.taken = self.rows + 1, self.taken + size
        return True


def over(db: sqlite3.Connection) -> int:
    """How much input was counted and not kept, since the store was made."""
    return int(db.execute("select coalesce(sum(over), 0) from quarantine_day").fetchone()[0])


def read(db: sqlite3.Connection, *, state: str | None, after: int, limit: int) -> list[Broken]:
    """Items by id, of one state or of all."""
    where = "id > ? and (? is null or state = ?) order by id limit ?"
    found = db.execute(f"select {_FIELDS} from quarantine where {where}", (after, state, state, limit))
    return [Broken(*row) for row in found]


def _digest(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=16).digest()
