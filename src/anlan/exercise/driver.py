"""The driver of an exercise: the only one who moves its clock.

Lock step, a tick of the gauges at a time: send the tick's frames over TCP to the real gateway and await every durable
acknowledgement; judge in (time, station) order; drain due work in (due_at, key) order with what the telephones
report in (time, number) order between; advance. What was done stays done: killed anywhere, a new driver takes the
tick up again and every step that stands already changes nothing.
"""

import logging
import threading
import time
from collections import deque
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from anlan.call import sending
from anlan.exercise.field.client import FieldClient
from anlan.exercise.rules.night import TICK, ends_of_ticks
from anlan.foundation import channels, cursors, events, tasks, worlds
from anlan.foundation.context import SYSTEM, Ctx
from anlan.foundation.errors import Invalid
from anlan.foundation.health import Part
from anlan.foundation.scope import Scope
from anlan.foundation.worlds import World
from anlan.foundation.writing import goes_behind, is_long, writing
from anlan.judge.watching import Watching
from anlan.observe import queries as observe
from anlan.observe.ingest.ingest import Ingest
from anlan.simulate.running import live

log = logging.getLogger(__name__)
VOICE = "voice"
FIELD = "simulated-field"
LOOKED = "ticks-looked-at"
PIECES = "voice-pieces"
"""How much of a moment is taken in: the mark of its last report and the number of its pieces."""
LOOK_SECONDS = 0.2
AGAIN_SECONDS = 1.0
UNACKNOWLEDGED = "unacknowledged"
"""Why a night waits: its gateway can write nothing down, so that no gauge was told that its report stands."""


class Stopped(Exception):
    """The exercise was paused or ended from outside, or this process is asked to stop."""


class Driver:
    """Runs one exercise in this process."""

    def __init__(
        self, world: World, ingest: Ingest, port: int, stop: threading.Event, part: Part | None = None
    ) -> None:
        self._part = part or Part(f"exercise:{world.key}")
        self._world = world
        self._ingest = ingest
        self._port = port
        self._stop = stop
        assert world.starts_at is not None
        assert world.ends_at is not None
        self._ticks = window(ends_of_ticks(world.starts_at, world.ends_at), world.settings)
        self._passwords = observe.passwords()
        self._info = worlds.info(world)
        self._field: FieldClient = channels.make(FIELD, self._info)
        self._at = worlds.clock(world)
        self._watching = Watching(self._ctx(self._at), ingest.addresses)
        self._pace = _Pace(world)
        self._mark = cursors.mark(worlds.info(world), VOICE)
        self._heard: deque[channels.Report] = deque()
        self._heard_until: datetime | None = None
        channels.connect(worlds.info(world), VOICE, self._field)

    def run(self) -> None:
        """Go on from where the clock stands until the end; whoever sits at a screen writes first."""
        goes_behind()
        try:
            self._finish_moment()
            if self._at < self._ticks[0][1]:
                self._drain(self._at, self._ticks[0][1])
            for n, end in self._ticks:
                if self._now() < end + TICK:
                    self._tick(n, end)
            World.objects.filter(pk=self._info.id).update(state=World.State.ENDED)
        except Stopped:
            log.info("exercise %s stands at %s", self._world.key, self._now())
        finally:
            self._field.close()

    def _ctx(self, at: datetime) -> Ctx:
        return Ctx(self._info, at, SYSTEM, Scope.everywhere())

    def _now(self) -> datetime:
        return World.objects.values_list("now", flat=True).get(pk=self._info.id) or self._ticks[0][1]

    def _tick(self, n: int, end: datetime) -> None:
        """One tick: frames in, judged, and everything that falls due before the next."""
        self._move_to(end)
        self._report(n)
        self._part.well()
        self._ingest.advance(end)
        if cursors.mark(self._info, LOOKED) != str(
            n
        ):  # cut off between findings, we find the others before anybody acts
            self._watching.look(self._ctx(end), self._ingest)
            live.keep_going(self._ctx(end))
            cursors.move(self._info, LOOKED, str(n))
        self._drain(max(end, self._at), end + TICK)

    def _report(self, n: int) -> None:
        """Send a tick until every frame of it is acknowledged; what stands already is acknowledged again."""
        while (
            told := self._field.ask("tick", n=n, host="127.0.0.1", port=self._port, passwords=self._passwords)
        )["acked"] != told["sent"]:
            log.warning("tick %d: %d frames were not acknowledged", n, told["sent"] - told["acked"])
            self._part.fell(UNACKNOWLEDGED)
            self._pace.wait_for(self._at, self._stop)
            self._stop.wait(AGAIN_SECONDS)

    def _drain(self, at: datetime, until: datetime) -> None:
        """Handlers, calls, due work and reports, in time order, up to but not with `until`.

        All that falls on one moment is done before handlers look again, after a kill too (`_finish_moment`).
        """
        last = until - timedelta(seconds=1)
        while True:
            self._settle(at)
            work = tasks.next_due(self._info.id, last)
            report = self._next_report(last)
            if work is None and report is None:
                return
            if report is None or (work is not None and work.due_at <= report.at):
                assert work is not None
                at = self._move_to(work.due_at)
                tasks.run(work, self._world)
            else:
                at = self._move_to(report.at)
                self._take_in(at)

    def _settle(self, at: datetime) -> None:
        """Let handlers read the journal to its end, and hand over what they decided to send."""
        while events.step(self._world):
            pass
        if sending.send(self._ctx(at), self._field):
            self._heard.clear()  # what was placed may be heard before what we fetched
            self._heard_until = None

    def _next_report(self, until: datetime) -> channels.Report | None:
        if not self._heard and self._heard_until != until:
            self._heard.extend(self._field.reports(after=self._mark, until=until))
            self._heard_until = until
        return self._heard[0] if self._heard else None

    def _take_in(self, at: datetime) -> None:
        """Take in all reports of one moment, and what comes late: a call may be laid by hand while the clock moves on."""
        reports = []
        while self._heard and self._heard[0].at <= at:
            reports.append(self._heard.popleft())
        self._hear(at, reports)

    def _hear(self, at: datetime, reports: list[channels.Report], done: int = 0) -> None:
        """Piece by piece, as many as a short transaction bears; each one's effect and how far we are stand together."""
        mark, pieces = reports[-1].mark, sending.pieces(self._ctx(at), reports)
        while done < len(pieces):
            with writing():
                while done < len(pieces):
                    pieces[done]()
                    done += 1
                    if is_long():
                        break
                whole = done == len(pieces)
                cursors.move(self._info, PIECES, "" if whole else f"{mark}#{done}")
                if whole:
                    cursors.move(self._info, VOICE, mark)
        self._mark = mark

    def _finish_moment(self) -> None:
        """A moment that was cut off in its middle ends before anything else looks, so that a kill changes no order."""
        mark, _, done = cursors.mark(self._info, PIECES).partition("#")
        if mark:
            heard = self._field.reports(after=self._mark, until=self._at)
            marks = [report.mark for report in heard]
            self._hear(self._at, heard[: marks.index(mark) + 1], int(done))

    def _move_to(self, at: datetime) -> datetime:
        """Advance the clock, as fast as the exercise's speed allows; stop when somebody paused it."""
        self._pace.wait_for(at, self._stop)
        if at > self._at:
            worlds.advance(self._info.id, at)
            self._at = at
        return max(at, self._at)


