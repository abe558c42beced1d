"""A poor mobile line before a server: each answer begins late, and all of them share few bytes a second."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

LATENCY_S = 0.6
BYTES_A_SECOND = 50_000 // 8
PIECE = 125


def seconds(size: int) -> float:
    """When the last of so many bytes is there."""
    return LATENCY_S + size / BYTES_A_SECOND


@contextmanager
def slow_line(to: str) -> Iterator[str]:
    """The address that stands for `to`, "http://127.0.0.1:port", at the far end of the line."""
    host, _, port = to.removeprefix("http://").partition(":")
    air, ends, free = threading.Lock(), [], [0.0]  # when the line is free again

    def send(near: socket.socket, far: socket.socket) -> None:
        while piece := far.recv(PIECE):
            with air:
                free[0] = max(free[0], time.monotonic()) + len(piece) / BYTES_A_SECOND
                time.sleep(max(0.0, free[0] - time.monotonic()))
                near.sendall(piece)

    def ask(near: socket.socket, far: socket.socket) -> None:
        while piece := near.recv(1 << 16):
            time.sleep(LATENCY_S)
            far.sendall(piece)

    def quietly(do: object, *pair: socket.socket) -> None:
        with suppress(OSError):  # one of the two has gone
            do(*pair)  # type: ignore[operator]

    with socket.create_server(("127.0.0.1", 0)) as door:

        def accept() -> None:
            while True:
                near, _ = door.accept()
                far = socket.create_connection((host, int(port)))
                ends.extend((near, far))
                for do in (send, ask):
                    threading.Thread(target=quietly, args=(do, near, far), daemon=True).start()

        threading.Thread(target=quietly, args=(accept,), daemon=True).start()
        try:
            yield f"http://127.0.0.1:{door.getsockname()[1]}"
        finally:
            door.shutdown(socket.SHUT_RDWR)
            for each in ends:
                each.close()
