"""What to send for each frame of a durable batch: all at once for HEX, one by one for the rest; nothing for what was refused."""

from collections.abc import Sequence

import numpy as np

from anlan.observe.ingest.shapes import Outcome, Taken
from anlan.wire.sl651.batch import pack
from anlan.wire.sl651.confirmations import LENGTH, confirmations
from anlan.wire.sl651.frame import decode_frame
from anlan.wire.sl651.reply import confirmation
from anlan.wire.sl651.session import LINK

STX = 0x02


def answers(frames: Sequence[bytes], taken: Taken) -> list[bytes]:
    """One answer a frame, empty where silence is the answer (refused, or a frame that only keeps the line)."""
    kept = taken.outcomes != Outcome.REFUSED
    plain = [i for i in np.flatnonzero(kept).tolist() if _is_plain(frames[i])]
    found = [b""] * len(frames)
    buffer, offsets = pack([frames[i] for i in plain])
    rows = confirmations(buffer, offsets, now=taken.known_at, keep_online=True).tobytes()
    for n, i in enumerate(plain):
        if frames[i][10] != LINK:
            found[i] = rows[n * LENGTH : (n + 1) * LENGTH]
    if len(plain) < int(kept.sum()):
        for i in set(np.flatnonzero(kept).tolist()) - set(plain):
            found[i] = _alone(frames[i], taken)
    return found


def _is_plain(frame: bytes) -> bool:
    return frame[0] == 0x7E and frame[13] == STX and len(frame) == 17 + ((frame[11] & 15) << 8 | frame[12])


def _alone(data: bytes, taken: Taken) -> bytes:
    frame = decode_frame(data)
    if frame.function == LINK:
        return b""
    return confirmation(frame, now=taken.known_at, keep_online=True)
