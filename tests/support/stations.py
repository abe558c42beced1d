"""Stations of a test: frames as they send them, and a socket that says what it hears."""

import socket
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal

from anlan.wire.sl651.build import Uplink, Value
from anlan.wire.sl651.codes import Control, Encoding
from anlan.wire.sl651.message import encode_message
from tests.support.patience import PATIENCE_S

PASSWORD = 0x1234
NOW = datetime(2021, 8, 11, 20, 0, tzinfo=UTC)  # 04:00 in Beijing
RAIN, RIVER, STRANGER = "0042130001", "0042130003", "0099999999"


def report(
    address: str,
    at: datetime,
    *,
    serial: int = 1,
    password: int = PASSWORD,
    encoding: Encoding = Encoding.HEX,
    sent_at: datetime | None = None,
    end: int = Control.ETX,
    **values: Value,
) -> bytes:
    """A timed report: `report("0042130001", at, x22="1.5", x26="10.0")`."""
    uplink = Uplink(station=address, password=password, encoding=encoding)
    pairs = [(code.removeprefix("x"), value) for code, value in values.items()]
    return encode_message(
        uplink.message(
            function=0x32,
            serial=serial,
            sent_at=sent_at or at + timedelta(seconds=2),
            groups=[(address, "P", at, pairs)],
            end=end,
        )
    )


def rain(address: str, at: datetime, tenths: int, **more: int) -> bytes:
    """Five-minute rain, as most gauges send it."""
    return report(address, at, x22=Decimal(tenths) / 10, **more)  # type: ignore[arg-type]


class Line:
    """One station's TCP connection."""

    def __init__(self, port: int, timeout: float = PATIENCE_S, *, source: str = "127.0.0.1") -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout, (source, 0))
        self._file = self.socket.makefile("rb")

    def send(self, data: bytes) -> None:
        self.socket.sendall(data)

    def answer(self) -> bytes:
        """One whole HEX answer; empty when the centre hung up."""
        head = self._file.read(14)
        if len(head) < 14:
            return b""
        return head + self._file.read((int.from_bytes(head[11:13], "big") & 0x0FFF) + 3)

    def answers(self, count: int) -> list[bytes]:
        return [self.answer() for _ in range(count)]

    def is_silent(self, seconds: float = 0.3) -> bool:
        """Nothing comes for a while."""
        self.socket.settimeout(seconds)
        try:
            return self.socket.recv(1) == b"nothing at all"
        except TimeoutError:
            return True
        finally:
            self.socket.settimeout(PATIENCE_S)

    def is_cut(self) -> bool:
        """The centre ended the connection."""
        try:
            return self.socket.recv(1) == b""
        except ConnectionError:
            return True

    def close(self) -> None:
        self._file.close()
        self.socket.close()


def ends(answers: Sequence[bytes]) -> list[int]:
    """The end characters of answers."""
    return [a[-3] for a in answers]
