"""The engine: gateways, windows, rules and due work of the live world, and the drivers of exercises that run.

Only the engine writes readings. Everything it holds in memory is rebuilt from the store and the records when it starts.
"""

import json
import logging
import os
import signal
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime

from django.conf import settings
from django.db import close_old_connections

from anlan.conf.lines import Lines
from anlan.demo.driver import Driver
from anlan.foundation import checkpoints, events, journal, tasks, worlds
from anlan.foundation.home import home
from anlan.foundation.worlds import World
from anlan.foundation.writing import goes_behind
from anlan.gateways import plug_ins as gateways
from anlan.judge.watching import Watching
from anlan.observe.ingest import Ingest
from anlan.people import register as people_in_memory
from anlan.simulate import live, ordered

log = logging.getLogger(__name__)
LOOK_SECONDS = 0.5
CHECKPOINT_SECONDS = 60.0
KEEP_SECONDS = 60.0
"""How often the live forecasts are looked after: one whose cycle died goes on with the next."""


class Engine:
    """All of it; `run` returns when asked to stop."""

    def __init__(self, *, port: int | None, only: str = "") -> None:
        self._port = port
        self._only = only
        self._stop = threading.Event()
        self._drivers: dict[str, threading.Thread] = {}
        self._gateways: list[gateways.Gateway] = []

    def run(self) -> None:
        for sign in (signal.SIGTERM, signal.SIGINT):
            signal.signal(sign, lambda *_: self._stop.set())
        if not self._only:
            threading.Thread(target=self._live, name="live", daemon=True).start()
        goes_behind()  # this thread's work is ordered runs
        signed = 0.0
        while not self._stop.is_set():
            self._beat()
            self._start_drivers()
            if not self._only:  # what people order is the business of the one engine that stays
                ordered.look()
            if time.monotonic() - signed > CHECKPOINT_SECONDS:
                self._sign()
                signed = time.monotonic()
            if self._only and self._is_over():
                break
            self._stop.wait(LOOK_SECONDS)
        self._stop.set()
        for driver in self._drivers.values():
            driver.join(timeout=20)
        for gateway in self._gateways:
            gateway.stop()
        self._sign()

    def _beat(self) -> None:
        """Tell doctor and pages that the engine is alive."""
        folder = home() / "run"
        folder.mkdir(exist_ok=True)
        scratch = folder / f"engine{self._only}.new"
        scratch.write_text(json.dumps({"pid": os.getpid(), "beat": datetime.now(UTC).isoformat()}))
        scratch.rename(folder / f"engine{self._only}.json")

    def _is_over(self) -> bool:
        thread = self._drivers.get(self._only)
        ended = World.objects.filter(key=self._only, state=World.State.ENDED).exists()
        return ended or (thread is not None and not thread.is_alive())

    def _sign(self) -> None:
        for world in World.objects.all():
            checkpoints.write(worlds.info(world))

    def _start_drivers(self) -> None:
        """A driver for each exercise that should run and has none."""
        running = World.objects.filter(state=World.State.RUNNING).exclude(key="live")
        for world in running:
            mine = world.key == self._only if self._only else not world.settings.get("own_engine")
            alive = world.key in self._drivers and self._drivers[world.key].is_alive()
            if mine and not alive:
                thread = threading.Thread(target=self._drive, args=(world.key,), name=world.key, daemon=True)
                self._drivers[world.key] = thread
                thread.start()

    def _drive(self, key: str) -> None:
        """One exercise from where its clock stands."""
        gateway = None
        try:
            world = worlds.get(key)
            ingest = Ingest(worlds.info(world))
            clock = lambda: worlds.clock(worlds.get(key))  # noqa: E731
            gateway = gateways.make("sl651", ingest, host="127.0.0.1", port=0, clock=clock)
            Driver(world, ingest, gateway.start(), self._stop).run()
        except Exception:
            log.exception("the driver of exercise %s stopped; it is started again", key)
            self._stop.wait(1.0)
        finally:
            if gateway is not None:
                gateway.stop()
            close_old_connections()

    def _live(self) -> None:
        """The live world: its gateway, its watch, its due work."""
        while not self._stop.is_set():
            try:
                Live(self._port, self._stop).run()
            except Exception:
                log.exception("the live watch stopped; starting it again")
                close_old_connections()
                self._stop.wait(1.0)


class Live:
    """Readings of the live world to calls, without waiting for anybody."""

    def __init__(self, port: int | None, stop: threading.Event) -> None:
        self._stop = stop
        self._world = worlds.get("live")
        self._ingest = Ingest(worlds.info(self._world))
        self._watching = Watching(worlds.context(self._world), self._ingest.addresses)
        people_in_memory.register()  # before a gauge speaks: the first call must not wait for it
        self._news = threading.Event()
        self._lines = Lines(worlds.info(self._world))
        chosen = gateways.chosen(settings.GATEWAYS, sl651_port=port) if port is not None else []
        self._gateways = [gateway for name, at in chosen for gateway in self._gateway(name, at)]

    def _gateway(self, name: str, port: int) -> Iterator[gateways.Gateway]:
        """The gateway of that name, or none: one that is not installed stops nothing else."""
        clock = lambda: worlds.clock(self._world)  # noqa: E731
        try:
            yield gateways.make(
                name,
                self._ingest,
                host="0.0.0.0",
                port=port,
                clock=clock,
                on_batch=lambda _: self._news.set(),
            )
        except gateways.NotInstalled:
            log.exception("its stations are not heard")

    def run(self) -> None:
        journal.on_append(self._news.set)
        kept = -KEEP_SECONDS
        self._news.set()  # what came in before we fell is judged at once
        try:
            for gateway in self._gateways:
                gateway.start()
            while not self._stop.is_set():
                if time.monotonic() - kept > KEEP_SECONDS:
                    live.keep_going(worlds.context(self._world))
                    kept = time.monotonic()
                self._news.wait(0.05)
                fresh = self._news.is_set()
                self._news.clear()
                self._once(fresh)
        finally:
            for gateway in self._gateways:
                gateway.stop()

    def _once(self, fresh: bool) -> None:
        """Judge what came in, then everything that follows from it or has fallen due."""
        ctx = worlds.context(self._world)
        if fresh or ctx.now.second % 10 == 0:
            self._ingest.advance(ctx.now)
            self._watching.look(ctx, self._ingest)
        self._lines.hear(ctx)
        while True:
            handled = events.step(self._world)
            sent = self._lines.send(worlds.context(self._world))
            work = tasks.next_due(self._world.pk, worlds.clock(self._world))
            if work is not None:
                tasks.run(work, self._world)
            if not handled and not sent and work is None:
                return


def main(*, port: int | None, only: str = "") -> None:
    """Run the engine in this process until told to stop."""
    Engine(port=port, only=only).run()
