"""What a model does not take: the named errors of the small models, and the check that raises them.

Errors (all are `ModelInputWrong`, all name the field and the mend):
    ValueOutOfRange     a number that no place on earth has, mostly one of another unit
    NotFinite           NaN or infinity where the model has no answer for a gap
    OutsideValidity     sound numbers for which the relation was never fitted
    TableWrong          a table of a pack lacks a key or its parts do not fit together
    NameUnknown         a substance, class, zone or variant that no table has
"""

from collections.abc import Mapping
from typing import Any

import numpy as np

from anlan.science.fields import Field, science
from anlan.science.jit import Floats


class ModelInputWrong(ValueError):
    """A model cannot answer for what it was given; the message names the field and the mend."""


class ValueOutOfRange(ModelInputWrong): ...


class NotFinite(ModelInputWrong): ...


class OutsideValidity(ModelInputWrong): ...


class TableWrong(ModelInputWrong): ...


class NameUnknown(ModelInputWrong): ...


def within(name: str, values: Any, lowest: float, highest: float, units: str, *, gaps: bool = False) -> None:
    """Raise unless every value lies in [lowest, highest]; with ``gaps`` a NaN may pass, it stays unknown."""
    array = np.asarray(values, np.float64)
    if array.size == 0:
        return
    low, high = float(np.fmin.reduce(array, axis=None)), float(np.fmax.reduce(array, axis=None))
    if low < lowest or high > highest:
        wrong = low if low < lowest else high
        raise ValueOutOfRange(
            f"{name} is {wrong:g}: give it in {units}, between {lowest:g} and {highest:g}; look at the unit and the column"
        )
    if not gaps and not np.isfinite(array).all():
        raise NotFinite(f"{name} has a missing value: fill the gap or leave the row out")


@science(Field("return", "float64", ("n",), "as the pack says", "out"), source="own")
def floats(table: Mapping[str, Any], key: str) -> Floats:
    """The numbers under a key of a pack's table. Raises `TableWrong`.

    >>> floats({"score": [0, 5]}, "score")
    array([0., 5.])
    """
    try:
        return np.array([float(value) for value in table[key]], np.float64)
    except (KeyError, TypeError, ValueError) as error:
        raise TableWrong(f"{key} is missing or not a list of numbers: write it into the pack") from error
