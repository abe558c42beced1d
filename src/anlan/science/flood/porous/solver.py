"""A stepper for ground of which buildings take a share: `Inertial` gives it where a domain has a porosity."""

import math
from typing import TYPE_CHECKING

import numpy as np

from anlan.science.flood.domain import RING, Domain
from anlan.science.flood.edges import Edges, Stage
from anlan.science.flood.errors import BadInput, NotFinite
from anlan.science.flood.inertial import solver as inertial
from anlan.science.flood.inertial.kernels.edges import rim
from anlan.science.flood.inertial.pace import SWIFT, Pace, take_census
from anlan.science.flood.porous import kernels
from anlan.science.flood.solver import Extents, Feed, Moved
from anlan.science.flood.state import State
from anlan.science.jit import Floats, Int8s, Reals

if TYPE_CHECKING:
    from anlan.science.flood.inertial.solver import Inertial


class PorousStepper:
    """Steps a state by the local inertial equations with an isotropic porosity; one thread.

    After Guinot and Soares-Frazão (2006), Int. J. Numer. Meth. Fluids 50, and Sanders, Schubert and Gallegos (2008),
    J. Hydrol. 362: a cell stores over its open share, a face passes over the smaller of the shares beside it. Discharges are by
    open width, so speeds are those in the streets. The drag of walls is left to Manning's n.
    """

    def __init__(
        self, method: "Inertial", domain: Domain, state: State, edges: Edges, *, held: dict[str, Reals]
    ) -> None:
        if method.channels is not None:
            raise BadInput(
                "channels", "streams narrower than a cell among porous buildings", "Make them rough"
            )
        assert domain.porosity is not None
        self._method, self._state, self._dx, self._datum = method, state, domain.dx, domain.datum
        self._edges = (edges.n, edges.e, edges.s, edges.w)
        self._kinds: Int8s = np.array([inertial.kind(edge) for edge in self._edges], np.int8)
        self._z = inertial.ground(domain, self._edges).astype(state.h.dtype)
        self._n2 = inertial.roughness(domain)
        self._share: Floats = np.pad(domain.porosity, RING, mode="edge")
        self._px, self._py = self._share.copy(), self._share.copy()
        self._px[:, 1:] = np.minimum(self._share[:, 1:], self._share[:, :-1])
        self._py[1:] = np.minimum(self._share[1:], self._share[:-1])
        self._old = np.zeros_like(state.qx), np.zeros_like(state.qy)
        self._carry: Floats = held.get("carry", np.zeros(state.h.shape)).astype(np.float64)
        self._highest = float(held["highest"]) if "highest" in held else float(state.depth.max())
        self._pace = Pace(domain, courant=method.courant)

    def advance(self, feed: Feed, until_s: float) -> Moved:
        """Step until a moment. Raises `NotFinite`."""
        s, m, steps, came, went, most = self._state, self._method, 0, 0.0, 0.0, self._highest
        if not math.isfinite(most):
            raise NotFinite("a depth is no number", time_s=s.time_s)
        self._look()
        while s.time_s < until_s:
            left = until_s - s.time_s
            dt = left / math.ceil(left / self._pace.longest(self._highest) - 1e-9)
            self._rim()
            total, self._highest, entered, out = kernels.step(
                s.h, s.qx, s.qy, *self._old, self._z, self._n2, self._share, self._px, self._py, self._carry,
                feed.rate, feed.cells, feed.cell_rate, self._kinds, self._dx, dt, m.damping, m.dry,
                SWIFT, self._pace.most_waves(dt),
            )  # fmt: skip
            if not math.isfinite(total):
                raise NotFinite("a depth is no number any more", time_s=s.time_s)
            steps, came, went, most = steps + 1, came + entered, went + out, max(most, self._highest)
            s.time_s = until_s if left <= dt * (1 + 1e-9) else s.time_s + dt
        return Moved(steps, came, went, most)

    def extents(self) -> Extents:
        """All cells: built-up places are small."""
        rows, columns = self._state.h.shape
        first, last = np.full(rows, 1 << 60, np.int64), np.zeros(rows, np.int64)
        first[RING:-RING], last[RING:-RING] = RING, columns - RING
        return Extents(first, last)

    def carried(self) -> float:
        """Digits carried, m³."""
        return float((self._carry * self._share).sum()) * self._dx**2

    def held(self) -> dict[str, Reals]:
        """Digits carried, and what gives the next step."""
        return {"carry": self._carry.copy(), "highest": np.array(self._highest)}

    def close(self) -> None:
        """No threads to end."""

    def _look(self) -> None:
        """As on open ground: no wave is faster among buildings."""
        floors = self._pace.floors(self._highest)
        self._pace.look(take_census(self._state, self.extents(), floors, np.zeros((0, 0), np.uint8))[0])

    def _rim(self) -> None:
        if not self._kinds.any():
            return
        s = self._state
        levels = [e.level.at(s.time_s) - self._datum if isinstance(e, Stage) else 0.0 for e in self._edges]
        rim(s.h, self._z, s.qx, s.qy, self._kinds, np.array(levels))
