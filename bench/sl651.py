"""SL 651 batch decoding beside the full Python decoder, on the same typical frames in the same run."""

import time
from datetime import datetime
from decimal import Decimal
from typing import Any

FRAMES = 20_000
BATCH = 1_000
PEER_FRAMES = 2_000


def rows() -> list[dict[str, Any]]:
    """Frames a second and core: the batch decoder (1,000 a call), the full decoder, the framer with its checks."""
    from anlan.wire.sl651.batch import decode_batch, pack
    from anlan.wire.sl651.framer import Framer
    from anlan.wire.sl651.message import decode, observations

    frames = reports(FRAMES)
    batches = [pack(frames[i : i + BATCH]) for i in range(0, FRAMES, BATCH)]
    decoded = [decode_batch(*batch) for batch in batches[:1]]  # compiles
    same = sum(len(observations(decode(frame))) for frame in frames[:BATCH])
    assert decoded[0].value.size == same == 3 * BATCH, "the two decoders do not find the same observations"
    ours = FRAMES / _best(lambda: [decode_batch(*batch) for batch in batches])
    peer = PEER_FRAMES / _best(lambda: [observations(decode(f)) for f in frames[:PEER_FRAMES]], times=3)
    stream = b"".join(frames[:PEER_FRAMES])
    framer = PEER_FRAMES / _best(lambda: Framer().feed(stream), times=3)
    return [
        _row("sl651_batch_decode", ours, "full Python decoder", peer),
        _row("sl651_framer", framer, None, None),
    ]


def reports(count: int) -> list[bytes]:
    """Timed reports of 54 bytes with three elements: five-minute rain, accumulated rain, voltage."""
    from anlan.wire.sl651.build import Uplink
    from anlan.wire.sl651.message import encode_message

    at = datetime(2025, 6, 30, 12, 5)  # noqa: DTZ001 — the wire has Beijing time without an offset
    found = []
    for n in range(count):
        station = f"{4213000000 + n:010d}"
        pairs = [("22", Decimal(n % 300) / 10), ("26", Decimal(n % 9000) / 10), ("38", "12.50")]
        report = Uplink(station=station).message(
            function=0x32, serial=n % 65535 + 1, sent_at=at, groups=[(station, "P", at, pairs)]
        )
        found.append(encode_message(report))
    return found


def _best(run: Any, *, times: int = 15) -> float:
    """Least seconds of some runs: what the code takes when the machine leaves it alone."""
    spent = []
    for _ in range(times):
        began = time.perf_counter()
        run()
        spent.append(time.perf_counter() - began)
    return min(spent)


def _row(name: str, value: float, peer: str | None, peer_value: float | None) -> dict[str, Any]:
    return {
        "name": name,
        "value": value,
        "unit": "frames/s/core",
        "peer": peer,
        "peer_value": peer_value,
        "ratio": value / peer_value if peer_value else None,
    }
