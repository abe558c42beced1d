"""Whether a run may speak 放行与拒用: a run that broke a law of its own is shown with the reason and never passed on."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

MASS_BOUND = {"f32": 1e-5, "f64": 1e-9}
"""Largest mass error, as a share of all water that came in."""
FAST_BOUND = 0.20
"""Largest share of wet cells with Fr > 0.8 for which local inertial speaks, unless a pack says otherwise. 待核实."""


@dataclass(frozen=True)
class Reason:
    """Why a run may not speak, and the mend: a sentence of the catalogue and what is put into it."""

    text: str
    values: Mapping[str, Any] = field(default_factory=dict)

    def as_row(self) -> dict[str, Any]:
        """As it is stored; words are put to it when it is shown."""
        return {"text": self.text, "values": dict(self.values)}


@dataclass(frozen=True, kw_only=True)
class Figures:
    """What a run tells of itself."""

    solver: str
    precision: str
    mass_error: float
    has_nan: bool = False
    left_validity: bool = False  # deeper or faster than the equations describe
    fast_share: float = 0.0  # wet cells with Fr > 0.8, 0..1
    fast_bound: float = FAST_BOUND
    ran_again: bool = False  # what was too fast for local inertial was run again with Godunov
    gauge_off: Mapping[str, Any] | None = (
        None  # the gauge, off by how many metres, the band: the worst that disagrees
    )
    stopped: bool = False  # told to stop before its end


def reasons(told: Figures) -> list[Reason]:
    """Why the run is refused; none where it may speak."""
    checks = (
        (told.has_nan, _nan),
        (told.left_validity, _left),
        (not told.mass_error <= MASS_BOUND[told.precision], _mass),
        (told.solver == "li" and told.fast_share > told.fast_bound and not told.ran_again, _fast),
        (told.gauge_off is not None, _gauge),
        (told.stopped, _stopped),
    )
    return [reason(told) for broken, reason in checks if broken]


def outside(*, solver: str, overall: float, around: Mapping[int, float], bound: float) -> list[int]:
    """Villages of which a run's own method may not speak, by id: water around them is too fast, or it is so everywhere.

    overall, around: shares of wet cells with Fr > 0.8, 0..1. Godunov knows fast water: none is outside its range.
    """
    if solver != "li":
        return []
    return sorted(place for place, share in around.items() if share > bound or overall > bound)


def _nan(told: Figures) -> Reason:
    return Reason("结果里有无效数值。请检查地形和降雨有没有缺值。")


def _left(told: Figures) -> Reason:
    return Reason("水深超出了模型能描述的范围。请检查地形和降雨的单位。")


def _mass(told: Figures) -> Reason:
    values = {"error": f"{told.mass_error:.1e}", "bound": f"{MASS_BOUND[told.precision]:.0e}"}
    return Reason("水量不守恒：误差 {error}，上限 {bound}。请改用双精度重算。", values)


def _fast(told: Figures) -> Reason:
    values = {"share": round(100 * told.fast_share)}
    return Reason("超出适用范围：{share}% 的积水格流得太急（Fr > 0.8）。请改用 Godunov 算法重算。", values)


def _gauge(told: Figures) -> Reason:
    text = (
        "与水位站不符：{gauge} 站的涨幅差 {off} 米，允许 {band} 米。请查雨量、糙率和河道，先按站上的水位办。"
    )
    return Reason(text, told.gauge_off or {})


def _stopped(told: Figures) -> Reason:
    return Reason("没有算完就被叫停，不下结论。请重新排上。")
