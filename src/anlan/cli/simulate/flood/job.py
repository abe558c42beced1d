"""Run it: progress on a terminal, Ctrl-C leaves a checkpoint, and a run goes on from there bit for bit."""

import json
import os
import sys
import time
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from anlan.cli.simulate.files import InputWrong
from anlan.cli.simulate.flood import warming
from anlan.cli.simulate.flood.inputs import SOLVERS, Setup
from anlan.cli.simulate.stopping import WrittenOver, asked_to_stop
from anlan.science.flood.domain import Domain
from anlan.science.flood.edges import Inflow, Series
from anlan.science.flood.errors import BadInput, Cancelled, Refused
from anlan.science.flood.outputs import Outputs, Point, Result
from anlan.science.flood.run import Progress, run
from anlan.science.flood.solver import Solver
from anlan.science.flood.sources import Rain, Sources
from anlan.science.flood.state import State

CHECKPOINT = "checkpoint.npz"


@dataclass(frozen=True, slots=True)
class Ended:
    """How a run ended: with a result, or with why it is refused. ``tried`` solvers left their range before."""

    solver: str
    result: Result | None
    reason: str
    steps: int
    wall_s: float
    tried: tuple[str, ...] = ()
    warmed: dict[str, Any] | None = None


def do(setup: Setup, out: Path, *, resume: bool) -> Ended:
    """Run until the end, the refusal, or Ctrl-C. Raises `InputWrong`, and `KeyboardInterrupt` after a checkpoint."""
    kept = out / CHECKPOINT
    saved = _load(kept, setup.mark) if resume else {}
    begun = time.perf_counter() - float(saved.pop("job.wall_s", 0.0))
    tried: tuple[str, ...] = tuple(str(name) for name in saved.pop("job.tried", ()))
    warmed: dict[str, Any] | None = json.loads(str(saved.pop("job.warmed", "null")))
    todo = [solver for solver in setup.solvers if solver.name not in tried]
    while True:
        solver = todo.pop(0)
        begun += _compile(setup, solver)
        talk = _Talk(setup.minutes, solver.name)
        try:
            start, warmed = _start(setup, solver) if not saved else (None, warmed)
            result = _run(setup, solver, start, saved, talk)
        except Cancelled as error:
            talk.end()
            _save(kept, error.checkpoint, setup.mark, tried, time.perf_counter() - begun, warmed)
            print(
                f"stopped at minute {float(error.checkpoint['time_s']) / 60:.1f} of {setup.minutes:g}; the same command with "
                "--resume goes on",
                file=sys.stderr,
            )
            raise KeyboardInterrupt from error
        except Refused as error:
            kept.unlink(missing_ok=True)
            return Ended(
                solver.name, None, str(error), talk.steps, time.perf_counter() - begun, tried, warmed
            )
        except BadInput as error:
            raise InputWrong(str(error)) from error
        finally:
            talk.end()
        if not (result.outside_range and todo):
            kept.unlink(missing_ok=True)
            return Ended(solver.name, result, "", result.steps, time.perf_counter() - begun, tried, warmed)
        print(f"{solver.name}: outside its range: {result.outside_range}", file=sys.stderr)
        tried, saved = (*tried, solver.name), {}


def _compile(setup: Setup, solver: Solver) -> float:
    """A few cells for a moment, since a first run on a machine compiles: the seconds it took are none of the run's."""
    begun = time.perf_counter()
    if sys.stderr.isatty():
        print(
            f"{solver.name}: the first run on a machine compiles, up to a minute …", end="", file=sys.stderr
        )
    some = np.full((8, 8), 0.03) if setup.domain.has_friction_map else 0.03
    rain, river = setup.sources.rain, Inflow(45.0, 45.0, Series.of([0], [1e-3], name="m3_s"))
    drizzle = None if rain is None else Rain.of([0], np.ones((1, 8, 8) if rain.rates.ndim == 3 else 1))
    run(
        Domain.of(np.zeros((8, 8)), dx=10.0, manning=some),
        SOLVERS[solver.name],
        until_s=2.0,
        sources=Sources(drizzle),
        edges=replace(setup.edges, inflows=(river,) if setup.edges.inflows else ()),
        outputs=Outputs(points=(Point("", 45.0, 45.0),) if setup.outputs.points else ()),
        precision=setup.args.precision,
        mass_bound=1.0,
    )
    return time.perf_counter() - begun


