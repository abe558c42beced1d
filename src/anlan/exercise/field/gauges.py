"""The gauges of an exercise: one TCP connection each, SL 651 frames, and the patience to wait for the acknowledgement."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

from anlan.exercise.rules.night import Night
from anlan.wire.sl651.build import encode_uplink

TIMED = 0x32
RAIN_5MIN, RAIN_TOTAL, STAGE, VOLTAGE = "22", "26", "39", "38"
ACK_SECONDS = 20.0
TRIES = 3


@dataclass
class Line:
    """One gauge's connection."""

    address: str
    reader: asyncio.StreamReader | None = None
    writer: asyncio.StreamWriter | None = None
    lock: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def send(self, frame: bytes, host: str, port: int) -> bool:
        """Send until acknowledged; False when the centre did not answer in time."""
        for _ in range(TRIES):
            try:
                return await asyncio.wait_for(self._once(frame, host, port), ACK_SECONDS)
            except (TimeoutError, OSError, asyncio.IncompleteReadError):
                self.drop()
                await asyncio.sleep(0.2)
        return False

    async def _once(self, frame: bytes, host: str, port: int) -> bool:
        if self.writer is None or self.reader is None:
            self.reader, self.writer = await asyncio.open_connection(host, port)
        self.writer.write(frame)
        head = await self.reader.readexactly(13)
        size = int.from_bytes(head[11:13], "big") & 0x0FFF
        rest = await self.reader.readexactly(1 + size + 3)
        return rest[-3] in (0x06, 0x04, 0x1B)  # ACK, EOT, ESC

    def drop(self) -> None:
        if self.writer is not None:
            self.writer.close()
        self.reader = self.writer = None


class Gauges:
    """All gauges of the night."""

    def __init__(self, night: Night) -> None:
        self._night = night
        self._lines = [Line(a) for a in (*night.rain_addresses, *night.stage_addresses)]
        self._total = night.accumulated()
        self._rain = {a: i for i, a in enumerate(night.rain_addresses)}
        self._stage = {a: i for i, a in enumerate(night.stage_addresses)}

    async def tick(self, n: int, host: str, port: int, passwords: Mapping[str, str]) -> tuple[int, int]:
        """Send tick n of every gauge and wait for each acknowledgement: (sent, acknowledged).

        A gauge without a password has left the register: it is silent.
        """
        frames = [
            (line, self.frame(line.address, n, passwords[line.address]))
            for line in self._lines
            if line.address in passwords
        ]
        done = await asyncio.gather(*(line.send(frame, host, port) for line, frame in frames))
        return len(done), sum(done)

    def frame(self, address: str, n: int, password: str) -> bytes:
        """The timed report of one gauge at the end of tick n."""
        at, column = self._night.ends[n], self._rain.get(address)
        if column is not None:
            values = [
                (RAIN_5MIN, Decimal(int(self._night.tips[n, column])) / 10),
                (RAIN_TOTAL, Decimal(int(self._total[n, column])) / 10),
            ]
        else:
            values = [(STAGE, Decimal(int(self._night.stages[n, self._stage[address]])) / 100)]
        return encode_uplink(
            function=TIMED,
            center=1,
            station=address,
            password=int(password, 16),
            serial=n + 1,
            sent_at=at + timedelta(seconds=2),
            groups=[(address, "H" if column is None else "P", at, [*values, (VOLTAGE, Decimal("12.60"))])],
        )
