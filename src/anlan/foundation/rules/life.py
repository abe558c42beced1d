"""状态表: a life cycle as one table: which event leads from where to where, who may do it, what is checked, what is due then.

A `Life` is a plain value that a room builds, with the words on its enums. `decide` walks it, `open_to` gives the buttons,
`diagram` draws it, `faults` says where it is a trap.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Generic, Protocol, TypeVar

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
