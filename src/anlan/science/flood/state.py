"""What a run knows at one moment: depth, discharge, time, and the account of its water.

One layout for every solver: fields of (ny + 2·RING, nx + 2·RING), float32 or float64, row 0 in the north. ``qx`` is
positive to the east and ``qy`` to the **south** (growing row). What ``qx`` and ``qy`` stand for is said by
``layout`` alone:

- `Layout.FACES` (local inertial): unit discharge (m²/s) through the west face (``qx``) and the north face (``qy``) of
  the cell with that number, so the east face of cell (j, i) is ``qx[j, i + 1]``.
- `Layout.CENTRES` (Godunov): momentum h·u and h·v (m²/s) of the cell itself.
"""

from dataclasses import dataclass, replace
from enum import IntEnum
from typing import Literal

import numpy as np

from anlan.science.fields import Field, science
from anlan.science.flood.domain import RING, Domain
from anlan.science.flood.errors import BadInput
from anlan.science.jit import Floats, Reals

Precision = Literal["f32", "f64"]


class Layout(IntEnum):
    """Where ``qx`` and ``qy`` live."""

    FACES = 0
    CENTRES = 1


@dataclass(frozen=True, slots=True)
class Ledger:
    """The account of a run's water, m³: what was there, came, went and is there.

    ``inflow`` hydrographs and edges inwards, ``outflow`` edges outwards, ``infiltration`` into the soil (of rain that
    fell or water that stood). ``stored`` with the digits that a stepper carries. ``error`` is what the account lacks:
    clipped negative depths and lost digits are in it.
    """

    start: float = 0.0
    rain: float = 0.0
    inflow: float = 0.0
    outflow: float = 0.0
    infiltration: float = 0.0
    stored: float = 0.0

    @property
    def error(self) -> float:
        """Stored water that nothing accounts for, m³."""
        return self.stored - (self.start + self.rain + self.inflow - self.outflow - self.infiltration)

    @property
    def error_share(self) -> float:
        """The error as a share of all water that was there or came; 0 where there was none."""
        whole = self.start + self.rain + self.inflow
        return self.error / whole if whole > 0 else 0.0

    def plus(
        self, *, rain: float = 0.0, inflow: float = 0.0, outflow: float = 0.0, soil: float = 0.0
    ) -> "Ledger":
        """The account after more came and went."""
        return replace(
            self,
            rain=self.rain + rain,
            inflow=self.inflow + inflow,
            outflow=self.outflow + outflow,
            infiltration=self.infiltration + soil,
        )


@dataclass(slots=True)
class State:
    """Depth (m) and discharge (m²/s) of every cell with its ring, model time and ledger. Solvers write into it.

    ``soil`` (ny, nx) f32: metres infiltrated so far (Green–Ampt) or rained so far (SCS-CN), None without
    infiltration. ``channel`` (k,) f64: m³ below the bank of each sub-grid channel cell; ``channel_q`` (m,) f64: unit
    discharge (m²/s) of each link; None without channels. ``porosity`` as of the domain.
    """

    h: Reals
    qx: Reals
    qy: Reals
    layout: Layout
    time_s: float = 0.0
    ledger: Ledger = Ledger()
    soil: Reals | None = None
    channel: Floats | None = None
    channel_q: Floats | None = None
    porosity: Floats | None = None

    @property
    def depth(self) -> Reals:
        """Depth without the ring, (ny, nx), a view."""
        return self.h[RING:-RING, RING:-RING]

    def stored(self, dx: float) -> float:
        """Water in the domain, m³, channels included, summed in f64."""
        below = 0.0 if self.channel is None else float(self.channel.sum())
        if self.porosity is not None:
            return float((self.depth * self.porosity).sum(dtype=np.float64)) * dx**2 + below
        return float(self.depth.sum(dtype=np.float64)) * dx**2 + below

    def is_finite(self) -> bool:
        """No NaN and no infinity in depth or discharge."""
        return all(bool(np.isfinite(a.sum(dtype=np.float64))) for a in (self.h, self.qx, self.qy))

    @classmethod
    @science(
        Field("depth", "float64", ("row", "column"), "m"),
        Field("return.h", "float64", ("row+ring", "column+ring"), "m", "out"),
        Field("return.qx", "float64", ("row+ring", "column+ring"), "m²/s", "out"),
        Field("return.qy", "float64", ("row+ring", "column+ring"), "m²/s", "out"),
        source="own",
    )
    def of(
        cls, domain: Domain, *, layout: Layout, precision: Precision = "f32", depth: Floats | None = None
    ) -> "State":
        """A start at rest: dry, or with a given depth (ny, nx) in metres. Raises `BadInput`.

        >>> ground = Domain.of(np.zeros((2, 3)), dx=10.0)
        >>> State.of(ground, layout=Layout.FACES, precision="f64", depth=np.ones((2, 3))).stored(10.0)
        600.0
        """
        ny, nx = domain.shape
        kind = np.float32 if precision == "f32" else np.float64
        h, qx, qy = (np.zeros((ny + 2 * RING, nx + 2 * RING), kind) for _ in range(3))
        state = cls(h, qx, qy, layout, porosity=domain.porosity)
        if depth is not None:
            state.depth[...] = _checked(np.asarray(depth, np.float64), domain)
        state.ledger = Ledger(start=state.stored(domain.dx), stored=state.stored(domain.dx))
        return state


def _checked(depth: Floats, domain: Domain) -> Floats:
    if depth.shape != domain.shape:
        raise BadInput("start", f"{depth.shape} against {domain.shape} of the bed", "Resample it to the bed")
    wet = depth[domain.inside]
    if not np.isfinite(wet).all() or (wet < 0).any():
        raise BadInput("start", "a depth is missing or negative", "Give metres, 0 where dry")
    return np.where(domain.inside, depth, 0.0)
