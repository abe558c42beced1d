"""The gauges of an exercise: one TCP connection each, SL 651 frames, and the patience to wait for the acknowledgement."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from decimal import Decimal

from anlan.demo.city.model import Gauge
from anlan.demo.liulin.night import Night
from anlan.wire.sl651.build import encode_uplink

TIMED = 0x32
RAIN_5MIN, RAIN_TOTAL, STAGE, VOLTAGE = "22", "26", "39", "38"
ACK_SECONDS = 20.0
TRIES = 3


@dataclass
class Line:
    """One gauge's connection."""

    gauge: Gauge
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

    def __init__(self, night: Night, gauges: tuple[Gauge, ...]) -> None:
        self._night = night
        self._lines = [Line(g) for g in gauges]
        self._total = night.accumulated()
        self._rain = {a: i for i, a in enumerate(night.rain_addresses)}
        self._stage = {a: i for i, a in enumerate(night.stage_addresses)}
        self._ends = night.scenario.ends_of_ticks()

    async def tick(self, n: int, host: str, port: int) -> tuple[int, int]:
        """Send tick n of every gauge and wait for each acknowledgement: (sent, acknowledged)."""
        done = await asyncio.gather(
            *(line.send(self.frame(line.gauge, n), host, port) for line in self._lines)
        )
        return len(done), sum(done)

    def frame(self, gauge: Gauge, n: int) -> bytes:
        """The timed report of one gauge at the end of tick n."""
        at = self._ends[n]
        if gauge.kind == "rain":
            column = self._rain[gauge.address]
            values = [
                (RAIN_5MIN, Decimal(int(self._night.tips[n, column])) / 10),
                (RAIN_TOTAL, Decimal(int(self._total[n, column])) / 10),
            ]
        else:
            column = self._stage[gauge.address]
            values = [(STAGE, Decimal(int(self._night.stages[n, column])) / 100)]
        return encode_uplink(
            function=TIMED,
            center=1,
            station=gauge.address,
            password=int(gauge.password, 16),
            serial=n + 1,
            sent_at=at + timedelta(seconds=2),
            groups=[
                (
                    gauge.address,
                    "P" if gauge.kind == "rain" else "H",
                    at,
                    [*values, (VOLTAGE, Decimal("12.60"))],
                )
            ],
        )
