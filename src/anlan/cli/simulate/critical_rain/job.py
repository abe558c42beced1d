"""Run what is planned, in processes; each finished run is a line of a file, so that after any end the rest goes on.

The result does not depend on how many processes there were, in which order runs ended, or how often the work began anew:
each series goes on by its own results alone.
"""

import json
import math
import os
import sys
import time
from concurrent.futures import FIRST_COMPLETED, Future, wait
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

import numpy as np

from anlan.cli.simulate.critical_rain import plan
from anlan.cli.simulate.critical_rain.inputs import Setup
from anlan.cli.simulate.critical_rain.plan import Key, Series
from anlan.cli.simulate.critical_rain.pool import Pool, Told
from anlan.cli.simulate.files import InputWrong
from anlan.cli.simulate.flood.memory import allowed
from anlan.cli.simulate.stopping import WrittenOver, asked_to_stop
from anlan.science.flood.critical.running import TAIL, memory_bytes
from anlan.science.flood.domain import G
from anlan.science.flood.errors import BadInput
from anlan.science.flood.inertial.solver import Inertial
from anlan.science.flood.outputs import Outputs
from anlan.science.flood.run import run
from anlan.science.flood.sources import Rain, ScsCn, Sources

RUNS = "runs.jsonl"
_PROGRAM = 230_000_000
"""Bytes of one process with its compiled kernels."""
_RUNS_A_SERIES = 4.5
_TYPICAL_M = 3.0
"""Depth that sets the step of a storm's run, for the estimate."""


@dataclass(frozen=True, kw_only=True)
class Runs:
    """All series with what was found; seconds of processor of all runs, and of those that were made just now."""

    series: dict[Key, Series]
    cpu_s: float
    made: int
    kept: int
    wall_s: float


def do(setup: Setup) -> Runs:
    """Run to the end. Raises `InputWrong`; `KeyboardInterrupt` when stopped, with all finished runs kept."""
    begun = time.perf_counter()
    todo = plan.series(setup)
    path = setup.out / RUNS
    cpu = _load(path, setup.mark, todo)
    kept = sum(len(each.known) for each in todo.values())
    missing = sum(each.next_mm(setup.settings) is not None for each in todo.values())
    _say_before(setup, todo, missing)
    if missing:
        with path.open("a", encoding="utf-8") as file:
            cpu += _all(setup, todo, file)
    made = sum(len(each.known) for each in todo.values()) - kept
    return Runs(series=todo, cpu_s=cpu, made=made, kept=kept, wall_s=time.perf_counter() - begun)


def _load(path: Path, mark: str, todo: dict[Key, Series]) -> float:
    """Take in what an earlier start finished; a last line that was cut off in the middle is thrown away. Raises `InputWrong`."""
    if not path.exists():
        path.write_text(json.dumps({"mark": mark}) + "\n", encoding="utf-8")
        return 0.0
    whole, _, _ = path.read_bytes().rpartition(b"\n")
    lines = whole.decode("utf-8").splitlines()
    cpu = 0.0
    try:
        if json.loads(lines[0])["mark"] != mark:
            raise InputWrong(
                f"--out: {path} is of other files, options or packs: give another folder, or remove that file"
            )
        for line in lines[1:]:
            row = json.loads(line)
            plan.take_in(todo, row)
            cpu += float(row["cpu_s"])
    except (IndexError, KeyError, TypeError, ValueError) as error:
        if isinstance(error, InputWrong):
            raise
        raise InputWrong(f"--out: {path} cannot be read ({error}): remove it and begin anew") from error
    path.write_bytes(whole + b"\n")
    return cpu


