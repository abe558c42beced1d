"""The front door takes a thread only for a request that is whole; phones, the watchdog and sign-ins wait for nobody's page."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from anlan.conf import asgi
from tests.support.loops import alone

Message = dict[str, Any]


class Backstage:
    """Stands for Django: remembers which requests took a thread, and what body each had."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []

    async def __call__(self, scope: Message, receive: Callable[[], Awaitable[Message]], send: Any) -> None:
        self.bodies.append((await receive())["body"])
        await send({"type": "http.response.start", "status": 200, "headers": []})


@pytest.fixture
def pools(monkeypatch: pytest.MonkeyPatch) -> dict[str, Backstage]:
    made = {name: Backstage() for name in ("_pages", "_phones", "_sign_ins")}
    for name, stage in made.items():
        monkeypatch.setattr(asgi, name, stage)
    return made


def ask(path: str, *chunks: bytes, ends: bool = True, length: int | None = None) -> list[int]:
    """One request whose body comes in chunks and then ends, or never does; the statuses that were answered."""
    parts = [
        {"type": "http.request", "body": chunk, "more_body": not ends or n < len(chunks) - 1}
        for n, chunk in enumerate(chunks)
    ]
    said: list[int] = []

    async def receive() -> Message:
        return parts.pop(0) if parts else await asyncio.Future()

    async def send(message: Message) -> None:
        said.extend([message["status"]] if "status" in message else [])

    headers = [] if length is None else [(b"content-length", str(length).encode())]
    alone(asgi.app({"type": "http", "path": path, "method": "POST", "headers": headers}, receive, send))
    return said


def test_a_body_in_pieces_arrives_whole(pools: dict[str, Backstage]) -> None:
    assert ask("/account/language", b"language", b"=en") == [200]
    assert pools["_pages"].bodies == [b"language=en"]


def test_a_slow_body_takes_no_thread_and_is_refused_in_time(
    pools: dict[str, Backstage], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asgi, "BODY_SECONDS", 0.02)
    assert ask("/sign-in", b"a", ends=False, length=100_000) == [408]
    assert pools["_sign_ins"].bodies == []


def test_a_body_too_large_is_refused_before_it_is_read_and_while_it_is(
    pools: dict[str, Backstage], settings: Any
) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10
    assert ask("/imports", length=11) == [413]
    assert ask("/imports", b"12345", b"678901", ends=False) == [413]
    assert pools["_pages"].bodies == []


def test_bodies_that_wait_for_their_rest_share_one_budget(
    pools: dict[str, Backstage], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asgi, "ALL_BODIES_BYTES", 8)
    assert ask("/imports", b"123456789", ends=False) == [503]
    assert ask("/imports", b"12345") == [200]  # what was refused is no longer counted


def test_phones_the_watchdog_and_sign_ins_have_threads_of_their_own(pools: dict[str, Backstage]) -> None:
    for path in ("/a/live/abc", "/healthz", "/sign-in", "/w/live/desk"):
        assert ask(path, b"") == [200]
    assert {name: len(stage.bodies) for name, stage in pools.items()} == {
        "_pages": 1,
        "_phones": 2,
        "_sign_ins": 1,
    }


def test_a_crowd_at_the_sign_in_is_told_to_come_again(
    pools: dict[str, Backstage], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asgi, "MOST_SIGN_INS", 0)
    assert ask("/sign-in", b"") == [503]
