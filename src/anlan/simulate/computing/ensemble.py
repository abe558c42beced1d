"""集合预报 ensembles at work: members on all cores at low priority, reduced in member order. No database, no solver in here.

What a member found lies in a file of its own in the run's folder: after a fall, or a killed process, only what is
missing is computed. Members are whole numbers and are read in their order, so the answer has the same bits on any number of processes.
"""

import json
import multiprocessing
import os
import shutil
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anlan.simulate.computing import folders
from anlan.simulate.computing.shapes import NOBODY, NOW, Found, Job, VillageFound
from anlan.simulate.maps import waters
from anlan.simulate.rules import ensemble as rules
from anlan.simulate.rules.ensemble import Member, Spread
from anlan.simulate.rules.verdict import Figures

MEMBERS = "members"
SHARE = "share"
"""The grid of a run's folder that tells in how many of a hundred members a cell stands in 0.3 m or more."""
NICE = 15
MOST_DEATHS = 3
"""Processes that die one after the other without one member more: then it is not chance."""
BYTES_A_PROCESS, BYTES_A_CELL = 280 * 2**20, 260
"""What a process takes at most, of itself and for each cell of the ground: measured on Liulin, 346,752 cells of 40 m."""
Floats = NDArray[np.float64]


class WorkersDied(RuntimeError):
    """Processes that compute members were killed again and again; most often the machine has too little memory."""


@dataclass(frozen=True, kw_only=True)
class Ensemble:
    """What an ensemble computes from; it can be sent to another process.

    job: ground, homes, soil, solver, and the rain that fell until minute 0 (none where it begins dry).
    tenths: (gauges, steps) five-minute sums in 0.1 mm, the first `fallen` observed; gauge_x, gauge_y: metres in the
    ground's system, empty for a design rain that is even over the ground.
    """

    job: Job
    members: int
    seed: int
    spread: Spread
    excluded_percent: int
    tenths: Floats
    fallen: int
    gauge_x: Floats
    gauge_y: Floats

    @property
    def folder(self) -> str:
        return self.job.folder

    def drawn(self) -> tuple[Member, ...]:
        return rules.draw(seed=self.seed, members=self.members, spread=self.spread)


def processes() -> int:
    """One for each core that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def memory_mib(cells: int) -> int:
    """What all processes take at most, MiB."""
    return processes() * (BYTES_A_PROCESS + BYTES_A_CELL * cells) // 2**20


def file_of(folder: Path, number: int) -> Path:
    """Where a member's answer lies."""
    return folder / MEMBERS / f"{number:03}.npz"


def compute(
    asked: Ensemble, *, workers: int | None = None, begin: Callable[[int], None] | None = None
) -> Found:
    """Compute what is missing, then reduce. A process that dies is replaced; a stop ends it.

    Args:
        workers: processes; one for each core unless given, 0 computes here.
        begin: what each new process does first, given the id of this one.

    Raises: WorkersDied; anlan.science.flood.errors.BadInput for inputs that cannot be run at all.
    """
    folder = Path(asked.folder)
    (folder / MEMBERS).mkdir(exist_ok=True)
    deaths = 0
    while missing := [m for m in asked.drawn() if not file_of(folder, m.number).exists()]:
        if folders.is_stopped(folder):
            break
        try:
            _round(asked, missing, processes() if workers is None else workers, begin)
        except BrokenProcessPool:
            left = sum(not file_of(folder, m.number).exists() for m in missing)
            deaths = 1 if left < len(missing) else deaths + 1
            if deaths >= MOST_DEATHS:
                raise WorkersDied(
                    f"{deaths} processes were killed and no member came of it; give the machine more memory or take larger cells"
                ) from None
    found = together(asked)
    if found.checks.stopped:
        clear(folder)
    return found


def clear(folder: Path) -> None:
    """What nobody needs once the answer is taken in: members, and the state that they started from."""
    shutil.rmtree(folder / MEMBERS, ignore_errors=True)
    (folder / NOW).unlink(missing_ok=True)


