"""How forecasts did 预报检验: hits, misses, false alarms of "water at this village", and how early."""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Score:
    """Counts over villages and cycles; a ratio is None where nothing could be counted."""

    hits: int
    misses: int
    false_alarms: int

    @property
    def pod(self) -> float | None:
        """命中率 probability of detection."""
        return _ratio(self.hits, self.hits + self.misses)

    @property
    def far(self) -> float | None:
        """空报率 false alarm ratio."""
        return _ratio(self.false_alarms, self.hits + self.false_alarms)

    @property
    def csi(self) -> float | None:
        """临界成功指数 critical success index."""
        return _ratio(self.hits, self.hits + self.misses + self.false_alarms)

    def __add__(self, other: "Score") -> "Score":
        return Score(
            hits=self.hits + other.hits,
            misses=self.misses + other.misses,
            false_alarms=self.false_alarms + other.false_alarms,
        )


NOTHING = Score(hits=0, misses=0, false_alarms=0)


def score(*, forecast: Mapping[str, bool], happened: Mapping[str, bool]) -> Score:
    """One forecast against what came, by village; villages that only one of them knows count as dry there."""
    names = forecast.keys() | happened.keys()
    said = {name: forecast.get(name, False) for name in names}
    came = {name: happened.get(name, False) for name in names}
    return Score(
        hits=sum(said[n] and came[n] for n in names),
        misses=sum(came[n] and not said[n] for n in names),
        false_alarms=sum(said[n] and not came[n] for n in names),
    )


def _ratio(part: int, whole: int) -> float | None:
    return part / whole if whole else None
