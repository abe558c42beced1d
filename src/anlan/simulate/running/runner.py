"""Who computes: processes beside the engine, so that a run never holds up a call. Crashed, they are started again.

Work goes in lanes, each a process of its own: what is live stands behind nobody's long run, and the more urgent lane has
the higher priority. An ensemble takes a process for each core, at the lowest. A job goes by its folder: given again while
it is being computed, nothing is computed twice.
"""

import importlib
import logging
import multiprocessing
import os
import threading
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor, ThreadPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from functools import partial
from pathlib import Path
from typing import Protocol, TypeVar

import numpy as np

from anlan.foundation.processes import end_with_parent
from anlan.simulate.computing import ensemble
from anlan.simulate.computing.ensemble import Ensemble
from anlan.simulate.computing.shapes import Found, Job, Making

log = logging.getLogger(__name__)
LIVE, GROUNDS, ORDERED = "live", "grounds", "ordered"
NICE = {LIVE: 5, GROUNDS: 5, ORDERED: 10}
"""How far each lane's process steps back behind the engine."""
A, R = TypeVar("A"), TypeVar("R")


def compute(asked: Job | Ensemble) -> Found:
    """Compute here. Compilers and solvers are loaded where they are used, not where jobs are given out."""
    if isinstance(asked, Ensemble):
        return ensemble.compute(asked, workers=0)
    from anlan.simulate.computing.compute import compute as compute_run

    return compute_run(asked)


def _warm(asked: Making) -> None:
    """Compile what the first live run over a ground will need, before it asks."""
    from anlan.simulate.computing.warming import warm

    warm()


def _told(work: Future[None]) -> None:
    """Nobody waits for what was begun ahead of time; that it failed stands in the log."""
    if not work.cancelled() and (error := work.exception()) is not None:
        log.warning("kernels could not be compiled ahead; the first run will do it: %r", error)


def make(asked: Making) -> None:
    """Make a ground's file; whoever comes second finds it whole."""
    module, _, name = asked.maker.partition(":")
    path = Path(asked.path)
    if path.exists():
        return
    from anlan.simulate.computing import concentration

    made = concentration.with_concentration(getattr(importlib.import_module(module), name)(asked.dx))
    scratch = path.with_suffix(f".{os.getpid()}.npz")
    np.savez_compressed(scratch, **vars(made))
    scratch.rename(path)


class Runner(Protocol):
    """Computes jobs in the background; a job goes by its folder."""

    def submit(self, job: Job | Ensemble) -> None:
        """Begin; the same job again changes nothing."""
        ...

    def given(self) -> frozenset[str]:
        """The jobs that it was given and that nobody has taken back yet."""
        ...

    def is_done(self, folder: str) -> bool: ...

    def take(self, folder: str) -> Found:
        """What the job found; waits for it."""
        ...

    def drop(self, folder: str) -> None:
        """Forget a job that nobody will take back; the word to stop lies in its folder. One that was not given changes nothing."""
        ...

    def prepare(self, asked: Making) -> None:
        """Begin to make a ground's file, and what a run over it will need; nobody waits for it."""
        ...

    def make(self, asked: Making) -> None:
        """Make a ground's file; waits for it."""
        ...


class Lane:
    """A process of its own for one kind of work, in the order in which it comes."""

    def __init__(self, nice: int) -> None:
        self._nice = nice
        self._pool: ProcessPoolExecutor | None = None

    def send(self, work: Callable[[A], R], asked: A) -> "Future[R]":
        """To the process there is; to a new one where it was killed."""
        try:
            return self._started().submit(work, asked)
        except BrokenProcessPool:
            self._pool = None
            return self._started().submit(work, asked)

    def _started(self) -> ProcessPoolExecutor:
        if self._pool is None:
            self._pool = ProcessPoolExecutor(
                max_workers=1,
                mp_context=multiprocessing.get_context("spawn"),
                initializer=step_back,
                initargs=(self._nice, os.getpid()),
            )
        return self._pool


class InProcess:
    """Processes of their own; the engine's calls and readings come first."""

    def __init__(self) -> None:
        self._lanes = {name: Lane(nice) for name, nice in NICE.items()}
        self._work: dict[str, tuple[Job | Ensemble, Future[Found]]] = {}
        self._grounds: dict[str, Future[None]] = {}
        self._lock = threading.Lock()
        self._ensembles = ThreadPoolExecutor(1, thread_name_prefix="ensemble")

    def submit(self, job: Job | Ensemble) -> None:
        with self._lock:
            if job.folder not in self._work:
                self._work[job.folder] = (job, self._send(job))

    def given(self) -> frozenset[str]:
        return frozenset(self._work)

    def is_done(self, folder: str) -> bool:
        return self._work[folder][1].done()

    def take(self, folder: str) -> Found:
        """What the job found; waits for it. Where its process was killed it is sent to a new one, once."""
        job, work = self._work[folder]
        try:
            return work.result()
        except BrokenProcessPool:
            with self._lock:
                again = self._send(job)
            return again.result()
        finally:
            self._work.pop(folder, None)

    def drop(self, folder: str) -> None:
        self._work.pop(folder, None)

    def prepare(self, asked: Making) -> None:
        with self._lock:
            if asked.path not in self._grounds:
                self._grounds[asked.path] = self._lanes[GROUNDS].send(make, asked)
                self._lanes[LIVE].send(_warm, asked).add_done_callback(_told)

    def make(self, asked: Making) -> None:
        with self._lock:
            work = self._grounds.pop(asked.path, None) or self._lanes[GROUNDS].send(make, asked)
        try:
            work.result()
        except BrokenProcessPool:
            with self._lock:
                again = self._lanes[GROUNDS].send(make, asked)
            again.result()

    def _send(self, job: Job | Ensemble) -> "Future[Found]":
        if isinstance(job, Ensemble):  # one after the other: each has all cores
            begin = partial(step_back, ensemble.NICE)
            return self._ensembles.submit(ensemble.compute, job, begin=begin)
        return self._lanes[LIVE if job.keeps_now else ORDERED].send(compute, job)


def step_back(nice: int, parent: int) -> None:
    """In a new process: step back behind the engine, and go when it has gone."""
    os.nice(nice)
    end_with_parent(parent, at_once=True)


_runner: Runner = InProcess()


def runner() -> Runner:
    return _runner


def use(other: Runner) -> None:
    """Compute by another runner from now on."""
    global _runner
    _runner = other
