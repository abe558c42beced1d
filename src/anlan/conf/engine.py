"""The engine: gateways, windows, rules and due work of the live world, and the drivers of exercises that run.

Only the engine writes readings. Everything it holds in memory is rebuilt from the store and the records when it starts.
Each of its loops is a `Part`: one that falls is tried again and tells since when and why; the others go on.
"""

import gc
import logging
import os
import signal
import threading
import time
from collections.abc import Callable
from functools import partial

from django.conf import settings
from django.db import close_old_connections

from anlan.conf.lines import Lines
from anlan.conf.reaching import Reaching
from anlan.exercise.driver import Driver
from anlan.foundation import checkpoints, events, journal, kept, tasks, worlds
from anlan.foundation.health import Health, Part
from anlan.foundation.words import catalogue
from anlan.foundation.worlds import World
from anlan.foundation.writing import goes_behind
from anlan.gateways import plug_ins as gateways
from anlan.gateways.sl651.limits import SIMULATED
from anlan.judge.watching import Watching
from anlan.observe.ingest.ingest import Ingest
from anlan.observe.ingest.warming import warm
from anlan.simulate.running import live, ordered

log = logging.getLogger(__name__)
LOOK_SECONDS = 0.5
CHECKPOINT_SECONDS = 60.0
KEEP_SECONDS = 60.0
"""How often the live forecasts are looked after: one whose cycle died goes on with the next."""
LEAVE_SECONDS = 20.0
EXERCISE = "exercise:"
"""Begins the name of the part that drives an exercise."""


class Engine:
    """All of it; `run` returns when asked to stop."""

    def __init__(self, *, port: int | None, host: str = "127.0.0.1", only: str = "") -> None:
        self._port, self._host = port, host
        self._only = only
        self._stop = threading.Event()
        self._health = Health(only)
        self._threads: dict[str, threading.Thread] = {}
        self._reaching: Reaching | None = None

    def run(self) -> None:
        for sign in (signal.SIGTERM, signal.SIGINT):
            signal.signal(sign, lambda *_: self._stop.set())
        if not self._only:  # what people order is the business of the one engine that stays
            self._keep("live", self._live, LOOK_SECONDS, lasts=True)
            self._keep("ordered", self._ordered, LOOK_SECONDS)
            self._keep("messages", self._reach, LOOK_SECONDS)
            self._keep("slow work", self._slow_work, LOOK_SECONDS)
        self._keep("signing", self._sign, CHECKPOINT_SECONDS)
        self._keep("exercises", self._start_drivers, LOOK_SECONDS)
        while not self._stop.is_set():
            self._health.beat()
            self._stop.wait(LOOK_SECONDS)
        self._leave()

    def _leave(self) -> None:
        """Whoever drives or computes ends before what they compute with is taken down."""
        end = time.monotonic() + LEAVE_SECONDS
        for thread in self._threads.values():
            thread.join(max(0.0, end - time.monotonic()))
        self._health.part("signing").do(self._sign)
        late = [name for name, thread in self._threads.items() if thread.is_alive()]
        if late:  # as by a kill, which every step outlives: without its runner it would only fail
            log.warning("not waiting for %s", ", ".join(late))
            logging.shutdown()
            os._exit(0)

    def _keep(self, name: str, step: Callable[[], None], every: float, *, lasts: bool = False) -> None:
        """A loop of its own thread; what it cannot bear costs nobody else a turn."""
        part = self._health.part(name)
        part.may_last = lasts

        def turn() -> None:
            while not self._stop.is_set():
                part.do(step)
                close_old_connections()
                self._stop.wait(max(every, part.rests))

        self._start(name, turn)

    def _start(self, name: str, work: Callable[[], None]) -> None:
        self._threads[name] = threading.Thread(target=work, name=name, daemon=True)
        self._threads[name].start()

    def _ordered(self) -> None:
        goes_behind()
        ordered.look()

    def _reach(self) -> None:
        if self._reaching is None:
            self._reaching = Reaching(worlds.get("live"), self._health, self._stop)
        self._reaching.look()

    def _slow_work(self) -> None:
        """Due work of the live world that computes or reads files: no call waits for it."""
        goes_behind()
        live_world = worlds.get("live")
        while not self._stop.is_set():
            work = tasks.next_due(live_world.pk, worlds.clock(live_world), slow=True)
            if work is None:
                return
            tasks.run(work, live_world)

    def _sign(self) -> None:
        for world in World.objects.all():
            checkpoints.write(worlds.info(world))

    def _start_drivers(self) -> None:
        """A driver for each exercise that should run and has none; with an exercise of our own we end when it does."""
        if self._only and World.objects.filter(key=self._only, state=World.State.ENDED).exists():
            self._stop.set()
        running = World.objects.filter(state=World.State.RUNNING).exclude(key="live")
        self._health.well_but(EXERCISE, {EXERCISE + world.key for world in running})
        for world in running:
            name = EXERCISE + world.key
            part, thread = self._health.part(name), self._threads.get(name)
            mine = world.key == self._only if self._only else not world.settings.get("own_engine")
            if mine and not part.rests and (thread is None or not thread.is_alive()):
                part.may_last = True
                self._start(name, partial(part.do, partial(self._drive, world.key, part)))

    def _drive(self, key: str, part: Part) -> None:
        """One exercise from where its clock stands."""
        gateway = None
        try:
            _all_read()
            world = worlds.get(key)
            ingest = Ingest(worlds.info(world))
            clock = lambda: worlds.clock(worlds.get(key))  # noqa: E731
            gateway = gateways.make("sl651", ingest, host="127.0.0.1", port=0, clock=clock, limits=SIMULATED)
            Driver(world, ingest, gateway.start(), self._stop, part).run()
        finally:
            if gateway is not None:
                gateway.stop()
            close_old_connections()

    def _live(self) -> None:
        """The live world: its gateways, its watch, its due work."""
        Live(self._port, self._stop, self._health, host=self._host).run()


