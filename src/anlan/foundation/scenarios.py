"""Scenarios 演练想定: what an exercise can be made from. A later room registers one; the exercises page lists them."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from anlan.foundation.context import Ctx
from anlan.foundation.errors import NotFound
from anlan.foundation.models import World

Title = Mapping[str, str]
Factory = Callable[[Ctx, Mapping[str, Any]], World]


@dataclass(frozen=True, kw_only=True)
class Option:
    """A setting that whoever starts the exercise may choose; the first choice is the usual one."""

    name: str
    title: Title
    choices: tuple[tuple[str, Title], ...]


@dataclass(frozen=True, kw_only=True)
class Scenario:
    """`factory(ctx, settings)` makes a world that stands at its beginning; nothing runs until somebody starts it."""

    name: str
    title: Title
    about: Title
    factory: Factory
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
