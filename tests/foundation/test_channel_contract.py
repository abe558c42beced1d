"""What every channel keeps, whoever made it: the simulated field of exercises, and a real one as a package would bring it.

A plug-in's own tests add a `Subject` of theirs to `SUBJECTS` and run this file.
"""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest

from anlan.demo.exercises import liulin
from anlan.exercise.field import client as field
from anlan.foundation import channels
from anlan.foundation.channels import Channel, ChannelDown, Request
from anlan.foundation.context import WorldInfo
from anlan.foundation.errors import OutOfWorld
from tests.support.channels import RealVoice

AT = datetime(2021, 8, 11, 20, 0, tzinfo=UTC)
LATER = AT + timedelta(hours=2)
LIVE, EXERCISE = WorldInfo(1, "live"), WorldInfo(2, "x1")


@dataclass(frozen=True)
class Subject:
    """A channel, how often it rang somebody, and how its line is cut."""

    channel: Channel
    rings: Callable[[], int]
    cut: Callable[[], object]


@contextmanager
def simulated_field() -> Iterator[Subject]:
    """The process of its own that plays the telephones of an exercise."""
    liulin().lay("x1")
    made = channels.make("simulated-field", EXERCISE)

    def cut() -> None:
        """The process ends, and no other can start."""
        made.stop()
        (field.folder_of("x1") / "settings.json").unlink()

    try:
        yield Subject(made, lambda: len(made.ask("rings")), cut)
    finally:
        made.stop()


@contextmanager
def real_voice() -> Iterator[Subject]:
    made = RealVoice()
    yield Subject(made, lambda: len(made.rang), lambda: setattr(made, "down", True))


SUBJECTS: dict[str, Callable[[], AbstractContextManager[Subject]]] = {
    "simulated-field": simulated_field,
    "a provider's": real_voice,
}


@pytest.fixture(scope="module", params=SUBJECTS)
def subject(request: pytest.FixtureRequest) -> Iterator[Subject]:
    with SUBJECTS[request.param]() as made:
        yield made


def call(number: int) -> Request:
    facts = {
        "place": "421321117201", "holder": f"H-{number}", "role": "township_leader", "grade": 4, "stage": "move",
        "households": 3, "people": 9, "line": "mobile", "deadline": (AT + timedelta(seconds=45)).isoformat(),
    }  # fmt: skip
    return Request(
        f"C-1/H-{number}/K/1", f"1380000{number:04}", AT + timedelta(seconds=number), "叫应", facts
    )


def test_a_call_placed_twice_rings_once(subject: Subject) -> None:
    before = subject.rings()
    for _ in range(2):
        subject.channel.place([call(1), call(2)])
    subject.channel.place([call(2), call(3)])
    assert subject.rings() - before == 3
    assert {r.key for r in subject.channel.reports(after="", until=LATER)} >= {call(n).key for n in (1, 2, 3)}


def test_reports_come_in_order_and_go_on_after_any_mark(subject: Subject) -> None:
    subject.channel.place([call(n) for n in range(4, 24)])
    heard = subject.channel.reports(after="", until=LATER)
    assert len(heard) >= 20
    assert [r.at for r in heard] == sorted(r.at for r in heard)
    assert len({r.mark for r in heard}) == len(heard)
    for n in (0, len(heard) // 2, len(heard) - 1):
        assert subject.channel.reports(after=heard[n].mark, until=LATER) == heard[n + 1 :]


def test_nothing_is_told_before_its_time(subject: Subject) -> None:
    subject.channel.place([call(n) for n in range(30, 34)])
    heard = subject.channel.reports(after="", until=LATER)
    until = heard[len(heard) // 2].at
    assert subject.channel.reports(after="", until=until) == [r for r in heard if r.at <= until]
    assert all(r.at.tzinfo is not None for r in heard)


def test_it_opens_in_one_kind_of_world_alone(subject: Subject, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(channels, "_open", {})
    mine, other = (EXERCISE, LIVE) if subject.channel.simulated else (LIVE, EXERCISE)
    channels.connect(mine, subject.channel.name, subject.channel)
    assert channels.resolve(mine, subject.channel.name) is subject.channel
    with pytest.raises(OutOfWorld):
        channels.connect(other, subject.channel.name, subject.channel)


def test_a_line_that_is_cut_is_named(subject: Subject) -> None:
    subject.cut()
    with pytest.raises(ChannelDown):
        subject.channel.place([call(99)])
    with pytest.raises(ChannelDown):
        subject.channel.reports(after="", until=LATER)
