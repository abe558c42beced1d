"""Kinds of lines 线路种类: what a gate brings, and what it says of each request. A line is told nobody's name.

A gate under `gateways/` brings its kinds by its room's `lines`; a kind makes a `Gate` of a line's settings. `place` hands a
batch over and says of each request what became of it; a time-out is `unknown`. `reports` reads on after a mark.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import Protocol

from anlan.foundation import rooms
from anlan.reach.rules.states import MessageState


@dataclass(frozen=True)
class Outgoing:
    """One request: `key` is ours and short (a provider's own field may bear no more), `to` a number or an address."""

    key: str
    to: str
    text: str


@dataclass(frozen=True)
class Placed:
    """What became of one: taken (with the provider's id), failed for good, failed for now, or unknown. `why` is a code."""

    key: str
    state: MessageState
    provider_id: str = ""
    why: str = ""


@dataclass(frozen=True)
class Receipt:
    """What the provider says of a request later, by its own id, of one number where the id is a batch's."""

    provider_id: str
    state: MessageState
    to: str = ""
    why: str = ""


class Gate(Protocol):
    """A line that stands."""

    def place(self, batch: Sequence[Outgoing]) -> list[Placed]: ...

    def reports(self, after: str) -> tuple[list[Receipt], str]:
        """Receipts after a mark, and the mark to read on from."""
        ...


@dataclass(frozen=True, kw_only=True)
class Settings:
    """A line as its gate sees it; the secret is open here and nowhere else."""

    address: str
    account: str = ""
    sign: str = ""
    template: str = ""
    receivers: tuple[str, ...] = ()
    secret: str = ""


@dataclass(frozen=True, kw_only=True)
class Kind:
    """A kind of line. `reaches`: a person by number, or a group as a whole, which gets one digest and never answers for anybody."""

    name: str
    word: str
    make: Callable[[Settings], Gate]
    needs: tuple[str, ...] = ("address",)
    to_group: bool = False
    batch: int = 1
    longest: int = 500  # characters
    advice: str = ""  # what to apply for, where, how long
    seen: str = field(default="")  # on which real service it was seen to work; empty: 未经真机


@cache
def kinds() -> dict[str, Kind]:
    """All kinds that gates bring, by name."""
    return {kind.name: kind for brought in rooms.brought("lines") for kind in brought}