def _all(setup: Setup, todo: dict[Key, Series], file: IO[str]) -> float:
    """Keep the processes busy until no series wants another run."""
    options = {
        "threshold_m": setup.settings.threshold_m,
        "homes_share": setup.settings.homes_share,
        "solver": setup.args.solver,
    }
    waiting = {key for key, each in todo.items() if each.next_mm(setup.settings) is not None}
    pool = Pool(setup.land, setup.places, count=min(setup.processes, len(waiting)), options=options)
    running: dict[Future[Told], tuple[Key, float]] = {}
    talk, cpu = _Talk(len(waiting)), 0.0
    try:
        with asked_to_stop() as stop:
            while waiting or running:
                while waiting and len(running) < setup.processes and not stop.is_set():
                    key = min(waiting, key=_heaviest)
                    waiting.discard(key)
                    mm = todo[key].next_mm(setup.settings)
                    assert mm is not None
                    running[pool.submit(key[0], todo[key].storm(mm, setup.settings))] = (key, mm)
                if stop.is_set():
                    pool.stop()
                    waiting.clear()
                done, _ = wait(running, timeout=0.5, return_when=FIRST_COMPLETED)
                for future in done:
                    key, mm = running.pop(future)
                    found, seconds = future.result()
                    cpu += seconds
                    if found is None:
                        continue
                    row = plan.as_row(key, mm, found, seconds)
                    _keep(file, row)
                    plan.take_in(todo, row)
                    if todo[key].next_mm(setup.settings) is not None and not stop.is_set():
                        waiting.add(key)
                talk.tell(len(waiting) + len(running), len(done))
            if stop.is_set():
                talk.end()
                print("stopped; the same command goes on from here", file=sys.stderr)
                raise KeyboardInterrupt
    finally:
        pool.close()
        talk.end()
    return cpu


def _heaviest(key: Key) -> tuple[int, int, str, float]:
    """The longest storms first, so that none is left alone at the end."""
    number, minutes, wetness, roughness = key
    return (-minutes, number, wetness, roughness)


def _keep(file: IO[str], row: dict[str, Any]) -> None:
    file.write(json.dumps(row, ensure_ascii=False, allow_nan=False) + "\n")
    file.flush()
    os.fsync(file.fileno())


def _say_before(setup: Setup, todo: dict[Key, Series], missing: int) -> None:
    """Memory and time, before the start. Raises `InputWrong` for more memory than is allowed."""
    if not setup.places:
        return
    heaviest = max(memory_bytes(place, setup.land) for place in setup.places)
    need = (setup.processes + 1) * (_PROGRAM + 4 * setup.land.bed.nbytes) + setup.processes * heaviest
    gigabytes = float(setup.args.most_memory) if setup.args.most_memory else None
    most = allowed(gigabytes)
    cells = sum(place.cells for place in setup.places)
    print(
        f"memory: up to {need / 1e9:.1f} GB in {setup.processes} processes, {most / 1e9:.1f} GB allowed; "
        f"{len(setup.places)} catchments with {cells} cells",
        file=sys.stderr,
    )
    if need > most:
        raise InputWrong(
            f"--most-memory: {need / 1e9:.1f} GB are needed, {most / 1e9:.1f} allowed; use fewer --processes, larger cells, "
            "or allow more"
        )
    if missing:
        seconds = _seconds(setup, todo)
        print(
            f"time: about {_RUNS_A_SERIES * missing:.0f} runs, {seconds / 60 / setup.processes:.0f} min with "
            f"{setup.processes} processes; each finished run is kept",
            file=sys.stderr,
        )


def _seconds(setup: Setup, todo: dict[Key, Series]) -> float:
    """Seconds of processor still needed, by a short trial over the largest catchment and the steps that storms take."""
    place = max(setup.places, key=lambda each: each.cells)
    try:
        domain = place.domain(setup.land)
        step = Inertial().courant * setup.land.dx / math.sqrt(G * _TYPICAL_M)
        told = {
            "sources": Sources(Rain.of([0], np.array([60.0])), ScsCn(cn=90.0)),
            "outputs": Outputs(maps=("max_depth",)),
        }
        run(domain, Inertial(), until_s=1.0, mass_bound=1.0, **told)  # type: ignore[arg-type]
        begun = time.process_time()
        tried = run(domain, Inertial(), until_s=300.0, mass_bound=1.0, **told)  # type: ignore[arg-type]
    except BadInput as error:
        raise InputWrong(f"--dem: {error}") from error
    each = (time.process_time() - begun) / max(tried.steps, 1) / place.cells
    total = 0.0
    for (number, minutes, _, _), series in todo.items():
        if series.next_mm(setup.settings) is not None:
            place = setup.places[number]
            span = 60.0 * (minutes + 1.2 * TAIL[0] * place.longest_min)
            total += _RUNS_A_SERIES * each * place.cells * span / step
    return total


class _Talk(WrittenOver):
    """How far it is."""

    def __init__(self, whole: int) -> None:
        super().__init__(every_s=0.5, elsewhere_s=30.0)
        self._whole, self._runs, self._begun = whole, 0, time.monotonic()

    def tell(self, left: int, more: int) -> None:
        self._runs += more
        took = f"{(time.monotonic() - self._begun) / 60:.1f} min"
        self.say(
            f"critical-rain: {self._whole - left} of {self._whole} series done, {self._runs} runs, {took}"
        )
