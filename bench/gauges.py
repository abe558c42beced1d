"""Thousands of simulated stations in one process: plain sockets over epoll, frames prepared as bytes."""

import resource
import select
import socket
import struct
import time

from anlan.wire.sl651.crc import crc16


def _frame(address: str, serial: int, stamp: bytes) -> bytes:
    """A timed report of five-minute rain and voltage, made by hand: encoding must not be what is measured."""
    station = bytes.fromhex(address)
    rain = bytes.fromhex(f"{serial % 300:06d}")
    body = (
        struct.pack(">H", serial)
        + stamp
        + b"\xf1\xf1"
        + station
        + b"P\xf0\xf0"
        + stamp[:5]
        + b"\x22\x19"
        + rain
        + b"\x38\x12\x12\x50"
    )
    head = b"\x7e\x7e\x01" + station + b"\x12\x34\x32" + struct.pack(">H", len(body)) + b"\x02"
    data = head + body + b"\x03"
    return data + struct.pack(">H", crc16(data))


class Field:
    """Stations of one gateway."""

    def __init__(self, port: int, addresses: list[str]) -> None:
        _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        self._target = ("127.0.0.1", port)
        self._addresses = addresses
        self._open: dict[int, tuple[socket.socket, str]] = {}
        self._poll = select.epoll()

    def connect(self) -> None:
        for address in self._addresses:
            line = socket.create_connection(self._target, timeout=20)
            line.setblocking(False)
            line.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._open[line.fileno()] = (line, address)
            self._poll.register(line.fileno(), select.EPOLLIN)

    def count(self) -> int:
        """Those that the gateway did not turn away."""
        for handle, _ in self._poll.poll(0.5, 100_000):
            self._poll.unregister(handle)
            self._open.pop(handle)[0].close()
        return len(self._open)

    def report(self, seconds: float) -> tuple[int, float]:
        """Every station sends its next frame when the last was answered; (answers, seconds)."""
        serial = dict.fromkeys(self._open, 1)
        stamp = bytes.fromhex(time.strftime("%y%m%d%H%M%S", time.gmtime(time.time() + 8 * 3600)))
        began, answered, waiting = time.perf_counter(), 0, len(self._open)
        for line, address in self._open.values():
            line.send(_frame(address, 1, stamp))
        end = began + seconds
        while waiting:
            more = time.perf_counter() < end
            for handle, _ in self._poll.poll(10.0, 4096):
                line, address = self._open[handle]
                heard = line.recv(64)
                assert len(heard) == 25, heard
                answered += 1
                if more:
                    serial[handle] += 1
                    line.send(_frame(address, serial[handle], stamp))
                else:
                    waiting -= 1
        return answered, time.perf_counter() - began
