"""测站静默: who should have reported by now and did not. Where it rains hard, or orange or red holds, less patience is due."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from anlan.science.jit import Bools, Int32s, Int64s


@dataclass(frozen=True)
class SilenceRule:
    """The silent-station pack: patience as a rule and in hard rain, how often to look, and what rain is hard."""

    normal_ms: int
    close_ms: int
    every_ms: int
    hard_rain: int  # 0.1 mm in an hour, at any gauge of the township


def rule_of(data: Mapping[str, Any]) -> SilenceRule:
    """Read a silent-station pack's data."""
    told = data["silent_station"]
    return SilenceRule(
        normal_ms=int(told["normal_min"]) * 60_000,
        close_ms=int(told["during_alert_min"]) * 60_000,
        every_ms=int(told["check_every_s"]) * 1000,
        hard_rain=int(told["hard_rain_mm_1h"] * 10),
    )


def hard_rain(rule: SilenceRule, *, township: Int32s, rain_1h: Int32s) -> Bools:
    """For each station, whether it rains hard at any gauge of its township; ``rain_1h`` is -1 where none is measured."""
    if not township.size:
        return np.zeros(0, np.bool_)
    most = np.full(int(township.max()) + 1, -1, np.int64)
    np.maximum.at(most, township, rain_1h.astype(np.int64))
    hard: Bools = most[township] >= rule.hard_rain
    return hard


def under(paths: frozenset[str], townships: Sequence[str]) -> Bools:
    """For each station, whether its township lies in one of these places, or one of them in it."""
    known = {t: any(t.startswith(p) or p.startswith(t) for p in paths) for t in set(townships)}
    return np.array([known[t] for t in townships], np.bool_)


def overdue(rule: SilenceRule, *, heard_ms: Int64s, since_ms: int, now_ms: int, close: Bools) -> Bools:
    """Stations that ever reported and have been silent for too long.

    ``close``: where less patience is due. ``since_ms``: we have been listening since then; silence of before is not the stations'.
    """
    patience = np.where(close, rule.close_ms, rule.normal_ms)
    late: Bools = now_ms - np.maximum(heard_ms, since_ms) > patience
    return late & (heard_ms > 0)
