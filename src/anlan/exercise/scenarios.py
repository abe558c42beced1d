"""Scenarios that are data: each pack of kind `exercise` is one, played on the home's own stations, villages and roster.

What a person chooses, what the pack says and what the county holds become a plan: a night at every gauge, the telephones of the
roster, live forecasts where a ground was loaded, and the pack's parts. `rain` names how the night is laid (`_LAID`).
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial
from types import MappingProxyType
from typing import Any

from anlan.exercise import parts
from anlan.exercise.chance import Chance
from anlan.exercise.field.client import field_of
from anlan.exercise.laying import Laying, laid
from anlan.exercise.rules.night import TICK
from anlan.foundation import packs, scenarios, worlds
from anlan.foundation.context import Ctx
from anlan.foundation.errors import Conflict, Invalid
from anlan.foundation.home import home
from anlan.foundation.packs.pack import Pack
from anlan.foundation.scenarios import Option, Plan, Scenario
from anlan.foundation.scope import Scope
from anlan.foundation.words import t, w
from anlan.foundation.worlds import World
from anlan.observe import queries as observe
from anlan.places.atlas import Place, atlas
from anlan.places.columns import InPlace
from anlan.registers.columns import Bad, Look
from anlan.simulate.running import ground, live

FIRST_CYCLE = timedelta(minutes=10)
MINUTE = timedelta(minutes=1)
PEOPLE, SIMULATED = "people", "simulated"
BOTH = ("zh", "en")


def _title(text: str) -> scenarios.Title:
    return {lang: t(lang, text) for lang in BOTH}


def number(name: str, text: str, least: int, most: int, default: str = "") -> Option:
    return Option(name=name, title=_title(text), kind="number", least=least, most=most, default=default)


def _options(pack: Pack) -> Iterator[Option]:
    """What may be chosen of a pack: its rain's own settings, then those of every exercise."""
    rain = pack.data["exercise"]["rain"]
    if rain in ("storm", "recorded"):
        hint = _title(w("区划代码，或乡镇加村名；空着就是全县正中"))
        yield Option(name="place", title=_title(w("暴雨中心")), kind="text", hint=hint)
    if rain == "storm":
        yield number("mm", w("雨量（毫米）"), 1, 2000, "120")
        yield number("hours", w("几小时下完"), 1, 48, "3")
        shapes = tuple((each["code"], each["title"]) for each in pack.data["shape"])
        yield Option(name="shape", title=_title(w("雨型")), choices=shapes)
    if rain == "readings":
        yield Option(name="night", title=_title(w("从哪一刻的读数起")), kind="moment")
    if rain in ("recorded", "readings"):
        yield number("percent", w("原来的百分之几"), 1, 1000, "100")
    yield Option(
        name="issuer",
        title=_title(w("发布预警的人")),
        choices=((PEOPLE, _title(w("真人在台上办"))), (SIMULATED, _title(w("模拟的人代办")))),
    )
    yield number("phones_fail_min", w("开始后几分钟中心一带手机中断（空着不中断）"), 0, 2880)
    yield Option(name="start", title=_title(w("从几时开始（空着是现在）")), kind="moment")
    yield number("length", w("全程几小时（空着按想定）"), 1, 72)
    yield number("seed", w("种子（同一个种子，同一夜）"), 0, 2**31 - 1, "1")


def all_of() -> Iterator[Scenario]:
    """Every pack of the kind, in its latest version, by name of the pack without `exercise-`."""
    latest = {pack.id: pack for pack in packs.of_kind("exercise", home=home())}
    for pack in latest.values():
        yield Scenario(
            name=_name(pack),
            title=pack.title,
            about=pack.data["exercise"]["about"],
            plan=partial(_plan, pack),
            options=tuple(_options(pack)),
        )


def _name(pack: Pack) -> str:
    return pack.id.removeprefix("exercise-")


def _plain(value: Any) -> Any:
    """Pack data as plain JSON."""
    if isinstance(value, Mapping):
        return {name: _plain(each) for name, each in value.items()}
    if isinstance(value, tuple | list):
        return [_plain(each) for each in value]
    return float(value) if isinstance(value, Decimal) else value


def field_table(name: str, otherwise: Mapping[str, Any] = MappingProxyType({})) -> dict[str, Any]:
    """A table of the simulated field, with what a pack has otherwise."""
    (field,) = {pack.id: pack for pack in packs.of_kind("exercise_field", home=home())}.values()
    return {**_plain(field.data[name]), **_plain(otherwise.get(name, {}))}


@dataclass(frozen=True)
class Chosen:
    """What a person chose, read and made whole."""

    given: Mapping[str, Any]
    place: Place
    starts_at: datetime
    ends_at: datetime

    @property
    def ticks(self) -> int:
        return (self.ends_at - self.starts_at) // TICK


