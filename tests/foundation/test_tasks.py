"""Due work: done once, in order, with its effect in one transaction; what keeps failing is laid before a person."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError

from anlan.foundation import tasks, worlds
from anlan.foundation.context import Actor, Ctx
from anlan.foundation.errors import Conflict, Forbidden
from anlan.foundation.models import Counter, Task, World
from anlan.foundation.scope import Scope
from tests.foundation.conftest import NIGHT, make_exercise
from tests.support.crowd import at_once

MINUTE = timedelta(minutes=1)


@pytest.fixture
def runners(monkeypatch: pytest.MonkeyPatch) -> dict[str, Callable[..., Any]]:
    """The kinds of work of this test alone; `note` leaves a row, `fail` leaves one and then fails."""

    def note(ctx: Ctx, payload: dict[str, Any]) -> None:
        Counter.objects.create(world_id=ctx.world.id, kind=payload["what"], last=ctx.now.minute)

    def fail(ctx: Ctx, payload: dict[str, Any]) -> None:
        note(ctx, payload)
        raise LookupError("the gauge is not known")

    mine: dict[str, Callable[..., Any]] = {"note": note, "fail": fail}
    monkeypatch.setattr(tasks, "_runners", mine)
    return mine


def schedule(world: World, key: str, kind: str = "note", after: timedelta = MINUTE) -> None:
    ctx = worlds.context(world)
    tasks.schedule(ctx, kind, key=key, due_at=NIGHT + after, payload={"what": key})


def due(world: World, after: timedelta = 60 * MINUTE) -> Task | None:
    return tasks.next_due(world.pk, NIGHT + after)


def state(key: str) -> str:
    return Task.objects.get(key=key).state


def test_work_comes_in_the_order_of_due_time_and_key(exercise: World) -> None:
    for key, after in (("b", MINUTE), ("c", 0 * MINUTE), ("a", MINUTE), ("later", 61 * MINUTE)):
        schedule(exercise, key, after=after)
    order = []
    while work := due(exercise):
        order.append(work.key)
        Task.objects.filter(pk=work.pk).update(state=Task.State.DONE)
    assert order == ["c", "a", "b"]


def test_the_same_key_again_moves_nothing_and_repeats_nothing(exercise: World) -> None:
    schedule(exercise, "a")
    schedule(exercise, "a", after=5 * MINUTE)
    tasks.schedule_many(worlds.context(exercise), [("note", "a", NIGHT, {}), ("note", "b", NIGHT, {})])
    assert list(Task.objects.order_by("key").values_list("key", "due_at")) == [
        ("a", NIGHT + MINUTE),
        ("b", NIGHT),
    ]


def test_the_same_key_in_another_world_is_other_work(exercise: World) -> None:
    other = make_exercise()
    schedule(exercise, "a")
    schedule(other, "a")
    assert Task.objects.filter(key="a").count() == 2
    assert tasks.cancel(worlds.context(other), "a") == 1
    assert due(exercise) is not None


def test_work_is_done_once_at_the_moment_it_was_due(exercise: World, runners: object) -> None:
    schedule(exercise, "a", after=17 * MINUTE)
    work = due(exercise)
    assert work is not None
    assert tasks.run(work, exercise)
    assert not tasks.run(work, exercise)
    assert list(Counter.objects.values_list("kind", "last")) == [("a", 17)]
    assert (state("a"), due(exercise)) == ("done", None)


def test_cancelled_work_is_never_done(exercise: World, runners: object) -> None:
    for key in ("call:1:timeout", "call:1:door", "call:2:timeout"):
        schedule(exercise, key)
    work = due(exercise)
    assert work is not None
    assert tasks.cancel(worlds.context(exercise), "call:1:") == 2
    assert not tasks.run(work, exercise)
    assert [state(k) for k in ("call:1:timeout", "call:1:door", "call:2:timeout")] == [
        "cancelled",
        "cancelled",
        "due",
    ]


def test_what_fails_leaves_no_half_effect_and_waits_before_the_next_try(
    exercise: World, runners: object
) -> None:
    schedule(exercise, "bad", "fail")
    work = due(exercise)
    assert work is not None
    tasks.run(work, exercise)
    assert not Counter.objects.exists()
    failed = Task.objects.get(key="bad")
    assert (failed.state, failed.tries) == ("due", 1)
    assert "the gauge is not known" in failed.error
    assert due(exercise) is None


def run_to_death(world: World, key: str) -> None:
    schedule(world, key, "fail")
    for _ in range(tasks.TRIES):
        Task.objects.update(retry_at=None)
        work = due(world)
        assert work is not None
        tasks.run(work, world)


def test_after_four_tries_it_is_a_dead_letter_and_the_rest_goes_on(exercise: World, runners: object) -> None:
    run_to_death(exercise, "bad")
    schedule(exercise, "good")
    Task.objects.update(retry_at=None)
    work = due(exercise)
    assert work is not None
    assert work.key == "good"
    assert [letter.key for letter in tasks.dead_letters(worlds.context(exercise))] == ["bad"]


def test_a_dead_letter_fed_again_after_the_mend_is_done(exercise: World, runners: dict[str, Any]) -> None:
    run_to_death(exercise, "bad")
    runners["fail"] = runners["note"]
    tasks.feed_again(worlds.context(exercise), "bad")
    work = due(exercise)
    assert work is not None
    assert tasks.run(work, exercise)
    assert state("bad") == "done"
    with pytest.raises(Conflict):
        tasks.feed_again(worlds.context(exercise), "bad")


def test_only_an_administrator_feeds_and_only_who_sees_everything_reads(
    exercise: World, runners: object
) -> None:
    run_to_death(exercise, "bad")
    officer = Actor(ref="U-0001", role="duty_officer", permissions=frozenset({"warn.call"}))
    ctx = worlds.context(exercise, actor=officer, scope=Scope.of("0001"))
    assert tasks.dead_letters(ctx) == []
    with pytest.raises(Forbidden):
        tasks.feed_again(ctx, "bad")


def test_a_kind_that_nobody_runs_becomes_a_dead_letter_too(exercise: World, runners: object) -> None:
    schedule(exercise, "a", "unheard of")
    work = due(exercise)
    assert work is not None
    tasks.run(work, exercise)
    assert "unheard of" in Task.objects.get(key="a").error


def test_two_runners_of_one_kind_are_refused() -> None:
    tasks.task("test.twice")(lambda ctx, payload: None)
    try:
        with pytest.raises(ValueError, match=r"test\.twice"):
            tasks.task("test.twice")(lambda ctx, payload: None)
    finally:
        del tasks._runners["test.twice"]


def test_hands_at_once_do_a_piece_of_work_once(durable_exercise: World, runners: object) -> None:
    schedule(durable_exercise, "a")
    work = due(durable_exercise)
    assert work is not None
    done = at_once(*[lambda: tasks.run(work, durable_exercise)] * 4)
    assert sorted(done) == [False, False, False, True]
    assert Counter.objects.count() == 1


def test_a_full_disk_kills_no_work(exercise: World, runners: dict[str, Callable[..., Any]]) -> None:
    def full(ctx: Ctx, payload: dict[str, Any]) -> None:
        raise OperationalError("database or disk is full")

    runners["full"] = full
    schedule(exercise, "a", kind="full")
    for _ in range(2 * tasks.TRIES):
        Task.objects.update(retry_at=None)
        work = due(exercise)
        assert work is not None
        tasks.run(work, exercise)
    assert state("a") == Task.State.DUE
    assert due(exercise) is None, "it rests first"
