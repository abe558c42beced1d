"""The newest row of each series: pages of 4,096 series, renewed at merges; the newest segments lie on top."""

import sqlite3

import numpy as np

from anlan.observe.store import segments
from anlan.observe.store.columns import Columns, current, joined, pack, unpack

PAGE = 4096


def newest(rows: Columns) -> Columns:
    """Of each series the row observed last, and of its rows the one known last; sorted by series."""
    rows = current(rows)
    last = np.ones(len(rows), np.bool_)
    last[:-1] = rows.key[1:] != rows.key[:-1]
    return rows.take(last)


def renew(db: sqlite3.Connection, rows: Columns) -> None:
    """Carry merged rows into the pages."""
    rows = newest(rows)
    page_of = rows.key // PAGE
    for page in np.unique(page_of).tolist():
        found = db.execute("select block from latest where page = ?", (page,)).fetchone()
        old = [] if found is None else [unpack(found[0])]
        whole = newest(joined([*old, rows.take(page_of == page)]))
        db.execute("insert or replace into latest (page, block) values (?, ?)", (page, pack(whole)))


def read(db: sqlite3.Connection) -> Columns:
    """The newest row of each series, by series."""
    pages = [unpack(block) for (block,) in db.execute("select block from latest order by page")]
    tail = [segments.read(db, s) for s in segments.of_level(db, segments.READINGS, 0)]
    return newest(joined([*pages, *tail]))
