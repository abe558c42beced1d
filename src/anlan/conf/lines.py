"""The live world's lines: the channels that ANLAN_CHANNELS names, opened, fed and heard. Without any, officers dial.

Each line has a thread of its own, which fails and rests alone: a provider that hangs holds neither the rules nor another
line. Whoever follows the watch asks `look_after` whether one is held too long; what it was handed moves to the desk.
"""

import logging
import threading
from functools import partial

from django.conf import settings
from django.db import close_old_connections

from anlan.call import sending
from anlan.foundation import channels, journal, worlds
from anlan.foundation.context import Ctx
from anlan.foundation.health import STUCK, Health, Part
from anlan.foundation.worlds import World

log = logging.getLogger(__name__)
HEAR_SECONDS = 1.0


class Line:
    """One channel that is open, and the part of the engine that tells how it does."""

    def __init__(self, channel: channels.Channel, part: Part) -> None:
        self.channel, self.part = channel, part
        self.news = threading.Event()
        self._given_up = False

    def turn(self, ctx: Ctx) -> int:
        """Hand over what waits, take in what it heard; how many there were of both."""
        return self.part.do(partial(self._turn, ctx)) or 0

    def _turn(self, ctx: Ctx) -> int:
        self._given_up = False
        done = 0
        try:
            done += sending.send(ctx, self.channel)
        finally:
            done += sending.receive(ctx, self.channel)
        return done

    def look_after(self, ctx: Ctx) -> None:
        """A provider that does not come back within our patience is a dead line, whatever it may still say."""
        if not self._given_up and self.part.lasts > sending.PATIENCE.total_seconds():
            self._given_up = True
            sending.is_dead(ctx, self.channel, STUCK)


class Lines:
    """A line that cannot be opened or that fails is told and rests; finding and calling go on without it."""

    def __init__(self, world: World, health: Health) -> None:
        self._world, self._health = world, health
        self._stop = threading.Event()
        self._runs = False
        self.open: dict[str, Line] = {}
        channels.disconnect(worlds.info(world))
        self._open()
        _tell(world, {line.channel.name: name for name, line in self.open.items()})

    def _open(self) -> None:
        for name in settings.CHANNELS:
            if name not in self.open:
                self._health.part(f"line:{name}").do(partial(self._open_one, name))

    def _open_one(self, name: str) -> None:
        info = worlds.info(self._world)
        channel = channels.make(name, info)
        channels.connect(info, channel.name, channel)
        self.open[name] = line = Line(channel, self._health.part(f"line:{name}"))
        if self._runs:
            self._run(line)

    def start(self) -> None:
        """From here on each line works by itself."""
        self._runs = True
        for line in self.open.values():
            self._run(line)

    def _run(self, line: Line) -> None:
        journal.on_append(line.news.set)
        threading.Thread(target=self._keep, args=(line,), name=line.part.name, daemon=True).start()

    def look_after(self, ctx: Ctx) -> None:
        """Open what is not open yet, and see to those that hang."""
        before = len(self.open)
        self._open()
        if len(self.open) != before:
            _tell(self._world, {line.channel.name: name for name, line in self.open.items()})
        for line in self.open.values():
            line.look_after(ctx)

    def stop(self) -> None:
        """Not waited for: a provider may hang, and what it was handed stands."""
        self._stop.set()
        for line in self.open.values():
            line.news.set()

    def _keep(self, line: Line) -> None:
        while not self._stop.is_set():
            line.news.clear()
            line.turn(worlds.context(self._world))
            close_old_connections()
            line.news.wait(max(HEAR_SECONDS, line.part.rests))


def _tell(world: World, lines: dict[str, str]) -> None:
    """Write down which lines are open, so that pages decide the next call as the engine does."""
    row = World.objects.get(pk=world.pk)
    if row.settings.get("lines", {}) != lines:
        row.settings = {**row.settings, "lines": lines}
        row.save(update_fields=["settings"])
