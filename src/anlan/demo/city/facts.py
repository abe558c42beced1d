"""Reads the facts of demo/data: names, codes and published figures, nothing generated."""

import csv
import tomllib
from dataclasses import dataclass
from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

LIULIN = "421321117"


@dataclass(frozen=True, slots=True)
class TownFact:
    """A township unit; `mca` is empty for those that only the statistics bureau knows."""

    key: str
    mca: str
    name: str
    lon: float
    lat: float
    published_point: bool

    @property
    def county(self) -> str:
        return self.key[:6]


@dataclass(frozen=True, slots=True)
class VillageFact:
    key: str
    name: str

    @property
    def town(self) -> str:
        return self.key[:9]

    @property
    def kind(self) -> str:
        return "village" if self.stem.endswith("村") else "community"

    @property
    def stem(self) -> str:
        """雁子河村 for 雁子河村村民委员会, 古城畈社区 for 古城畈居民委员会."""
        bare = self.name.replace("（社区）", "")
        for tail, instead in _TAILS:
            if bare.endswith(tail):
                bare = bare[: -len(tail)]
                return bare if bare.endswith(instead) else bare + instead
        return bare if bare.endswith(("村", "社区")) else bare + "社区"


_TAILS = (
    ("村民委员会", "村"),
    ("村委会", "村"),
    ("居民委员会", "社区"),
    ("居委会", "社区"),
)


@dataclass(frozen=True, slots=True)
class Facts:
    city: dict[str, Any]
    counties: tuple[dict[str, Any], ...]
    codes_valid_from: date
    aliases: dict[str, list[str]]
    liulin_about: int
    towns: tuple[TownFact, ...]
    villages: tuple[VillageFact, ...]


def _rows(name: str) -> list[dict[str, str]]:
    text = files("anlan.demo.data").joinpath(name).read_text("utf-8")
    return list(csv.DictReader(text.splitlines()))


def _town(row: dict[str, str], placed: dict[str, dict[str, str]]) -> TownFact:
    point = row if row["lat"] else placed[row["nbs_code"]]
    return TownFact(
        key=row["nbs_code"],
        mca=row["mca_code"],
        name=row["name"],
        lon=float(point["lon"]),
        lat=float(point["lat"]),
        published_point=bool(row["lat"]),
    )


@cache
def load_facts() -> Facts:
    """All facts, in code order."""
    figures = tomllib.loads(files("anlan.demo.data").joinpath("city.toml").read_text("utf-8"))
    placed = {row["nbs_code"]: row for row in _rows("placed.csv")}
    return Facts(
        city=figures["city"],
        counties=tuple(figures["county"]),
        codes_valid_from=figures["codes"]["valid_from"],
        aliases=figures["aliases"],
        liulin_about=figures["liulin"]["about_residents"],
        towns=tuple(_town(row, placed) for row in _rows("townships.csv")),
        villages=tuple(VillageFact(row["nbs_code"], row["name"]) for row in _rows("villages.csv")),
    )
