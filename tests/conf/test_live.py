"""Live push through the front door itself: cut by scope, replayed by Last-Event-ID, and no viewer slows another."""

import asyncio
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction

from anlan.conf import asgi
from anlan.foundation import journal, live
from tests.support.city import LIULIN_PATH, Mini, make_city
from tests.support.loops import alone
from tests.support.patience import PATIENCE_S

pytestmark = pytest.mark.django_db(transaction=True)


class Visitor:
    """A browser that opens a stream and reads what comes."""

    def __init__(self, session: str, world: str, last: int | None = None, query: str = "") -> None:
        headers = [(b"cookie", f"sessionid={session}".encode())]
        headers += [(b"last-event-id", str(last).encode())] if last is not None else []
        self._scope = {
            "type": "http",
            "method": "GET",
            "path": f"/w/{world}/live",
            "headers": headers,
            "query_string": query.encode(),
        }
        self._gone = asyncio.Event()
        self.status = 0
        self.heard = ""

    async def _receive(self) -> dict[str, Any]:
        await self._gone.wait()
        return {"type": "http.disconnect"}

    async def _send(self, message: dict[str, Any]) -> None:
        self.status = message.get("status", self.status)
        self.heard += message.get("body", b"").decode()

    async def watch(self, until: str, seconds: float = PATIENCE_S) -> None:
        """Read until the text was heard, or the stream ended, or the time is over; then leave."""
        stream = asyncio.create_task(asgi.app(self._scope, self._receive, self._send))
        deadline = asyncio.get_running_loop().time() + seconds
        while until not in self.heard and not stream.done() and asyncio.get_running_loop().time() < deadline:
            await asyncio.sleep(0.02)
        self._gone.set()
        await asyncio.wait_for(stream, PATIENCE_S)


@pytest.fixture
def mini(monkeypatch: pytest.MonkeyPatch) -> Iterator[Mini]:
    """The small city, and a hub of its own for each test's loop."""
    hub = live.Hub()
    monkeypatch.setattr(live, "hub", hub)
    yield make_city().exercise()
    hub._viewers.clear()


def session(mini: Mini, role: str) -> str:
    return mini.client(role).session.session_key or ""


def say(mini: Mini, name: str, place: str) -> None:
    with transaction.atomic():
        journal.append(mini.ctx(), name, refs={"thing": "T-1"}, body={}, place=place)


def test_without_a_session_there_is_no_stream(mini: Mini) -> None:
    visitor = Visitor("", mini.world.key)
    alone(visitor.watch("never"))
    assert (visitor.status, visitor.heard) == (401, "")


def test_what_was_missed_comes_first_cut_by_scope(mini: Mini) -> None:
    for number in range(3):
        say(mini, f"warn.test.n{number}", LIULIN_PATH)
    say(mini, "warn.test.elsewhere", "00010002")
    officer = Visitor(session(mini, "duty_officer"), mini.world.key, last=1)
    foreign = Visitor(session(mini, "foreign"), mini.world.key, last=0)
    alone(officer.watch("warn.test.n2"))
    alone(foreign.watch("warn.test.elsewhere"))
    assert "id: 2\n" in officer.heard
    assert "id: 1\n" not in officer.heard
    assert "elsewhere" not in officer.heard
    assert "warn.test.elsewhere" in foreign.heard
    assert "warn.test.n" not in foreign.heard


def test_what_happened_between_the_page_and_its_stream_is_not_missed(mini: Mini) -> None:
    for number in range(3):
        say(mini, f"warn.test.n{number}", LIULIN_PATH)
    key = session(mini, "duty_officer")
    visitor = Visitor(key, mini.world.key, query="after=2")
    back = Visitor(key, mini.world.key, last=2, query="after=1")
    alone(visitor.watch("warn.test.n2"))
    alone(back.watch("warn.test.n2"))
    assert "id: 2\n" not in visitor.heard
    assert "warn.test.n2" in visitor.heard
    assert "id: 2\n" not in back.heard, "what was heard last counts, not what the page began with"


@pytest.mark.parametrize("after", ["", "x", "\u00b2", "-1", "9" * 40])
def test_a_number_that_is_none_opens_the_stream_as_of_now(mini: Mini, after: str) -> None:
    visitor = Visitor(session(mini, "duty_officer"), mini.world.key, query=f"after={after}")
    alone(visitor.watch("retry"))
    assert visitor.status == 200


def test_what_happens_now_reaches_who_may_see_it_and_nobody_else(mini: Mini) -> None:
    officer = Visitor(session(mini, "duty_officer"), mini.world.key)
    foreign = Visitor(session(mini, "foreign"), mini.world.key)

    async def evening() -> None:
        watching = [asyncio.create_task(v.watch("warn.test.after")) for v in (officer, foreign)]
        while not (officer.heard and foreign.heard):
            await asyncio.sleep(0.02)
        await asyncio.to_thread(say, mini, "warn.test.liulin", LIULIN_PATH)
        await asyncio.to_thread(say, mini, "warn.test.after", "00010002")
        await asyncio.to_thread(say, mini, "warn.test.after", LIULIN_PATH)
        await asyncio.gather(*watching)

    alone(evening())
    assert "warn.test.liulin" in officer.heard
    assert "warn.test.after" in foreign.heard
    assert "liulin" not in foreign.heard


def test_a_stream_ends_when_its_session_does(mini: Mini, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(asgi, "SESSION_CHECK_SECONDS", 0.05)
    client = mini.client("leader")
    visitor = Visitor(client.session.session_key or "", mini.world.key)

    async def evening() -> None:
        watching = asyncio.create_task(visitor.watch("never"))
        while not visitor.heard:
            await asyncio.sleep(0.02)
        await asyncio.to_thread(client.post, "/sign-out")
        await asyncio.wait_for(watching, PATIENCE_S)

    alone(evening())
    assert visitor.status == 200


def test_a_viewer_who_does_not_drink_is_let_go_and_the_others_hear_everything() -> None:
    from anlan.foundation.scope import Scope

    async def evening() -> tuple[bool, int]:
        hub = live.Hub()
        slow, quick = live.Viewer(1, Scope.everywhere()), live.Viewer(1, Scope.everywhere())
        hub._viewers |= {slow, quick}
        heard = 0
        for seq in range(1, live.QUEUE + 10):
            hub._deliver([live.Event(1, seq, "", b"")])
            quick.queue.get_nowait()
            heard += 1
        return slow.gone and slow not in hub._viewers, heard

    assert alone(evening()) == (True, live.QUEUE + 9)


def test_a_body_is_read_from_whatever_awaitable_the_server_hands_out() -> None:
    """The bridge to WSGI takes coroutines alone; a server may hand out futures."""

    async def read() -> dict[str, Any]:
        future = asyncio.get_running_loop().create_future()
        future.set_result({"type": "http.request", "body": b"holder"})
        received = asgi._received(lambda: future)
        assert asyncio.iscoroutine(received)
        return await received

    assert alone(read())["body"] == b"holder"
