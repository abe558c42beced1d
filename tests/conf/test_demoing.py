"""The demo tells its link when whoever opens it is answered, and not before."""

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer

import pytest

from anlan.conf import demoing
from tests.support.ports import free_port


class Door(BaseHTTPRequestHandler):
    """Pages that answer, although a part is not well yet."""

    def do_GET(self) -> None:
        self.send_response(503)
        self.end_headers()

    def log_message(self, *args: object) -> None: ...


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def doors() -> Iterator[list[HTTPServer]]:
    opened: list[HTTPServer] = []
    yield opened
    for door in opened:
        door.shutdown()
        door.server_close()


def test_the_link_is_printed_only_when_the_pages_answer(
    port: int, doors: list[HTTPServer], monkeypatch: pytest.MonkeyPatch
) -> None:
    said: list[str] = []
    asked = threading.Event()
    answers = demoing._answers
    monkeypatch.setattr(demoing, "_answers", lambda url: [answers(url), asked.set()][0])
    monkeypatch.setattr(demoing, "welcome", lambda entry: said.append(entry) or entry)
    entry = f"http://127.0.0.1:{port}/sign-in/link/abc"
    waiting = threading.Thread(target=demoing._welcome, args=(entry, False), daemon=True)
    waiting.start()
    assert asked.wait(30)
    assert not said
    doors.append(HTTPServer(("127.0.0.1", port), Door))
    threading.Thread(target=doors[0].serve_forever, daemon=True).start()
    waiting.join(30)
    assert said == [entry]
