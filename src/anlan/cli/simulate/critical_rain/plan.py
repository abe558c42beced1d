"""What must be run: series of one storm's depths over one catchment, each going on by its own results alone."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from anlan.cli.simulate.critical_rain.inputs import Setup
from anlan.cli.simulate.critical_rain.settings import Settings
from anlan.science.flood.critical.cutting import Catchment
from anlan.science.flood.critical.running import Once, Storm
from anlan.science.flood.critical.search import next_depth
from anlan.science.flood.critical.storms import net_mm, retention_mm
from anlan.science.flood.critical.told import WETNESS

Key = tuple[int, int, str, float]
"""Catchment, minutes of the storm, class of wetness, roughness."""


@dataclass(slots=True)
class Series:
    """One storm in its depths over one catchment. ``members`` numbers the villages that the duration is for."""

    key: Key
    depths_mm: Sequence[float]
    members: tuple[int, ...]
    known: dict[float, Once] = field(default_factory=dict)
    refused: str = ""

    def next_mm(self, settings: Settings) -> float | None:
        """The depth to run next; None when nothing is left to run. Depths of which nothing runs off need no run."""
        if self.refused:
            return None
        depths = {mm: [once.depth_m[n] for n in self.members] for mm, once in self.known.items()}
        retention = retention_mm(settings.spread.cn, wetness=WETNESS[self.key[2]])
        dry = [mm for mm in self.depths_mm if net_mm(mm, retention_mm=retention) <= 0]
        depths |= {mm: [0.0] * len(self.members) for mm in dry[-1:]}
        if len(dry) == len(self.depths_mm):
            return None
        if dry and not self.known:
            wet = self.depths_mm[len(dry) :]
            return wet[len(wet) // 2]
        return next_depth(self.depths_mm, depths, threshold_m=settings.threshold_m)

    def depths(self, village: int, settings: Settings) -> Mapping[float, Sequence[float]]:
        """By rain the water at one village, with what needed no run."""
        retention = retention_mm(settings.spread.cn, wetness=WETNESS[self.key[2]])
        dry = [mm for mm in self.depths_mm if net_mm(mm, retention_mm=retention) <= 0]
        found: dict[float, Sequence[float]] = {mm: [0.0] for mm in dry}
        return found | {mm: [once.depth_m[village]] for mm, once in self.known.items()}

    def storm(self, mm: float, settings: Settings) -> Storm:
        """The storm of one run."""
        _, minutes, wetness, roughness = self.key
        return Storm(mm, minutes, settings.shape, settings.spread.cn, wetness, roughness)


def series(setup: Setup) -> dict[Key, Series]:
    """All series: three classes of wetness at the roughness given, the normal one also at its extremes."""
    found: dict[Key, Series] = {}
    for place in setup.places:
        for minutes, members in _durations(place, setup.settings).items():
            for wetness, roughness in _classes(setup.settings):
                key = (place.number, minutes, wetness, roughness)
                found[key] = Series(key, setup.settings.depths_mm[minutes], members)
    return found


def _classes(settings: Settings) -> Iterator[tuple[str, float]]:
    yield from ((wetness, 1.0) for wetness in WETNESS)
    yield from (("normal", roughness) for roughness in settings.roughness)


def _durations(place: Catchment, settings: Settings) -> dict[int, tuple[int, ...]]:
    """By minutes the villages whose concentration time asks for them; those on larger ground than a flash flood's for none."""
    found: dict[int, list[int]] = {}
    for n, (time, area) in enumerate(zip(place.concentration_min, place.area_km2, strict=True)):
        if area <= settings.most_km2 and place.homes[n].size:
            for minutes in settings.durations(time):
                found.setdefault(minutes, []).append(n)
    return {minutes: tuple(members) for minutes, members in sorted(found.items())}


def as_row(key: Key, mm: float, found: Once | str, cpu_s: float) -> dict[str, Any]:
    """A finished run as it is kept: one JSON object a line."""
    row: dict[str, Any] = {"key": list(key), "mm": mm, "cpu_s": round(cpu_s, 3)}
    if isinstance(found, str):
        return row | {"refused": found}
    names = ("depth_m", "reached_min", "fast", "steps", "until_min", "is_whole")
    return row | {name: getattr(found, name) for name in names}


def take_in(all_series: Mapping[Key, Series], row: Mapping[str, Any]) -> None:
    """Put a kept run where it belongs. Raises KeyError, TypeError, ValueError for a row that is none."""
    number, minutes, wetness, roughness = row["key"]
    mine = all_series[int(number), int(minutes), str(wetness), float(roughness)]
    if "refused" in row:
        mine.refused = str(row["refused"])
        return
    mine.known[float(row["mm"])] = Once(
        depth_m=tuple(map(float, row["depth_m"])),
        reached_min=tuple(None if v is None else float(v) for v in row["reached_min"]),
        fast=tuple(map(float, row["fast"])),
        steps=int(row["steps"]),
        until_min=float(row["until_min"]),
        is_whole=bool(row["is_whole"]),
    )
