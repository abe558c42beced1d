"""Rain and water of the night at every gauge: published at the town gauge, generated elsewhere (合成数据).

The published hours are spread evenly over their twelve ticks; the ticks of an hour sum to the published figure exactly.
"""

import numpy as np
from numpy.typing import NDArray

from anlan.demo.city.layout import to_plane
from anlan.demo.city.model import Gauge
from anlan.exercise.chance import Chance
from anlan.exercise.rules.night import Fading, Night, Store, stages, tips

from .published import Published
from .scenario import Hours, Scenario

TICKS_AN_HOUR = 12


def prepare_night(*, scenario: Scenario, published: Published, gauges: tuple[Gauge, ...], seed: int) -> Night:
    """Compute every tick at every gauge. One of the rain gauges must be the town gauge."""
    rain = tuple(g for g in gauges if g.kind == "rain")
    stage = tuple(g for g in gauges if g.kind == "stage")
    town = next((g for g in rain if g.town_gauge), None)
    if town is None:
        raise ValueError("no rain gauge is marked town_gauge: the published series has no place to fall")
    course = _course(scenario, published)
    fading = Fading(scenario.fade_km, scenario.spread, Chance(seed))
    return Night(
        ends=scenario.ends_of_ticks(),
        rain_addresses=tuple(g.address for g in rain),
        stage_addresses=tuple(g.address for g in stage),
        tips=tips(course, [_factor(fading, town, g) for g in rain]),
        stages=stages(
            [_store(scenario, g) for g in stage], tips(course, [_factor(fading, town, g) for g in stage])
        ),
    )


def first_tick(hour_label: str, hours: Hours) -> int:
    """Index of the first tick of a published hour: ticks from 21:00, labels 22 … 08."""
    since_21 = (int(hour_label) - 21) % 24
    return (since_21 - (hours == "ending")) * TICKS_AN_HOUR


def hourly_tenths(tips: NDArray[np.int32], published: Published, hours: Hours) -> dict[str, int]:
    """Sums of one gauge's ticks over the published hours, 0.1 mm."""
    starts = {label: first_tick(label, hours) for label in published.hourly_tenths}
    return {label: int(tips[start : start + TICKS_AN_HOUR].sum()) for label, start in starts.items()}


def _course(scenario: Scenario, published: Published) -> NDArray[np.int64]:
    """Rain at the town gauge up to the end of each tick, in twelfths of 0.1 mm."""
    ticks = len(scenario.ends_of_ticks())
    a_tick = np.zeros(ticks, dtype=np.int64)
    extra = {label: round(mm * 10) for label, mm in scenario.unpublished_mm.items()}
    if clash := sorted(set(extra) & set(published.hourly_tenths)):
        raise ValueError(f"unpublished_mm names hours that are published: {clash}")
    for label, tenths in {**published.hourly_tenths, **extra}.items():
        start = first_tick(label, scenario.hours)
        if not 0 <= start <= ticks - TICKS_AN_HOUR:
            raise ValueError(f"hour {label} ({scenario.hours}) is outside the night")
        a_tick[start : start + TICKS_AN_HOUR] = tenths
    return np.cumsum(a_tick)


def _factor(fading: Fading, town: Gauge, gauge: Gauge) -> int:
    east, north = to_plane(np.array([gauge.lon, gauge.lat])) - to_plane(np.array([town.lon, town.lat]))
    return fading.factor(gauge.address, float(np.hypot(east, north)))


def _store(scenario: Scenario, gauge: Gauge) -> Store:
    usual_cm = round((gauge.usual_m or 0) * 100)
    if gauge.reservoir is not None:
        return Store(usual_cm, scenario.reservoir_lag_min, scenario.reservoir_rise_per_mm)
    return Store(usual_cm, scenario.lag_min, scenario.rise_per_mm)
