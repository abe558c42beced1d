"""How long a step of `InertialStepper` may be."""

import math

import numpy as np

from anlan.science.fields import Field, science
from anlan.science.flood.domain import RING, Domain, G
from anlan.science.flood.inertial.kernels.census import CLASS_BITS, CLASSES, TABLES, census, seen_as
from anlan.science.flood.solver import Extents
from anlan.science.flood.state import State
from anlan.science.jit import Bytes, Floats, Int64s, Reals
from anlan.science.shares import RASTER_ROWS, in_shares

SHALLOW = 0.01  # m; the step is never longer than the wave in this depth allows
SPEED_DEPTH = 0.001  # m; films below move too little water to bind the step
SWIFT = (1.1 * 5.0 / 3.0) ** 2 / G
"""s²/m: times the square of a speed, the depth whose waves outrun the kinematic wave (5/3 of the speed) by a tenth."""
RUN_SHARE = 0.54
"""Of a link that water may cross in a step: its kinematic wave crosses nine tenths. (A cell gives no more than it holds.)"""
CHUTES = 1e-4
"""Share of the cells that may be swifter than the step allows: over the edge of a dam nothing holds the water back in these
equations, and one such cell would set the step of a whole catchment. Their water runs as far as the step allows."""
STEEP_LINKS = 0.01
"""The same of the links of streams, and one at least."""

MOST_TIMES = 6
BINDING, SEEN = 0.25, 1.0 / MOST_TIMES**2
"""Of the greatest depth: waves of less bind no step before the next look, even if that depth falls; waves of less bind no sweep."""
RISING = 1.5
"""A cell may stand so many times deeper, before the next look, than when it was chosen for the long step."""
FRONT = 2.0
"""By how much a front on dry ground outruns the waves behind it (Ritter)."""
DEAR, ALONE = 3.0, 10_000.0
"""Time of a short step by that of a sweep over one cell: for each cell that must take it, and for the step itself."""


class Pace:
    """The longest stable step: a wave crosses no more than ``courant`` of a cell (Bates et al. 2010, eq. 12).

    Waves run by the depth, and faster where the water does (`kernels.rows.face`).
    """

    def __init__(self, domain: Domain, *, courant: float) -> None:
        self._dx, self._reach = domain.dx, courant * domain.dx / math.sqrt(G)
        self._aside, self._waves = int(CHUTES * np.count_nonzero(domain.inside)), 0.0

    @property
    def spares(self) -> bool:
        """Whether cells may be spared short steps at all."""
        return MOST_TIMES > 1

    @science(Field("counts", "int64", ("class",), "cells"), source="own")
    def look(self, counts: Int64s) -> None:
        """At the cells by classes of the depth as whose waves their own run (`kernels.census`), once a tick.

        >>> pace = Pace(Domain.of(np.zeros((4, 4)), dx=20.0), courant=0.6)
        >>> counts = np.zeros(kernels.CLASSES, np.int64)
        >>> counts[np.float32(5.0).view(np.int32) >> kernels.CLASS_BITS] = 3
        >>> pace.look(counts)
        >>> round(pace.longest(1.0), 2)
        1.69
        """
        at_least = np.cumsum(counts[::-1])[::-1]
        held = np.nonzero(at_least > self._aside)[0]
        above = np.array((int(held[-1]) + 1) << CLASS_BITS if held.size else 0, np.int32)
        self._waves = float(above.view(np.float32))

    @science(
        Field("waves", "float64", ("link",), "m"),
        Field("length", "float64", ("link",), "m"),
        source="own",
    )
    def look_at_links(self, waves: Floats, length: Floats) -> None:
        """The same for the links of streams, after the cells: the depth as whose ``waves`` theirs run, and their length.

        >>> pace = Pace(Domain.of(np.zeros((4, 4)), dx=20.0), courant=0.6)
        >>> pace.look_at_links(np.array([5.5, 90.0]), np.array([20.0, 28.0]))
        >>> round(pace.longest(1.0), 2)  # the swifter of the two may be held
        1.63
        """
        waves = waves * (self._dx / length) ** 2
        aside = max(int(STEEP_LINKS * waves.size), 1)
        if waves.size > aside:
            self._waves = max(self._waves, float(np.partition(waves, -1 - aside)[-1 - aside]))

    @science(Field("counts", "int64", ("class",), "cells"), source="own")
    def times(self, counts: Int64s, cells: int, highest: float, span_s: float) -> int:
        """How many of these steps one sweep of the raster, of so many ``cells`` to visit, lasts at best over ``span_s`` s.

        ``counts``: cells by the waves they would have if they stood `RISING` times as deep, in classes of `kernels.seen_as` of the
        second of `floors`; ``highest``: the greatest depth (m) of this moment.
        The cells that cannot wait so long (`waves`) step alone, each with its neighbours as dear as `DEAR` of the sweep.

        >>> pace, counts = Pace(Domain.of(np.zeros((400, 400)), dx=20.0), courant=0.6), np.zeros(256, np.int64)
        >>> counts[kernels.seen_as(1.5 * 5.0, pace.floors(5.0)[1])] = 3000
        >>> counts[0] = 157_000
        >>> pace.times(counts, 160_000, 5.0, 60.0)
        6
        """
        at_least, longest = np.cumsum(counts[::-1])[::-1], self.longest(highest)
        cost = {}
        for times in range(1, MOST_TIMES + 1):
            few = int(at_least[seen_as(self.waves(times, highest), self.floors(highest)[1])])
            alone = times * (DEAR * few + ALONE) if times > 1 else 0.0
            cost[times] = math.ceil(span_s / (times * longest)) * (cells + alone)
        return min(cost, key=cost.__getitem__)

    @science(Field("return", "float32", (2,), "m", "out"), source="own")
    def floors(self, highest: float) -> Reals:
        """Depths (m) below which waves bind no step, and no sweep.

        `BINDING` and `SEEN` of ``highest``, the greatest depth (m) of the moment.

        >>> [round(float(depth), 2) for depth in Pace(Domain.of(np.zeros((4, 4)), dx=20.0), courant=0.6).floors(7.2)]
        [1.8, 0.2]
        """
        return np.array([BINDING, SEEN], np.float32) * np.float32(max(highest, SHALLOW))

    def waves(self, times: int, highest: float) -> float:
        """The depth (m) of the swiftest waves that a step so many ``times`` as long (a number) can follow; ``highest`` m: of now."""
        return max(self._waves, highest, SHALLOW) / times**2

    def longest(self, highest: float) -> float:
        """Seconds; ``highest``: the greatest depth (m) of this moment."""
        return self._reach / math.sqrt(max(self._waves, highest, SHALLOW))

    def most_waves(self, dt: float) -> float:
        """The depth (m) as whose waves any may run in a step of ``dt`` s, a hair above that which gave the step."""
        return 1.01 * (self._reach / dt) ** 2


