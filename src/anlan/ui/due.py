"""要办的事: what a room brings to the desk. What waits, how each kind of it is said, and what is pressed next.

A room names its `Dues` in its `apps.py`; the desk only orders, folds and paints them.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from anlan.foundation.context import Ctx
from anlan.foundation.rules.urgency import Harm
from anlan.ui.pages import Request
from anlan.ui.speech import Words


@dataclass(frozen=True, kw_only=True)
class Wait:
    """待办事实: `key` names it for as long as it waits; `facts` hold what its sentence needs. `place` is a division."""

    kind: str
    key: str
    place: Any
    since: datetime
    due_at: datetime | None
    facts: Mapping[str, Any] = field(default_factory=dict)
    harm: Harm = Harm.PAPER


@dataclass(frozen=True, kw_only=True)
class Due:
    """一件要办的事, said. `state` is the palette's code, or empty with `badge` (a word) or `level` instead."""

    key: str
    kind: str
    deadline: datetime | None
    title: str
    detail: str
    place: Any
    state: str = ""
    badge: str = ""
    level: str = ""
    facts: Mapping[str, Any] = field(default_factory=dict)
    harm: Harm = Harm.PAPER

    def is_over(self, now: datetime) -> bool:
        return self.deadline is not None and self.deadline < now


def due(it: Wait, *, title: str, detail: str, **marks: str) -> Due:
    """What waits, with its sentence."""
    return Due(
        key=it.key, kind=it.kind, deadline=it.due_at, place=it.place, facts=it.facts, harm=it.harm,
        title=title, detail=detail, **marks,
    )  # fmt: skip


@dataclass(frozen=True, kw_only=True)
class Act:
    """A button. A link has no `fields`; what is posted goes to the desk's own address and on to the room's `acts`."""

    word: str
    url: str = ""
    fields: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Pick:
    """One line of the proposal: `sign` ✓ goes, ✕ is not sent, ＋ besides."""

    sign: str
    strong: str
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class Next:
    """The next step: its headline, what speaks for and against, the button and the others."""

    word: str = ""
    picks: Sequence[Pick] = ()
    primary: Act | None = None
    others: Sequence[Act] = ()


@dataclass(frozen=True, kw_only=True)
class Kind:
    """One kind of waiting: its sentence and its next step. More than `most` that are `alike` stand as one row."""

    say: Callable[[Words, Wait], Due]
    next: Callable[[Words, Due], Next] = lambda say, due: Next()
    alike: Callable[[Due], Any] | None = None
    most: int = 0
    as_one: Callable[[Words, Sequence[Due], Due], Due] | None = None
    """The row of many: of all of them and the most urgent."""


@dataclass(frozen=True, kw_only=True)
class Dues:
    """All that a room brings: what waits for whoever asks, now or at a past moment, below a path."""

    waits: Callable[[Ctx, datetime | None, str], Iterable[Wait]] = lambda ctx, at, path: ()
    kinds: Mapping[str, Kind] = field(default_factory=dict)
    acts: Mapping[str, Callable[[Request], str]] = field(default_factory=dict)
    """By the name in a button's `fields["act"]`: do it, and say that it is done."""


def opens(word: str, url: Callable[[Words, Due], str]) -> Callable[[Words, Due], Next]:
    """The next step that only opens a page."""
    return lambda say, it: Next(primary=Act(word=say(word), url=url(say, it)))
