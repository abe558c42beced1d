"""How the night of an exercise is laid on a county's own gauges: no rain, a course around a centre, or own past readings."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anlan.exercise.chance import Chance
from anlan.exercise.rules.night import (
    TICK,
    TWELFTHS,
    Fading,
    Night,
    Store,
    course,
    ends_of_ticks,
    stages,
    tips,
)
from anlan.foundation.context import Ctx
from anlan.foundation.errors import Conflict, Invalid
from anlan.observe.queries import StationInfo, series
from anlan.observe.rules.rain import RAIN_5MIN
from anlan.places.atlas import Place, distance_km

USUAL_CM = 1000
"""Where a stage gauge without marks begins."""


@dataclass(frozen=True, kw_only=True)
class Laying:
    """What a night is laid from."""

    ctx: Ctx
    given: Mapping[str, Any]
    place: Place
    starts_at: datetime
    ticks: int
    gauges: Sequence[StationInfo]
    fade_km: float
    spread: float
    water: Mapping[str, Any]
    chance: Chance

    def of_kind(self, kind: str) -> list[StationInfo]:
        return [gauge for gauge in self.gauges if gauge.kind == kind]

    def store(self, gauge: StationInfo) -> Store:
        mark = gauge.warning_cm
        usual = USUAL_CM if mark is None else mark - int(self.water["below_warning_cm"])
        of = "reservoir_" if gauge.object_ref else ""
        return Store(usual, self.water[f"{of}lag_min"], self.water[f"{of}rise_per_mm"])

    def night(self, rain: NDArray[np.int32], stage: NDArray[np.int32]) -> Night:
        return Night(
            ends=ends_of_ticks(self.starts_at, self.starts_at + TICK * self.ticks),
            rain_addresses=tuple(g.address for g in self.of_kind("rain")),
            stage_addresses=tuple(g.address for g in self.of_kind("stage")),
            tips=rain,
            stages=stage,
        )

    def around(self, centre: NDArray[np.int64]) -> Night:
        """Rain at the centre up to the end of each tick, fading from there."""
        fading = Fading(self.fade_km, self.spread, self.chance)

        def fallen(kind: str) -> NDArray[np.int32]:
            return tips(centre, [fading.factor(g.address, self._km(g)) for g in self.of_kind(kind)])

        return self.night(
            fallen("rain"), stages([self.store(g) for g in self.of_kind("stage")], fallen("stage"))
        )

    def _km(self, gauge: StationInfo) -> float:
        return distance_km(self.place.lon, self.place.lat, gauge.lon, gauge.lat)


def _none(data: Mapping[str, Any], it: Laying) -> Night:
    return it.around(np.zeros(it.ticks, dtype=np.int64))


def _begins(data: Mapping[str, Any]) -> int:
    return int(timedelta(minutes=int(data["exercise"]["begins_min"])) / TICK)


def _storm(data: Mapping[str, Any], it: Laying) -> Night:
    (shape,) = [each for each in data["shape"] if each["code"] == it.given["shape"]]
    shares = [float(share) for share in shape["shares"]]
    lasts = it.given["hours"] * TWELFTHS
    return it.around(
        course(shares, tenths=10 * it.given["mm"], begins=_begins(data), lasts=lasts, ticks=it.ticks)
    )


def _recorded(data: Mapping[str, Any], it: Laying) -> Night:
    hourly = [float(mm) for mm in data["recorded"]["hourly_mm"]]
    tenths = round(sum(hourly) * 10 * it.given["percent"] / 100)
    lasts = len(hourly) * TWELFTHS
    return it.around(course(hourly, tenths=tenths, begins=_begins(data), lasts=lasts, ticks=it.ticks))


def _readings(data: Mapping[str, Any], it: Laying) -> Night:
    """Own readings again. A stage gauge that recorded none stays where it is."""
    if it.given["night"] is None:
        raise Invalid("请写从哪一刻的读数起。").at("night")
    share = it.given["percent"] / 100
    rain = np.zeros((it.ticks, len(it.of_kind("rain"))), dtype=np.int32)
    for column, gauge in enumerate(it.of_kind("rain")):
        for tick, mm in _recorded_at(it, gauge, RAIN_5MIN):
            rain[tick, column] = round(10 * mm * share)
    if not rain.any():
        raise Conflict("那一段里没有一个雨量站记到雨。请换一个起点，或先把历史读数导入。")
    stage = np.empty((it.ticks, len(it.of_kind("stage"))), dtype=np.int32)
    for column, gauge in enumerate(it.of_kind("stage")):
        levels = dict(_recorded_at(it, gauge, series.STAGE) or _recorded_at(it, gauge, series.RESERVOIR))
        first = now = next(iter(levels.values()), it.store(gauge).usual_cm / 100)
        for tick in range(it.ticks):
            now = levels.get(tick, now)
            stage[tick, column] = round(100 * (first + (now - first) * share))
    return it.night(rain, stage)


def _recorded_at(it: Laying, gauge: StationInfo, code: int) -> list[tuple[int, float]]:
    """Tick and value of what a gauge recorded."""
    since = it.given["night"]
    until = since + TICK * it.ticks
    found = series.between(it.ctx, gauge.address, code, since, until)
    return [(-((since - r.at) // TICK) - 1, r.value) for r in found if r.value is not None]


WAYS: Mapping[str, tuple[str, ...]] = {
    "none": ("length_h",),
    "storm": ("begins_min", "after_h", "shape"),
    "recorded": ("begins_min", "after_h", "recorded"),
    "readings": ("length_h",),
}
"""How rain is laid, and what a pack must say for it."""
_LAID: Mapping[str, Callable[[Mapping[str, Any], Laying], Night]] = {
    "none": _none,
    "storm": _storm,
    "recorded": _recorded,
    "readings": _readings,
}


def laid(data: Mapping[str, Any], it: Laying) -> Night:
    """The night of a pack."""
    return _LAID[data["exercise"]["rain"]](data, it)