@science(
    Field("floors", "float32", (2,), "m"),
    Field("seen", "uint8", ("row+ring", "column+ring"), "class; of no size if not asked for", "inout"),
    Field("return.0", "int64", ("class",), "cells", "out"),
    Field("return.1", "int64", (256,), "cells", "out"),
    source="own",
)
def take_census(
    state: State, wet: Extents, floors: Reals, seen: Bytes, *, threads: int = 1
) -> tuple[Int64s, Int64s]:
    """Cells by the class of their waves, and of those they would have if they stood `RISING` times as deep: see `kernels.census`.

    ``seen``: all nought, or of no size.

    >>> from anlan.science.flood.state import Layout
    >>> ground = Domain.of(np.zeros((2, 3)), dx=10.0)
    >>> deep = State.of(ground, layout=Layout.FACES, depth=np.ones((2, 3)))
    >>> wet = Extents(np.full(6, RING), np.full(6, 3 + RING))
    >>> seen = np.zeros(deep.h.shape, np.uint8)
    >>> now, risen = take_census(deep, wet, np.array([0.25, 0.1], np.float32), seen)
    >>> int(now.sum()), int(risen[seen[RING, RING]])
    (6, 6)
    """
    t, told = state.h.dtype.type, []

    def some(first: int, last: int) -> None:
        counts, risen = np.zeros(CLASSES, np.int64), np.zeros((TABLES, 256), np.int64)
        scratch = np.zeros((2, state.h.shape[1]), np.float32)
        census(
            first + RING, last + RING, state.h, state.qx, state.qy, wet.first, wet.last, t(SPEED_DEPTH), t(SWIFT), t(RISING),
            floors, scratch, scratch.view(np.int32), counts, seen, risen,
        )  # fmt: skip
        told.append((counts, risen.sum(axis=0)))

    in_shares(some, state.depth.shape[0], threads=threads, worth=RASTER_ROWS)
    counts, risen = zip(*told, strict=True)
    return np.sum(counts, axis=0), np.sum(risen, axis=0)
