"""Accumulated rain (累计降水, SL 651 element 26H PT): from a counter that only grows to the rain between readings."""

import numpy as np

from anlan.science.fields import Field, science
from anlan.science.jit import Bools, Int64s

__all__ = ["increments"]


@science(
    Field("values", "int64", ("n",), "counter, 0.1 mm or any resolution"),
    Field("return.0", "int64", ("n",), "as the counter", "out"),
    Field("return.1", "bool", ("n",), "the counter started over", "out"),
    source="own; SL 651-2014 table C.1, 26H",
)
def increments(
    values: Int64s, *, previous: int | None = None, modulus: int | None = None, most: int | None = None
) -> tuple[Int64s, Bools]:
    """What fell between each reading of a counter and the one before it.

    ``values``: the readings of one gauge in time order, ``previous`` the reading before them. A counter that falls
    has started over: with a ``modulus`` (10,000 for four digits) it has rolled over when that makes an increment of
    at most ``most``; otherwise it was reset, and what it shows has fallen since (a lower bound, flagged). Without
    ``previous`` the first increment is 0 and not flagged: nothing is known of the time before.

    >>> increments(np.array([9_990, 4, 30, 2]), previous=9_980, modulus=10_000, most=500)
    (array([10, 14, 26,  2]), array([False, False, False,  True]))
    """
    before = np.empty_like(values)
    before[1:] = values[:-1]
    before[:1] = values[:1] if previous is None else previous
    fell = values - before
    back = fell < 0
    if modulus is not None:
        around = fell + modulus
        rolled = back & (around >= 0) & (around <= (modulus if most is None else most))
        fell = np.where(rolled, around, fell)
        back &= ~rolled
    return np.where(back, values, fell), back
