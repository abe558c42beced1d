"""Scenarios 演练想定: what an exercise can be made from. A later room registers one; the exercises page lists them."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, NoReturn

from anlan.foundation.context import Ctx
from anlan.foundation.errors import Invalid, NotFound
from anlan.foundation.models import World
from anlan.foundation.worlds import BEIJING, new_exercise
from anlan.foundation.writing import writing

Title = Mapping[str, str]


@dataclass(frozen=True, kw_only=True)
class Option:
    """A setting that whoever makes the exercise may choose; of choices the first one is the usual one."""

    name: str
    title: Title
    kind: Literal["choice", "number", "moment", "text"] = "choice"
    choices: tuple[tuple[str, Title], ...] = ()
    least: int = 0
    most: int = 0
    default: str = ""
    hint: Title | None = None

    def read(self, settings: Mapping[str, Any]) -> Any:
        """What was chosen; None of what was left empty. Raises: Invalid, for the field of this name."""
        text = str(settings.get(self.name) or self.default).strip()
        if self.kind == "choice":
            found = text or self.choices[0][0]
            if found not in dict(self.choices):
                self._refuse("演练设置“{name}”没有这个选项，请从列表里选。")
            return found
        if self.kind == "text" or not text:
            return text or None
        if self.kind == "number":
            if not text.isdecimal() or not self.least <= int(text) <= self.most:
                self._refuse(
                    "演练设置“{name}”要填 {least} 到 {most} 的整数。", least=self.least, most=self.most
                )
            return int(text)
        try:
            moment = datetime.fromisoformat(text)
        except ValueError:
            self._refuse("演练设置“{name}”要填日期和时间，如 2026-07-01T20:00+08:00。")
        return moment if moment.tzinfo else moment.replace(tzinfo=BEIJING)

    def _refuse(self, text: str, **values: object) -> NoReturn:
        raise Invalid(text, name=self.title, **values).at(self.name)


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
_sources: list[Callable[[], Iterable[Scenario]]] = []


def register(scenario: Scenario) -> None:
    """Let the scenario be chosen. A name stands once."""
    if _known.setdefault(scenario.name, scenario) is not scenario:
        raise ValueError(f"two scenarios are called {scenario.name}")


def register_source(source: Callable[[], Iterable[Scenario]]) -> None:
    """Let scenarios be chosen that are data: they are asked for each time."""
    _sources.append(source)


def all_scenarios() -> list[Scenario]:
    """Those that are data in the order of their source, then those that are code, by name."""
    return [*(each for source in _sources for each in source()), *(_known[name] for name in sorted(_known))]


def get(name: str) -> Scenario:
    """The scenario of that name. Raises: NotFound."""
    found = next((each for each in all_scenarios() if each.name == name), None)
    if found is None:
        raise NotFound("没有名为 {name} 的演练想定。请从列表里选择。", name=name)
    return found


def title_of(world: World) -> Title:
    """What to call a world in both languages: its scenario's title, else its own in the language it was given in."""
    if own := world.settings.get("title"):
        return dict(own)
    known = _known.get(world.scenario.partition("/")[0])  # what follows names a variant
    return known.title if known else {"zh": world.title}
