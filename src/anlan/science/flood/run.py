"""Run a flood: ticks, feeds, looks, checks, checkpoints. The one way to run any solver of this room."""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from anlan.science.flood.domain import Domain
from anlan.science.flood.edges import Edges
from anlan.science.flood.errors import BadInput, Cancelled, LeftValidity, MassLost, NotFinite
from anlan.science.flood.feeding import Feeder
from anlan.science.flood.links.link import Link
from anlan.science.flood.links.work import Links
from anlan.science.flood.outputs import Outputs, Result
from anlan.science.flood.solver import Solver, Stepper
from anlan.science.flood.sources import GreenAmpt, Sources
from anlan.science.flood.state import Layout, Ledger, Precision, State
from anlan.science.flood.watch import Watch

MASS_BOUND = {np.dtype(np.float32): 1e-5, np.dtype(np.float64): 1e-11}
"""The share of all water by which a run may miss its account before it is refused, by precision."""

Checkpoint = Mapping[str, Any]
"""Arrays by name, as `numpy.savez` takes and gives them; the caller keeps the file."""

_CHECK_S = 600.0
_OPTIONAL = ("soil", "channel", "channel_q")
_MOST_DEPTH = 1_000.0


@dataclass(frozen=True, slots=True)
class Progress:
    """Where a run stands: model time, its end, steps so far, greatest depth (m) of the last tick."""

    time_s: float
    until_s: float
    steps: int
    highest_m: float


def memory(domain: Domain, solver: Solver, outputs: Outputs, sources: Sources, precision: Precision) -> int:
    """Bytes that a run will take, the terrain as given (8 bytes a cell, and its mask) not counted."""
    width = 4 if precision == "f32" else 8
    each = solver.bytes_per_cell(domain, precision)
    each += width if Feeder.needs_map(domain, sources) else 0
    each += 8 if sources.infiltration is not None else 0
    each += 6 * 8 if domain.porosity is not None else 0
    each += 4 * len(outputs.maps) + 8 * len(outputs.snapshot_minutes)
    return each * domain.cells


def run(
    domain: Domain,
    solver: Solver,
    *,
    until_s: float,
    start: State | None = None,
    sources: Sources | None = None,
    edges: Edges | None = None,
    outputs: Outputs | None = None,
    links: Sequence[Link] = (),
    precision: Precision = "f32",
    threads: int = 1,
    tick_s: float | None = None,
    on_progress: Callable[[Progress], None] | None = None,
    cancel: Callable[[], bool] | None = None,
    checkpoint_every_s: float | None = None,
    on_checkpoint: Callable[[Checkpoint], None] | None = None,
    resume: Checkpoint | None = None,
    mass_bound: float | None = None,
    most_bytes: int | None = None,
) -> Result:
    """Run ``solver`` over ``domain`` until ``until_s`` seconds of model time.

    ``start``: a state of an earlier run (it is copied; its time goes on), else dry. ``tick_s``: how often maps are
    looked at, soil drinks and ``links`` move water (default dx in seconds, 1 to 60). ``resume``: a checkpoint of the same run with the
    same arguments; what follows is bit for bit what would have followed. ``mass_bound``: the error, as a share of all
    water, above which the run is refused (default by precision). ``most_bytes``: refuse before the start what needs more.
    Threads change the wall time and nothing else.

    Raises `BadInput` (before the start), `NotFinite`, `MassLost`, `LeftValidity` (the numbers must not be passed
    on), `Cancelled` (``cancel`` said so at the end of a tick; its ``checkpoint`` resumes the run).
    """
    journey = _Journey(
        domain,
        solver,
        until_s=until_s,
        start=start,
        inputs=(sources or Sources(), edges or Edges(), outputs or Outputs()),
        links=links,
        precision=precision,
        threads=threads,
        tick_s=tick_s,
        resume=resume,
        mass_bound=mass_bound,
        most_bytes=most_bytes,
    )
    try:
        while journey.state.time_s < until_s:
            before = journey.state.time_s
            journey.tick()
            if on_progress is not None:
                on_progress(journey.progress())
            if on_checkpoint is not None and _is_due(checkpoint_every_s, before, journey.state.time_s):
                on_checkpoint(journey.checkpoint())
            if cancel is not None and cancel():
                raise Cancelled("The run was cancelled; resume it from its checkpoint.", journey.checkpoint())
        return journey.result()
    finally:
        journey.stepper.close()


