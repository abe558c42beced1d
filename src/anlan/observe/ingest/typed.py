"""Readings that people bring: imported files and corrections. They stand beside what the gauge sent, known from now on."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import numpy as np

from anlan.observe.ingest.roster import Roster
from anlan.observe.ingest.shapes import millis
from anlan.observe.rules import quality
from anlan.observe.rules.quality import DECIMALS, Flag, Flags, Limits
from anlan.observe.rules.rain import RAIN_5MIN, RAIN_SLOTS, Known
from anlan.observe.store.batch import Batch, typed
from anlan.observe.store.errors import UnknownSeries
from anlan.observe.store.reader import Reader
from anlan.science.jit import Bools
from anlan.wire.sl651.batch import station_key


@dataclass(frozen=True, slots=True)
class Typed:
    """One reading as a person gives it; `value` in the element's unit, None when it is to count as missing."""

    address: str
    code: str
    at: datetime
    value: Decimal | None


def columns(rows: Sequence[Typed], roster: Roster, known_ms: int) -> Known:
    """The readings as columns, in the elements' resolution; a slot of F4 is five-minute rain (22), as from a gauge."""
    given = [int(row.code, 16) for row in rows]
    codes = [RAIN_5MIN if code == RAIN_SLOTS else code for code in given]
    digits = [int(DECIMALS[code]) if code < 256 else 0 for code in codes]
    values = [0 if r.value is None else int(r.value.scaleb(d)) for r, d in zip(rows, digits, strict=True)]
    return Known(
        row=roster.rows(np.array([station_key(r.address) for r in rows], np.int64)),
        code=np.array(codes, np.int32),
        at_ms=np.array([millis(r.at) for r in rows], np.int64),
        known_ms=np.full(len(rows), known_ms, np.int64),
        value=np.array(values, np.int64),
        missing=np.array([r.value is None for r in rows], np.bool_),
    )


def repeats(news: Known, roster: Roster, reader: Reader) -> Bools:
    """Which of them say what is stored already, whoever said it; one that bears out a doubtful leap is news."""
    held = np.zeros(news.row.size, np.bool_)
    series: dict[tuple[int, int], list[int]] = defaultdict(list)
    for n, key in enumerate(zip(news.row.tolist(), news.code.tolist(), strict=True)):
        series[key].append(n)
    for (row, code), mine in series.items():
        at = news.at_ms[mine]
        try:
            stored = reader.series_values(int(roster.keys[row]), code, int(at.min()), int(at.max()) + 1)
        except UnknownSeries:
            continue
        missing = (stored.quality & Flag.MISSING) != 0
        doubted = ((stored.quality & Flag.RATE) != 0).tolist()
        told = zip(stored.value.tolist(), missing.tolist(), doubted, strict=True)
        known = dict(zip(stored.at.tolist(), told, strict=True))
        for n in mine:
            held[n] = known.get(int(news.at_ms[n])) == (int(news.value[n]), bool(news.missing[n]), False)
    return held


def flags(news: Known, limits: Limits) -> Flags:
    """Marked as a person's, and where it is out of range; late it is by nature."""
    found = quality.flag(
        limits,
        code=news.code,
        value=news.value,
        missing=news.missing,
        at_ms=news.at_ms,
        known_ms=news.known_ms,
    )
    return (found & np.int16(Flag.RANGE | Flag.MISSING)) | np.int16(Flag.MANUAL)


def batch(news: Known, flags: Flags, roster: Roster, known_ms: int) -> Batch:
    """What is to be written."""
    decimals = np.where(news.code < 256, DECIMALS[np.minimum(news.code, 255)], 0).astype(np.int8)
    return typed(known_ms, roster.keys[news.row], news.code, news.at_ms, news.value, decimals, flags)
