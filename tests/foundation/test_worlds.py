"""Worlds: the live clock is real, an exercise's moves only forward, and neither reaches into the other."""

from datetime import UTC, datetime, timedelta

import pytest

from anlan.foundation import channels, worlds
from anlan.foundation.actions import action, next_ref
from anlan.foundation.channels import Channel, Report, Request
from anlan.foundation.context import Actor, WorldInfo
from anlan.foundation.errors import Conflict, Forbidden, NotFound, OutOfWorld
from anlan.foundation.models import Counter, JournalHead, World
from anlan.foundation.scope import Scope
from tests.foundation.conftest import NIGHT, make_exercise
from tests.support.crowd import at_once


def test_the_live_clock_is_the_real_one_to_the_millisecond(live: World) -> None:
    before = datetime.now(UTC) - timedelta(milliseconds=1)
    now = worlds.clock(live)
    assert before <= now <= datetime.now(UTC)
    assert now.microsecond % 1000 == 0


def test_an_exercise_stands_at_its_beginning_and_moves_only_forward(exercise: World) -> None:
    for minutes, expected in ((0, 0), (20, 20), (5, 20), (30, 30)):
        worlds.advance(exercise.pk, NIGHT + timedelta(minutes=minutes))
        exercise.refresh_from_db()
        assert worlds.clock(exercise) == NIGHT + timedelta(minutes=expected)


def test_nothing_moves_the_live_clock(live: World) -> None:
    World.objects.filter(pk=live.pk).update(now=NIGHT)
    worlds.advance(live.pk, NIGHT + timedelta(days=1))
    live.refresh_from_db()
    assert live.now == NIGHT
    assert worlds.clock(live) > NIGHT + timedelta(days=365)


def test_an_exercise_without_a_clock_says_so(exercise: World) -> None:
    exercise.now = None
    with pytest.raises(Conflict):
        worlds.clock(exercise)


def test_each_exercise_gets_the_next_key_and_a_head_of_its_own(live: World) -> None:
    keys = [make_exercise().key for _ in range(3)]
    assert keys == ["x1", "x2", "x3"]
    assert JournalHead.objects.count() == 4


def test_the_live_world_is_made_once(live: World) -> None:
    assert worlds.ensure_live("another-installation").pk == live.pk
    assert worlds.get("live").scenario == "test-installation"


def test_a_world_that_is_not_there_is_named(live: World) -> None:
    with pytest.raises(NotFound, match="x99"):
        worlds.get("x99")


def test_the_system_sees_everywhere_and_anybody_else_nothing_without_a_scope(exercise: World) -> None:
    assert worlds.context(exercise).scope.all
    assert worlds.context(exercise, actor=Actor("U-0001")).scope == Scope()


def test_a_running_exercise_comes_before_a_newer_one_that_waits(live: World) -> None:
    assert worlds.running_exercise() is None
    running, waiting = make_exercise(), make_exercise()
    World.objects.filter(pk=running.pk).update(state=World.State.RUNNING)
    found = worlds.running_exercise()
    assert found is not None
    assert (found.key, waiting.key) == ("x1", "x2")


# Refs that a person can say.


def test_refs_count_by_world_kind_and_chinese_day(exercise: World) -> None:
    ctx = worlds.context(exercise)
    other = worlds.context(make_exercise())
    assert [next_ref(ctx, "A") for _ in range(2)] == ["A-20210812-001", "A-20210812-002"]
    assert next_ref(ctx, "X") == "X-20210812-001"
    assert next_ref(other, "A") == "A-20210812-001"
    assert next_ref(ctx.at(datetime(2021, 8, 12, 16, 0, tzinfo=UTC)), "A") == "A-20210813-001"


def test_hands_at_once_never_get_the_same_ref(durable_exercise: World) -> None:
    ctx = worlds.context(durable_exercise)

    def take() -> list[str]:
        taken = []
        for _ in range(10):
            with action(ctx, "anything"):
                taken.append(next_ref(ctx, "A"))
        return taken

    refs = [ref for hand in at_once(*[take] * 4) for ref in hand]
    assert sorted(refs) == [f"A-20210812-{n:03d}" for n in range(1, 41)]
    assert all(hand for hand in refs)


def test_an_action_without_the_permission_does_nothing(exercise: World) -> None:
    ctx = worlds.context(exercise, actor=Actor("U-0001", permissions=frozenset({"warn.call"})))
    with action(ctx, "warn.call"):
        pass
    with pytest.raises(Forbidden), action(ctx, "warn.alert.approve"):
        Counter.objects.create(world=exercise, kind="never")
    assert not Counter.objects.exists()


# Channels: nothing leaves an exercise.


class Line:
    """A telephone that only remembers."""

    name = "voice"

    def __init__(self, *, simulated: bool) -> None:
        self.simulated = simulated
        self.placed: list[Request] = []

    def place(self, requests: list[Request]) -> None:
        self.placed += requests

    def reports(self, *, after: str, until: datetime) -> list[Report]:
        return []


LIVE = WorldInfo(1, "live")
EXERCISE = WorldInfo(2, "x1")


@pytest.fixture(autouse=True)
def no_channels(monkeypatch: pytest.MonkeyPatch) -> dict[tuple[str, str], Channel]:
    opened: dict[tuple[str, str], Channel] = {}
    monkeypatch.setattr(channels, "_open", opened)
    return opened


def test_an_exercise_never_gets_a_real_channel() -> None:
    with pytest.raises(OutOfWorld):
        channels.connect(EXERCISE, "voice", Line(simulated=False))
    assert channels.resolve(EXERCISE, "voice") is None


def test_a_real_channel_smuggled_into_an_exercise_is_not_resolved(
    no_channels: dict[tuple[str, str], Channel],
) -> None:
    no_channels[("x1", "voice")] = Line(simulated=False)
    with pytest.raises(OutOfWorld):
        channels.resolve(EXERCISE, "voice")


def test_a_real_channel_of_the_live_world_is_not_seen_from_an_exercise() -> None:
    real = Line(simulated=False)
    channels.connect(LIVE, "voice", real)
    assert channels.resolve(LIVE, "voice") is real
    assert channels.resolve(EXERCISE, "voice") is None


def test_a_channel_that_turns_real_after_it_was_opened_is_not_resolved() -> None:
    line = Line(simulated=True)
    channels.connect(EXERCISE, "voice", line)
    line.simulated = False
    with pytest.raises(OutOfWorld):
        channels.resolve(EXERCISE, "voice")


def test_the_live_world_never_calls_through_a_simulated_line() -> None:
    with pytest.raises(OutOfWorld):
        channels.connect(LIVE, "voice", Line(simulated=True))


def test_a_world_that_ends_closes_its_channels_alone() -> None:
    other = WorldInfo(3, "x11")
    for world in (EXERCISE, other):
        channels.connect(world, "voice", Line(simulated=True))
    channels.disconnect(EXERCISE)
    assert channels.resolve(EXERCISE, "voice") is None
    assert channels.resolve(other, "voice") is not None
