"""A gateway as a maker of loggers would bring it: `ADDRESS TENTHS` in a line of text, answered `ok` once it is durable."""

import socket
import socketserver
import threading
from collections.abc import Callable
from contextlib import suppress
from datetime import datetime
from decimal import Decimal
from typing import Any

from anlan.observe.ingest.ingest import Ingest
from anlan.observe.ingest.shapes import NotDurable
from anlan.observe.ingest.typed import Typed


class LineGateway:
    """One thread a connection; for tests."""

    def __init__(
        self,
        ingest: Ingest,
        *,
        host: str,
        port: int,
        clock: Callable[[], datetime],
        on_batch: Callable[[Any], None] | None = None,
    ) -> None:
        self._at, self._ingest, self._clock, self._on_batch = (host, port), ingest, clock, on_batch
        self._lines: list[socket.socket] = []
        self._server: socketserver.ThreadingTCPServer | None = None

    def start(self) -> int:
        gateway = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                gateway._lines.append(self.connection)
                with suppress(OSError):
                    for line in self.rfile:
                        if gateway._take(line):
                            self.wfile.write(b"ok\n")

        self._server = socketserver.ThreadingTCPServer(self._at, Handler)
        threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True).start()
        return int(self._server.server_address[1])

    def stop(self) -> None:
        if self._server is not None:
            self._server.shutdown()
            for line in self._lines:
                with suppress(OSError):
                    line.shutdown(socket.SHUT_RDWR)
            self._server.server_close()  # waits for those who serve a line
            self._server = None

    def _take(self, line: bytes) -> bool:
        """Whether the line may be acknowledged."""
        address, _, tenths = line.decode(errors="replace").strip().partition(" ")
        if not tenths.isascii() or not tenths.isdigit():
            return False
        now = self._clock()
        try:
            self._ingest.type_in([Typed(address, "22", now, Decimal(tenths) / 10)], known_at=now)
        except (NotDurable, LookupError, ValueError):
            return False
        if self._on_batch:
            self._on_batch(line)
        return True
