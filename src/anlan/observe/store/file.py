"""The SQLite file: how it is opened, and its tables."""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from anlan.observe.store.errors import SecondWriter, StoreDamaged, StoreMissing, named

VERSION = 2

_TABLES = """
create table series (
    id integer primary key, station integer not null, element integer not null, decimals integer not null,
    unique (station, element)
) strict;
-- What one transaction or one merge wrote, in order of arrival by `born`; `fences` is the first key of each chunk.
create table segment (
    id integer primary key, kind integer not null, level integer not null, born integer not null,
    rows integer not null, at_from integer not null, at_to integer not null, known_from integer not null,
    known_to integer not null, fences blob not null
) strict;
create index segment_by_time on segment (kind, at_to, at_from);
create index segment_by_level on segment (kind, level);
create table chunk (id integer primary key, block blob not null) strict;  -- id: segment * 65536 + number
create table latest (page integer primary key, block blob not null) strict;
create table counter (name text primary key, n integer not null) strict;
create table quarantine (
    id integer primary key, digest blob not null, reason text not null, bytes blob not null, peer text not null,
    received_at integer not null, last_at integer not null, count integer not null, state text not null,
    unique (digest, reason)
) strict;
create index quarantine_by_state on quarantine (state, last_at);
"""
_SINCE_1 = """
alter table quarantine add column size integer not null default 0;  -- of the whole input; `bytes` may be its beginning
-- What each peer brought on a day: kept rows and bytes, and what was only counted.
create table quarantine_day (
    day integer not null, peer text not null, kept integer not null, bytes integer not null, over integer not null,
    primary key (day, peer)
) strict;
-- From where each station of ours was ever heard.
create table peer (station integer not null, peer text not null, since integer not null, primary key (station, peer))
    strict;
"""


def open_to_write(path: Path, *, timeout_s: float) -> sqlite3.Connection:
    """The one writing connection; makes the file when there is none. Raises `StoreError`."""
    with named(path):
        db = sqlite3.connect(path, timeout=timeout_s, isolation_level=None, check_same_thread=False)
        db.execute("pragma page_size = 8192")
        db.execute("pragma journal_mode = wal")
        db.execute("pragma synchronous = full")
        db.execute("pragma wal_autocheckpoint = 2000")
        version = _version(db)
        if version < VERSION:
            steps = _SINCE_1 if version else _TABLES + _SINCE_1
            db.executescript(f"begin immediate; {steps} pragma user_version = {VERSION}; commit;")
        elif version != VERSION:
            raise StoreDamaged(
                f"{path.name} has format {version}, this version reads {VERSION}: update anlan."
            )
        return db


def open_to_read(path: Path, *, timeout_s: float) -> sqlite3.Connection:
    """A reading connection, beside the writer. Raises `StoreError`."""
    if not path.exists():
        raise StoreMissing(f"{path.name} has not been made yet: start the engine, or import readings.")
    with named(path):
        address = f"{path.resolve().as_uri()}?mode=ro"
        db = sqlite3.connect(
            address, uri=True, timeout=timeout_s, isolation_level=None, check_same_thread=False
        )
        if _version(db) != VERSION:
            raise StoreDamaged(
                f"{path.name} is no reading store of format {VERSION}: update anlan or restore it."
            )
        return db


@contextmanager
def at_once(path: Path, db: sqlite3.Connection) -> Iterator[None]:
    """All of it or nothing, on the disk when it ends. Raises `StoreError`."""
    with named(path):
        try:
            db.execute("begin immediate")
            yield
            db.execute("commit")
        except BaseException:
            if db.in_transaction:
                db.execute("rollback")
            raise


def claim(path: Path) -> sqlite3.Connection:
    """Hold the right to write a store until closed; the system lets go of it when the process dies.

    Raises `SecondWriter`.
    """
    lock = sqlite3.connect(f"{path}.lock", timeout=0, isolation_level=None, check_same_thread=False)
    try:
        lock.execute("pragma journal_mode = memory")
        lock.execute("begin exclusive")
    except sqlite3.OperationalError as held:
        lock.close()
        raise SecondWriter(f"{path.name} is being written by another process: stop it first.") from held
    return lock


def _version(db: sqlite3.Connection) -> int:
    return int(db.execute("pragma user_version").fetchone()[0])
