"""Time of a world as the pages draw it: the moment asked for, the slider, and how much happened when.

What the slider's histogram counts is read once and only added to: a night has tens of thousands of entries.
"""

from collections import OrderedDict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock
from typing import Any

from anlan.foundation import journal_reading
from anlan.foundation.context import Ctx
from anlan.foundation.words import t
from anlan.foundation.worlds import World
from anlan.ui.svg import small

BINS = 144
LIVE_BACK, LIVE_AHEAD = timedelta(hours=12), timedelta(hours=1)
KEPT = 64
_Key = tuple[int, tuple[str, ...], bool, datetime, datetime]


@dataclass
class _Counted:
    seq: int = 0
    counts: list[int] = field(default_factory=lambda: [0] * BINS)


_known: OrderedDict[_Key, _Counted] = OrderedDict()
_lock = Lock()


def span_of(world: World, now: datetime) -> tuple[datetime, datetime]:
    """From when to when the slider reaches: an exercise whole, the live watch half a day back."""
    if world.key != "live" and world.starts_at and world.ends_at:
        return world.starts_at, max(world.ends_at, now)
    hour = now.replace(minute=0, second=0, microsecond=0)
    return hour - LIVE_BACK, hour + LIVE_AHEAD


def timebar(ctx: Ctx, world: World, at: datetime | None, lang: str) -> dict[str, Any]:
    """Context of parts/timebar.html: the past is drawn, what is still to come is hatched."""
    start, end = span_of(world, ctx.now)
    known = min(BINS, max(0, int((ctx.now - start) / (end - start) * BINS)))
    marks = 12
    return {
        "from": start,
        "to": end,
        "at": at or ctx.now,
        "known": ctx.now,
        "step": 10,
        "is_past": at is not None,
        "picture": small.density(density(ctx, start, end), known=known, label=t(lang, "日志的疏密")),
        "marks": [start + (end - start) * n / marks for n in range(marks + 1)],
    }


def density(ctx: Ctx, start: datetime, end: datetime) -> list[int]:
    """Entries within scope by equal slices of time."""
    key = (ctx.world.id, ctx.scope.paths, ctx.scope.all, start, end)
    with _lock:
        held = _known.setdefault(key, _Counted())
        _known.move_to_end(key)
        while len(_known) > KEPT:
            _known.popitem(last=False)
        rows = journal_reading.rows(ctx).filter(seq__gt=held.seq, at__gte=start, at__lt=end).order_by("seq")
        for seq, at in rows.values_list("seq", "at").iterator(chunk_size=5000):
            held.seq = seq
            held.counts[int((at - start) / (end - start) * BINS)] += 1
        return list(held.counts)


def forget() -> None:
    """Let go of what was counted: the journal was replaced underneath (a restore, a test)."""
    with _lock:
        _known.clear()
