"""改过的行: tables are the present and the journal is what happened, so what a row tells must follow from its entries.

A room registers how its rows follow (`derives`); `anlan journal verify` and the page of the journal ask `edited`.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from anlan.foundation.context import WorldInfo


@dataclass(frozen=True)
class Edited:
    """A row that tells something else than its entries: its ref, and which of its words."""

    ref: str
    what: str


Check = Callable[[WorldInfo], Iterator[Edited]]
_checks: list[Check] = []


def derives(check: Check) -> Check:
    """Register a room's check."""
    _checks.append(check)
    return check


def edited(world: WorldInfo) -> list[Edited]:
    """Every row of a world that somebody changed beside the journal."""
    return [found for check in _checks for found in check(world)]
