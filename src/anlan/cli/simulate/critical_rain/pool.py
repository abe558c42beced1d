"""Runs in processes of their own: each holds the terrain, runs what it is told, and ends when the one that started it does."""

import multiprocessing
import os
import signal
import time
from collections.abc import Callable
from concurrent.futures import Future, ProcessPoolExecutor
from multiprocessing.synchronize import Event
from typing import Any

from anlan.foundation.processes import end_with_parent
from anlan.science.flood.critical.cutting import Catchment, Land
from anlan.science.flood.critical.running import Once, Storm, once
from anlan.science.flood.errors import Cancelled, Refused

Told = tuple[Once | str | None, float]
"""What a run found, or why it is refused, or None when it was stopped; and the seconds of processor that it took."""

_held: dict[str, Any] = {}


class Pool:
    """A few processes over one terrain."""

    def __init__(
        self, land: Land, places: tuple[Catchment, ...], *, count: int, options: dict[str, Any]
    ) -> None:
        context = multiprocessing.get_context("spawn")
        self._stop: Event = context.Event()
        self._pool = ProcessPoolExecutor(
            count, mp_context=context, initializer=_begin, initargs=(land, places, options, self._stop, os.getpid())
        )  # fmt: skip

    def submit(self, number: int, storm: Storm) -> "Future[Told]":
        """One storm over one catchment."""
        return self._pool.submit(_run, number, storm)

    def stop(self) -> None:
        """Have what runs come to an end soon; it gives None."""
        self._stop.set()

    def close(self) -> None:
        """End the processes."""
        self._stop.set()
        self._pool.shutdown(cancel_futures=True)


def _begin(
    land: Land, places: tuple[Catchment, ...], options: dict[str, Any], stop: Event, parent: int
) -> None:
    """Once a process: Ctrl-C is the parent's to hear, and a process without a parent ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    _held.update(land=land, places=places, options=options, stop=stop)
    end_with_parent(parent, at_once=True)


def _run(number: int, storm: Storm) -> Told:
    return timed(_held["places"][number], _held["land"], storm, _held["options"], _held["stop"].is_set)


def timed(
    place: Catchment, land: Land, storm: Storm, options: dict[str, Any], stop: Callable[[], bool] | None
) -> Told:
    """Run one storm; a refused run comes back as its reason, a stopped one as None."""
    begun = time.process_time()
    found: Once | str | None
    try:
        found = once(place, land, storm, stop=stop, **options)
    except Refused as refused:
        found = str(refused)
    except Cancelled:
        found = None
    return found, time.process_time() - begun
