"""Effective antecedent rain, and the four levels of geohazard weather risk."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from anlan.science.bounds import NotFinite, TableWrong, floats, within
from anlan.science.fields import Field, science
from anlan.science.jit import Floats, Int8s


@dataclass(frozen=True, slots=True)
class Risk:
    """Risk from 0 to 1 and its level: 0 none, 1 blue … 4 red. ``from_risk`` and ``confidence`` say by which cut-offs."""

    risk: Floats
    level: Int8s
    from_risk: Floats
    confidence: str


@science(
    Field("daily_mm", "float64", ("day", "place"), "mm, today first"),
    Field("return", "float64", ("place",), "mm", "out"),
    source="R_e = Σ k^i R_i, i days ago",
)
def effective_rain(daily_mm: Floats, *, k: float = 0.84, days: int = 15) -> Floats:
    """Effective antecedent rain: each day before counts less, by ``k`` (0 to 1) a day, over ``days`` back from today.

    Fewer rows than ``days`` + 1 are taken as they are: a lower bound. Raises `ValueOutOfRange`, `NotFinite`.

    >>> effective_rain(np.array([[10.0], [100.0], [100.0]]), k=0.5, days=1)
    array([60.])
    """
    within("k", k, 0, 1, "share a day")
    within("days", days, 0, 60, "days")
    within("daily_mm", daily_mm, 0, 2000, "mm")
    if daily_mm.shape[0] == 0:
        raise NotFinite("daily_mm has no day: give at least today's rain")
    used = daily_mm[: days + 1]
    weights = k ** np.arange(used.shape[0], dtype=np.float64)
    return np.asarray(weights @ used, np.float64)


@science(
    Field("probability", "float64", ("place",), "0 to 1"),
    Field("susceptibility", "float64", ("place",), "0 to 1, 潜在危险度"),
    Field("vulnerability", "float64", ("place",), "0 to 1, 易损度"),
    Field("return.risk", "float64", ("place",), "0 to 1", "out"),
    Field("return.level", "int8", ("place",), "0 to 4", "out"),
    source="Li Yumei et al. 2020, Meteorological Monthly 46(10); levels of QX/T 487-2019",
)
def geohazard_risk(
    probability: Floats, susceptibility: Floats, vulnerability: Floats, *, table: Mapping[str, Any]
) -> Risk:
    """Risk as the product of three normalised parts, and its level by cut-offs that come in as data.

    ``table`` is ``risk`` of a ``geohazard_risk`` pack. Raises `ValueOutOfRange`, `TableWrong`.

    >>> geohazard_risk(np.array([0.9]), np.ones(1), np.array([0.5]), table={"from_risk": [0.2, 0.4, 0.6, 0.8]}).level
    array([2], dtype=int8)
    """
    cuts = floats(table, "from_risk")
    if cuts.size != 4 or (np.diff(cuts) <= 0).any():
        raise TableWrong("from_risk needs four cut-offs that grow: blue, yellow, orange, red")
    for name, values in (
        ("probability", probability),
        ("susceptibility", susceptibility),
        ("vulnerability", vulnerability),
    ):
        within(name, values, 0, 1, "shares; normalise it first")
    risk = probability * susceptibility * vulnerability
    level = np.searchsorted(cuts, risk + 1e-12, side="right").astype(np.int8)
    return Risk(risk, level, cuts, str(table.get("confidence", "")))
