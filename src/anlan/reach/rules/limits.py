"""Limits 限额: what a line may send to one number, and in which hours; asked before a try is spent."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil


@dataclass(frozen=True, kw_only=True)
class Limits:
    """As the provider has them in writing; 0 is none. Hours in Beijing time, [from, to)."""

    per_second: int = 0
    per_number_minute: int = 0
    per_number_day: int = 0
    from_hour: int = 0
    to_hour: int = 24


def refused(limits: Limits, *, sent: Sequence[datetime], now: datetime, hour: int) -> str:
    """Why this line may not reach this number now, as a code; empty when it may.

    `sent` are the moments at which it was reached in the last day, whatever became of it; `hour` is Beijing's.
    """
    if not _is_open(limits, hour):
        return "hours"
    for most, length in (
        (limits.per_number_minute, timedelta(minutes=1)),
        (limits.per_number_day, timedelta(days=1)),
    ):
        if most and sum(1 for at in sent if now - at < length) >= most:
            return "minute" if length < timedelta(hours=1) else "day"
    return ""


def _is_open(limits: Limits, hour: int) -> bool:
    since, until = limits.from_hour, limits.to_hour
    return since <= hour < until if since <= until else hour >= since or hour < until


def sms_parts(text: str) -> int:
    """Parts that a Chinese SMS is charged and sent in: 70 characters alone, else 67 each; in UTF-16 units."""
    units = len(text.encode("utf-16-be")) // 2
    return 1 if units <= 70 else ceil(units / 67)


def backoff(tries: int) -> timedelta:
    """How long a message waits after its n-th failed try."""
    return timedelta(seconds=min(5 * 3 ** max(tries - 1, 0), 300))
