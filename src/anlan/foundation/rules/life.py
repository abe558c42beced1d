"""状态表: a life cycle as one table: which event leads from where to where, who may do it, what is checked, what is due then.

A `Life` is a plain value. A room builds it in Python, with the words on its enums, or reads it from a pack of kind
life_cycle, with the words in the pack and the guards by their registered names. `decide` walks it, `open_to` gives
the buttons, `diagram` draws it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

from anlan.foundation.rules.errors import BadPack
from anlan.foundation.rules.pack import flag, minutes, strings, table, tables, text
from anlan.foundation.words import Sentence, Text, say


class Case(Protocol):
    """What a guard looks at: a room's own value, which knows the moment."""

    @property
    def now(self) -> datetime: ...


S = TypeVar("S", bound=str)
E = TypeVar("E", bound=str)
C = TypeVar("C", bound=Case)


@dataclass(frozen=True, kw_only=True)
class Refusal:
    """A named no: what is wrong and what to do next."""

    name: str
    says: Sentence


class Code(str):
    """A state or an event with its word, where no enum carries it."""

    word: Text

    def __new__(cls, code: str, word: Text) -> Code:
        made = super().__new__(cls, code)
        made.word = word
        return made


@dataclass(frozen=True, kw_only=True)
class Step(Generic[S, E, C]):
    """One row of the table. `due` says by when somebody must act after it; a guard says a named no, or nothing."""

    event: E
    source: S
    target: S
    permission: str = ""
    guards: tuple[Callable[[C], Refusal | None], ...] = ()
    due: Callable[[C], datetime | None] | None = None


@dataclass(frozen=True, kw_only=True)
class Life(Generic[S, E, C]):
    """A life cycle. `hiding` are the guards that need no evidence: while one of them says no, there is no button."""

    start: S
    steps: tuple[Step[S, E, C], ...]
    ends: frozenset[S] = frozenset()
    hiding: frozenset[Callable[[C], Refusal | None]] = frozenset()

    def decide(
        self, state: S, event: E, case: C, permissions: frozenset[str] = frozenset()
    ) -> Step[S, E, C] | Refusal:
        """The step that the event takes, or by name why not: permission first, then the guards in their order."""
        step = next((each for each in self.after(state) if each.event == event), None)
        if step is None:
            says = say(
                "“{state}”时不能“{event}”。可以：{events}。",
                state=said(state),
                event=said(event),
                events=tuple(said(each.event) for each in self.after(state)) or say("没有下一步"),
            )
            return Refusal(name="not_now", says=says)
        if step.permission and step.permission not in permissions:
            says = say("你没有“{event}”的权限，请找有权限的人。", event=said(event))
            return Refusal(name="not_permitted", says=says)
        return next((no for guard in step.guards if (no := guard(case)) is not None), step)

    def after(self, state: S) -> tuple[Step[S, E, C], ...]:
        """The steps that lead on from a state, in the table's order."""
        return tuple(step for step in self.steps if step.source == state)

    def open_to(
        self, state: S, case: C, permissions: frozenset[str] = frozenset()
    ) -> tuple[Step[S, E, C], ...]:
        """The steps that may be offered: the permission is held, and no hiding guard says no."""
        return tuple(
            step
            for step in self.after(state)
            if (not step.permission or step.permission in permissions)
            and all(guard(case) is None for guard in step.guards if guard in self.hiding)
        )

    @property
    def events(self) -> tuple[E, ...]:
        """Every event, in the table's order."""
        return tuple(dict.fromkeys(step.event for step in self.steps))

    @property
    def states(self) -> tuple[S, ...]:
        """Every state, the first first."""
        return tuple(
            dict.fromkeys((self.start, *(s for step in self.steps for s in (step.source, step.target))))
        )

    def faults(self) -> Iterator[str]:
        """What is wrong with the table: a state that is never reached, or is a trap; an event that leads two ways."""
        ends = self.ends or frozenset(self.states)
        for state in dict.fromkeys((*self.states, *self.ends)):
            if state not in self._ahead(self.start):
                yield f"{state} is never reached from {self.start}"
            if state not in self.ends and not (self._ahead(state) - {state}) & ends:
                yield f"{state} has no way out"
        pairs = [(step.event, step.source) for step in self.steps]
        for event, source in dict.fromkeys(pair for pair in pairs if pairs.count(pair) > 1):
            yield f"{event} leads two ways from {source}"

    def _ahead(self, state: S) -> frozenset[S]:
        found = {state}
        while more := {step.target for step in self.steps if step.source in found} - found:
            found |= more
        return frozenset(found)

    def diagram(self) -> str:
        """The table as a mermaid state diagram."""
        names = [f"    {state}: {_word(state)} {state.replace('_', ' ')}" for state in self.states if state]
        first = [f"    [*] --> {self.start}"] if self.start else []
        arrows = [f"    {step.source or '[*]'} --> {step.target}: {_caption(step)}" for step in self.steps]
        return "\n".join(["stateDiagram-v2", *names, *first, *arrows]) + "\n"


