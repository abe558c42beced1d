"""From what fell between two reports to five-minute rain: in its slot, or evenly over the slots between them.

The parts of an increment sum to it exactly. Where the reports lie more than a slot apart nobody knows when it fell:
even parts are a lower bound of how hard it rained, and are marked so. Over more than a day nothing is placed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from anlan.science.jit import Bools, Int64s

SLOT_MS: Final = 300_000
MOST_MS: Final = 86_400_000


@dataclass(frozen=True)
class Parts:
    """Five-minute rain: which increment it belongs to, when (ms UTC), tenths, and whether it was spread."""

    index: Int64s
    at_ms: Int64s
    tenths: Int64s
    is_spread: Bools


def spread(*, since_ms: Int64s, at_ms: Int64s, tenths: Int64s) -> Parts:
    """Place increments that fell in (since, at]; what cannot be placed (over a day, or negative) is left out."""
    gap = at_ms - since_ms
    use = np.flatnonzero((gap > 0) & (gap <= MOST_MS) & (tenths >= 0))
    before = -(-since_ms[use] // SLOT_MS)
    slots = np.where(gap[use] <= SLOT_MS, 1, np.maximum(-(-at_ms[use] // SLOT_MS) - before, 1))
    which = np.repeat(np.arange(use.size), slots)
    part = np.arange(which.size) - np.repeat(np.cumsum(slots) - slots, slots)
    n, whole = slots[which], tenths[use][which]
    end = (before[which] + part + 1) * SLOT_MS
    return Parts(
        index=use[which],
        at_ms=np.where(part == n - 1, at_ms[use][which], end),
        tenths=whole * (part + 1) // n - whole * part // n,
        is_spread=n > 1,
    )
