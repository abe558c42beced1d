"""Exercises of the demo: the night of Liulin as a world of its own, with what is published scheduled in it."""

import tomllib
from collections.abc import Mapping
from datetime import datetime, timedelta
from importlib.resources import files
from typing import Any

from anlan.demo import grounds
from anlan.demo.city.build import PERSON_ROWS, build_city
from anlan.demo.city.build import SEED as CITY_SEED
from anlan.demo.liulin.night import prepare_night
from anlan.demo.liulin.published import load_published
from anlan.demo.liulin.scenario import Hours, Scenario, load_scenario
from anlan.exercise.field.client import field_of
from anlan.exercise.parts import incoming
from anlan.exercise.scenarios import field_table
from anlan.foundation import scenarios, worlds
from anlan.foundation.context import Ctx
from anlan.foundation.errors import Conflict
from anlan.foundation.scenarios import Plan
from anlan.foundation.worlds import World
from anlan.observe.actions import soil
from anlan.places.atlas import atlas
from anlan.simulate.running import live

SEED = 20210812
DOUBT = "点名乡镇待核实（据公开报道整理，非原文）"
SOURCE_MIN = 60
"""The rain was published by the hour: nothing that follows from it is known more finely."""
FIRST_CYCLE = timedelta(minutes=10)


def new_liulin(**choices: Any) -> World:
    """A new exercise at the beginning of the night; it stands until somebody starts it."""
    plan = liulin(**choices)
    world = plan.make()
    plan.lay(world.key)
    return world


def liulin(
    *,
    hours: Hours = "ending",
    seed: int = SEED,
    speed: float = 60.0,
    own_engine: bool = False,
    phones_fail_at: str = "",
    network: dict[str, Any] | None = None,
    since: str = "",
    until: str = "",
    forecast: bool = True,
) -> Plan:
    """The night as it is to be played.

    `since`, `until` (ISO): gauges report only between them, for a short rehearsal; what is published comes as it did.
    `forecast`: the model looks ahead every ten minutes of hard rain; it costs a second or two each time.
    """
    changes = {"phones_fail_at": datetime.fromisoformat(phones_fail_at)} if phones_fail_at else {}
    scenario = load_scenario(hours=hours, **changes)
    settings = {
        "seed": seed,
        "hours": hours,
        "own_engine": own_engine,
        "simulated_issuer": True,
        "since": since,
        "until": until,
        "forecast": forecast,
        "source_min": SOURCE_MIN,
        "made_up_gauges": True,
    }
    gauges = build_city(seed=CITY_SEED, person_rows=PERSON_ROWS).gauges
    night = prepare_night(scenario=scenario, published=load_published(), gauges=gauges, seed=seed)

    def begin(world: World) -> None:
        _assume_soil(world, scenario)
        _schedule_published(world)
        if forecast:
            _look_ahead(world, scenario)

    return Plan(
        scenario=f"liulin/{hours}",
        title=scenario.title["zh"],
        seed=seed,
        starts_at=scenario.starts_at,
        ends_at=scenario.ends_at,
        settings=settings,
        speed=speed,
        begin=begin,
        lay=field_of(night, seed=seed, network={**_network(scenario), **(network or {})}),
    )


def _look_ahead(world: World, scenario: Scenario) -> None:
    """Live forecasts over the made-up ground of Liulin; coarse cells, so that a whole night takes a minute or two."""
    ctx = worlds.context(world)
    grounds.keep_grounds(ctx)
    live.start(ctx, ground_ref=grounds.ref(80), first=scenario.starts_at + FIRST_CYCLE)


def _assume_soil(world: World, scenario: Scenario) -> None:
    """The rain of the days before was not published: what the ground is taken for stands in the journal."""
    note = next(a.note for a in scenario.assumptions if a.key == "soil")
    soil.assume(
        worlds.context(world), place=atlas().city, wetness=scenario.soil, until=scenario.ends_at, reason=note
    )


def _network(scenario: Scenario) -> dict[str, Any]:
    raw = tomllib.loads(files("anlan.demo.liulin").joinpath("network.toml").read_text("utf-8"))["network"]
    return {
        **field_table("network"),
        **raw,
        "dead_places": list(scenario.failing_places),
        "dead_from": scenario.phones_fail_at.isoformat(),
    }


def _schedule_published(world: World) -> None:
    """The warnings of that night come in at their published times, with the towns that they named."""
    ctx = worlds.context(world)
    for n, each in enumerate(load_published().warnings):
        incoming(
            ctx, key=f"published-{n}", at=each.at, issuer=each.issuer, colour=each.colour,
            named=list(each.named), text=each.text, doubtful=DOUBT if each.named_is_uncertain else "",
        )  # fmt: skip


def _from_page(ctx: Ctx, settings: Mapping[str, Any]) -> Plan:
    """For the exercises page; it needs the demo city."""
    if not is_loaded():
        raise Conflict("还没有演示城市。请先在服务器上运行 anlan demo 或 anlan replay。")
    return liulin(hours=settings.get("hours", "ending"))


LIULIN_NIGHT = scenarios.Scenario(
    name="liulin",
    title=load_scenario().title,
    about={
        "zh": "公布的逐时雨量经真实系统重放：从雨量筒的报文到每个村应答或敲门。周边、人员、线路为生成。",
        "en": "The published hourly rain through the real system: from gauge bytes to every village answered or door-checked. "
        "Neighbours, people and telephones are generated.",
    },
    plan=_from_page,
    options=(
        scenarios.Option(
            name="hours",
            title={"zh": "整点雨量的标注（待核实）", "en": "How the hours are labelled (to be verified)"},
            choices=(
                ("ending", {"zh": "时段末", "en": "hour-ending"}),
                ("beginning", {"zh": "时段初", "en": "hour-beginning"}),
            ),
        ),
    ),
)


def is_loaded() -> bool:
    """Whether the demo city stands in the tables."""
    return bool(atlas().places)
