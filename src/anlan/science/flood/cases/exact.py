"""Exact solutions of the shallow water equations, as pure functions of place and time.

Collected by Delestre et al. (2013), SWASHES, Int. J. Numer. Meth. Fluids 72; each cites its first source too.
"""

import math

import numpy as np

from anlan.science.fields import Field, science
from anlan.science.flood.domain import G
from anlan.science.jit import Floats

_X = Field("x", "float64", ("x",), "m")
_DEPTH = Field("return", "float64", ("x",), "m", "out")


@science(_X, _DEPTH, source="Stoker (1957), Water Waves, §10.8")
def stoker(x: Floats, time_s: float, *, left: float, right: float) -> Floats:
    """Depth after a dam at x = 0 breaks onto water at rest: ``left`` > ``right`` > 0 metres, flat bed, no friction.

    >>> stoker(np.array([-400.0, 0.0, 400.0]), 25.0, left=10.0, right=1.0).round(3)
    array([10.   ,  4.444,  1.   ])
    """
    fast = math.sqrt(G * left)
    middle = _stoker_middle(left, right)
    speed = 2 * (fast - math.sqrt(G * middle))
    shock = middle * speed / (middle - right)
    fan = (2 * fast - x / time_s) ** 2 / (9 * G)
    behind = np.where(x < (speed - math.sqrt(G * middle)) * time_s, fan, middle)
    depth = np.where(x < -fast * time_s, left, np.where(x < shock * time_s, behind, right))
    return np.asarray(depth, np.float64)


def _stoker_middle(left: float, right: float) -> float:
    """Depth between the fan and the bore: where both give the same speed."""
    low, high = right * (1 + 1e-12), left
    for _ in range(200):
        h = 0.5 * (low + high)
        fan = 2 * (math.sqrt(G * left) - math.sqrt(G * h))
        bore = (h - right) * math.sqrt(0.5 * G * (1 / h + 1 / right))
        low, high = (h, high) if fan > bore else (low, h)
    return 0.5 * (low + high)


@science(_X, _DEPTH, source="Ritter (1892), Z. VDI 36")
def ritter(x: Floats, time_s: float, *, left: float) -> Floats:
    """Depth after a dam at x = 0 breaks onto dry flat ground without friction; ``left`` metres behind it.

    >>> ritter(np.array([-400.0, 0.0, 400.0]), 20.0, left=10.0).round(3)
    array([10.   ,  4.444,  0.   ])
    """
    fast = math.sqrt(G * left)
    fan = (2 * fast - x / time_s) ** 2 / (9 * G)
    depth = np.where(x < -fast * time_s, left, np.where(x < 2 * fast * time_s, fan, 0.0))
    return np.asarray(depth, np.float64)


@science(
    _X,
    Field("return.0", "float64", ("x",), "m", "out"),
    Field("return.1", "float64", ("x",), "m/s", "out"),
    source="Riemann (1860) invariants; frame falling with the slope (own)",
)
def simple_wave(x: Floats, time_s: float, *, slope: float) -> tuple[Floats, Floats]:
    """Depth and speed of a smooth wave running down a plane of ``slope`` m/m without friction, before it breaks.

    In a frame that falls with the plane (x - g·S·t²/2, u - g·S·t) the bed is flat, and u - 2c is the same
    everywhere, so each depth travels at 3c - 2c₀. Start: 1 m with a hump of 0.2 m, 40 m wide, at x = -100 m. Valid to
    45 s and where no edge is felt.

    >>> [round(float(a[0]), 3) for a in simple_wave(np.array([-100.0]), 0.0, slope=0.02)]
    [1.2, 0.598]
    """
    still = math.sqrt(G)
    away = x - 0.5 * G * slope * time_s**2
    start = away - still * time_s
    for _ in range(100):  # where did the depth that is here now start?
        celerity = np.sqrt(G * _hump(start))
        rate = 1.5 * math.sqrt(G) / np.sqrt(_hump(start)) * _hump_slope(start)
        start = start - (start + (3 * celerity - 2 * still) * time_s - away) / (1 + rate * time_s)
    depth = _hump(start)
    return depth, 2 * (np.sqrt(G * depth) - still) + G * slope * time_s


