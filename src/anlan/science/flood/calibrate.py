"""Which parameters make a run look most like a gauge: named, bounded, searched in a way that can be repeated.

The start is tried first, then a seeded Latin hypercube over the bounds, then Nelder and Mead's simplex (1965, The Computer
Journal 7) from the best, kept within the bounds. The same seed gives the same tries. A best set is one that the
gauge cannot tell from others: `alike` says which, and a parameter at its bound wants another bound or another model.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, get_args

import numpy as np

from anlan.science.fields import Field, science
from anlan.science.flood.errors import BadInput
from anlan.science.flood.objective import kge, nse, peak
from anlan.science.jit import Floats

Objective = Literal["nse", "kge", "peak", "timing"]
"""``peak``: less the error of the peak, in its unit; ``timing``: less the minutes by which it is early or late."""

_ALIKE = 0.02  # of efficiency: less than a gauge tells
_EDGE = 0.01  # of the bounds


@dataclass(frozen=True, slots=True)
class Parameter:
    """A name, bounds and a start. ``log``: steps are ratios, as for roughness and conductivity."""

    name: str
    low: float
    high: float
    start: float
    log: bool = False

    def __post_init__(self) -> None:
        if not all(map(math.isfinite, (self.low, self.high, self.start))):
            raise BadInput(self.name, "a bound or the start is missing", "Give low, high and start")
        if not self.low < self.high or not self.low <= self.start <= self.high:
            raise BadInput(
                self.name,
                f"{self.start:g} within {self.low:g} to {self.high:g}",
                "Give low < high, start between",
            )
        if self.log and self.low <= 0:
            raise BadInput(self.name, f"low is {self.low:g} on a scale of ratios", "Give it above 0")

    def at(self, share: float) -> float:
        """The value at a share of the way from low to high."""
        if self.log:
            return math.exp(math.log(self.low) + share * math.log(self.high / self.low))
        return self.low + share * (self.high - self.low)

    def share(self, value: float) -> float:
        """How far a value is from low to high."""
        if self.log:
            return math.log(value / self.low) / math.log(self.high / self.low)
        return (value - self.low) / (self.high - self.low)


@dataclass(frozen=True, slots=True)
class Try:
    """Values by name, and their score: greater is better, -inf where the run was refused."""

    values: Mapping[str, float]
    score: float


@dataclass(frozen=True, slots=True)
class Found:
    """All tries in order (the start first), the best, and the names of its parameters that lie at a bound."""

    tries: tuple[Try, ...]
    best: Try
    at_bound: tuple[str, ...]

    def alike(self, within: float = _ALIKE) -> dict[str, tuple[float, float]]:
        """For each parameter the range over the tries whose score is within that of the best."""
        good = [t.values for t in self.tries if t.score >= self.best.score - within]
        return {name: (min(v[name] for v in good), max(v[name] for v in good)) for name in self.best.values}


@science(
    Field("minutes", "float64", ("moment",), "min"),
    Field("observed", "float64", ("moment",), "any"),
    Field("modelled", "float64", ("moment",), "as observed"),
    source="as `anlan.science.flood.objective`",
)
def score(objective: Objective, *, minutes: Floats, observed: Floats, modelled: Floats) -> float:
    """The score of a series, greater is better and 0 (peak, timing) or 1 perfect. Raises `BadInput`.

    >>> when, seen = np.array([0.0, 10.0, 20.0]), np.array([1.0, 3.0, 2.0])
    >>> score("timing", minutes=when, observed=seen, modelled=np.array([1.0, 2.0, 2.5]))
    -10.0
    """
    if objective not in get_args(Objective):
        raise BadInput("objective", f"{objective!r}", f"Choose of {', '.join(get_args(Objective))}")
    if objective in ("nse", "kge"):
        found = (nse if objective == "nse" else kge)(observed, modelled)
        if math.isnan(found):
            raise BadInput(
                "observed", "it does not vary, so no efficiency is known", "Give an event, or peak"
            )
        return found
    error, late = peak(minutes, observed, modelled)
    return -abs(error if objective == "peak" else late)


def search(
    parameters: Sequence[Parameter],
    attempt: Callable[[Mapping[str, float]], float],
    *,
    most: int,
    seed: int = 0,
) -> Found:
    """The best of at most ``most`` tries; half of them are spread over the bounds. ``attempt`` gives a score or -inf.

    Raises `BadInput` for no parameters or two of one name.

    >>> n = Parameter("n", 0.0, 1.0, 0.5)
    >>> round(search([n], lambda v: -((v["n"] - 0.3) ** 2), most=40).best.values["n"], 2)
    0.3
    """
    names = [p.name for p in parameters]
    if not names or len(set(names)) < len(names) or most < 1:
        raise BadInput("parameters", f"{names}, {most} tries", "Give each its own name, and one try or more")
    told = _Tries(parameters, attempt, most)
    told.add(np.array([p.share(p.start) for p in parameters]))
    for point in _spread(len(names), most // 2, seed):
        told.add(point)
    _simplex(told, told.points[told.best()])
    best = told.tries[told.best()]
    edges = [p.name for p in parameters if not _EDGE < p.share(best.values[p.name]) < 1 - _EDGE]
    return Found(tuple(told.tries), best, tuple(edges))


class _Tries:
    """What was tried, in shares of the bounds; after ``most`` tries it takes no more."""

    def __init__(
        self, parameters: Sequence[Parameter], attempt: Callable[[Mapping[str, float]], float], most: int
    ) -> None:
        self._parameters, self._attempt, self._most = parameters, attempt, most
        self.points: list[Floats] = []
        self.tries: list[Try] = []

    @property
    def is_full(self) -> bool:
        return len(self.tries) >= self._most

    def add(self, point: Floats) -> float:
        """The score of a point, brought within the bounds; of the nearest known when no try is left."""
        point = np.clip(point, 0.0, 1.0)
        for known, tried in zip(self.points, self.tries, strict=True):
            if np.abs(known - point).max() < 1e-9:
                return tried.score
        if self.is_full:
            return -math.inf
        values = {p.name: p.at(float(x)) for p, x in zip(self._parameters, point, strict=True)}
        found = self._attempt(values)
        self.points.append(point)
        self.tries.append(Try(values, -math.inf if math.isnan(found) else found))
        return self.tries[-1].score

    def best(self) -> int:
        """The number of the first best try."""
        return max(range(len(self.tries)), key=lambda n: self.tries[n].score)


def _spread(count: int, points: int, seed: int) -> Floats:
    """A Latin hypercube: each parameter once in each of ``points`` slices."""
    lots = np.random.default_rng(seed)
    slices = np.argsort(lots.random((count, points)), axis=1).T
    spread: Floats = (slices + lots.random((points, count))) / max(points, 1)
    return spread


def _simplex(told: _Tries, start: Floats, *, size: float = 0.15, least: float = 1e-3) -> None:
    """Nelder and Mead from a start with their own factors (1, 2, ½, ½), until it is small or no try is left."""
    corners = [start]
    for n in range(start.size):
        step = np.zeros(start.size)
        step[n] = size if start[n] + size <= 1 else -size
        corners.append(np.clip(start + step, 0.0, 1.0))
    scores = [told.add(c) for c in corners]
    while not told.is_full and max(float(np.abs(c - corners[0]).max()) for c in corners) > least:
        order = sorted(range(len(corners)), key=lambda n: -scores[n])
        corners, scores = [corners[n] for n in order], [scores[n] for n in order]
        middle = np.mean(corners[:-1], axis=0)
        tried = np.clip(2 * middle - corners[-1], 0.0, 1.0)
        found = told.add(tried)
        if found > scores[0]:
            further = np.clip(3 * middle - 2 * corners[-1], 0.0, 1.0)
            better = told.add(further)
            corners[-1], scores[-1] = (further, better) if better > found else (tried, found)
        elif found > scores[-2]:
            corners[-1], scores[-1] = tried, found
        else:
            towards = tried if found > scores[-1] else corners[-1]
            inner = 0.5 * (middle + towards)
            nearer = told.add(inner)
            if nearer > max(found, scores[-1]):
                corners[-1], scores[-1] = inner, nearer
            else:
                corners = [corners[0], *(0.5 * (c + corners[0]) for c in corners[1:])]
                scores = [scores[0], *(told.add(c) for c in corners[1:])]
