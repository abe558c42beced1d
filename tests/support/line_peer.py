"""A provider over real sockets: an HTTP server of our own that answers as we tell it, and remembers what it was asked."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import orjson

Answer = Callable[[str, bytes], tuple[int, Any]]


@dataclass
class Provider:
    """`answer(path, body)` gives status and what is said as JSON; `asked` are paths and bodies so far."""

    address: str = ""
    answer: Answer = lambda path, body: (200, {})
    asked: list[tuple[str, bytes]] = field(default_factory=list)

    def bodies(self, path: str = "") -> list[Any]:
        return [orjson.loads(body) for at, body in self.asked if not path or at.partition("?")[0] == path]


@contextmanager
def provider(answer: Answer) -> Iterator[Provider]:
    told = Provider(answer=answer)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["content-length"]))
            told.asked.append((self.path, body))
            status, said = told.answer(self.path, body)
            raw = said if isinstance(said, bytes) else orjson.dumps(said)
            self.send_response(status)
            self.send_header("content-length", str(len(raw)))
            self.end_headers()
            self.wfile.write(raw)

        def log_message(self, *_: Any) -> None:
            """Quiet."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    told.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield told
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
