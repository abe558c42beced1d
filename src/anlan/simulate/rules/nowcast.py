"""Nowcasts 短临外推: baselines of the rain of the next hours, from the rain of the last one. None claims to be more.

Rain is (gauges, steps) of five-minute sums in 0.1 mm, NaN where a report is missing: what is missing is not dry. A nowcast
has the same gauges and the steps asked for; a gauge that said nothing in its last hour has none to lend (NaN).
"""

from collections.abc import Callable, Mapping

import numpy as np
from numpy.typing import NDArray

Rain = NDArray[np.float64]
STEPS_AN_HOUR = 12
HALF_LIFE_MIN = 60.0
"""Of the decaying baseline. Our choice, 待核实: scored against the others on generated nights."""


class NoRain(ValueError):
    """There is no step of observed rain to go on from."""


def zero(observed: Rain, steps: int) -> Rain:
    """The rain stops now."""
    return np.zeros((_gauges(observed), steps))


def persistence(observed: Rain, steps: int) -> Rain:
    """It goes on raining as it did on average over the last hour."""
    return np.repeat(_last_hour(observed)[:, None], steps, axis=1)


def decay(observed: Rain, steps: int, *, half_life_min: float = HALF_LIFE_MIN) -> Rain:
    """The rain of the last hour fades away by halves; each step is the mean over its five minutes."""
    rate = np.log(2) / (half_life_min / 5)
    starts = np.arange(steps)
    fading = (np.exp(-rate * starts) - np.exp(-rate * (starts + 1))) / rate
    return np.asarray(_last_hour(observed)[:, None] * fading)


BASELINES: Mapping[str, Callable[[Rain, int], Rain]] = {
    "zero": zero,
    "persistence": persistence,
    "decay": decay,
}


def _gauges(observed: Rain) -> int:
    if observed.ndim != 2 or observed.shape[1] == 0:
        raise NoRain("give observed rain as (gauges, steps) with at least one step")
    return int(observed.shape[0])


def _last_hour(observed: Rain) -> Rain:
    _gauges(observed)
    hour = observed[:, -STEPS_AN_HOUR:]
    told = ~np.isnan(hour)
    count = told.sum(axis=1)
    mean = np.where(told, hour, 0.0).sum(axis=1) / np.maximum(count, 1)
    return np.asarray(np.where(count > 0, mean, np.nan))