def _caption(step: Step[Any, Any, Any]) -> str:
    checks = ", ".join(guard.__name__ for guard in step.guards)
    return f"{_word(step.event)} {step.event}" + (f" ({checks})" if checks else "")


def said(code: str) -> Sentence:
    """The word of a state or an event."""
    word: Text = getattr(code, "word", code)
    return (
        word
        if isinstance(word, Sentence)
        else say("{word}", word=word)
        if isinstance(word, Mapping)
        else say(word)
    )


def _word(code: str) -> str:
    return said(code).zh


GUARDS: dict[str, Callable[[Any], Refusal | None]] = {}
"""By its name: the guards that a pack may ask for."""
G = TypeVar("G", bound=Callable[[Any], Refusal | None])


def guard(check: G) -> G:
    """Let packs ask for this guard by its name."""
    GUARDS[check.__name__] = check
    return check


def from_pack(data: Mapping[str, object]) -> Life[Code, Code, Any]:
    """Read `[life]`, `[[state]]` and `[[step]]` of a pack.

    Raises BadPack for an unknown guard or state, a state that is never reached, and one that has no way out.
    """
    states = {text(each, "code"): Code(text(each, "code"), _title(each)) for each in tables(data, "state")}
    found = Life[Code, Code, Any](
        start=_known(states, "life.start", text(table(data, "life"), "start")),
        steps=tuple(step for each in tables(data, "step") for step in _steps(each, states)),
        ends=frozenset(
            states[text(each, "code")] for each in tables(data, "state") if flag(each, "ends", False)
        ),
    )
    unused = [f"{state} stands in no step" for state in states if state not in found.states]
    for fault in (*unused, *found.faults()):
        raise BadPack(key="step", problem=fault)
    return found


def _steps(data: Mapping[str, object], states: Mapping[str, Code]) -> Iterator[Step[Code, Code, Any]]:
    within = minutes(data, "due_minutes", 1) if "due_minutes" in data else None
    for source in strings(data, "from"):
        yield Step(
            event=Code(text(data, "event"), _title(data)),
            source=_known(states, "step.from", source),
            target=_known(states, "step.to", text(data, "to")),
            permission=text(data, "permission"),
            guards=tuple(_known(GUARDS, "step.guards", name) for name in strings(data, "guards", ())),
            due=None if within is None else lambda case: case.now + within,
        )


def _title(data: Mapping[str, object]) -> Mapping[str, str]:
    title = table(data, "title")
    return {lang: text(title, lang) for lang in ("zh", "en")}


V = TypeVar("V")


def _known(values: Mapping[str, V], key: str, name: str) -> V:
    if name not in values:
        raise BadPack(key=key, problem=f"{name!r} is none of {', '.join(values)}")
    return values[name]
