"""One part of a long list: which part somebody asks for, and what they get with the number of all."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

T = TypeVar("T")
AT_MOST = 500


@dataclass(frozen=True)
class Cut:
    """From the `offset`-th row on, at most `limit` of them."""

    offset: int = 0
    limit: int = 50


@dataclass(frozen=True)
class Part(Generic[T]):
    """Rows of one part, and how many there are in all."""

    items: list[T] = field(default_factory=list)
    total: int = 0


def take(rows: Any, read: Callable[[Any], T], cut: Cut | None) -> Part[T]:
    """Read one part of a query set; None takes everything."""
    if cut is None:
        items = [read(row) for row in rows]
        return Part(items, len(items))
    found = rows[cut.offset : cut.offset + min(cut.limit, AT_MOST)]
    return Part([read(row) for row in found], rows.count())


def part(items: Iterable[T], cut: Cut) -> Part[T]:
    """The same for a list that is in memory already."""
    known: Sequence[T] = list(items)
    return Part(list(known[cut.offset : cut.offset + min(cut.limit, AT_MOST)]), len(known))