def _is_due(every_s: float | None, before: float, now: float) -> bool:
    return every_s is not None and before // every_s < now // every_s


class _Journey:
    """One run on its way."""

    def __init__(
        self,
        domain: Domain,
        solver: Solver,
        *,
        until_s: float,
        start: State | None,
        inputs: tuple[Sources, Edges, Outputs],
        links: Sequence[Link],
        precision: Precision,
        threads: int,
        tick_s: float | None,
        resume: Checkpoint | None,
        mass_bound: float | None,
        most_bytes: int | None,
    ) -> None:
        sources, edges, outputs = inputs
        self.bytes = memory(domain, solver, outputs, sources, precision)
        if most_bytes is not None and self.bytes > most_bytes:
            raise BadInput(
                "domain",
                f"{domain.cells} cells need {self.bytes / 2**20:.0f} MiB, {most_bytes / 2**20:.0f} are allowed",
                "Resample to larger cells, ask for fewer maps, or raise the limit",
            )
        saved = dict(resume or {})
        self.state = _begin(domain, solver, start, precision, saved)
        if not (math.isfinite(until_s) and until_s > self.state.time_s):
            raise BadInput(
                "until_s", f"{until_s} is not after {self.state.time_s}", "Give the end in seconds"
            )
        if domain.porosity is not None and isinstance(sources.infiltration, GreenAmpt):
            raise BadInput(
                "infiltration", "Green and Ampt among porous buildings", "Take SCS-CN, or rough buildings"
            )
        self.links = Links(domain, self.state, links, saved=saved)
        if not saved:
            self.state.ledger = _with_stores(self.state.ledger, self.links.stored())
        carry = saved.get("soil_carry")
        self.feeder = Feeder(
            domain, self.state, sources, edges.inflows, carry=carry, takers=self.links.takers, threads=threads
        )
        held = {k.removeprefix("held."): v for k, v in saved.items() if k.startswith("held.")}
        self.watch = Watch(domain, self.state, outputs, threads=threads, saved=saved)
        self.stepper: Stepper = solver.prepare(domain, self.state, edges, threads=threads, held=held or None)
        self.domain, self.solver, self.outputs, self.until_s = domain, solver, outputs, until_s
        self.tick_s = tick_s if tick_s is not None else min(max(domain.dx, 1.0), 60.0)
        if not (math.isfinite(self.tick_s) and self.tick_s > 0):
            raise BadInput("tick_s", f"{self.tick_s}", "Give seconds above 0")
        self.bound = mass_bound if mass_bound is not None else MASS_BOUND[self.state.h.dtype]
        self.steps, self.highest = int(saved.get("steps", 0)), 0.0
        if not saved:
            self.watch.look(self.stepper, 0.0)
            self._keep()

    def tick(self) -> None:
        """Feed, step, look, and check."""
        state, now = self.state, self.state.time_s
        end = self._next_stop()
        linked = self.links.move(end - now)
        feed, booked = self.feeder.fill(now, end, linked.rates)
        moved = self.stepper.advance(feed, end)
        self.steps += moved.steps
        self.highest = moved.highest
        state.ledger = state.ledger.plus(
            rain=booked.rain,
            inflow=booked.inflow + moved.inflow,
            outflow=moved.outflow + linked.left,
            soil=booked.soil,
        )
        if moved.highest > _MOST_DEPTH:
            raise LeftValidity(f"water stands {moved.highest:.0f} m deep", time_s=end)
        self.watch.look(self.stepper, end - now)
        self._keep()
        if now // _CHECK_S < end // _CHECK_S or end >= self.until_s:
            self._weigh()

    def progress(self) -> Progress:
        """For the caller's bar."""
        return Progress(self.state.time_s, self.until_s, self.steps, self.highest)

    def result(self) -> Result:
        """What was asked for."""
        froude = self.watch.froude()
        return Result(
            solver=self.solver.name,
            state=self.state,
            ledger=self.state.ledger,
            maps=self.watch.maps,  # type: ignore[arg-type]
            points=self.watch.points(),
            lines=self.watch.lines(),
            links=self.links.curves(),
            snapshots=tuple(self.watch.snapshots),
            froude=froude,
            steps=self.steps,
            bytes_used=self.bytes,
            outside_range=_outside(self.solver, froude.overall, froude.points, self.outputs.froude_limit),
        )

    def checkpoint(self) -> Checkpoint:
        """All that is needed to go on."""
        s = self.state
        out: dict[str, Any] = {"h": s.h.copy(), "qx": s.qx.copy(), "qy": s.qy.copy()}
        out |= {"time_s": s.time_s, "layout": int(s.layout), "steps": self.steps}
        out["ledger"] = np.array(
            [
                s.ledger.start,
                s.ledger.rain,
                s.ledger.inflow,
                s.ledger.outflow,
                s.ledger.infiltration,
                s.ledger.stored,
            ]
        )
        out["soil_carry"] = self.feeder.carry.copy()
        out |= {k: getattr(s, k).copy() for k in _OPTIONAL if getattr(s, k) is not None}
        out |= {f"held.{k}": v for k, v in self.stepper.held().items()}
        return out | self.links.arrays() | self.watch.arrays()

    def _next_stop(self) -> float:
        """The end of this tick: on the raster of ticks, curves, snapshots, changes of rain, or the end."""
        now, o = self.state.time_s, self.outputs
        later = [60.0 * m for m in o.snapshot_minutes if 60.0 * m > now + 1e-9]
        stops = [
            _after(now, self.tick_s),
            _after(now, o.series_every_s),
            self.until_s,
            self.feeder.stop_after(now),
        ]
        return min(*stops, *later)

    def _keep(self) -> None:
        now, o = self.state.time_s, self.outputs
        if abs(now / o.series_every_s - round(now / o.series_every_s)) < 1e-9 or now >= self.until_s:
            self.watch.note()
            self.links.note()
        if any(abs(60.0 * m - now) < 1e-6 for m in o.snapshot_minutes):
            self.watch.snap()

    def _stored(self) -> float:
        return self.state.stored(self.domain.dx) + self.stepper.carried() + self.links.stored()

    def _weigh(self) -> None:
        state = self.state
        if not state.is_finite():
            raise NotFinite("a depth or discharge is no number", time_s=state.time_s)
        state.ledger = replace(state.ledger, stored=self._stored())
        share = state.ledger.error_share
        if not abs(share) <= self.bound:
            raise MassLost(
                f"{state.ledger.error:.3g} m³ ({share:.1e} of all water) are unaccounted for, {self.bound:.0e} is allowed",
                time_s=state.time_s,
                share=share,
            )


