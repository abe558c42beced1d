"""What is published of the real night: rain by the hour, warnings, events. Sources in demo/data."""

import tomllib
from dataclasses import dataclass
from datetime import datetime
from functools import cache
from importlib.resources import files

from .scenario import UNCERTAIN


@dataclass(frozen=True, slots=True)
class PublishedWarning:
    """预警 of that night. `text` is ours and says what is known, it quotes nobody; `named` are division keys."""

    at: datetime
    hazard: str
    colour: str
    issuer: str
    named: tuple[str, ...]
    named_is_uncertain: bool  # 待核实
    text: str
    source: str
    confidence: str
    fallen_mm: int | None


@dataclass(frozen=True, slots=True)
class PublishedEvent:
    at: datetime
    text: str
    confidence: str


@dataclass(frozen=True, slots=True)
class Published:
    """Reference facts. `hourly_tenths`: hour label → rain in 0.1 mm; sums in 0.1 mm too."""

    place: str
    hourly_tenths: dict[str, int]
    six_hour_tenths: int
    h04_07_tenths: int
    twelve_hour_tenths: int
    warnings: tuple[PublishedWarning, ...]
    events: tuple[PublishedEvent, ...]
    source: str

    def first_red_naming(self, place: str) -> PublishedWarning:
        """The first red warning that named a place. Raises LookupError when none did."""
        for warning in self.warnings:
            if warning.colour == "red" and place in warning.named:
                return warning
        raise LookupError(f"no published red warning named {place}")


@cache
def load_published() -> Published:
    """Read once from demo/data/liulin_2021-08-12.toml."""
    raw = tomllib.loads(files("anlan.demo.data").joinpath("liulin_2021-08-12.toml").read_text("utf-8"))
    rain = raw["rain"]
    return Published(
        place=raw["place"],
        hourly_tenths={h: round(mm * 10) for h, mm in zip(rain["hours"], rain["mm"], strict=True)},
        six_hour_tenths=round(rain["six_hour_mm"] * 10),
        h04_07_tenths=round(rain["h04_07_mm"] * 10),
        twelve_hour_tenths=round(rain["h21_09_mm"] * 10),
        warnings=tuple(_warning(w) for w in raw["warning"]),
        events=tuple(
            PublishedEvent(datetime.fromisoformat(e["at"]), e["text"], e["confidence"])
            for e in raw["event_of_night"]
        ),
        source=rain["source"],
    )


def _warning(raw: dict[str, object]) -> PublishedWarning:
    return PublishedWarning(
        at=datetime.fromisoformat(str(raw["at"])),
        hazard=str(raw["hazard"]),
        colour=str(raw["colour"]),
        issuer=str(raw["issuer"]),
        named=tuple(raw["named"]),  # type: ignore[arg-type]
        named_is_uncertain=raw["named_confidence"] in UNCERTAIN,
        text=str(raw["text"]),
        source=str(raw["source"]),
        confidence=str(raw["confidence"]),
        fallen_mm=raw.get("fallen_mm"),  # type: ignore[arg-type]
    )
