"""How far a modelled series is from a gauge's: efficiency, peak and timing; and whether a stage may be believed."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from anlan.science.fields import Field, science
from anlan.science.flood.errors import BadInput
from anlan.science.jit import Floats


@dataclass(frozen=True, slots=True)
class StageCheck:
    """A gauge against the model over ``n`` moments that both know; levels in metres, times in minutes.

    ``bias_m`` and ``peak_error_m`` are modelled less observed, ``peak_late_min`` is above 0 where the modelled peak is
    late. ``nse`` and ``kge`` are NaN where the observed level does not move. ``agrees``: neither the root mean square
    nor the peak is further from the gauge than the band.
    """

    n: int
    bias_m: float
    rmse_m: float
    nse: float
    kge: float
    peak_error_m: float
    peak_late_min: float
    agrees: bool


@science(
    Field("observed", "float64", ("moment",), "any"),
    Field("modelled", "float64", ("moment",), "as observed"),
    source="Nash and Sutcliffe (1970), J. Hydrol. 10(3), 282-290, eq. 3",
)
def nse(observed: Floats, modelled: Floats) -> float:
    """Nash–Sutcliffe efficiency: 1 is perfect, 0 no better than the observed mean; NaN where nothing observed varies.

    The 确定性系数 of GB/T 22482. Moments at which either is NaN are left out. Raises `BadInput`.

    >>> nse(np.array([1.0, 2.0, 3.0]), np.array([1.0, 2.0, 4.0]))
    0.5
    """
    seen, told = _both("observed", observed, modelled)
    spread = float(((seen - seen.mean()) ** 2).sum())
    return 1.0 - float(((told - seen) ** 2).sum()) / spread if _varies(seen) else math.nan


@science(
    Field("observed", "float64", ("moment",), "any, of a true zero"),
    Field("modelled", "float64", ("moment",), "as observed"),
    source="Gupta, Kling, Yilmaz and Martinez (2009), J. Hydrol. 377, 80-91, eq. 9",
)
def kge(observed: Floats, modelled: Floats) -> float:
    """Kling–Gupta efficiency of 2009: 1 less the distance of correlation, spread and mean from 1 each.

    For values with a true zero (discharge, depth): with a stage above sea level the ratio of means says nothing. A
    model that does not move has correlation 0. NaN where the observed does not vary or its mean is 0. Raises `BadInput`.

    >>> kge(np.array([1.0, 2.0, 3.0]), np.array([2.0, 4.0, 6.0])).__round__(6)
    -0.414214
    """
    seen, told = _both("observed", observed, modelled)
    if not _varies(seen) or seen.mean() == 0.0:
        return math.nan
    moves = _varies(told)
    together = float(((seen - seen.mean()) * (told - told.mean())).mean()) if moves else 0.0
    correlation = together / float(seen.std() * told.std()) if moves else 0.0
    spread, mean = float(told.std() / seen.std()), float(told.mean() / seen.mean())
    return 1.0 - math.sqrt((correlation - 1.0) ** 2 + (spread - 1.0) ** 2 + (mean - 1.0) ** 2)


@science(
    Field("minutes", "float64", ("moment",), "min"),
    Field("observed", "float64", ("moment",), "any"),
    Field("modelled", "float64", ("moment",), "as observed"),
    source="own; the first of equal greatest values is the peak",
)
def peak(minutes: Floats, observed: Floats, modelled: Floats) -> tuple[float, float]:
    """Error of the peak (modelled less observed) and how many minutes it is late, over moments that both know.

    Raises `BadInput`.

    >>> peak(np.array([0.0, 10.0, 20.0]), np.array([1.0, 3.0, 2.0]), np.array([1.0, 2.0, 2.5]))
    (-0.5, 10.0)
    """
    when, seen, told = _known(minutes, observed, modelled)
    late = float(when[told.argmax()] - when[seen.argmax()])
    return float(told.max() - seen.max()), late


@science(
    Field("minutes", "float64", ("moment",), "min"),
    Field("observed_m", "float64", ("moment",), "m, NaN where the gauge was silent"),
    Field("modelled_m", "float64", ("moment",), "m above the same zero"),
    source="own",
)
def compare_stage(
    minutes: Sequence[float] | Floats,
    observed_m: Sequence[float] | Floats,
    modelled_m: Sequence[float] | Floats,
    *,
    band_m: float,
) -> StageCheck:
    """Hold a modelled stage against a gauge's at the same moments, both above the same zero.

    ``band_m``: the distance (m) up to which they agree, stated before the run. Moments at which either is missing
    (NaN) are left out; none left is no agreement but a `BadInput`.

    >>> check = compare_stage(np.array([0.0, 10.0]), np.array([1.0, 2.0]), np.array([1.1, 2.1]), band_m=0.3)
    >>> check.agrees, round(check.bias_m, 3), check.peak_late_min
    (True, 0.1, 0.0)
    """
    if not (math.isfinite(band_m) and band_m > 0):
        raise BadInput("band_m", f"{band_m}", "Give metres above 0")
    when, seen, told = _known(minutes, observed_m, modelled_m)
    error, late = peak(when, seen, told)
    rmse = math.sqrt(float(((told - seen) ** 2).mean()))
    return StageCheck(
        n=seen.size,
        bias_m=float((told - seen).mean()),
        rmse_m=rmse,
        nse=nse(seen, told),
        kge=kge(seen, told),
        peak_error_m=error,
        peak_late_min=late,
        agrees=rmse <= band_m and abs(error) <= band_m,
    )


def _varies(values: Floats) -> bool:
    return bool(values.max() > values.min())


def _both(
    name: str, observed: Sequence[float] | Floats, modelled: Sequence[float] | Floats
) -> tuple[Floats, Floats]:
    """The moments at which both are known. Raises `BadInput`."""
    seen, told = np.asarray(observed, np.float64), np.asarray(modelled, np.float64)
    if seen.ndim != 1 or seen.shape != told.shape:
        raise BadInput(name, f"{seen.shape} against {told.shape} modelled", "Give both at the same moments")
    known = np.isfinite(seen) & np.isfinite(told)
    if not known.any():
        raise BadInput(name, "no moment is known to both", "Give values of the time that was modelled")
    return seen[known], told[known]


def _known(
    minutes: Sequence[float] | Floats,
    observed: Sequence[float] | Floats,
    modelled: Sequence[float] | Floats,
) -> tuple[Floats, Floats, Floats]:
    """As `_both`, with their minutes. Raises `BadInput`."""
    when = np.asarray(minutes, np.float64)
    seen, told = np.asarray(observed, np.float64), np.asarray(modelled, np.float64)
    if when.shape != seen.shape or not np.isfinite(when).all() or (np.diff(when) <= 0).any():
        raise BadInput("minutes", "they lack, or do not grow", "Give one growing minute for each value")
    both = _both("observed", seen, told)
    return when[np.isfinite(seen) & np.isfinite(told)], *both
