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


ROUNDS = 24
STEADY = 5.0


def _stamp(minute: int) -> bytes:
    """A minute of the last half hour, Beijing time: each report of a station tells of the next one."""
    at = time.time() // 60 * 60 + (minute - ROUNDS) * 60 + 8 * 3600
    return bytes.fromhex(time.strftime("%y%m%d%H%M%S", time.gmtime(at)))


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
        """Every station sends its next frame when the last was answered; answers, and answers a second at best.

        "At best" is the best run of `STEADY` seconds on end: others use this machine as well.
        """
        frames = self._prepared()
        serial = dict.fromkeys(self._open, 0)
        times: list[float] = []
        for handle, (line, _) in self._open.items():
            line.send(frames[handle][0])
        waiting, end = len(self._open), time.perf_counter() + seconds
        while waiting:
            ready = self._poll.poll(20.0, 4096)
            more = time.perf_counter() < end
            for handle, _ in ready:
                line = self._open[handle][0]
                heard = line.recv(64)
                assert len(heard) == 25, heard
                serial[handle] += 1
                if more and serial[handle] < ROUNDS:
                    line.send(frames[handle][serial[handle]])
                else:
                    waiting -= 1
            times += [time.perf_counter()] * len(ready)
        return len(times), _best(times)

    def _prepared(self) -> dict[int, list[bytes]]:
        stamps = [_stamp(n) for n in range(ROUNDS)]
        return {
            handle: [_frame(address, n + 1, stamps[n]) for n in range(ROUNDS)]
            for handle, (_, address) in self._open.items()
        }


def _best(times: list[float]) -> float:
    """The most answers in `STEADY` seconds on end, a second."""
    most, first = 0, 0
    for last, at in enumerate(times):
        while times[first] < at - STEADY:
            first += 1
        most = max(most, last - first + 1)
    return most / min(STEADY, times[-1] - times[0])
