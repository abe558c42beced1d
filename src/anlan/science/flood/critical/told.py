"""From crossings to what a village is told: immediate and prepare, each with low and high."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from anlan.science.flood.critical.search import Crossing
from anlan.science.flood.critical.storms import Hyetograph, gross_mm, net_mm, retention_mm

WETNESS: Mapping[str, float] = {"dry": 0.2, "normal": 0.5, "wet": 0.8}
"""Share of Wm that a class of soil wetness stands for (较干, 一般, 较湿)."""


@dataclass(frozen=True, slots=True)
class Spread:
    """How unsure soil and clearing are: curve number ± ``cn_spread``; minutes to clear a village; prepare between two shares."""

    cn: float
    cn_spread: float
    clearing_min: float
    least_share: float = 0.5
    most_share: float = 0.9


@dataclass(frozen=True, slots=True)
class Row:
    """Critical rain of a village for a duration and a wetness, mm; None: not reached within ``run_to_mm``.

    ``low`` and ``high`` from the spread of roughness and loss; a high of None: not reached on the favourable side.
    ``reached_min``: when the threshold is reached, in the run just above it, from the beginning of the rain. ``lead_min``:
    what is then left between prepare and the threshold; less than the clearing time where rain gives no more.
    """

    village: str
    minutes: int
    wetness: str
    immediate: float | None
    low: float | None
    high: float | None
    prepare: float | None
    prepare_low: float | None
    prepare_high: float | None
    reached_min: float | None
    lead_min: float | None
    run_to_mm: float


def tell(
    village: str,
    minutes: int,
    *,
    by_wetness: Mapping[str, Crossing],
    rougher: Crossing | None,
    smoother: Crossing | None,
    reached_min: Mapping[str, float],
    shape: Hyetograph,
    spread: Spread,
    run_to_mm: float,
) -> list[Row]:
    """The rows of one village and one duration.

    ``by_wetness``: crossings of the three classes at the roughness given; ``rougher`` and ``smoother`` those of the normal
    class at its extremes, by which the other classes are stretched in net rain. The soil enters the water's way only as
    net rain, so the crossing of another curve number is read from the net rain of the three classes by the SCS formula,
    without a run. ``reached_min`` by class, of the run just above the crossing. ``by_wetness`` goes from dry to wet: prepare is
    never above that of a drier class.
    """
    needed = _needed_net(by_wetness, spread.cn)
    ratios = _ratios(by_wetness.get("normal"), (rougher, smoother), spread.cn)
    rows, most = [], float("inf")
    for wetness, crossing in by_wetness.items():  # from dry to wet
        at, reached = crossing.rain_mm, reached_min.get(wetness)
        low, high = _range(at, wetness, needed, ratios, spread, run_to_mm)
        prepare = _prepare(crossing, reached, minutes, shape, spread)
        if prepare is not None:
            most = prepare = min(prepare, most)
        share = prepare / at if prepare is not None and at else 0.0
        rows.append(
            Row(
                village=village, minutes=minutes, wetness=wetness, immediate=at, low=low, high=high,
                prepare=prepare, prepare_low=_times(low, share), prepare_high=_times(high, share),
                reached_min=None if at is None else reached, lead_min=_lead(crossing, prepare, reached, minutes, shape),
                run_to_mm=run_to_mm,
            )
        )  # fmt: skip
    return rows


def _needed_net(by_wetness: Mapping[str, Crossing], cn: float) -> list[tuple[float, float]]:
    """(retention, net rain at the crossing) of the classes that are reached, by growing retention."""
    found = []
    for wetness, crossing in by_wetness.items():
        if crossing.rain_mm is not None:
            s = retention_mm(cn, wetness=WETNESS[wetness])
            found.append((s, net_mm(crossing.rain_mm, retention_mm=s)))
    return sorted(found)


def _ratios(
    normal: Crossing | None, extremes: tuple[Crossing | None, Crossing | None], cn: float
) -> tuple[float, float]:
    """Least and greatest net rain at the extremes of roughness, as shares of that at the given one."""
    if normal is None or normal.rain_mm is None:
        return 1.0, 1.0
    s = retention_mm(cn, wetness=WETNESS["normal"])
    base = net_mm(normal.rain_mm, retention_mm=s)
    found = [1.0]
    for crossing in extremes:
        if crossing is None or base <= 0:
            continue
        found.append(
            float("inf") if crossing.rain_mm is None else net_mm(crossing.rain_mm, retention_mm=s) / base
        )
    return min(found), max(found)


def _range(
    at: float | None,
    wetness: str,
    needed: list[tuple[float, float]],
    ratios: tuple[float, float],
    spread: Spread,
    run_to_mm: float,
) -> tuple[float | None, float | None]:
    """Low with the less thirsty soil and the roughness that needs less, high with the other ends; None beyond the runs."""
    if not needed:
        return None, None
    ends = []
    for cn, ratio in ((spread.cn + spread.cn_spread, ratios[0]), (spread.cn - spread.cn_spread, ratios[1])):
        s = retention_mm(min(cn, 99.0), wetness=WETNESS[wetness])
        net = float(np.interp(s, [n[0] for n in needed], [n[1] for n in needed])) * ratio
        ends.append(gross_mm(net, retention_mm=s) if np.isfinite(net) else float("inf"))
    low, high = ends
    if at is not None:
        low, high = min(low, at), max(high, at)
    return (low if low <= run_to_mm else None), (high if at is not None and high <= run_to_mm else None)


def _prepare(
    crossing: Crossing, reached_min: float | None, minutes: int, shape: Hyetograph, spread: Spread
) -> float | None:
    """What had fallen ``clearing_min`` before the water came, in the storm just above the crossing, within its bounds.

    At the crossing itself the water comes later, so that storm is on the safe side.
    """
    if crossing.rain_mm is None:
        return None
    least, most = spread.least_share * crossing.rain_mm, spread.most_share * crossing.rain_mm
    if reached_min is None or crossing.above_mm is None:
        return least
    fallen = shape.fallen((reached_min - spread.clearing_min) / minutes) * crossing.above_mm
    return min(max(fallen, least), most)


def _lead(
    crossing: Crossing, prepare: float | None, reached_min: float | None, minutes: int, shape: Hyetograph
) -> float | None:
    """Minutes from the prepare line to the water, in the storm just above the crossing."""
    if prepare is None or reached_min is None or crossing.above_mm is None:
        return None
    return max(0.0, reached_min - shape.when(prepare / crossing.above_mm) * minutes)


def _times(value: float | None, share: float) -> float | None:
    return None if value is None else value * share
