"""How long a step of `InertialStepper` may be: what binds it, and which cells may be left aside."""

import math
from typing import Any

import numpy as np

from anlan.science.flood.domain import G
from anlan.science.flood.inertial import kernels
from anlan.science.flood.inertial.streams import Streams
from anlan.science.flood.solver import Extents
from anlan.science.flood.state import State
from anlan.science.jit import Int64s

__all__ = ["SHALLOW", "SPEED_SHARE", "Pace"]

SHALLOW = 0.01  # m; the step is never longer than the wave in this depth allows
SPEED_SHARE = 0.9  # of the step in which a kinematic wave (5/3 of the speed) crosses a cell
SPEED_DEPTH = 0.001  # m; films below move too little water to bind the step
_ROUGH_THIRD = 1.125  # by which the kernels' third power may be too great, cubed


class Pace:
    """The longest stable step: gravity wave (Bates et al. 2010, eq. 12) and kinematic wave over one cell.

    Without ``few`` the deepest and the swiftest cell bind it. With it, up to so large a share of the ``cells`` (and of the stream
    cells and links) does not: their waves are slowed to what the step allows (`wave`), their outflow is
    limited to what they hold.
    """

    def __init__(self, *, dx: float, courant: float, few: float, cells: int) -> None:
        self._dx, self._few, self._most = dx, few, int(few * cells)
        self._by_depth, self._by_speed = G / courant**2, (5.0 / 3.0 / SPEED_SHARE) ** 2
        self._shallow = self._by_depth * SHALLOW
        self._bound = 0.0
        self._counts: Int64s = np.zeros(1 << (31 - kernels.CLASS_BITS), np.int64)

    def look(self, state: State, wet: Extents, streams: Streams | None) -> float:
        """Before each tick: what binds all cells but a few; gives the greatest speed (m/s), 0 where it need not be known."""
        scratch = np.zeros(state.h.shape[1], state.h.dtype)
        t, fields = state.h.dtype.type, (state.h, state.qx, state.qy, wet.first, wet.last)
        if not self._few:
            bits: Any = scratch.view(np.int32 if t is np.float32 else np.int64)
            mask = bits.dtype.type(np.iinfo(bits.dtype).max)
            most = kernels.fastest(*fields, t(SPEED_DEPTH), scratch, bits, mask)
            return float(np.asarray(most, bits.dtype).view(t))
        kernels.census(*fields, t(SPEED_DEPTH), t(self._by_depth), t(self._by_speed), scratch, self._counts)
        self._bound = _edge(self._counts, self._most)
        if streams is not None:
            self._bound = max(self._bound, streams.binding(self._by_depth, self._by_speed, self._few))
        return 0.0

    def longest(self, highest: float, swiftest: float) -> float:
        """Seconds; ``highest`` m and ``swiftest`` m/s of this moment bind where no cell is left aside."""
        square = self._bound if self._few else max(self._by_depth * highest, self._by_speed * swiftest**2)
        return self._dx / math.sqrt(max(square, self._shallow))

    def wave(self, dt: float) -> float:
        """The depth (m) to whose waves those of deeper water are slowed; infinity where no cell is left aside."""
        return (self._dx / dt) ** 2 / self._by_depth / _ROUGH_THIRD if self._few else math.inf


def _edge(counts: Int64s, most: int) -> float:
    """The upper edge of the highest class of `kernels.census` that holds more than are left aside, with those above it; 0 for none."""
    at_least = np.cumsum(counts[::-1])[::-1]
    held = np.nonzero(at_least > most)[0]
    if held.size == 0:
        return 0.0
    return float(np.array((int(held[-1]) + 1) << kernels.CLASS_BITS, np.int32).view(np.float32))
