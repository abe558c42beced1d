"""今天: what there is on a quiet day, for a desk where nothing waits. Rooms bring the lines, each with the page where it is seen to."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from anlan.foundation import rooms
from anlan.foundation.context import Ctx
from anlan.foundation.words import Sentence


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of the day: its word, its page, who may see it, and what it says; None where it has nothing to say."""

    word: str
    page: str
    permission: str
    tell: Callable[[Ctx], Sentence | None]


def today(ctx: Ctx) -> Iterator[tuple[Line, Sentence]]:
    """What the rooms say of the day to whoever asks, in their order."""
    for line in (line for lines in rooms.brought("today") for line in lines):
        if ctx.may(line.permission) and (said := line.tell(ctx)):
            yield line, said
