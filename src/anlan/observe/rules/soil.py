"""土壤含水: how wet the ground was before the rain, by the effective antecedent rain of whole rain days.

Re = Σ k^i · Ri, i = 1 for the rain day (08 to 08, Beijing) that ended last; the rain of the day that runs is what the
windows measure. A day that is not known makes the whole unknown: guessing dry would warn too late.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Any, Final

WETNESS: Final = ("dry", "normal", "wet")
SLOTS_OF_A_DAY: Final = 288
_BEIJING: Final = timezone(timedelta(hours=8))
_BEGINS: Final = timedelta(hours=8)  # a rain day begins at 08


@dataclass(frozen=True)
class SoilRule:
    """The soil pack: decay a day, how many days, Wm, the upper ends of dry and normal as parts of Wm."""

    decay: Decimal
    days: int
    wm_tenths: Decimal
    dry_up_to: Decimal
    normal_up_to: Decimal
    known_slots: int
    set_hours_most: int


@dataclass(frozen=True)
class Setting:
    """A class that somebody set for a place and all below it; an empty class gives it back to the rain."""

    path: str
    wetness: str
    is_assumed: bool
    at: datetime
    until: datetime
    reason: str = ""


def rule_of(data: Mapping[str, Any]) -> SoilRule:
    """Read a soil pack's data."""
    told = data["soil"]

    def figure(name: str) -> Decimal:
        value = told[name]
        return Decimal(str(value["value"] if isinstance(value, Mapping) else value))

    return SoilRule(
        decay=figure("decay"),
        days=int(figure("days")),
        wm_tenths=figure("wm_mm") * 10,
        dry_up_to=figure("dry_up_to"),
        normal_up_to=figure("normal_up_to"),
        known_slots=int(figure("known_percent")) * SLOTS_OF_A_DAY // 100,
        set_hours_most=int(figure("set_hours_most")),
    )


def day_began(now: datetime) -> datetime:
    """08:00 Beijing, when the rain day of `now` began."""
    here = now.astimezone(_BEIJING) - _BEGINS
    return here.replace(hour=0, minute=0, second=0, microsecond=0) + _BEGINS


def antecedent(rule: SoilRule, days: Sequence[int | None]) -> int | None:
    """Effective antecedent rain, 0.1 mm; `days` newest first. None when any of the pack's days is not known."""
    mine = days[: rule.days]
    if len(mine) < rule.days or any(day is None for day in mine):
        return None
    total = sum((rule.decay**n * (day or 0) for n, day in enumerate(mine, start=1)), Decimal(0))
    return round(total)


def class_of(rule: SoilRule, tenths: int | None) -> str | None:
    """dry, normal or wet; between two of them the wetter. None: nobody knows."""
    if tenths is None:
        return None
    if tenths <= rule.dry_up_to * rule.wm_tenths:
        return "dry"
    return "normal" if tenths <= rule.normal_up_to * rule.wm_tenths else "wet"


def setting_for(settings: Sequence[Setting], path: str, now: datetime) -> Setting | None:
    """What holds at a place: of the settings in force above it that of the smallest place, there the newest."""
    mine = [s for s in settings if path.startswith(s.path) and s.at <= now < s.until]
    found = max(mine, key=lambda s: (len(s.path), s.at), default=None)
    return found if found and found.wetness else None