def _start(setup: Setup, solver: Solver) -> tuple[State | None, dict[str, Any] | None]:
    """The rivers as base flow fills them, and what is told of it. Ctrl-C in here leaves nothing to resume."""
    if setup.before is None:
        return None, None
    with asked_to_stop() as stop:
        try:
            done = warming.bring(
                setup.before, setup.domain, solver, setup.edges,
                links=setup.links, precision=setup.args.precision, threads=setup.threads, cancel=stop.is_set,
            )  # fmt: skip
        except Cancelled as error:
            print("stopped in the warm-up; the same command begins again", file=sys.stderr)
            raise KeyboardInterrupt from error
    return done.state, done.told


def _run(
    setup: Setup, solver: Solver, start: State | None, saved: Mapping[str, Any], talk: "_Talk"
) -> Result:
    with asked_to_stop() as stop:
        return run(
            setup.domain,
            solver,
            until_s=60.0 * setup.minutes,
            start=start,
            links=setup.links,
            sources=setup.sources,
            edges=setup.edges,
            outputs=setup.outputs,
            precision=setup.args.precision,
            threads=setup.threads,
            on_progress=talk.tell,
            cancel=stop.is_set,
            resume=saved or None,
        )


class _Talk(WrittenOver):
    """How far a run is, and how many seconds are left."""

    def __init__(self, minutes: float, solver: str) -> None:
        super().__init__()
        self.steps = 0
        self._minutes, self._solver = minutes, solver
        self._first: tuple[float, float] | None = (
            None  # moment and model's seconds where a resumed run goes on
        )

    def tell(self, at: Progress) -> None:
        self.steps = at.steps
        now = time.monotonic()
        begun, first_s = self._first = self._first or (now, at.time_s)
        done = at.time_s - first_s
        left = f"  {(now - begun) * (at.until_s - at.time_s) / done:.0f} s left" if done > 0 else ""
        self.say(
            f"{self._solver}: {at.time_s / at.until_s:4.0%}  minute {at.time_s / 60:.0f} of {self._minutes:g}  "
            f"{at.steps} steps  deepest {at.highest_m:.2f} m{left}"
        )


def _save(
    path: Path,
    checkpoint: Mapping[str, Any],
    mark: str,
    tried: tuple[str, ...],
    wall_s: float,
    warmed: dict[str, Any] | None,
) -> None:
    fresh = path.with_suffix(".new")
    own: dict[str, Any] = {"job.mark": mark, "job.tried": np.array(tried, np.str_), "job.wall_s": wall_s}
    own["job.warmed"] = json.dumps(warmed)
    with fresh.open("wb") as file:
        np.savez(file, **{**checkpoint, **own})
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def _load(path: Path, mark: str) -> dict[str, Any]:
    try:
        with path.open("rb") as stream, np.load(stream, allow_pickle=False) as file:
            saved = {name: file[name] for name in file.files}
        if str(saved.pop("job.mark")) != mark:
            raise InputWrong(
                f"--resume: {path} is of another run: give the files and options of that run, or leave --resume out"
            )
    except FileNotFoundError as error:
        raise InputWrong(f"--resume: there is no {path}: start without --resume") from error
    except (OSError, ValueError, KeyError, EOFError, zipfile.BadZipFile) as error:
        if isinstance(error, InputWrong):
            raise
        raise InputWrong(f"--resume: {path} cannot be read ({error}): start without --resume") from error
    return saved