def _hump(x: Floats) -> Floats:
    return np.asarray(1.0 + 0.2 * np.exp(-(((x + 100.0) / 40.0) ** 2)), np.float64)


def _hump_slope(x: Floats) -> Floats:
    return np.asarray(-2.0 * (x + 100.0) / 1600.0 * (_hump(x) - 1.0), np.float64)


_PLAN = (
    Field("x", "float64", ("row", "column"), "m"),
    Field("y", "float64", ("row", "column"), "m"),
    Field("return.0", "float64", ("row", "column"), "m", "out"),
    Field("return.1", "float64", ("row", "column"), "m/s", "out"),
    Field("return.2", "float64", ("row", "column"), "m/s", "out"),
)
_RIM, _BOWL = 1.0, 0.1  # metres: radius of the still shore and depth in the middle


@science(*_PLAN, source="Thacker (1981), J. Fluid Mech. 107, §4")
def thacker_planar(x: Floats, y: Floats, periods: float) -> tuple[Floats, Floats, Floats]:
    """Depth and speeds of a plane surface that swings round a paraboloid (0.1 m deep, 1 m wide, off by 0.5 m).

    >>> float(thacker_planar(np.array([[0.5]]), np.array([[0.0]]), 0.0)[0][0, 0])
    0.1
    """
    turn = 2 * math.pi * periods
    swing = math.sqrt(2 * G * _BOWL) / _RIM
    bed = _BOWL * ((x**2 + y**2) / _RIM**2 - 1)
    level = 0.5 * _BOWL / _RIM**2 * (2 * x * math.cos(turn) + 2 * y * math.sin(turn) - 0.5)
    depth = np.maximum(level - bed, 0.0)
    wet = (depth > 0).astype(np.float64)
    return depth, -0.5 * swing * math.sin(turn) * wet, 0.5 * swing * math.cos(turn) * wet


@science(*_PLAN, source="Thacker (1981), J. Fluid Mech. 107, §5")
def thacker_radial(x: Floats, y: Floats, periods: float) -> tuple[Floats, Floats, Floats]:
    """Depth and speeds of a round surface that heaves in a paraboloid (0.1 m deep; shore from √0.8 m).

    Given at whole and half periods, when all of it stands still.

    >>> float(thacker_radial(np.array([[0.8**0.5]]), np.array([[0.0]]), 0.0)[0][0, 0].round(9))
    0.0
    """
    if not (2 * periods).is_integer():
        raise ValueError(f"periods = {periods}: the speed is given at whole and half periods only.")
    share = (_RIM**2 - 0.8**2) / (_RIM**2 + 0.8**2)
    phase = 1 - share * math.cos(2 * math.pi * periods)
    far = (x**2 + y**2) / _RIM**2
    level = math.sqrt(1 - share**2) / phase - 1 - far * ((1 - share**2) / phase**2 - 1)
    depth = np.maximum(_BOWL * level - _BOWL * (far - 1), 0.0)
    return depth, np.zeros_like(depth), np.zeros_like(depth)


_DISCHARGE = 2.0  # m²/s
_CRITICAL = (_DISCHARGE**2 / G) ** (1 / 3)


@science(_X, _DEPTH, source="MacDonald et al. (1997), J. Hydraul. Eng. 123; SWASHES §3.2.1")
def macdonald_subcritical(x: Floats) -> Floats:
    """Depth of a smooth subcritical flow of 2 m²/s in a channel of 1000 m.

    >>> macdonald_subcritical(np.array([500.0])).round(3)
    array([1.112])
    """
    return np.asarray(_CRITICAL * (1 + 0.5 * np.exp(-16 * (x / 1000 - 0.5) ** 2)), np.float64)


