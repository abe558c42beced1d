"""The county's lines at work: a thread for each that is on or has a test to send, which fails and rests alone."""

import logging
import threading
from functools import partial

from django.db import close_old_connections

from anlan.foundation import journal, worlds
from anlan.foundation.health import Health
from anlan.foundation.worlds import World
from anlan.reach import kinds, sending
from anlan.reach.sending import Line

log = logging.getLogger(__name__)
LOOK_SECONDS = 1.0


class Reaching:
    """Starts a worker for each line that has work, and lets it go when the line is switched off."""

    def __init__(self, world: World, health: Health, stop: threading.Event) -> None:
        self._world, self._health, self._stop = world, health, stop
        self._workers: dict[int, threading.Thread] = {}
        self._news = threading.Event()
        journal.on_append(self._news.set)

    def look(self) -> None:
        for line in sending.with_work(self._world):
            worker = self._workers.get(line.pk)
            if worker is None or not worker.is_alive():
                name = f"line:{line.ref}"
                self._workers[line.pk] = made = threading.Thread(
                    target=self._work, args=(line.pk, name), name=name, daemon=True
                )
                made.start()

    def _work(self, pk: int, name: str) -> None:
        part, fell = self._health.part(name), True
        while not self._stop.is_set():
            line = next((each for each in sending.with_work(self._world) if each.pk == pk), None)
            if line is None:
                part.well()
                return
            fell = part.do(partial(self._turn, line, recover=fell)) is None
            close_old_connections()
            self._news.wait(max(LOOK_SECONDS, part.rests))
            self._news.clear()

    def _turn(self, line: Line, *, recover: bool) -> bool:
        ctx = worlds.context(self._world)
        if recover:
            sending.recover(ctx, line)
        sending.turn(ctx, line, kinds.kinds()[line.kind].make(sending.settings_of(line)))
        return True
