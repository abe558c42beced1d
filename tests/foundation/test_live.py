"""Live push: each viewer gets what lies in its scope, nothing twice, what it missed; a slow one harms nobody."""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from typing import Any

import pytest
from django.db import connections, transaction

from anlan.foundation import journal, live, worlds
from anlan.foundation.live import Hub
from anlan.foundation.models import World
from anlan.foundation.scope import Scope
from tests.support.loops import alone
from tests.support.patience import PATIENCE_S

ALL = Scope.everywhere()


def write(world: World, count: int, place: str = "0001") -> None:
    with transaction.atomic():
        notes = [journal.Note("warn.test.noted", {"test": "T-1"}, {"n": n}, place) for n in range(count)]
        journal.append_many(worlds.context(world), notes)


def in_loop(story: Callable[[], Coroutine[Any, Any, None]]) -> None:
    async def told() -> None:
        try:
            await story()
        finally:
            await asyncio.to_thread(connections.close_all)

    alone(told())


async def here(what: Callable[..., Any], *args: Any) -> Any:
    """In a thread, as Django wants it; its connection is closed so that the test's database can go."""

    def work() -> Any:
        try:
            return what(*args)
        finally:
            connections.close_all()

    return await asyncio.to_thread(work)


@pytest.fixture(autouse=True)
def missed_in_place(monkeypatch: pytest.MonkeyPatch) -> None:
    """The look for what was missed closes its thread's connection too."""
    missed = live._missed

    def closing(*args: Any) -> Any:
        try:
            return missed(*args)
        finally:
            connections.close_all()

    monkeypatch.setattr(live, "_missed", closing)


def hub_by_hand() -> Hub:
    """A hub whose poller is the test itself: `read` looks once."""
    hub = Hub()
    hub._loop = asyncio.get_running_loop()
    return hub


async def read(hub: Hub) -> None:
    await here(hub._read)
    await asyncio.sleep(0)


async def next_of(stream: AsyncIterator[bytes]) -> bytes:
    return await asyncio.wait_for(anext(stream), PATIENCE_S)


def numbers(chunk: bytes) -> list[int]:
    return [int(line[4:]) for line in chunk.decode().splitlines() if line.startswith("id: ")]


def test_what_happens_is_pushed_to_those_who_may_see_it(durable_exercise: World) -> None:
    async def story() -> None:
        hub = hub_by_hand()
        town = hub.watch(durable_exercise.pk, Scope.of("000100010001"), None)
        city = hub.watch(durable_exercise.pk, ALL, None)
        assert [await next_of(s) for s in (town, city)] == [b"retry: 1000\n\n"] * 2
        await read(hub)
        await here(write, durable_exercise, 1, "00010002")
        await here(write, durable_exercise, 1, "0001000100010002")
        await read(hub)
        assert numbers(await next_of(town)) == [2]
        assert numbers(await next_of(city)) == [1, 2]

    in_loop(story)


def test_a_push_names_the_thing_and_never_its_text(durable_exercise: World) -> None:
    write(durable_exercise, 1)
    event = live.event_of(journal.tail(durable_exercise.pk, 0)[0])
    assert b'"subject": "T-1"' in event.wire
    assert b"body" not in event.wire
    assert event.wire.startswith(b"id: 1\nevent: journal\ndata: {")
    assert event.wire.endswith(b"\n\n")


def test_who_comes_back_gets_what_was_missed_and_nothing_twice(durable_exercise: World) -> None:
    write(durable_exercise, 5)

    async def story() -> None:
        hub = hub_by_hand()
        stream = hub.watch(durable_exercise.pk, ALL, 3)
        assert numbers(await next_of(stream)) == [4, 5]
        hub._seen[durable_exercise.pk] = 3  # the poller had not come so far
        await here(write, durable_exercise, 1)
        await read(hub)
        assert numbers(await next_of(stream)) == [6]

    in_loop(story)


def test_what_was_missed_is_cut_by_scope_too(durable_exercise: World) -> None:
    write(durable_exercise, 2, "00010001")
    write(durable_exercise, 2, "00010002")

    async def story() -> None:
        stream = hub_by_hand().watch(durable_exercise.pk, Scope.of("00010002"), 0)
        assert numbers(await next_of(stream)) == [3, 4]

    in_loop(story)


def test_after_a_long_absence_the_page_is_told_to_load_anew(
    durable_exercise: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "MISSED_AT_MOST", 3)
    write(durable_exercise, 5)

    async def story() -> None:
        stream = hub_by_hand().watch(durable_exercise.pk, ALL, 1)
        first = await next_of(stream)
        assert b"event: reload" in first
        assert numbers(first) == [5]

    in_loop(story)


def test_a_viewer_that_does_not_drink_is_let_go_and_the_others_get_everything(
    durable_exercise: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    many = live.QUEUE + 20

    async def story() -> None:
        hub = hub_by_hand()
        slow = hub.watch(durable_exercise.pk, ALL, None)
        quick = hub.watch(durable_exercise.pk, ALL, None)
        await next_of(slow)
        await next_of(quick)
        await read(hub)
        got: list[int] = []
        for count in (live.QUEUE // 2, live.QUEUE // 2, many - live.QUEUE):
            await here(write, durable_exercise, count)
            await read(hub)
            while got[-1:] != [hub._seen[durable_exercise.pk]]:
                got += numbers(await next_of(quick))
        assert got == list(range(1, many + 1))
        assert len(hub._viewers) == 1
        held = [chunk async for chunk in slow]
        assert [n for chunk in held for n in numbers(chunk)] == list(range(1, live.QUEUE + 1))

    in_loop(story)


def test_what_happens_while_a_viewer_arrives_is_not_lost(durable_exercise: World) -> None:
    async def story() -> None:
        hub = hub_by_hand()
        stream = hub.watch(durable_exercise.pk, ALL, None)
        await next_of(stream)
        await here(write, durable_exercise, 1)
        await read(hub)  # the poller's first look
        assert numbers(await next_of(stream)) == [1]

    in_loop(story)


def test_when_nothing_happens_a_beat_keeps_the_line_open(
    durable_exercise: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "BEAT_SECONDS", 0.01)

    async def story() -> None:
        hub = hub_by_hand()
        stream = hub.watch(durable_exercise.pk, ALL, None)
        beats = asyncio.create_task(hub._beat())
        assert [await next_of(stream), await next_of(stream)] == [b"retry: 1000\n\n", b": beat\n\n"]
        beats.cancel()

    in_loop(story)


def test_who_leaves_is_forgotten(durable_exercise: World) -> None:
    async def story() -> None:
        hub = hub_by_hand()
        stream = hub.watch(durable_exercise.pk, ALL, None)
        await next_of(stream)
        assert len(hub._viewers) == 1
        await stream.aclose()  # type: ignore[attr-defined]
        assert not hub._viewers

    in_loop(story)
