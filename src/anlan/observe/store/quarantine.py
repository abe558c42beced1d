"""隔离区: input that could not be read, kept with its bytes until someone has looked at it."""

import hashlib
import sqlite3
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from anlan.observe.store.errors import BadBatch, named

NEW, REFED, DROPPED = "new", "refed", "dropped"
_STATES = (NEW, REFED, DROPPED)
_FIELDS = "id, received_at, last_at, peer, bytes, reason, count, state"


@dataclass(frozen=True, slots=True)
class Broken:
    """One kind of broken input: its bytes, why it was refused (a code), how often it came, what became of it."""

    id: int
    received_at: int
    last_at: int
    peer: str
    bytes: bytes
    reason: str
    count: int
    state: str


class Quarantine:
    """The quarantine of one store, on the writer's connection."""

    def __init__(self, path: Path, db: sqlite3.Connection) -> None:
        self._path = path
        self._db = db

    def put(self, items: Sequence[tuple[bytes, str]], *, peer: str, received_at: int) -> None:
        """Keep (bytes, reason code) pairs; the same again only counts. Durable on return. Raises `StoreError`."""
        add = (
            "insert into quarantine (digest, reason, bytes, peer, received_at, last_at, count, state)"
            " values (?, ?, ?, ?, ?, ?, 1, 'new') on conflict (digest, reason) do update"
            " set count = count + 1, last_at = excluded.last_at, state = 'new'"
        )
        self._all(
            add, [(_digest(data), reason, data, peer, received_at, received_at) for data, reason in items]
        )

    def load(self, items: Sequence[Broken]) -> None:
        """Keep the items of a backup as they were. Raises `StoreError`."""
        add = f"insert into quarantine ({_FIELDS}, digest) values (?, ?, ?, ?, ?, ?, ?, ?, ?)"
        self._all(add, [(*(getattr(i, n) for n in _FIELDS.split(", ")), _digest(i.bytes)) for i in items])

    def _all(self, statement: str, rows: Sequence[tuple[object, ...]]) -> None:
        with named(self._path):
            try:
                self._db.execute("begin immediate")
                self._db.executemany(statement, rows)
                self._db.execute("commit")
            except BaseException:
                if self._db.in_transaction:
                    self._db.execute("rollback")
                raise

    def mark(self, ids: Sequence[int], state: str) -> int:
        """Say that items were fed again or dropped; gives how many were still new. Raises `StoreError`."""
        if state not in _STATES:
            raise BadBatch(f"{state} is no state of the quarantine: use one of {', '.join(_STATES)}.")
        change = "update quarantine set state = ? where id = ? and state = 'new'"
        with named(self._path):
            return sum(self._db.execute(change, (state, item)).rowcount for item in ids)


def read(db: sqlite3.Connection, *, state: str | None, after: int, limit: int) -> list[Broken]:
    """Items by id, of one state or of all."""
    where = "id > ? and (? is null or state = ?) order by id limit ?"
    found = db.execute(f"select {_FIELDS} from quarantine where {where}", (after, state, state, limit))
    return [Broken(*row) for row in found]


def _digest(data: bytes) -> bytes:
    return hashlib.blake2b(data, digest_size=16).digest()
