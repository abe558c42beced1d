"""Scores of a forecast 检验评分: hits, misses and false alarms counted; POD, FAR, CSI from the counts, never from shares.

Definitions: Wilks (2019), Statistical Methods in the Atmospheric Sciences, 4th ed., §9.2.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray


@dataclass(frozen=True, kw_only=True)
class Counts:
    """列联表: how often what was forecast came, came unannounced, or was announced and stayed away."""

    hits: int = 0
    misses: int = 0
    false_alarms: int = 0
    rejections: int = 0

    def __post_init__(self) -> None:
        if min(self.hits, self.misses, self.false_alarms, self.rejections) < 0:
            raise ValueError("counts are 0 or more")

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            hits=self.hits + other.hits,
            misses=self.misses + other.misses,
            false_alarms=self.false_alarms + other.false_alarms,
            rejections=self.rejections + other.rejections,
        )

    @property
    def total(self) -> int:
        return self.hits + self.misses + self.false_alarms + self.rejections

    @property
    def pod(self) -> float | None:
        """命中率 probability of detection: of what came, the share announced; None when nothing came."""
        return _share(self.hits, self.hits + self.misses)

    @property
    def far(self) -> float | None:
        """空报率 false alarm ratio: of what was announced, the share that stayed away; None when nothing was announced."""
        return _share(self.false_alarms, self.hits + self.false_alarms)

    @property
    def csi(self) -> float | None:
        """临界成功指数 critical success index: hits of all that came or was announced; None when there is neither."""
        return _share(self.hits, self.hits + self.misses + self.false_alarms)


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None


def count(forecast: ArrayLike, truth: ArrayLike, *, counted: ArrayLike = True) -> Counts:
    """Hold what was announced against what came, element by element; only where `counted`.

    Raises: ValueError where the two have different shapes.
    """
    said, came = np.asarray(forecast, np.bool_), np.asarray(truth, np.bool_)
    if said.shape != came.shape:
        raise ValueError(
            f"forecast has shape {said.shape}, truth {came.shape}: give one value of each a case"
        )
    use: NDArray[np.bool_] = np.broadcast_to(np.asarray(counted, np.bool_), said.shape)
    return Counts(
        hits=int((said & came & use).sum()),
        misses=int((~said & came & use).sum()),
        false_alarms=int((said & ~came & use).sum()),
        rejections=int((~said & ~came & use).sum()),
    )


def best(scores: Mapping[str, Counts]) -> str:
    """The baseline of the highest CSI; of equals the one that misses less, then the first by name.

    Raises: ValueError where no event came or was announced, since then nothing can be told apart.
    """
    told = {name: counts for name, counts in scores.items() if counts.csi is not None}
    if not told:
        raise ValueError("nothing came and nothing was announced: score more nights, or wetter ones")
    return min(told, key=lambda name: (-(told[name].csi or 0.0), -(told[name].pod or 0.0), name))
