"""Ranges by sampling: what is not known of hazard, damage and presence, drawn by hash so that every run draws the same."""

from dataclasses import dataclass

import numpy as np

from anlan.science.bounds import within
from anlan.science.fields import Field, science
from anlan.science.impact.sweep import COLUMNS, Exposure, SparseHazard, impact
from anlan.science.impact.vulnerability import Vulnerability
from anlan.science.jit import Floats, Int64s, Keys

_STREAMS = 3


@dataclass(frozen=True, slots=True)
class Ranges:
    """Low, middle and high of each event and column of `COLUMNS`, and how they came about."""

    low: Floats
    middle: Floats
    high: Floats
    members: int
    seed: int
    share: float


@science(
    Field("events", "int64", ("event",), "id"),
    Field("return.low", "float64", ("event", len(COLUMNS)), "by column", "out"),
    Field("return.high", "float64", ("event", len(COLUMNS)), "by column", "out"),
    source="own: Monte Carlo, log-normal spreads of the vulnerability pack",
)
def impact_ranges(
    hazard: SparseHazard,
    exposure: Exposure,
    vulnerability: Vulnerability,
    *,
    seed: int,
    events: Int64s,
    members: int = 100,
    share: float = 0.9,
    threads: int | None = None,
) -> Ranges:
    """The middle ``share`` of ``members`` draws for each event.

    Draws hang on the seed, the event's own id and the member alone: an event run by itself has the same range. Only the
    spreads of the pack go in; terrain, forecast and exposure have errors of their own. Raises `HazardUnsound`.

    >>> house = Vulnerability(("house",), np.array([1], np.int8), 1.0, np.array([[0.0, 0.5]]), np.array([0.1]),
    ...                       np.array([0.5]), np.full((4, 3), 9.0), (0.2, 0.3, 0.1), "")
    >>> deep = SparseHazard(np.array([0, 1]), np.zeros(1, np.int32), np.array([0.9]), np.ones(1, np.bool_))
    >>> one = Exposure(np.zeros(1, np.int8), np.array([[4.0, 1.0, 1e5]]))
    >>> found = impact_ranges(deep, one, house, seed=7, events=np.array([42]))
    >>> bool(found.low[0, 9] < 45_000 < found.high[0, 9])
    True
    """
    within("members", members, 2, 100_000, "draws")
    within("share", share, 0.01, 0.999, "a share of the draws")
    spread = np.array(vulnerability.spreads)
    tables = [
        impact(
            hazard, exposure, vulnerability, factors=np.exp(spread * draw(seed, events, m)), threads=threads
        ).table
        for m in range(members)
    ]
    ends = [(1 - share) / 2, 0.5, (1 + share) / 2]
    low, middle, high = np.quantile(np.stack(tables), ends, axis=0, method="inverted_cdf")
    return Ranges(low, middle, high, members, seed, share)


@science(
    Field("events", "int64", ("event",), "id"),
    Field("return", "float64", ("event", _STREAMS), "standard normal", "out"),
    source="splitmix64 (Steele, Lea, Flood 2014); Box & Muller 1958",
)
def draw(seed: int, events: Int64s, member: int) -> Floats:
    """Standard normal numbers for each event, by hash of (seed, event, member, stream).

    >>> bool((draw(7, np.array([1, 2]), 3)[1] == draw(7, np.array([2]), 3)[0]).all())
    True
    """
    within("seed", seed, 0, 2**53, "whole numbers")
    key = _mix(np.full(events.shape, seed, np.uint64))
    key = _mix(key ^ events.astype(np.uint64))
    key = _mix(key ^ np.full(events.shape, member, np.uint64))
    streams = np.arange(1, 2 * _STREAMS + 1, dtype=np.uint64)
    uniform = ((_mix(key[:, None] ^ streams) >> np.uint64(11)).astype(np.float64) + 0.5) * 2.0**-53
    first, second = uniform[:, :_STREAMS], uniform[:, _STREAMS:]
    return np.asarray(np.sqrt(-2 * np.log(first)) * np.cos(2 * np.pi * second), np.float64)


def _mix(x: Keys) -> Keys:
    z = x + np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    mixed: Keys = z ^ (z >> np.uint64(31))
    return mixed
