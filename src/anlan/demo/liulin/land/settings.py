"""Settings of the made-up land, each with how sure we are of it."""

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from ..scenario import Assumption

Box = tuple[float, float, float, float]


@dataclass(frozen=True, slots=True)
class LandSettings:
    """What `land.toml` holds; units stand there."""

    crs: str
    seed: int
    frame: Box
    window: Box
    town_m: float
    area_km2: float
    outlet: tuple[float, float]
    dam: tuple[float, float]
    steepness: float
    hill_steepness: float
    outer_valleys: tuple[tuple[tuple[float, float], ...], ...]
    outer_valleys_m: tuple[float, ...]
    floor_m: tuple[float, float]
    gap_m: float
    pool_m: float
    crest_above_normal_m: float
    channel_width: tuple[float, float]
    channel_depth: tuple[float, float]
    manning: dict[str, float]
    assumptions: tuple[Assumption, ...]


@cache
def land_settings() -> LandSettings:
    """Read once from land.toml."""
    raw = tomllib.loads(files(__package__).joinpath("land.toml").read_text("utf-8"))
    table = raw["setting"]
    assumptions = tuple(
        Assumption(key, s["value"], s.get("unit", ""), s["confidence"], s["note"]) for key, s in table.items()
    )
    return LandSettings(
        crs=raw["crs"], assumptions=assumptions, **{key: _frozen(s["value"]) for key, s in table.items()}
    )


def _frozen(value: Any) -> Any:
    return tuple(_frozen(v) for v in value) if isinstance(value, list) else value
