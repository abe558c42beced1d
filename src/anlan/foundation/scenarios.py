"""Scenarios 演练想定: what an exercise can be made from. A later room registers one; the exercises page lists them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from anlan.foundation.context import Ctx
from anlan.foundation.errors import NotFound
from anlan.foundation.models import World
from anlan.foundation.worlds import new_exercise
from anlan.foundation.writing import writing

Title = Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Option:
    """A setting that whoever starts the exercise may choose; the first choice is the usual one."""

    name: str
    title: Title
    choices: tuple[tuple[str, Title], ...]


@dataclass(frozen=True, kw_only=True)
class Plan:
    """An exercise that is to be made: all that is slow is done before its transaction opens."""

    scenario: str
    title: str
    seed: int
    starts_at: datetime
    ends_at: datetime
    settings: dict[str, Any]
    speed: float
    begin: Callable[[World], None]
    """What is journaled and scheduled at its beginning, in the transaction that makes it."""
    lay: Callable[[str], None]
    """What is written beside the records, by the key of the world, once it stands."""

    def make(self, **settings: Any) -> World:
        """The world, standing at its beginning; whoever calls this lays the rest."""
        with writing():
            world = new_exercise(
                scenario=self.scenario,
                title=self.title,
                seed=self.seed,
                starts_at=self.starts_at,
                ends_at=self.ends_at,
                settings={**self.settings, **settings},
                speed=self.speed,
            )
            self.begin(world)
        return world


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """`plan(ctx, settings)` reads and computes; the world stands at its beginning until somebody starts it."""

    name: str
    title: Title
    about: Title
    plan: Callable[[Ctx, Mapping[str, Any]], Plan]
    options: tuple[Option, ...] = ()


_known: dict[str, Scenario] = {}


def register(scenario: Scenario) -> None:
    """Let the scenario be chosen. A name stands once."""
    if _known.setdefault(scenario.name, scenario) is not scenario:
        raise ValueError(f"two scenarios are called {scenario.name}")


def all_scenarios() -> list[Scenario]:
    return [_known[name] for name in sorted(_known)]


def get(name: str) -> Scenario:
    """The scenario of that name. Raises: NotFound."""
    if name not in _known:
        raise NotFound("没有名为 {name} 的演练想定。请从列表里选择。", name=name)
    return _known[name]


def title_of(world: World) -> Title:
    """What to call a world in both languages: its scenario's title, else its own in the language it was given in."""
    known = _known.get(world.scenario.partition("/")[0])  # what follows names a variant
    return known.title if known else {"zh": world.title}
