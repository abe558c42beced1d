"""土壤含水 at gauges and places: what the days before say, or what somebody set; unknown stays unknown and says so."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from anlan.foundation import packs
from anlan.foundation.context import Ctx
from anlan.foundation.home import home
from anlan.observe.ingest.shapes import millis
from anlan.observe.models import SoilSetting
from anlan.observe.queries import readings
from anlan.observe.rules import soil as rules
from anlan.observe.rules.rain import RAIN_5MIN
from anlan.observe.rules.soil import Setting, SoilRule
from anlan.observe.store.errors import StoreMissing, UnknownSeries
from anlan.observe.store.reader import Reader
from anlan.wire.sl651.batch import station_key

DAY_MS = 86_400_000
AT_ONCE = 32
"""Gauges that one look works out anew after 08:00; until its turn a gauge keeps what it had, at first unknown."""


@dataclass(frozen=True)
class Soil:
    """How wet a place is, and who says so: rain, set (a person), assumed (待核实), unknown (read as the pack says)."""

    wetness: str | None
    source: str
    tenths: int | None = None
    setting: Setting | None = None


UNKNOWN = Soil(None, "unknown")


def rule() -> SoilRule:
    """The soil pack's."""
    return rules.rule_of(packs.get("soil-antecedent", home=home()).data)


def settings(ctx: Ctx) -> tuple[Setting, ...]:
    """What people set and what still holds, in the order of setting."""
    rows = SoilSetting.objects.filter(world_id=ctx.world.id, at__lte=ctx.now, until__gt=ctx.now)
    found = rows.order_by("pk").values_list("place__path", "wetness", "is_assumed", "at", "until", "reason")
    return tuple(Setting(*row) for row in found)


def of_place(ctx: Ctx, path: str, gauges: Sequence[str], *, at: datetime | None = None) -> Soil:
    """The soil of one place with its gauges, now or as known at a moment."""
    there = ctx.at(at) if at else ctx
    set_here = rules.setting_for(settings(there), path, there.now)
    if set_here:
        return _as_set(set_here)
    known = _antecedents(there, rule(), gauges, None if at is None else millis(at))
    return _of_rain(rule(), [known[g] for g in gauges])


class Soils:
    """The soil of many places of one world, kept between looks."""

    def __init__(self, places: Mapping[int, tuple[str, tuple[str, ...]]]) -> None:
        self._places = places
        self._rule = rule()
        self._day: datetime | None = None
        self._due: list[str] = []
        self._tenths: dict[str, int | None] = {}
        self._by_hand: tuple[Setting, ...] | None = None
        self._kept: dict[int, Soil] = {}

    def look(self, ctx: Ctx) -> dict[int, Soil]:
        """By division id; a few gauges are worked out anew at each look, so that none of them holds up a warning."""
        began = rules.day_began(ctx.now)
        if began != self._day:
            self._day = began
            self._due = sorted({g for _, gauges in self._places.values() for g in gauges}, reverse=True)
        now_due = [self._due.pop() for _ in range(min(AT_ONCE, len(self._due)))]
        if now_due:
            self._tenths |= _antecedents(ctx, self._rule, now_due, None)
        by_hand = settings(ctx)
        if now_due or by_hand != self._by_hand:
            self._by_hand = by_hand
            self._kept = {
                place: self._soil(path, gauges, by_hand, ctx)
                for place, (path, gauges) in self._places.items()
            }
        return self._kept

    def _soil(self, path: str, gauges: tuple[str, ...], by_hand: Sequence[Setting], ctx: Ctx) -> Soil:
        found = rules.setting_for(by_hand, path, ctx.now)
        return _as_set(found) if found else _of_rain(self._rule, [self._tenths.get(g) for g in gauges])


def _as_set(found: Setting) -> Soil:
    return Soil(found.wetness, "assumed" if found.is_assumed else "set", setting=found)


def _of_rain(rule: SoilRule, tenths: Sequence[int | None]) -> Soil:
    most = max((t for t in tenths if t is not None), default=None)
    return UNKNOWN if most is None else Soil(rules.class_of(rule, most), "rain", most)


def _antecedents(
    ctx: Ctx, rule: SoilRule, gauges: Sequence[str], known_by: int | None
) -> dict[str, int | None]:
    until = millis(rules.day_began(ctx.now))
    try:
        with readings(ctx) as reader:
            return {g: _antecedent(reader, rule, g, until, known_by) for g in gauges}
    except StoreMissing:
        return dict.fromkeys(gauges)


def _antecedent(reader: Reader, rule: SoilRule, gauge: str, until: int, known_by: int | None) -> int | None:
    """Readings at 08:00 sharp belong to the day that ends there."""
    try:
        found = reader.hyetograph(
            station_key(gauge), RAIN_5MIN, until - rule.days * DAY_MS, until, DAY_MS, known_by=known_by
        )
    except UnknownSeries:
        return None
    days = dict(
        zip(found.end.tolist(), zip(found.total.tolist(), found.count.tolist(), strict=True), strict=True)
    )
    newest_first = [days.get(until - n * DAY_MS, (0, 0)) for n in range(rule.days)]
    return rules.antecedent(rule, [t if count >= rule.known_slots else None for t, count in newest_first])