@science(_X, _DEPTH, source="MacDonald et al. (1997), J. Hydraul. Eng. 123; SWASHES §3.2.2")
def macdonald_transcritical(x: Floats) -> Floats:
    """Depth of a flow of 2 m²/s that becomes supercritical at x = 500 m.

    >>> macdonald_transcritical(np.array([500.0])).round(3)
    array([0.742])
    """
    s = x / 1000 - 0.5
    down = np.where(x < 500, np.tanh(3 * s) / 3, np.tanh(6 * s) / 6)
    return np.asarray(_CRITICAL * (1 - down), np.float64)


@science(_X, _DEPTH, source="MacDonald et al. (1997), J. Hydraul. Eng. 123; SWASHES §3.2.2; inlet reach own")
def macdonald_jump(x: Floats) -> Floats:
    """Depth of a flow of 2 m²/s that leaps at x = 500 m; before x = 0 an inlet of 500 m in which it becomes swift.

    >>> macdonald_jump(np.array([-500.0, 499.999, 500.001])).round(3)
    array([0.84 , 0.651, 0.841])
    """
    s = x / 1000 - 0.5
    inlet = 11 / 15 + 0.2 * (1 + np.cos(np.pi * (np.minimum(x, 0) / 500 + 1)))
    swift = np.where(x < 0, inlet, 0.9 - np.exp(-np.maximum(x, 0) / 250) / 6)
    tail = sum(
        a * np.exp(-20 * k * np.maximum(s, 0)) for k, a in enumerate((-0.348427, 0.552264, -0.55558), 1)
    )
    slow = 1 + tail + 0.8 * np.exp(x / 1000 - 1)
    return np.asarray(_CRITICAL * np.where(x < 500, swift, slow), np.float64)


@science(
    Field("x", "float64", ("knot",), "m"),
    Field("depth", "float64", ("knot",), "m"),
    Field("return", "float64", ("knot",), "m", "out"),
    source="MacDonald et al. (1997), J. Hydraul. Eng. 123, eq. 8",
)
def macdonald_bed(x: Floats, depth: Floats, *, manning: float) -> Floats:
    """The bed over which a chosen depth of 2 m²/s is exact; 0 at the last ``x``, jumps left to the momentum.

    Where depth varies smoothly the bed falls by the specific energy lost and by friction; the knots must be fine.

    >>> macdonald_bed(np.array([0.0, 1.0]), np.array([1.0, 1.0]), manning=0.1).round(4)
    array([0.04, 0.  ])
    """
    friction = manning**2 * _DISCHARGE**2 * depth ** (-10 / 3)
    energy = depth + _DISCHARGE**2 / (2 * G * depth**2)
    rise = energy[:-1] - energy[1:]
    fall = 0.5 * (friction[1:] + friction[:-1]) * np.diff(x) - rise
    leap = np.abs(np.diff(depth)) > 0.05 * depth[:-1]
    drop = np.where(leap, 0.5 * (friction[1:] + friction[:-1]) * np.diff(x), fall)
    return np.asarray(np.concatenate([np.cumsum(drop[::-1])[::-1], [0.0]]), np.float64)


@science(_X, _DEPTH, source="Woolhiser and Liggett (1967), Water Resour. Res. 3; Manning")
def kinematic_plane(x: Floats, *, slope: float, manning: float, rain_mm_h: float) -> Floats:
    """Steady depth of rain running off a plane, ``x`` metres from its ridge: (n·r·x/√S)^0.6.

    Valid where the slope of the surface is that of the bed (kinematic wave number above 20).

    >>> kinematic_plane(np.array([500.0]), slope=0.01, manning=0.035, rain_mm_h=100.0).round(4)
    array([0.0409])
    """
    return np.asarray((manning * rain_mm_h / 3.6e6 * x / math.sqrt(slope)) ** 0.6, np.float64)
