"""Rain and water of the night at every gauge: published at the town gauge, generated elsewhere (合成数据).

Rain is whole tenths of a millimetre. The published hours are spread evenly over their twelve ticks and rounded
cumulatively, so that the ticks of an hour sum to the published figure exactly. All arithmetic after the factor of
each gauge is in integers: the same on every machine.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anlan.demo.city.chance import Chance
from anlan.demo.city.layout import to_plane
from anlan.demo.city.model import Gauge

from .published import Published
from .scenario import Hours, Scenario

_ONE = 10_000  # a gauge's factor is counted in ten-thousandths
TICKS_AN_HOUR = 12


@dataclass(frozen=True)
class Night:
    """tips: int32 [tick, rain gauge] in 0.1 mm; stages: int32 [tick, stage gauge] in cm above datum.

    Gauges are in the order of the addresses given. Tick n ends at scenario.ends_of_ticks()[n].
    """

    scenario: Scenario
    rain_addresses: tuple[str, ...]
    stage_addresses: tuple[str, ...]
    tips: NDArray[np.int32]
    stages: NDArray[np.int32]

    def accumulated(self) -> NDArray[np.int32]:
        """Rain since the start, int32 [tick, rain gauge], 0.1 mm: what a gauge's counter shows."""
        return np.cumsum(self.tips, axis=0, dtype=np.int32)


def prepare_night(*, scenario: Scenario, published: Published, gauges: tuple[Gauge, ...], seed: int) -> Night:
    """Compute every tick at every gauge. One of the rain gauges must be the town gauge."""
    rain = tuple(g for g in gauges if g.kind == "rain")
    stage = tuple(g for g in gauges if g.kind == "stage")
    town = next((g for g in rain if g.town_gauge), None)
    if town is None:
        raise ValueError("no rain gauge is marked town_gauge: the published series has no place to fall")
    course = _course(scenario, published)
    chance = Chance(seed)
    rain_factor = np.array([_factor(chance, scenario, town, g) for g in rain], dtype=np.int64)
    stage_factor = np.array([_factor(chance, scenario, town, g) for g in stage], dtype=np.int64)
    return Night(
        scenario=scenario,
        rain_addresses=tuple(g.address for g in rain),
        stage_addresses=tuple(g.address for g in stage),
        tips=_tips(course, rain_factor),
        stages=_stages(scenario, stage, _tips(course, stage_factor)),
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
    a_tick = np.zeros(scenario.ticks, dtype=np.int64)
    extra = {label: round(mm * 10) for label, mm in scenario.unpublished_mm.items()}
    if clash := sorted(set(extra) & set(published.hourly_tenths)):
        raise ValueError(f"unpublished_mm names hours that are published: {clash}")
    for label, tenths in {**published.hourly_tenths, **extra}.items():
        start = first_tick(label, scenario.hours)
        if not 0 <= start <= scenario.ticks - TICKS_AN_HOUR:
            raise ValueError(f"hour {label} ({scenario.hours}) is outside the night")
        a_tick[start : start + TICKS_AN_HOUR] = tenths
    return np.cumsum(a_tick)


def _factor(chance: Chance, scenario: Scenario, town: Gauge, gauge: Gauge) -> int:
    """Share of the town's rain that falls at a gauge, in ten-thousandths: fades with distance."""
    if gauge.address == town.address:
        return _ONE
    east, north = to_plane(np.array([gauge.lon, gauge.lat])) - to_plane(np.array([town.lon, town.lat]))
    own = 1 + scenario.spread * (2 * chance.unit(gauge.address, "rain factor") - 1)
    return min(_ONE, round(_ONE * own * float(np.exp(-np.hypot(east, north) / scenario.fade_km))))


def _tips(course: NDArray[np.int64], factor: NDArray[np.int64]) -> NDArray[np.int32]:
    """Cumulative rounding: each tick is the step between rounded totals."""
    scale = TICKS_AN_HOUR * _ONE
    totals = (course[:, None] * factor[None, :] + scale // 2) // scale
    return np.diff(totals, axis=0, prepend=0).astype(np.int32)


def _stages(scenario: Scenario, gauges: tuple[Gauge, ...], tips: NDArray[np.int32]) -> NDArray[np.int32]:
    """A linear store a gauge, filled by its rain, emptied with a time constant; wholly synthetic."""
    dam = np.array([g.reservoir is not None for g in gauges])
    usual_cm = np.array([round((g.usual_m or 0) * 100) for g in gauges])
    lag = np.where(dam, scenario.reservoir_lag_min, scenario.lag_min) / scenario.tick_min
    cm_per_tenth = np.where(dam, scenario.reservoir_rise_per_mm, scenario.rise_per_mm) * 10
    store = np.zeros(len(gauges))
    stages = np.empty(tips.shape, dtype=np.int32)
    for tick, fallen in enumerate(tips):
        store = store - store / lag + fallen
        stages[tick] = usual_cm + np.floor(store * cm_per_tenth + 0.5).astype(np.int32)
    return stages
