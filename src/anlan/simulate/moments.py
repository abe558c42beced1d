"""Moments of a run 时刻: a minute of the model as a clock that people read."""

from datetime import datetime, timedelta

from anlan.ui.format import clock
from anlan.ui.words import t, w

__all__ = ["at", "clock", "minute_of", "said"]
MINUTE = timedelta(minutes=1)


def at(start: datetime, minute: int) -> datetime:
    """The moment of a minute of the run."""
    return start + minute * MINUTE


def minute_of(start: datetime, moment: datetime | None) -> int | None:
    """The minute of the run in which a moment lies; None for none."""
    return None if moment is None else round((moment - start) / MINUTE)


def said(start: datetime, minute: int, *, now: datetime, lang: str) -> str:
    """ "04:30（第 30 分钟）"."""
    return t(lang, w("{clock}（第 {n} 分钟）"), clock=clock(at(start, minute), now), n=minute)
