"""The driver of an exercise: whatever comes late, the night goes to its end and its clock never back."""

import random
import threading
from collections.abc import Sequence
from contextlib import nullcontext
from datetime import datetime, timedelta
from functools import partial
from typing import Any

import pytest

from anlan.call import sending
from anlan.exercise import driver as driving
from anlan.exercise.driver import Driver
from anlan.exercise.rules.night import ends_of_ticks
from anlan.foundation import channels, cursors, events, worlds
from anlan.foundation.health import Part
from anlan.foundation.models import World
from anlan.judge.watching import Watching
from anlan.observe.ingest.ingest import Ingest
from tests.support.city import NIGHT, Mini, make_city

pytestmark = pytest.mark.django_db
TICKS = 3


class Field:
    """The field of an exercise without its process: some reports come into its books after their time."""

    name, simulated = "voice", True

    def __init__(self, rows: Sequence[tuple[datetime, datetime]], deaf: int = 0) -> None:
        self._rows = [
            (shows, channels.Report(f"call/{n}", at, n, "answered", mark=f"{n:04}"))
            for n, (shows, at) in enumerate(rows)
        ]
        self._deaf = deaf
        self.ticks: list[int] = []

    def ask(self, op: str, *, n: int, **rest: Any) -> dict[str, int]:
        self.ticks.append(n)
        self._deaf -= 1
        return {"sent": 4, "acked": 0 if self._deaf >= 0 else 4}

    def reports(self, *, after: str, until: datetime) -> list[channels.Report]:
        known = [r for shows, r in self._rows if shows <= until and r.at <= until and r.mark > after]
        return sorted(known, key=lambda r: r.mark)

    def place(self, requests: Sequence[channels.Request]) -> None: ...

    def close(self) -> None: ...


class PowerCut(BaseException):
    """What no `except Exception` may swallow."""


@pytest.fixture
def ends() -> list[datetime]:
    return list(ends_of_ticks(NIGHT, NIGHT + timedelta(hours=6)))[12 : 12 + TICKS]


@pytest.fixture
def night(ends: list[datetime], monkeypatch: pytest.MonkeyPatch) -> Mini:
    monkeypatch.setattr(driving, "AGAIN_SECONDS", 0.0)
    mini = make_city(with_accounts=False).exercise(
        settings={"since": ends[0].isoformat(), "until": ends[-1].isoformat()}
    )
    World.objects.filter(pk=mini.world.pk).update(now=ends[0], state=World.State.RUNNING)
    return mini


def drive(
    mini: Mini, field: Field, monkeypatch: pytest.MonkeyPatch, pieces: Any = None, *, cut: bool = False
) -> list[tuple[datetime, str]]:
    """The whole exercise, or until the power is cut; when each report was taken in, each in a transaction of its own."""
    heard: list[tuple[datetime, str]] = []
    by_report = lambda ctx, reports: [partial(heard.append, (ctx.now, r.key)) for r in reports]  # noqa: E731
    monkeypatch.setattr(sending, "pieces", pieces or by_report)
    monkeypatch.setattr(driving, "is_long", lambda: True)
    monkeypatch.setattr(channels, "make", lambda name, world: field)
    monkeypatch.setattr(channels, "connect", lambda *_: None)
    mini.world.refresh_from_db()
    ingest = Ingest(worlds.info(mini.world))
    with pytest.raises(PowerCut) if cut else nullcontext():
        Driver(mini.world, ingest, 0, threading.Event(), Part("exercise:x1")).run()
    ingest.close()
    return heard


@pytest.mark.parametrize("seed", range(8))
def test_reports_earlier_than_the_clock_are_taken_at_the_clocks_time(
    seed: int, night: Mini, ends: list[datetime], monkeypatch: pytest.MonkeyPatch
) -> None:
    dice = random.Random(seed)
    last = int((ends[-1] - ends[0]).total_seconds()) + 240
    shows = sorted(ends[0] + timedelta(seconds=dice.randrange(last)) for _ in range(dice.randrange(1, 12)))
    rows = [(at, at - timedelta(seconds=dice.choice((0, 0, 1, 90, 4000)))) for at in shows]
    heard = drive(night, Field(rows), monkeypatch)
    assert sorted(key for _, key in heard) == sorted(f"call/{n}" for n in range(len(rows)))
    assert [at for at, _ in heard] == sorted(at for at, _ in heard), "the clock never goes back"
    night.world.refresh_from_db()
    assert night.world.state == World.State.ENDED
    assert cursors.mark(worlds.info(night.world), driving.VOICE) == f"{len(rows) - 1:04}"


def test_gauges_that_hear_nothing_send_again_and_the_night_waits_for_them(
    night: Mini, ends: list[datetime], monkeypatch: pytest.MonkeyPatch
) -> None:
    field = Field([], deaf=2)
    drive(night, field, monkeypatch)
    assert field.ticks == [12, 12, 12, 13, 14]


def test_a_moment_cut_off_in_its_middle_ends_before_anything_else_looks(
    night: Mini, ends: list[datetime], monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    at = ends[0] + timedelta(seconds=30)
    field = Field([(at, at)] * 3)

    def pieces(ctx: Any, reports: Sequence[channels.Report]) -> list[Any]:
        return [partial(take, r.key) for r in reports]

    def take(key: str) -> None:
        if key == "call/1" and "cut" not in done:
            done.append("cut")
            raise PowerCut
        done.append(key)

    drive(night, field, monkeypatch, pieces, cut=True)
    monkeypatch.setattr(events, "step", lambda world: done.append("handlers look"))
    drive(night, field, monkeypatch, pieces)
    assert done[:5] == ["call/0", "cut", "call/1", "call/2", "handlers look"]


def test_findings_cut_off_in_their_middle_are_complete_before_anybody_acts(
    night: Mini, ends: list[datetime], monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []

    def look(*_: Any) -> None:
        done.append("look")
        if len(done) == 1:
            raise PowerCut

    monkeypatch.setattr(Watching, "look", look)
    monkeypatch.setattr(events, "step", lambda world: done.append("handlers look"))
    drive(night, Field([]), monkeypatch, cut=True)
    drive(night, Field([]), monkeypatch)
    assert done[:3] == ["look", "look", "handlers look"]
