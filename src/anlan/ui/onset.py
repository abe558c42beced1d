"""上线: what a county does before its first night, each step with its state from the data. Rooms bring the steps."""

from collections.abc import Callable
from dataclasses import dataclass

from anlan.foundation import rooms
from anlan.foundation.context import Ctx
from anlan.foundation.words import Sentence, say, w


@dataclass(frozen=True)
class Step:
    """One step: its number among all, its word, the page where it is done (below the world, or from /; empty where there is none
    yet), and what it lacks."""

    number: int
    word: str
    page: str
    lacks: Callable[[Ctx], Sentence | None]

    def address(self, world: str) -> str:
        return self.page if self.page.startswith("/") or not self.page else f"/w/{world}/{self.page}"


@dataclass(frozen=True)
class State:
    """A step and what it still lacks; None when it is done."""

    step: Step
    lacks: Sentence | None


def states(ctx: Ctx) -> list[State]:
    """Every step in order, asked now."""
    steps = sorted((step for told in rooms.brought("steps") for step in told), key=lambda step: step.number)
    return [State(step, step.lacks(ctx)) for step in steps]


def none(text: str, there: bool) -> Sentence | None:
    """The sentence where nothing is there."""
    return None if there else say(text)


def left(text: str, n: int) -> Sentence | None:
    """The sentence with its number where some are left."""
    return say(text, n=n) if n else None


NOTHING_TO_JUDGE = say(w("先录入前面的"))
