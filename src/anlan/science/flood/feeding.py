"""From sources and inflows to the `Feed` of one tick, with what was booked for it."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from anlan.science.fields import Field, science
from anlan.science.flood import soil
from anlan.science.flood.domain import RING, Domain
from anlan.science.flood.edges import Inflow
from anlan.science.flood.errors import BadInput
from anlan.science.flood.solver import Feed
from anlan.science.flood.sources import GreenAmpt, Infiltration, Sources
from anlan.science.flood.state import State
from anlan.science.jit import Floats, Int64s, Reals
from anlan.science.shares import RASTER_ROWS, in_shares

_MM_H = 1.0 / 3.6e6


@dataclass(frozen=True, slots=True)
class Booked:
    """m³ of one tick: rain that fell, what the soil took, what hydrographs brought."""

    rain: float
    soil: float
    inflow: float


class Feeder:
    """Fills the feed of each tick of a run."""

    def __init__(
        self,
        domain: Domain,
        state: State,
        sources: Sources,
        inflows: Sequence[Inflow],
        *,
        carry: Floats | None,
        takers: Sequence[Int64s] = (),
        threads: int = 1,
    ) -> None:
        if sources.rain is not None:
            sources.rain.check(domain)
        self._domain, self._state, self._sources, self._inflows = domain, state, sources, tuple(inflows)
        soil_given = sources.infiltration
        self._soil = None if soil_given is None else _Soil(domain, soil_given, threads=threads)
        if self._soil is not None and state.soil is None:
            state.soil = np.zeros(domain.shape)
        ny, nx = domain.shape
        self.carry: Floats = np.zeros(nx) if carry is None else carry
        rows = ny + 2 * RING if self.needs_map(domain, sources) else 1
        self._rate = np.zeros((rows, nx + 2 * RING), state.h.dtype)
        discs = [domain.disc(i.x, i.y, i.radius_m) for i in self._inflows]
        groups = [(d // nx + RING) * (nx + 2 * RING) + d % nx + RING for d in discs] + list(takers)
        self._sizes = np.array([g.size for g in groups], np.int64)
        each = np.concatenate(groups) if groups else np.zeros(0, np.int64)
        self._cells, self._which = np.unique(each, return_inverse=True)  # a cell of two rivers stands once
        self._shown = -2
        self._sum = 0.0
        self._kept: tuple[int, Floats] | None = (
            None  # the gross rain shown last: soils ask for it at each tick
        )

    @staticmethod
    def needs_map(domain: Domain, sources: Sources) -> bool:
        """Net rain differs from cell to cell: 4 or 8 bytes a cell more."""
        grids = sources.rain is not None and sources.rain.rates.ndim == 3
        return grids or sources.infiltration is not None or not bool(domain.inside.all())

    def stop_after(self, time_s: float) -> float:
        """The next moment at which the rain changes, or infinity."""
        rain = self._sources.rain
        later = [b for b in rain.breaks_s if b > time_s + 1e-9] if rain is not None else []
        return min(later, default=float("inf"))

    def fill(self, start_s: float, end_s: float, linked: Sequence[float] = ()) -> tuple[Feed, Booked]:
        """The feed of a tick within which the rain is steady; ``linked`` m³/s into each group of ``takers``."""
        span = end_s - start_s
        rain = self._sources.rain
        shown = rain.now(start_s) if rain is not None else -1
        taken_of_rain, taken = 0.0, 0.0
        if self._soil is not None:
            taken_of_rain, taken, self._sum = self._soil.drink(
                self._state, self._gross(shown), self.carry, span, self._rate
            )
        elif shown != self._shown:
            self._show(shown)
        self._shown = shown
        area = self._domain.dx**2
        fallen = (self._sum * span + taken_of_rain) * area
        flows = np.array([i.discharge.mean(start_s, end_s) for i in self._inflows])
        into = np.concatenate([flows, np.asarray(linked, np.float64)])
        each = np.repeat(into / np.maximum(self._sizes, 1) / area, self._sizes)
        cell_rate: Floats = np.bincount(self._which, weights=each, minlength=self._cells.size).astype(
            np.float64
        )
        feed = Feed(self._rate, self._sum > 0, self._cells, cell_rate)
        return feed, Booked(fallen, (taken_of_rain + taken) * area, float(flows.sum()) * span)

    def _gross(self, shown: int) -> Floats:
        """Rain in m/s as (1, nx) or (ny, nx)."""
        rain, nx = self._sources.rain, self._domain.shape[1]
        if rain is None or shown < 0:
            return np.zeros((1, nx))
        if self._kept is None or self._kept[0] != shown:
            now = rain.rates[shown] * _MM_H
            self._kept = shown, np.full((1, nx), float(now)) if rain.rates.ndim == 1 else now
        return self._kept[1]

    def _show(self, shown: int) -> None:
        core = self._rate[:, RING:-RING] if self._rate.shape[0] == 1 else self._rate[RING:-RING, RING:-RING]
        gross = self._gross(shown)
        core[...] = gross if self._rate.shape[0] == 1 else np.where(self._domain.inside, gross, 0.0)
        times = self._domain.shape[0] if self._rate.shape[0] == 1 else 1
        self._sum = float(core.sum(dtype=np.float64)) * times


class _Soil:
    """Parameters of infiltration on the grid, in SI, and their kernel."""

    def __init__(self, domain: Domain, given: Infiltration, *, threads: int = 1) -> None:
        inside = self._inside = domain.inside
        self._given, self._threads = given, threads
        self._lo, last = inside.argmax(axis=1), inside.shape[1] - inside[:, ::-1].argmax(axis=1)
        self._hi = np.where(inside.any(axis=1), last, 0)
        if isinstance(given, GreenAmpt):
            wet = _map(domain, given.wetness, "wetness", 0.0, 1.0)
            self._a = _map(domain, given.conductivity_mm_h, "conductivity_mm_h", 0.0, 3600.0) * _MM_H
            pores = _map(domain, given.porosity, "porosity", 0.0, 0.9) * (1.0 - wet)
            self._b = _map(domain, given.suction_mm, "suction_mm", 0.0, 5000.0) / 1000.0 * pores
        else:
            self._a = retention_m(given.cn, given.wetness, domain=domain)
            if not 0.0 <= given.initial <= 1.0:
                raise BadInput("initial", f"{given.initial}", "Give Ia/S between 0 and 1, usually 0.2")

    def drink(
        self, state: State, gross: Floats, carry: Floats, span: float, net: Reals
    ) -> tuple[float, float, float]:
        """Metres of all cells taken of rain, and of standing water; and the m/s of ``net`` rain of all."""
        assert state.soil is not None
        if isinstance(self._given, GreenAmpt):
            taken = soil.green_ampt(
                state.h, gross, self._inside, self._a, self._b, state.soil, carry, span, net
            )
            return *taken, float(net.sum(dtype=np.float64))
        told, drunk = np.zeros((self._inside.shape[0], 2)), state.soil
        initial = self._given.initial

        def some(first: int, last: int) -> None:
            soil.scs_cn(
                first, last, gross, self._inside, self._lo, self._hi, self._a, initial, drunk, span, net, told
            )

        in_shares(some, len(told), threads=self._threads, worth=RASTER_ROWS)
        lost, runs = told.sum(axis=0)
        return float(lost), 0.0, float(runs)


def check_soil(domain: Domain, given: Infiltration) -> None:
    """Raise `BadInput` for a soil whose values lie out of bounds or off the domain, before anything is run."""
    _Soil(domain, given)


@science(
    Field("cn", "float64", ("row", "column"), "curve number, 1 to 100"),
    Field("wetness", "float64", ("row", "column"), "share of Wm"),
    Field("return", "float64", ..., "m", "out"),
    source="SCS NEH-4 (1972); Hawkins, Hjelmfelt and Zevenbergen (1985), J. Irrig. Drain. Eng. 111(4)",
)
def retention_m(cn: float | Floats, wetness: float | Floats, *, domain: Domain) -> Floats:
    """Potential retention S = 25.4·(1000/CN − 10) mm, in metres, for a share of Wm already full.

    Conditions I and III after Hawkins, Hjelmfelt and Zevenbergen (1985): S_I = 2.281 S, S_III = 0.427 S; straight
    between 0.2, 0.5 and 0.8 of Wm, held beyond. Raises `BadInput`.

    >>> ground = Domain.of(np.zeros((1, 1)), dx=10.0)
    >>> retention_m(np.full((1, 1), 80.0), np.full((1, 1), 0.5), domain=ground)
    array([[0.0635]])
    """
    average = 0.0254 * (1000.0 / _map(domain, cn, "cn", 1.0, 100.0) - 10.0)
    wet = _map(domain, wetness, "wetness", 0.0, 1.0)
    factor = np.interp(wet, [0.2, 0.5, 0.8], [2.281, 1.0, 0.427])
    shape = np.broadcast_shapes(average.shape, factor.shape)
    return np.ascontiguousarray(np.broadcast_to(average * factor, shape))


def _map(domain: Domain, given: float | Floats, name: str, low: float, high: float) -> Floats:
    """A parameter as (1, nx) or (ny, nx), within its bounds."""
    value = np.asarray(given, np.float64)
    if value.ndim == 0:
        value = np.full((1, domain.shape[1]), float(value))
    elif value.shape != domain.shape:
        raise BadInput(name, f"{value.shape} against {domain.shape} of the bed", "Resample it to the bed")
    used = value[domain.inside] if value.shape == domain.shape else value
    if not (np.isfinite(used).all() and (used >= low).all() and (used <= high).all()):
        raise BadInput(name, f"a value is missing or not within {low:g} to {high:g}", "Check its unit")
    return np.where(domain.inside, value, low) if value.shape == domain.shape else value
