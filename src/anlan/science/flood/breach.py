"""A dam that breaks: the size and time of the breach, what runs out of it, and how far both may be wrong."""

import math
from dataclasses import dataclass, replace

import numpy as np

from anlan.science.fields import Field, science
from anlan.science.flood.domain import G
from anlan.science.flood.edges import Series
from anlan.science.flood.errors import BadInput
from anlan.science.jit import Floats

_WEIR, _SIDE = 1.71, 1.35  # broad-crested weir and its triangular sides, m^0.5/s (Fread 1988, DAMBRK)


@dataclass(frozen=True, slots=True)
class Breach:
    """A final breach and the water behind it.

    ``width_m`` mean of top and bottom, ``side`` horizontal to 1 vertical, ``time_s`` to full size, ``volume_m3`` above
    the breach's bottom, ``height_m`` from there to the water level at the start.
    """

    width_m: float
    side: float
    time_s: float
    volume_m3: float
    height_m: float


def froehlich(*, volume_m3: float, height_m: float, is_overtopped: bool) -> Breach:
    """The expected breach of an embankment dam.

    Froehlich (2008), J. Hydraul. Eng. 134(12): mean width 0.27 K V^0.32 h^0.04, K 1.3 when overtopped, else 1; time
    63.2 √(V/(g h²)); sides 1.0 when overtopped, else 0.7. Fitted to 74 dams of 3 to 93 m, reservoirs of 0.014 to 660
    million m³: outside these volumes and heights it is refused. Earth and rock fill only. Raises `BadInput`.

    >>> made = froehlich(volume_m3=1e6, height_m=15.0, is_overtopped=True)
    >>> round(made.width_m, 1), round(made.time_s / 60, 1)
    (32.5, 22.4)
    """
    if not (math.isfinite(volume_m3) and 1.4e4 <= volume_m3 <= 6.6e8):
        raise BadInput(
            "volume_m3", f"{volume_m3}", "Give the water above the breach's bottom, 14,000 to 660 million m³"
        )
    if not (math.isfinite(height_m) and 3.0 <= height_m <= 93.0):
        raise BadInput("height_m", f"{height_m}", "Give the breach's height in metres, 3 to 93")
    width = 0.27 * (1.3 if is_overtopped else 1.0) * volume_m3**0.32 * height_m**0.04
    time = 63.2 * math.sqrt(volume_m3 / (G * height_m**2))
    return Breach(width, 1.0 if is_overtopped else 0.7, time, volume_m3, height_m)


def spread(
    breach: Breach,
    members: int,
    *,
    seed: int,
    width_log10: float,
    time_log10: float,
) -> tuple[Breach, ...]:
    """Breaches that could happen instead: width and time scattered log-normally, the same for the same seed.

    The spreads are one standard error in powers of ten, as a pack of kind ``flood_breach`` has them (Wahl 2004; 待核实).
    Shares of them are "shares of scenarios", no probabilities. Raises `BadInput`.
    """
    if members < 1 or min(width_log10, time_log10) < 0:
        raise BadInput(
            "members", f"{members} with {width_log10}, {time_log10}", "Give at least 1, spreads of 0 or more"
        )
    draws = np.random.default_rng(seed).standard_normal((members, 2)) * (width_log10, time_log10)
    return tuple(
        replace(breach, width_m=breach.width_m * 10.0 ** float(w), time_s=breach.time_s * 10.0 ** float(t))
        for w, t in draws
    )


@science(
    Field("return.0", "float64", ("moment",), "s from the start of the breach", "out"),
    Field("return.1", "float64", ("moment",), "m³/s", "out"),
    source="Fread (1988), DAMBRK, weir of a trapezoid; level pool; Froehlich (2008) for growth straight in time",
)
def outflow(
    breach: Breach, *, inflow_m3_s: float = 0.0, exponent: float = 2.0, steps: int = 2000
) -> tuple[Floats, Floats]:
    """What runs out of a breach that opens straight in time to its full depth and width, over a level pool.

    Storage above the bottom is V (y/h)^``exponent`` (1 a box, 2 to 3 a valley). The pool is followed until a
    hundredth of its water is left, at most 50 formation times. No tailwater: downstream water would slow it. Raises `BadInput`.

    >>> seconds, flow = outflow(froehlich(volume_m3=1e6, height_m=15.0, is_overtopped=True))
    >>> 500 < flow.max() < 3000
    np.True_
    """
    if not (1.0 <= exponent <= 4.0 and inflow_m3_s >= 0 and steps >= 100):
        raise BadInput("exponent", f"{exponent}", "Give 1 to 4, an inflow of 0 or more, at least 100 steps")
    dt = breach.time_s / steps
    volume, seconds, flows = breach.volume_m3, [0.0], [0.0]
    while len(seconds) <= 50 * steps and (seconds[-1] < breach.time_s or volume > 0.01 * breach.volume_m3):
        now = seconds[-1] + dt
        flow = _weir(breach, min(now / breach.time_s, 1.0), volume, exponent)
        half = max(volume + 0.5 * dt * (inflow_m3_s - flow), 0.0)
        flow = min(
            _weir(breach, min((now - 0.5 * dt) / breach.time_s, 1.0), half, exponent),
            volume / dt + inflow_m3_s,
        )
        volume += dt * (inflow_m3_s - flow)
        seconds.append(now)
        flows.append(flow)
    return np.array(seconds), np.array(flows)


def series(
    breach: Breach, *, start_minute: float = 0.0, inflow_m3_s: float = 0.0, exponent: float = 2.0
) -> Series:
    """The outflow as a hydrograph for an `Inflow`, thinned to 200 moments of the same volume to 1 %.

    ``exponent`` as in `outflow`. Raises `BadInput`.
    """
    seconds, flow = outflow(breach, inflow_m3_s=inflow_m3_s, exponent=exponent)
    whole = np.concatenate([[0.0], np.cumsum(0.5 * (flow[1:] + flow[:-1]) * np.diff(seconds))])
    knots = np.linspace(0.0, seconds[-1], 200)
    mean = np.diff(np.interp(knots, seconds, whole)) / np.diff(knots)
    middle = 0.5 * (knots[1:] + knots[:-1])
    minutes = start_minute + np.concatenate([[0.0], middle / 60.0, [knots[-1] / 60.0]])
    return Series.of(minutes.tolist(), [0.0, *mean.tolist(), 0.0], name="breach")


def _weir(breach: Breach, grown: float, volume: float, exponent: float) -> float:
    """Discharge over the bottom that the breach has now."""
    level = breach.height_m * (max(volume, 0.0) / breach.volume_m3) ** (1.0 / exponent)
    bottom = breach.height_m * (1.0 - grown)
    head = max(level - bottom, 0.0)
    floor = max(breach.width_m - breach.side * breach.height_m, 0.0) * grown
    return float(_WEIR * floor * head**1.5 + _SIDE * breach.side * head**2.5)