def _plan(pack: Pack, ctx: Ctx, settings: Mapping[str, Any]) -> Plan:
    ctx.require("exercise.run")
    given = {option.name: option.read(settings) for option in _options(pack)}
    everywhere = replace(ctx, scope=Scope.everywhere())  # an exercise plays the whole county
    if not atlas().places:
        raise Conflict("还没有区划，演练没有地方可放。请先办“二十步上线”的第一步。")
    chosen = _chosen(pack, ctx, given)
    gauges = observe.stations(everywhere)
    if not any(gauge.kind == "rain" for gauge in gauges):
        raise Conflict("还没有雨量站，演练没有报文可放。请先在测站台账里登记一个。")
    fading = field_table("storm", pack.data)
    night = laid(
        pack.data,
        Laying(
            ctx=everywhere, given=given, place=chosen.place, starts_at=chosen.starts_at, ticks=chosen.ticks,
            gauges=gauges, fade_km=fading["fade_km"], spread=fading["spread"], water=field_table("water", pack.data),
            chance=Chance(given["seed"]),
        ),
    )  # fmt: skip
    network = field_table("network", pack.data)
    if given["phones_fail_min"] is not None:
        network["dead_places"] = [chosen.place.code]
        network["dead_from"] = (chosen.starts_at + given["phones_fail_min"] * MINUTE).isoformat()
    grounds = _grounds(everywhere)
    title = _said(pack, chosen)
    return Plan(
        scenario=_name(pack),
        title=title["zh"],
        seed=given["seed"],
        starts_at=chosen.starts_at,
        ends_at=chosen.ends_at,
        settings={
            "title": title,
            "place": chosen.place.code,
            "simulated_issuer": given["issuer"] == SIMULATED,
            "made_up_gauges": pack.data["exercise"]["rain"] != "readings",
            "grounds": grounds,
            "forecast": bool(grounds),
        },
        speed=float(settings.get("speed", 60)),
        begin=partial(_begin, place=chosen.place, grounds=grounds, tables=_plain(pack.data.get("part", ()))),
        lay=field_of(night, seed=given["seed"], network={"dead_places": [], **network}),
    )


def _begin(world: World, *, place: Place, grounds: list[str], tables: list[Mapping[str, Any]]) -> None:
    ctx = worlds.context(world)
    parts.begin(world, place, tables)
    for ref in grounds:
        live.start(ctx, ground_ref=ref, first=ctx.now + FIRST_CYCLE)


def _grounds(ctx: Ctx) -> list[str]:
    """The quickest ground of each place."""
    quickest: dict[int, str] = {}
    for row in ground.listing(ctx):
        quickest.setdefault(row.place_id, row.ref)
    return sorted(quickest.values())


def _chosen(pack: Pack, ctx: Ctx, given: Mapping[str, Any]) -> Chosen:
    table = pack.data["exercise"]
    place = atlas().city
    if text := given.get("place"):
        found = InPlace().resolve_many(Look(ctx), {text})[text]
        if isinstance(found, Bad):
            raise Invalid(found.why.text, **found.why.values).at("place")
        place = found
    hours = given.get("hours") or len(pack.data.get("recorded", {}).get("hourly_mm", ()))
    rains_until = timedelta(hours=hours) + int(table.get("begins_min", 0)) * MINUTE
    whole = (
        rains_until + timedelta(hours=int(table.get("after_h", 0)))
        if hours
        else timedelta(hours=table["length_h"])
    )
    length = timedelta(hours=given["length"]) if given["length"] else whole
    if length < rains_until:
        raise Invalid(
            "雨还没下完演练就结束了：全程至少要 {n} 小时。", n=-(-rains_until // timedelta(hours=1))
        ).at("length")
    start = given["start"] or ctx.now
    start -= timedelta(minutes=start.minute % 5, seconds=start.second, microseconds=start.microsecond)
    return Chosen(given, place, start, start + length // TICK * TICK)


def _said(pack: Pack, chosen: Chosen) -> dict[str, str]:
    """What the exercise is called, in both languages."""
    given, title = chosen.given, pack.title
    if "mm" in given:
        text, values = (
            w("{title}：{place}，{hours} 小时 {mm} 毫米"),
            {"hours": given["hours"], "mm": given["mm"]},
        )
    elif "percent" in given:
        text, values = w("{title}：{place}，{percent}%"), {"percent": given["percent"]}
    else:
        text, values = w("{title}：{place}"), {}
    return {lang: t(lang, text, title=title, place=chosen.place.name, **values) for lang in BOTH}


scenarios.register_source(all_of)