def _round(
    asked: Ensemble, missing: Sequence[Member], workers: int, begin: Callable[[int], None] | None
) -> None:
    """Compute members until none is missing, somebody stops it, or a process dies."""
    folder = Path(asked.folder)
    done = asked.members - len(missing)
    if workers == 0:
        _warm(asked)
        for member in missing:
            _member(asked, member)
            done = _tell(folder, done + 1, asked.members)
        return
    spawn = multiprocessing.get_context("spawn")
    first = {"initializer": begin, "initargs": (os.getpid(),)} if begin else {}
    with ProcessPoolExecutor(min(workers, len(missing)), mp_context=spawn, **first) as pool:  # type: ignore[arg-type]
        pool.submit(_warm, asked).result()
        waiting = [pool.submit(_member, asked, member) for member in missing]
        for each in _finished(waiting):
            each.result()
            done = _tell(folder, done + 1, asked.members)


def _finished(waiting: Sequence["Future[None]"]) -> Iterator["Future[None]"]:
    """As they come; where one failed, those that have not begun are struck, so that nobody waits for them."""
    try:
        yield from as_completed(waiting)
    finally:
        for each in waiting:
            each.cancel()


def _tell(folder: Path, done: int, members: int) -> int:
    folders.tell_progress(folder, 100 * done // members)
    return done


def _warm(asked: Ensemble) -> None:
    """Solvers are loaded where they are used, not where jobs are given out."""
    from anlan.simulate.computing.members import warm

    warm(asked)


def _member(asked: Ensemble, member: Member) -> None:
    from anlan.simulate.computing.members import compute_member

    compute_member(asked, member)


# --- reduced -------------------------------------------------------------------------------------------------


@dataclass(frozen=True, kw_only=True)
class Answer:
    """What one member found: by village (places in order), in whole units; `refused` says why it may not speak."""

    refused: str
    mass_error: float
    fast_percent: int
    steps: int
    wet: NDArray[np.bool_]
    villages: Mapping[
        str, NDArray[np.int64]
    ]  # depth_cm, arrives_min, households, fast_percent (v,); curve (v, k)

    @classmethod
    def of_none(cls, why: str) -> "Answer":
        """Of a member that broke a law of its own."""
        return cls(
            refused=why, mass_error=0.0, fast_percent=0, steps=0, wet=np.zeros((0, 0), np.bool_), villages={}
        )


def together(asked: Ensemble) -> Found:
    """All members' answers in one, read in their order."""
    folder, job = Path(asked.folder), asked.job
    files = [file_of(folder, member.number) for member in asked.drawn()]
    stopped = folders.is_stopped(folder) or not all(path.exists() for path in files)
    figures: dict[str, Any] = {"members": asked.members}
    if stopped:
        checks = Figures(solver=job.solver, precision=job.precision, mass_error=0.0, stopped=True)
        return Found(checks=checks, figures=figures, villages={})
    answers = [answer for path in files if (answer := read(path)) and not answer.refused]
    figures |= {"excluded": asked.members - len(answers), "excluded_most": asked.excluded_percent}
    if not answers:
        return Found(
            checks=Figures(solver=job.solver, precision=job.precision, mass_error=0.0),
            figures=figures,
            villages={},
        )
    wet = sum(answer.wet.astype(np.uint16) for answer in answers)
    share = np.vectorize(lambda count: rules.percent(int(count), len(answers)), otypes=[np.uint8])(
        np.arange(len(answers) + 1)
    )[wet]
    places, minutes, frame, shared = _frame(folder)
    waters.keep(folder, grids={SHARE: share}, frame=frame)
    worst = max(answer.mass_error for answer in answers)
    figures |= {
        "mass_error": f"{worst:.1e}",
        "fast_percent": rules.quantile(np.array([a.fast_percent for a in answers]), 0.5),
        "steps": sum(answer.steps for answer in answers),
        "cells": int(share.size),
        "kept_min": [],
        "warmed_min": rules.STEP_MIN * asked.fallen,
        **shared,
    }
    villages, times = _villages(answers, places, minutes, _bound(job))
    figures["times"] = times
    return Found(
        checks=Figures(solver=job.solver, precision=job.precision, mass_error=worst),
        figures=figures,
        villages=villages,
    )


def _bound(job: Job) -> int:
    """From which percent of fast water around its homes on nothing is said of a village."""
    return round(100 * job.swift.bound) if job.swift else 100


def _villages(
    answers: Sequence[Answer], places: Sequence[int], minutes: Sequence[int], bound: int
) -> tuple[dict[int, VillageFound], dict[str, list[int]]]:
    """What the members say of each village together, and the earliest and latest minute by village."""
    all_of = {name: np.stack([a.villages[name] for a in answers]) for name in answers[0].villages}
    found, times = {}, {}
    for v, place in enumerate(places):
        told = rules.together(
            depth_cm=all_of["depth_cm"][:, v],
            arrives_min=all_of["arrives_min"][:, v],
            households=all_of["households"][:, v],
        )
        fast = rules.quantile(all_of["fast_percent"][:, v], 0.5)
        if fast > bound:
            found[place] = VillageFound(
                depth_cm=0, arrives_min=None, households=0, curve=(), fast_percent=fast, solver=NOBODY
            )
            continue
        curve = [(m, rules.quantile(all_of["curve"][:, v, k], 0.5)) for k, m in enumerate(minutes)]
        found[place] = VillageFound(
            depth_cm=told.depth_cm, arrives_min=told.arrives_min, households=told.households, curve=curve,
            fast_percent=fast, share_percent=told.share_percent, low_cm=told.low_cm, high_cm=told.high_cm,
        )  # fmt: skip
        if told.earliest_min is not None and told.latest_min is not None:
            times[str(place)] = [told.earliest_min, told.latest_min]
    return found, times


def keep_frame(
    folder: Path,
    *,
    places: Sequence[int],
    minutes: Sequence[int],
    frame: waters.Frame,
    figures: Mapping[str, Any],
) -> None:
    """What all members share, written once by whoever warms up."""
    told = {"places": list(places), "minutes": list(minutes), "figures": dict(figures),
            "frame": [frame.west, frame.north, frame.dx, frame.crs]}  # fmt: skip
    scratch = folder / MEMBERS / "frame.new"
    scratch.write_text(json.dumps(told))
    scratch.rename(folder / MEMBERS / "frame.json")


def _frame(folder: Path) -> tuple[list[int], list[int], waters.Frame, dict[str, Any]]:
    told = json.loads((folder / MEMBERS / "frame.json").read_text())
    return told["places"], told["minutes"], waters.Frame(*told["frame"]), told["figures"]


def write(path: Path, answer: Answer) -> None:
    """Keep a member's answer; a reader never sees half of it."""
    scratch = path.with_suffix(f".{os.getpid()}.npz")
    np.savez(
        scratch, shape=np.array(answer.wet.shape), wet=np.packbits(answer.wet), refused=answer.refused,
        told=np.array([answer.mass_error, answer.fast_percent, answer.steps]), **answer.villages,  # type: ignore[arg-type]
    )  # fmt: skip
    scratch.rename(path)


def read(path: Path) -> Answer:
    """A member's answer."""
    with np.load(path) as kept:
        shape = tuple(kept["shape"].tolist())
        mass_error, fast, steps = kept["told"].tolist()
        wet = np.unpackbits(kept["wet"], count=int(np.prod(shape))).reshape(shape).astype(np.bool_)
        own = {"shape", "wet", "refused", "told"}
        return Answer(
            refused=str(kept["refused"]), mass_error=mass_error, fast_percent=int(fast), steps=int(steps), wet=wet,
            villages={name: kept[name] for name in kept.files if name not in own},
        )  # fmt: skip
