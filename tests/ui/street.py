"""A small web server for the browser tests of the kit: the pages given, the product's own static files, its own content policy."""

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from mimetypes import guess_type
from typing import Any

from django.contrib.staticfiles import finders

from anlan.conf.middleware import CSP
from anlan.ui.assets import PHONE_POLICY

Reply = str | bytes | dict[str, Any]
Pages = dict[str, Reply | Callable[["Visit"], Reply | tuple[int, Reply]]]


class Visit(BaseHTTPRequestHandler):
    """One request; `pages` and `seen` hang on the class that `serve` makes."""

    pages: Pages
    seen: list[str]
    body: str = ""

    def do_GET(self) -> None:
        self.seen.append(f"{self.command} {self.path}")
        path = self.path.split("?")[0]
        if path.startswith("/static/"):
            return self._static(path.removeprefix("/static/"))
        page = self.pages.get(path)
        if page is None:
            return self._send(404, b"", "text/plain")
        status, reply = 200, page(self) if callable(page) else page
        if isinstance(reply, tuple):
            status, reply = reply
        kind = "application/json" if isinstance(reply, dict) else "text/html; charset=utf-8"
        raw = (
            json.dumps(reply).encode()
            if isinstance(reply, dict)
            else reply.encode()
            if isinstance(reply, str)
            else reply
        )
        return self._send(status, raw, kind)

    def do_POST(self) -> None:
        self.body = self.rfile.read(int(self.headers.get("Content-Length", 0))).decode()
        self.do_GET()

    def _static(self, name: str) -> None:
        found = finders.find(name)
        if not found:
            return self._send(404, b"", "text/plain")
        kind = (
            "text/javascript" if name.endswith(".mjs") else guess_type(name)[0] or "application/octet-stream"
        )
        with open(found, "rb") as file:
            return self._send(200, file.read(), kind)

    def _send(self, status: int, raw: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(raw)))
        self.send_header("Content-Security-Policy", PHONE_POLICY if b"<style>" in raw else CSP)
        self.end_headers()
        self.wfile.write(raw)

    def log_message(self, *_: Any) -> None:
        """Silent."""


@contextmanager
def serve(pages: Pages) -> Iterator[tuple[str, list[str]]]:
    """The address of a running server and the list of what was asked of it."""
    seen: list[str] = []
    visit = type("VisitHere", (Visit,), {"pages": pages, "seen": seen})
    server = ThreadingHTTPServer(("127.0.0.1", 0), visit)
    server.daemon_threads = True
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", seen
    finally:
        server.shutdown()
        server.server_close()
