"""What a solver is to the frame: it prepares a stepper over a state, and the stepper advances it.

`anlan.science.flood.run.run` cuts time into ticks (some 10 s, never across a change of rain). At the start of each tick the frame
settles the soil and fills a `Feed`; the stepper then takes as many steps of its own as its time step needs; after it the
frame looks (maxima, arrival, gauges), checks (finite, mass) and reports. A stepper writes only into its state.
"""

from dataclasses import dataclass
from typing import Protocol

from anlan.science.flood.domain import Domain
from anlan.science.flood.edges import Edges
from anlan.science.flood.state import Layout, Precision, State
from anlan.science.jit import Floats, Int64s, Reals


@dataclass(slots=True)
class Feed:
    """The water that comes during one tick; a stepper adds it in every step, with carry, so that f32 loses nothing.

    ``rate``: net rain in m/s, of the state's type: (ny + 2·RING, nx + 2·RING), or (1, nx + 2·RING) where every row has
    the same (then 0 in the ring columns). 0 in walls. ``is_raining`` is False when ``rate`` is 0 everywhere.
    ``cells``: numbers of cells **with** ring (``row * (nx + 2·RING) + column``) fed by hydrographs, ``cell_rate`` their m/s
    in f64. The frame books rain and inflow itself from these rates times the tick.
    """

    rate: Reals
    is_raining: bool
    cells: Int64s
    cell_rate: Floats


@dataclass(frozen=True, slots=True)
class Extents:
    """For each row **with** ring: first wet column and the one past the last, ring counted; (large, 0) when dry."""

    first: Int64s
    last: Int64s


@dataclass(frozen=True, slots=True)
class Moved:
    """What a stepper did in one tick: steps taken, water in and out over the edges (m³), greatest depth (m)."""

    steps: int
    inflow: float
    outflow: float
    highest: float


class Stepper(Protocol):
    """A solver at work on one state."""

    def advance(self, feed: Feed, until_s: float) -> Moved:
        """Bring the state to ``until_s`` exactly. Raises `NotFinite` when depth is no longer a number."""
        ...

    def extents(self) -> Extents:
        """Where the state is wet.

        The frame looks only there, so dry land costs nothing. A stepper that does not know gives
        (RING, nx + RING) for each row that is a cell.
        """
        ...

    def carried(self) -> float:
        """Water (m³) in digits that the fields cannot hold and that wait to be added; counted as stored."""
        ...

    def held(self) -> dict[str, Reals]:
        """What must be kept beside the state for an exact resume, by name (digits carried, say)."""
        ...

    def close(self) -> None:
        """End threads."""
        ...


class Solver(Protocol):
    """A method: its name, where its discharges live, and how it starts."""

    @property
    def name(self) -> str:
        """Short name, as on the command line: li, godunov."""
        ...

    @property
    def layout(self) -> Layout:
        """Where ``qx`` and ``qy`` live."""
        ...

    def prepare(
        self,
        domain: Domain,
        state: State,
        edges: Edges,
        *,
        threads: int,
        held: dict[str, Reals] | None = None,
    ) -> Stepper:
        """A stepper over ``state`` (its precision is the state's); ``held`` from an earlier `Stepper.held`."""
        ...

    def bytes_per_cell(self, domain: Domain, precision: Precision) -> int:
        """Memory for state and ground in this solver, without the maps asked for."""
        ...
