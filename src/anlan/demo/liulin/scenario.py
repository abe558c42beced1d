"""Settings of the replay, each with how sure we are of it."""

import tomllib
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any, Literal

from anlan.exercise.rules.night import ends_of_ticks

Hours = Literal["ending", "beginning"]
UNCERTAIN = ("M?", "X")


@dataclass(frozen=True, slots=True)
class Assumption:
    """One setting as it stands in scenario.toml. Uncertain ones are shown as 待核实."""

    key: str
    value: Any
    unit: str
    confidence: str
    note: str

    @property
    def is_uncertain(self) -> bool:
        return self.confidence in UNCERTAIN


@dataclass(frozen=True, slots=True)
class Scenario:
    """The settings by name, and all of them with their notes for the screen."""

    key: str
    title: dict[str, str]
    starts_at: datetime
    ends_at: datetime
    hours: Hours
    soil: str
    unpublished_mm: dict[str, float]
    fade_km: float
    spread: float
    rise_per_mm: float
    lag_min: int
    reservoir_rise_per_mm: float
    reservoir_lag_min: int
    failing_places: tuple[str, ...]
    mains_fail_at: datetime
    phones_fail_at: datetime
    assumptions: tuple[Assumption, ...]

    def ends_of_ticks(self) -> tuple[datetime, ...]:
        return ends_of_ticks(self.starts_at, self.ends_at)


@cache
def _file() -> dict[str, Any]:
    return tomllib.loads(files("anlan.demo.liulin").joinpath("scenario.toml").read_text("utf-8"))


def load_scenario(**changes: Any) -> Scenario:
    """The scenario, with some settings changed by name (they stay in the list of assumptions).

    Raises ValueError for a setting that does not exist and for hours other than ending or beginning.
    """
    raw = _file()
    known = raw["assumption"]
    if unknown := sorted(set(changes) - set(known)):
        raise ValueError(f"no such setting {unknown}: scenario.toml knows {sorted(known)}")
    assumptions = tuple(
        Assumption(key, changes.get(key, a["value"]), a.get("unit", ""), a["confidence"], a["note"])
        for key, a in known.items()
    )
    values = {a.key: a.value for a in assumptions}
    if values["hours"] not in ("ending", "beginning"):
        raise ValueError(f"hours must be 'ending' or 'beginning': got {values['hours']!r}")
    if values.pop("within_hour") != "even":
        raise ValueError("within_hour knows only 'even' so far")
    values["failing_places"] = tuple(values["failing_places"])
    return Scenario(key=raw["key"], title=raw["title"], assumptions=assumptions, **values)
