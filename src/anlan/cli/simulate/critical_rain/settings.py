"""What the pack `critical-rain` says, and what the command line says instead."""

import argparse
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from anlan.cli.simulate.files import InputWrong, number
from anlan.foundation.packs.pack import Pack, Shelf
from anlan.science.flood.critical.storms import Hyetograph
from anlan.science.flood.critical.told import Spread
from anlan.science.flood.errors import BadInput


@dataclass(frozen=True, kw_only=True)
class Settings:
    """How it is worked out; ``depths_mm`` by minutes of the storm, eight each, growing."""

    threshold_m: float
    homes_share: float
    shape: Hyetograph
    shape_title: Mapping[str, str]
    spread: Spread
    roughness: tuple[float, float]
    tail_m: float
    most_km2: float
    fast_share: float
    depths_mm: Mapping[int, tuple[float, ...]]
    pack: Pack

    def durations(self, concentration_min: float) -> tuple[int, ...]:
        """Those shorter than the concentration time, and the first that is not: the longest that tells of its peak."""
        shorter = [m for m in self.depths_mm if m < concentration_min]
        longer = [m for m in self.depths_mm if m >= concentration_min]
        return (*shorter, *longer[:1])


def read(args: argparse.Namespace, shelf: Shelf, on: Any) -> Settings:
    """Raises `InputWrong` naming the option, or the key of the pack."""
    pack = shelf.the("critical_rain", on=on)
    told: Mapping[str, Any] = pack.data["critical"]
    shape, title = _shape(pack, args.hyetograph or str(told["hyetograph"]))
    low, high = (float(v) / 100 for v in told["prepare_percent"])
    try:
        return Settings(
            threshold_m=_number(args.threshold, "--threshold", float(told["threshold_cm"]) / 100, 0.01, 10.0),
            homes_share=_number(args.homes_percent, "--homes-percent", float(told["homes_percent"]), 0, 100)
            / 100,
            shape=shape,
            shape_title=title,
            spread=Spread(
                cn=_number(args.cn, "--cn", float(told["cn"]), 1, 100),
                cn_spread=float(told["cn_spread"]),
                clearing_min=_number(args.clearing, "--clearing", float(told["clearing_min"]), 0, 1440),
                least_share=low,
                most_share=high,
            ),
            roughness=tuple(float(v) / 100 for v in told["roughness_percent"]),
            tail_m=float(told["tail_m"]),
            most_km2=float(told["most_km2"]),
            fast_share=float(told["fast_percent"]) / 100,
            depths_mm=_depths(pack, args.durations),
            pack=pack,
        )
    except (KeyError, ValueError, TypeError) as error:
        if isinstance(error, InputWrong):
            raise
        raise InputWrong(
            f"{pack.path}: [critical] {error}: write it as in the shipped pack critical-rain"
        ) from error


def _number(given: str, option: str, default: float, low: float, high: float) -> float:
    value = number({option: given}, option, default=default)
    if not low <= value <= high:
        raise InputWrong(f"{option} is {value:g}: give a number from {low:g} to {high:g}")
    return value


def _shape(pack: Pack, name: str) -> tuple[Hyetograph, Mapping[str, str]]:
    known = {str(row["name"]): row for row in pack.data["hyetograph"]}
    if name not in known:
        raise InputWrong(f"--hyetograph is {name!r}: the pack {pack.id} knows {', '.join(known)}")
    shares = tuple(float(v) / 100 for v in known[name]["share_percent"])
    try:
        return Hyetograph(name, shares), known[name]["title"]
    except BadInput as error:
        raise InputWrong(f"{pack.path}: {error}") from error


def _depths(pack: Pack, durations: str) -> dict[int, tuple[float, ...]]:
    found: dict[int, tuple[float, ...]] = {}
    for row in sorted(pack.data["storm"], key=lambda row: int(row["minutes"])):
        depths = tuple(float(mm) for mm in row["rain_mm"])
        if len(depths) < 2 or any(b <= a for a, b in pairwise(depths)) or depths[0] <= 0:
            raise InputWrong(
                f"{pack.path}: [[storm]] {row['minutes']}: rain_mm must grow; write eight depths in mm"
            )
        found[int(row["minutes"])] = depths
    if not durations:
        return found
    wanted = [part.strip() for part in durations.split(",")]
    for part in wanted:
        if not part.isdigit() or int(part) not in found:
            raise InputWrong(
                f"--durations: {part!r}: the pack {pack.id} has depths for {', '.join(map(str, found))}"
            )
    return {minutes: found[minutes] for minutes in sorted(map(int, wanted))}
