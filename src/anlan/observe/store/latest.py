"""The newest value of each series: pages of 512 series, renewed at merges; the newest segments lie on top."""

import sqlite3

import numpy as np

from anlan.observe.store import segments
from anlan.observe.store.columns import Columns, current, joined
from anlan.science.jit import Bools

PAGE = 512
_ROW = np.dtype([("at", "<i8"), ("known", "<i8"), ("value", "<i8"), ("quality", "<i2")])
_NONE = -1


def newest(rows: Columns) -> Columns:
    """Of each series the row observed last, and of its rows the one known last; sorted by series."""
    rows = current(rows)
    last = np.ones(len(rows), np.bool_)
    last[:-1] = rows.key[1:] != rows.key[:-1]
    return rows.take(last)


def renew(db: sqlite3.Connection, rows: Columns) -> None:
    """Carry merged rows into the pages."""
    rows = newest(rows)
    cuts = np.flatnonzero(np.diff(rows.key // PAGE)) + 1
    for part in np.split(np.arange(len(rows)), cuts):
        if part.size:
            _renew_page(db, rows.take(part))


def read(db: sqlite3.Connection) -> Columns:
    """The newest row of each series, by series."""
    parts = [
        _rows_of(page, block) for page, block in db.execute("select page, block from latest order by page")
    ]
    tail = [segments.read(db, s) for s in segments.of_level(db, segments.READINGS, 0)]
    return newest(joined([*parts, *tail]))


def _renew_page(db: sqlite3.Connection, rows: Columns) -> None:
    page = int(rows.key[0]) // PAGE
    found = db.execute("select block from latest where page = ?", (page,)).fetchone()
    table = np.full(PAGE, _NONE, _ROW) if found is None else np.frombuffer(found[0], _ROW).copy()
    slot = rows.key - page * PAGE
    later = _is_later(rows, table[slot])
    table["at"][slot[later]] = rows.at[later]
    table["known"][slot[later]] = rows.known[later]
    table["value"][slot[later]] = rows.value[later]
    table["quality"][slot[later]] = rows.quality[later]
    db.execute("insert or replace into latest (page, block) values (?, ?)", (page, table.tobytes()))


def _is_later(rows: Columns, old: np.ndarray) -> Bools:
    later: Bools = (rows.at > old["at"]) | ((rows.at == old["at"]) & (rows.known >= old["known"]))
    return later


def _rows_of(page: int, block: bytes) -> Columns:
    table = np.frombuffer(block, _ROW)
    held = np.flatnonzero(table["at"] != _NONE)
    return Columns(
        (page * PAGE + held).astype(np.int32),
        table["at"][held],
        table["known"][held],
        table["value"][held],
        table["quality"][held],
    )