def window(ends: Sequence[datetime], settings: Mapping[str, Any]) -> list[tuple[int, datetime]]:
    """The ticks of an exercise with their numbers: all, or those that `since` and `until` leave (for a short rehearsal)."""
    since, until = (settings.get(name) for name in ("since", "until"))
    first = datetime.fromisoformat(since) if since else ends[0]
    last = datetime.fromisoformat(until) if until else ends[-1]
    found = [(n, end) for n, end in enumerate(ends) if first <= end <= last]
    if not found:
        raise Invalid("这一段里没有一次报汛。请把起止时间放宽。")
    return found


class _Pace:
    """Sleep between simulated moments; speed and pause are read from the world's row."""

    def __init__(self, world: World) -> None:
        self._id = world.pk
        self._speed = 0.0
        self._real = time.monotonic()
        self._sim = world.now
        self._looked = 0.0

    def wait_for(self, at: datetime, stop: threading.Event) -> None:
        while True:
            if stop.is_set():
                raise Stopped
            if not self._speed and time.monotonic() - self._looked < LOOK_SECONDS:
                return
            self._looked = time.monotonic()
            speed, state = World.objects.values_list("speed", "state").get(pk=self._id)
            if state == World.State.ENDED:
                raise Stopped
            if state == World.State.PAUSED:
                self._anchor(0.0)
                stop.wait(0.2)
                continue
            if speed != self._speed:
                self._anchor(speed)
            left = self._left(at)
            if left <= 0:
                return
            stop.wait(min(left, 0.25))

    def _anchor(self, speed: float) -> None:
        now = World.objects.values_list("now", flat=True).get(pk=self._id)
        self._speed, self._real, self._sim = speed, time.monotonic(), now

    def _left(self, at: datetime) -> float:
        """Real seconds until the moment may come; none at full speed."""
        if not self._speed or self._sim is None:
            return 0.0
        return (at - self._sim).total_seconds() / self._speed - (time.monotonic() - self._real)
