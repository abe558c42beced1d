"""What a verification case is, and how one drives a solver: the shipped stepper, never a twin of it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from anlan.science.flood.domain import RING, Domain
from anlan.science.flood.edges import Closed, Edges
from anlan.science.flood.solver import Feed, Moved, Solver
from anlan.science.flood.state import Layout, Precision, State
from anlan.science.jit import Floats


@dataclass(frozen=True, slots=True)
class Figure:
    """One measured number with its bound; None where it is printed without a mark.

    ``least`` says that the number must be at least the bound (an order of convergence, a hit rate), else at most.
    """

    label: str
    value: float
    unit: str
    bound: float | None
    least: bool = False

    @property
    def holds(self) -> bool | None:
        """Within its bound; None where it has none. NaN never is."""
        if self.bound is None:
            return None
        return self.value >= self.bound if self.least else self.value <= self.bound


@dataclass(frozen=True, slots=True)
class Case:
    """A check with a known answer: its short name, what it is, where the answer is from, and how to run it.

    ``precisions`` it has bounds for, ``layouts`` of the solvers it is for (local inertial has no shocks).
    ``seconds`` of one core that a run takes, about.
    """

    name: str
    title: str
    source: str
    run: Callable[[Solver, Precision], tuple[Figure, ...]]
    precisions: tuple[Precision, ...] = ("f64",)
    layouts: tuple[Layout, ...] = (Layout.CENTRES,)
    seconds: float = 1.0


class Flow:
    """A solver at work on a domain, for as long as a case needs it."""

    def __init__(
        self, solver: Solver, domain: Domain, state: State, edges: Edges, *, threads: int = 1
    ) -> None:
        self.domain, self.state = domain, state
        self._stepper = solver.prepare(domain, state, edges, threads=threads)
        self._kind = state.h.dtype
        self._tick_s = min(max(domain.dx, 1.0), 60.0)

    @property
    def depth(self) -> Floats:
        """Depth in f64, without ring."""
        return self.state.depth.astype(np.float64)

    @property
    def momentum(self) -> tuple[Floats, Floats]:
        """Discharges in f64 as the state holds them, without ring."""
        inner = np.s_[RING:-RING, RING:-RING]
        return self.state.qx[inner].astype(np.float64), self.state.qy[inner].astype(np.float64)

    @property
    def speed(self) -> Floats:
        """|u| of a state with its momentum in the centres, 0 where dry."""
        h = np.maximum(self.depth, 1e-12)
        return np.asarray(np.hypot(*self.momentum) / h, np.float64)

    def until(
        self, time_s: float, *, rain_mm_h: float = 0.0, cells: tuple[int, ...] = (), m3_s: float = 0.0
    ) -> Moved:
        """Go on to a moment under even rain, with ``m3_s`` shared among ``cells`` (numbers without ring).

        In ticks as long as the frame's, since steppers may look at speeds but once in a tick.
        """
        nx = self.domain.shape[1]
        rate = np.zeros((1, nx + 2 * RING), self._kind)
        rate[:, RING:-RING] = rain_mm_h / 3.6e6
        rows, columns = np.divmod(np.array(cells, np.int64), nx)
        ringed = (rows + RING) * (nx + 2 * RING) + columns + RING
        share = np.full(len(cells), m3_s / max(len(cells), 1) / self.domain.dx**2)
        feed = Feed(rate, rain_mm_h > 0, ringed.astype(np.int64), share)
        moves = []
        while self.state.time_s < time_s:
            moves.append(self._stepper.advance(feed, min(self.state.time_s + self._tick_s, time_s)))
        return Moved(
            sum(m.steps for m in moves),
            sum(m.inflow for m in moves),
            sum(m.outflow for m in moves),
            max((m.highest for m in moves), default=float(self.state.h.max())),
        )

    def close(self) -> None:
        """End threads."""
        self._stepper.close()


def start(
    solver: Solver,
    precision: Precision,
    bed: Floats,
    depth: Floats,
    *,
    dx: float,
    manning: float = 0.0,
    edges: Edges | None = None,
    speed: tuple[Floats, Floats] | None = None,
    datum: float | None = None,
    threads: int = 1,
) -> Flow:
    """A flow from a given depth (and speed, m/s), walls all round unless edges are given."""
    domain = Domain.of(bed, dx=dx, manning=manning, datum=datum)
    state = State.of(domain, layout=solver.layout, precision=precision, depth=depth)
    if speed is not None:
        inner = np.s_[RING:-RING, RING:-RING]
        state.qx[inner] = state.depth * speed[0]
        state.qy[inner] = state.depth * speed[1]
    return Flow(solver, domain, state, edges or Edges.all(Closed()), threads=threads)
