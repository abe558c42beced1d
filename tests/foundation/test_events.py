"""Handlers: each entry handled once, the cursor and the effect in one transaction, one bad entry stops nothing."""

from functools import partial
from itertools import count
from typing import Any

import pytest
from django.db import transaction

from anlan.foundation import events, journal, tasks, worlds
from anlan.foundation.context import Ctx
from anlan.foundation.models import Counter, Cursor, Task, World
from tests.foundation.conftest import NIGHT


class PowerCut(BaseException):
    """What no `except Exception` may swallow."""


@pytest.fixture(autouse=True)
def handlers(monkeypatch: pytest.MonkeyPatch) -> dict[str, list[Any]]:
    mine: dict[str, list[Any]] = {}
    monkeypatch.setattr(events, "_handlers", mine)
    return mine


def note(world: World, name: str, **body: Any) -> None:
    with transaction.atomic():
        journal.append(worlds.context(world), name, refs={}, body=body)


def remember(ctx: Ctx, entry: dict[str, Any]) -> None:
    Counter.objects.create(world_id=ctx.world.id, kind=f"seen {entry['seq']}", last=ctx.now.minute)


def seen() -> list[str]:
    return list(Counter.objects.order_by("pk").values_list("kind", flat=True))


def test_an_entry_is_handled_once_with_the_clock_at_its_moment(exercise: World) -> None:
    events.on("warn.test.opened")(remember)
    note(exercise, "warn.test.opened")
    note(exercise, "warn.test.other")
    worlds.advance(exercise.pk, NIGHT.replace(minute=40))
    assert events.step(exercise) == 2
    assert events.step(exercise) == 0
    assert list(Counter.objects.values_list("kind", "last")) == [("seen 1", 0)]
    assert Cursor.objects.get(reader="engine").seq == 2


def test_what_a_handler_appends_is_handled_in_the_next_step(exercise: World) -> None:
    def follow(ctx: Ctx, entry: dict[str, Any]) -> None:
        journal.append(ctx, "warn.test.followed", refs={}, body={})

    events.on("warn.test.opened")(follow)
    events.on("warn.test.followed")(remember)
    note(exercise, "warn.test.opened")
    while events.step(exercise):
        pass
    assert seen() == ["seen 2"]


def test_a_power_cut_between_effect_and_cursor_undoes_both(durable_exercise: World) -> None:
    def cut(ctx: Ctx, entry: dict[str, Any]) -> None:
        raise PowerCut

    registered = events.on("warn.test.opened")
    registered(remember)
    registered(cut)
    note(durable_exercise, "warn.test.opened")
    with pytest.raises(PowerCut):
        events.step(durable_exercise)
    assert (seen(), Cursor.objects.get(reader="engine").seq) == ([], 0)
    events._handlers["warn.test.opened"].pop()
    events.step(durable_exercise)
    assert seen() == ["seen 1"]


def test_a_handler_that_fails_becomes_due_work_and_the_others_go_on(exercise: World) -> None:
    broken = [True]

    def fails(ctx: Ctx, entry: dict[str, Any]) -> None:
        Counter.objects.create(world_id=ctx.world.id, kind="half an effect")
        if broken:
            raise LookupError("no such place")

    registered = events.on("warn.test.opened")
    registered(fails)
    registered(remember)
    note(exercise, "warn.test.opened")
    note(exercise, "warn.test.opened")
    events.step(exercise)
    assert seen() == ["seen 1", "seen 2"]
    assert list(Task.objects.order_by("key").values_list("key", flat=True)) == ["event:1:0", "event:2:0"]

    broken.clear()
    work = tasks.next_due(exercise.pk, NIGHT)
    assert work is not None
    tasks.run(work, exercise)
    assert seen() == ["seen 1", "seen 2", "half an effect"]


def test_another_reader_that_was_quicker_leaves_nothing_to_do(
    exercise: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    events.on("warn.test.opened")(remember)
    note(exercise, "warn.test.opened")
    Cursor.objects.create(world=exercise, reader="engine", seq=1)
    monkeypatch.setattr(
        events, "_read_to", lambda world: (0, "")
    )  # what this reader saw before the other one came
    events.step(exercise)
    assert seen() == []


def test_many_entries_without_a_handler_are_passed_in_one_step(
    exercise: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(events, "is_long", lambda: False)  # a busy machine may stop between two
    with transaction.atomic():
        notes = [journal.Note("warn.test.quiet", {}, {"n": n}) for n in range(150)]
        journal.append_many(worlds.context(exercise), notes)
    assert events.step(exercise) == 150
    assert Cursor.objects.get(reader="engine").seq == 150


def test_a_handler_with_much_to_do_lets_go_between_its_pieces_and_repeats_none(
    durable_exercise: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its pieces stand one by one; a power cut in the second costs only that one."""
    cut = [True]
    monkeypatch.setattr(events, "is_long", lambda: True)

    def mark(ctx: Ctx, name: str) -> None:
        Counter.objects.create(world_id=ctx.world.id, kind=name)
        if name == "b" and cut:
            cut.clear()
            raise PowerCut

    registered = events.on("warn.test.opened")
    registered(lambda ctx, entry: [partial(mark, ctx, name) for name in "abc"])
    registered(remember)
    note(durable_exercise, "warn.test.opened")
    events.step(durable_exercise)
    assert (seen(), Cursor.objects.get(reader="engine").seq) == (["a"], 0)
    with pytest.raises(PowerCut):
        events.step(durable_exercise)
    while events.step(durable_exercise):
        pass
    assert seen() == ["a", "b", "c", "seen 1"]
    assert Cursor.objects.get(reader="engine").seq == 1


@pytest.mark.parametrize("moment", range(1, 8))
def test_no_entry_is_passed_over_whenever_its_transaction_becomes_long(
    exercise: World, monkeypatch: pytest.MonkeyPatch, moment: int
) -> None:
    events.on("warn.test.opened")(remember)
    for n in range(4):
        note(exercise, "warn.test.opened", n=n)
    asked = count(1)
    monkeypatch.setattr(events, "is_long", lambda: next(asked) >= moment)
    while events.step(exercise):
        pass
    assert seen() == [f"seen {n}" for n in range(1, 5)]