class Live:
    """Readings of the live world to calls, without waiting for anybody."""

    def __init__(
        self, port: int | None, stop: threading.Event, health: Health, *, host: str = "127.0.0.1"
    ) -> None:
        self._host = host
        self._stop = stop
        self._health = health
        self._world = worlds.get("live")
        self._ingest = Ingest(worlds.info(self._world))
        self._watching: Watching | None = None
        self._news = threading.Event()
        self._lines = Lines(self._world, health)
        self._chosen = gateways.chosen(settings.GATEWAYS, sl651_port=port) if port is not None else []
        self._gateways: dict[str, gateways.Gateway] = {}

    def run(self) -> None:
        journal.on_append(self._news.set)
        fresh, kept = True, -KEEP_SECONDS  # what came in before we fell is judged at once
        try:
            self._lines.start()
            self._do("warming", _all_read)
            self._do("watch", self._look)
            while not self._stop.is_set():
                self._health.part("live").well()
                close_old_connections()
                self._open_gateways()
                if time.monotonic() - kept > KEEP_SECONDS:
                    self._do("forecasts", lambda: live.keep_going(worlds.context(self._world)))
                    kept = time.monotonic()
                self._news.wait(0.05)
                fresh |= self._news.is_set()
                self._news.clear()
                if fresh or worlds.clock(self._world).second % 10 == 0:
                    fresh = not self._do("watch", self._look)
                self._follow()
        finally:
            self._lines.stop()
            for gateway in self._gateways.values():
                gateway.stop()

    def _do(self, part: str, work: Callable[[], object]) -> bool:
        """Whether that part could do it."""
        self._health.part(part).do(work)
        return self._health.part(part).ill is None

    def _open_gateways(self) -> None:
        """Each that is not open yet: a port that is taken or a package that is missing stops nothing else."""
        for name, port in self._chosen:
            if name not in self._gateways:
                self._do(f"gateway:{name}", partial(self._open, name, port))

    def _open(self, name: str, port: int) -> None:
        clock = lambda: worlds.clock(self._world)  # noqa: E731
        heard = lambda _: self._news.set()  # noqa: E731
        made = gateways.make(name, self._ingest, host=self._host, port=port, clock=clock, on_batch=heard)
        made.start()
        self._gateways[name] = made

    def _look(self) -> None:
        """Judge what came in; a watch that fell forgets what it had judged and reads it from the records."""
        ctx, watching = worlds.context(self._world), self._watching
        self._watching = None
        watching = watching or Watching(ctx, self._ingest.addresses)
        self._ingest.advance(ctx.now)
        watching.look(ctx, self._ingest)
        self._watching = watching

    def _follow(self) -> None:
        """Everything that follows from what was found or has fallen due."""
        self._do("lines", lambda: self._lines.look_after(worlds.context(self._world)))
        while not self._stop.is_set():
            handled = self._health.part("handlers").do(partial(events.step, self._world))
            worked = self._health.part("due work").do(self._work)
            if not handled and not worked:
                return

    def _work(self) -> bool:
        """One piece of due work; whether there was any."""
        work = tasks.next_due(self._world.pk, worlds.clock(self._world), slow=False)
        return work is not None and tasks.run(work, self._world) is not None


def _all_read() -> None:
    """Before a gauge speaks: the first call must not wait for the register, nor others for the lock in which it is read."""
    kept.refresh(cold=True)
    catalogue()
    warm()
    gc.freeze()  # what stays for good is not walked through again and again, least of all under the write lock


def main(*, port: int | None, host: str, only: str = "") -> None:
    """Run the engine in this process until told to stop."""
    Engine(port=port, host=host, only=only).run()