def _with_stores(ledger: Ledger, more: float) -> Ledger:
    return replace(ledger, start=ledger.start + more, stored=ledger.stored + more)


def _after(now: float, step: float) -> float:
    return (math.floor(now / step + 1e-9) + 1) * step


def _begin(
    domain: Domain, solver: Solver, start: State | None, precision: Precision, saved: dict[str, Any]
) -> State:
    """The state a run starts from: of a checkpoint, of an earlier run, or dry."""
    if saved:
        h, qx, qy = (np.array(saved[k]) for k in ("h", "qx", "qy"))
        state = State(h, qx, qy, Layout(int(saved["layout"])))
        state.time_s, state.porosity = float(saved["time_s"]), domain.porosity
        state.ledger = Ledger(*map(float, saved["ledger"]))
        for name in _OPTIONAL:
            setattr(state, name, np.array(saved[name]) if name in saved else None)
    elif start is not None:
        state = State(start.h.copy(), start.qx.copy(), start.qy.copy(), start.layout, start.time_s)
        state.porosity = domain.porosity
        for name in _OPTIONAL:
            kept = getattr(start, name)
            setattr(state, name, None if kept is None else kept.copy())
        state.ledger = Ledger(start=state.stored(domain.dx), stored=state.stored(domain.dx))
    else:
        state = State.of(domain, layout=solver.layout, precision=precision)
    if state.layout != solver.layout:
        raise BadInput(
            "start",
            f"its layout is {state.layout.name}",
            f"Start {solver.name} from its own state or a depth",
        )
    if state.depth.shape != domain.shape:
        raise BadInput("start", f"{state.depth.shape} against {domain.shape} of the bed", "Use the same grid")
    if not state.is_finite():
        raise NotFinite("the start holds a value that is no number", time_s=state.time_s)
    return state


def _outside(solver: Solver, overall: float, points: Mapping[str, float], limit: float) -> str:
    """Why a method without advection does not describe this flood; "" when it does."""
    if solver.layout is not Layout.FACES:
        return ""
    where = [f"{name} {share:.0%}" for name, share in points.items() if share > limit]
    if overall > limit:
        where.insert(0, f"overall {overall:.0%}")
    if not where:
        return ""
    return f"Fr > 0.8 in more than {limit:.0%} of deep cells ({', '.join(where)}): run it again with godunov"
