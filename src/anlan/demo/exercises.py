"""Exercises of the demo: the night of Liulin as a world of its own, with what is published scheduled in it."""

import tomllib
from importlib.resources import files
from typing import Any

from anlan.demo.city.build import PERSON_ROWS
from anlan.demo.city.build import SEED as CITY_SEED
from anlan.demo.field.client import write_settings
from anlan.demo.liulin import Scenario, load_published, load_scenario
from anlan.foundation import tasks, worlds
from anlan.foundation.worlds import World
from anlan.places.queries import atlas

SEED = 20210812


def new_liulin(
    *,
    hours: str = "ending",
    seed: int = SEED,
    speed: float = 60.0,
    own_engine: bool = False,
    phones_fail_at: str = "",
    network: dict[str, Any] | None = None,
) -> World:
    """A new exercise at the beginning of the night; it stands until somebody starts it."""
    scenario = load_scenario(hours=hours)
    settings = {
        "scenario": "liulin",
        "seed": seed,
        "city_seed": CITY_SEED,
        "person_rows": PERSON_ROWS,
        "hours": hours,
        "phones_fail_at": phones_fail_at,
        "own_engine": own_engine,
        "simulated_issuer": True,
        "network": {**_network(scenario), **(network or {})},
    }
    world = worlds.new_exercise(
        scenario=f"liulin/{hours}",
        title=scenario.title["zh"],
        seed=seed,
        starts_at=scenario.starts_at,
        ends_at=scenario.ends_at,
        settings=settings,
        speed=speed,
    )
    write_settings(world.key, settings)
    _schedule_published(world)
    return world


def _network(scenario: Scenario) -> dict[str, Any]:
    raw = tomllib.loads(files("anlan.demo.liulin").joinpath("network.toml").read_text("utf-8"))["network"]
    return {
        **raw,
        "dead_places": list(scenario.failing_places),
        "dead_from": scenario.phones_fail_at.isoformat(),
    }


def _schedule_published(world: World) -> None:
    """The warnings of that night come in at their published times, with the towns that they named."""
    ctx = worlds.context(world)
    for n, warning in enumerate(load_published().warnings):
        tasks.schedule(ctx, "demo.published", key=f"published:{n:02d}", due_at=warning.at, payload={"n": n})


def is_loaded() -> bool:
    """Whether the demo city stands in the tables."""
    return bool(atlas().places)
