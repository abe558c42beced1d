"""The telephone network's books: SQLite of its own, so that it survives kills and is the one that counts calls."""

import json
import sqlite3
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from anlan.exercise.field.people import Behaviour, Heard

SCHEMA = """
CREATE TABLE IF NOT EXISTS call (key TEXT PRIMARY KEY, number TEXT, at TEXT, grade INTEGER, repeats INTEGER DEFAULT 0);
CREATE TABLE IF NOT EXISTS report (
    seq INTEGER PRIMARY KEY, key TEXT, at TEXT, outcome TEXT, digit INTEGER, households INTEGER, people INTEGER);
CREATE INDEX IF NOT EXISTS report_at ON report (at, seq);
CREATE TABLE IF NOT EXISTS village (code TEXT PRIMARY KEY, key TEXT);
CREATE TABLE IF NOT EXISTS tick (n INTEGER PRIMARY KEY, sent INTEGER, acked INTEGER);
"""


def stamp(at: datetime) -> str:
    """UTC, fixed width, so that text order is time order."""
    return at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


class Network:
    """Takes requests once by their key and tells what was heard, in time."""

    def __init__(self, path: Path, behaviour: Behaviour) -> None:
        self._behaviour = behaviour
        self._db = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.executescript(SCHEMA)

    def place(self, requests: list[Mapping[str, Any]]) -> int:
        """Ring; a key known before rings nobody again. Returns how many rang."""
        rang = 0
        self._db.execute("BEGIN IMMEDIATE")
        for request in requests:
            rang += self._one(request)
        self._db.execute("COMMIT")
        return rang

    def _one(self, request: Mapping[str, Any]) -> int:
        key, facts = str(request["key"]), request["facts"]
        at = datetime.fromisoformat(request["at"])
        row = (key, request["number"], stamp(at), facts.get("grade", 0))
        if not self._db.execute(
            "INSERT OR IGNORE INTO call (key,number,at,grade) VALUES (?,?,?,?)", row
        ).rowcount:
            self._db.execute("UPDATE call SET repeats=repeats+1 WHERE key=?", (key,))
            return 0
        village = str(facts["place"])
        first = self._db.execute("SELECT key FROM village WHERE code=?", (village,)).fetchone() is None
        if "errand" in facts:
            heard = self._behaviour.errand(key, at, facts, first)
        else:
            heard = self._behaviour.call(key, at, facts, first)
        if any(h.outcome == "counted" for h in heard):
            self._db.execute("INSERT OR IGNORE INTO village VALUES (?,?)", (village, key))
        self._db.executemany(
            "INSERT INTO report (key,at,outcome,digit,households,people) VALUES (?,?,?,?,?,?)",
            map(_row, heard),
        )
        return 1

    def reports(self, after: str, until: str, limit: int = 5000) -> list[dict[str, Any]]:
        """Reports in (time, number) order after a mark `<time>|<number>`, up to and with a time."""
        at, _, seq = after.partition("|")
        rows = self._db.execute(
            "SELECT seq,key,at,outcome,digit,households,people FROM report "
            "WHERE (at > ? OR (at = ? AND seq > ?)) AND at <= ? ORDER BY at, seq LIMIT ?",
            (at, at, int(seq or 0), until, limit),
        )
        names = ("seq", "key", "at", "outcome", "digit", "households", "people")
        return [dict(zip(names, row, strict=True)) for row in rows]

    def sent(self, n: int, sent: int, acked: int) -> None:
        """Book a tick of the gauges: how many distinct frames went out and how many were acknowledged."""
        self._db.execute("INSERT OR REPLACE INTO tick VALUES (?,?,?)", (n, sent, acked))

    def counts(self) -> dict[str, int]:
        """What the network counted: calls that rang, requests repeated by key, frames sent and acknowledged."""
        calls, repeats = self._db.execute("SELECT count(*), coalesce(sum(repeats),0) FROM call").fetchone()
        sent, acked = self._db.execute(
            "SELECT coalesce(sum(sent),0), coalesce(sum(acked),0) FROM tick"
        ).fetchone()
        return {"calls": calls, "repeats": repeats, "sent": sent, "acked": acked}

    def rings(self) -> list[tuple[str, str, int]]:
        """Every ring: number, time, grade, in order. For the proof that nobody was called twice."""
        return list(
            self._db.execute("SELECT number, at, grade FROM call WHERE number != '' ORDER BY at, key")
        )


def _row(heard: Heard) -> tuple[Any, ...]:
    return heard.key, stamp(heard.at), heard.outcome, heard.digit, heard.households, heard.people


def load_settings(path: Path) -> dict[str, Any]:
    """The settings file that the exercise wrote."""
    found: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return found
