"""From the bytes of a batch to columns of readings and a verdict for each frame. Touches neither store nor clock."""

from calendar import timegm
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from zlib import crc32

import numpy as np

from anlan.observe.ingest.roster import Roster
from anlan.observe.ingest.shapes import Batch, Broken, Joined, Outcome, Taken, moment
from anlan.observe.rules import quality
from anlan.observe.rules.quality import Flags, Limits
from anlan.observe.rules.rain import Known
from anlan.science.jit import Bools, Bytes, Int8s, Int32s, Int64s, Keys
from anlan.wire.sl651.batch import BatchResult, decode_batch, pack, station_key
from anlan.wire.sl651.build import beijing
from anlan.wire.sl651.codes import Direction, Encoding
from anlan.wire.sl651.elements import Coding, element
from anlan.wire.sl651.errors import BadDirection, BodyError, Sl651Error
from anlan.wire.sl651.frame import Frame, decode_frame
from anlan.wire.sl651.framer import Framer, Good
from anlan.wire.sl651.items import Sick
from anlan.wire.sl651.kernel import HOT
from anlan.wire.sl651.message import Message, decode_message, observations

BEIJING_S = 8 * 3600
JOINED = b"packets:"  # what a joined message is kept under begins so; no frame does
MOST = 1 << 60
DAY_MS = 86_400_000
HOUR_REPORT, HOUR_LESS_MS = 0x34, 50 * 60_000
NUMBERS = (Coding.BCD, Coding.SLOTS, Coding.BITS)


@dataclass
class Read:
    """Frames first (then joined messages), then readings in wire order.

    ``sender`` row of the station that sent, -1 unknown; ``frame`` index of the frame of a reading.
    """

    raws: list[bytes]
    digests: Keys
    outcomes: Int8s
    sender: Int32s
    sender_key: Int64s
    function: Bytes
    serial: Int32s
    sent_at_s: Int64s
    frame: Int32s
    station: Int64s
    readings: Known
    decimals: Int8s
    flags: Flags
    reasons: dict[int, str] = field(default_factory=dict)
    faults: dict[int, list[str]] = field(default_factory=dict)
    """What is wrong with parts of a frame whose other parts may be sound."""

    def fault(self, index: int, reason: str) -> None:
        self.faults.setdefault(index, []).append(reason)

    def refuse(self, index: int, reason: str, outcome: Outcome) -> None:
        """The first fault that is found counts."""
        if self.outcomes[index] == Outcome.STORED:
            self.outcomes[index] = outcome
            self.reasons[index] = reason


class _Cold:
    """Readings of the frames that the full decoder took, as growing columns."""

    def __init__(self) -> None:
        self.rows: list[tuple[int, int, int, int, int, int, bool, int]] = []

    def add(self, index: int, message: Message, faults: list[Sl651Error]) -> None:
        for seen in observations(message):
            try:
                number = _number(seen.code, seen.value)
            except BodyError as error:
                faults.append(error)
                number = 0, 0, True
            if number is not None:
                at = timegm(seen.at.timetuple()) - BEIJING_S
                key, code = station_key(seen.station), int(seen.code, 16)
                self.rows.append((index, key, code, at, *number, quality.Flag.CLOCK * seen.is_guessed))

    def columns(self) -> list[np.ndarray]:
        """frame, station, code, at, value, decimals, missing, flags."""
        kinds = (np.int32, np.int64, np.int32, np.int64, np.int64, np.int64, np.bool_, np.int16)
        parts: Iterator[tuple[object, ...]] = zip(*self.rows, strict=True) if self.rows else iter([()] * 8)
        return [np.array(part, kind) for part, kind in zip(parts, kinds, strict=True)]


def _number(code: str, value: Decimal | str | None) -> tuple[int, int, bool] | None:
    """Digits, decimals and whether it is missing; None for what is no number (pictures, texts)."""
    if value is None:
        return (0, 0, True) if element(code).coding in NUMBERS else None
    if isinstance(value, str):
        return None
    sign, digits, exponent = value.as_tuple()
    assert isinstance(exponent, int)
    number = int("".join(map(str, digits))) * 10 ** max(exponent, 0)
    if number >= MOST:
        raise BodyError(f"element {code}: {value} has more digits than any instrument")
    return (-number if sign else number), max(-exponent, 0), False


def read(batch: Batch, roster: Roster, limits: Limits, known_ms: int) -> Read:
    """Decode and judge a batch."""
    raws = [*batch.frames, *(raw_of(m) for m in batch.messages)]
    buffer, offsets = pack(raws)
    hot = decode_batch(buffer, offsets)
    found = _heads(raws, hot, roster)
    _passwords(found, hot, buffer, offsets, roster)
    cold = _full(batch, found, hot, roster, known_ms)
    _columns(found, hot, cold, roster, known_ms)
    _cut(found, _sound(found, limits, known_ms))
    _stamps(found)
    r = found.readings
    found.flags |= quality.flag(
        limits, code=r.code, value=r.value, missing=r.missing, at_ms=r.at_ms, known_ms=r.known_ms
    )
    return found


def raw_of(message: Joined) -> bytes:
    """The bytes under which a joined message is kept: its coding, header fields and the whole body."""
    frame = message.frame
    head = JOINED + (b"A" if frame.encoding is Encoding.ASCII else b"H") + bytes([frame.center])
    head += bytes.fromhex(frame.station) + frame.password.to_bytes(2, "big") + bytes([frame.function])
    return head + frame.body


def _message_of(kept: bytes) -> Frame:
    data = kept.removeprefix(JOINED)
    encoding = Encoding.ASCII if data[:1] == b"A" else Encoding.HEX
    password = int.from_bytes(data[7:9], "big")
    station = data[2:7].hex().upper()
    return Frame(encoding, Direction.UP, data[1], station, password, data[9], data[10:])


def again(items: Sequence[tuple[bytes, str, str]]) -> Batch:
    """Kept bytes (with reason and peer) as a batch: frames as they are, joined messages, and frames found inside noise."""
    frames: list[bytes] = []
    peers: list[str] = []
    messages: list[Joined] = []
    broken: list[Broken] = []
    for data, reason, peer in items:
        if data.startswith(JOINED):
            messages.append(Joined(_message_of(data), 0, peer))
            continue
        framer = Framer()
        for piece in [*framer.feed(data), *framer.flush()]:
            if isinstance(piece, Good) and piece.frame.packet is None:
                frames.append(piece.data)
                peers.append(peer)
            else:
                broken.append(Broken(piece.data, reason, peer))
    return Batch(frames, peers, messages, broken)


def _heads(raws: list[bytes], hot: BatchResult, roster: Roster) -> Read:
    empty = np.empty(0, np.int64)
    nothing = np.empty(0, np.int32)
    none = Known(nothing, nothing, empty, empty, empty, np.empty(0, np.bool_))
    return Read(
        raws=raws,
        digests=hot.digest,
        outcomes=np.zeros(len(raws), np.int8),
        sender=roster.rows(hot.sender),
        sender_key=hot.sender.copy(),
        function=hot.function.copy(),
        serial=hot.serial.copy(),
        sent_at_s=hot.sent_at.copy(),
        frame=nothing,
        station=empty,
        readings=none,
        decimals=np.empty(0, np.int8),
        flags=np.empty(0, np.int16),
    )


def _passwords(found: Read, hot: BatchResult, buffer: Bytes, offsets: Int64s, roster: Roster) -> None:
    """Unknown senders and wrong passwords among the frames of the fast way."""
    fast = np.flatnonzero(hot.status == HOT)
    at = offsets[:-1][fast]
    sent = buffer[at + 8].astype(np.int64) << 8 | buffer[at + 9]
    row = found.sender[fast]
    wanted = roster.passwords[row] if len(roster) else np.zeros(row.size, np.int64)
    for i in fast[row < 0].tolist():
        found.refuse(i, _unknown(f"{int(hot.sender[i]):010X}"), Outcome.REFUSED)
    for i in fast[(row >= 0) & (sent != wanted)].tolist():
        found.refuse(i, _wrong(f"{int(hot.sender[i]):010X}"), Outcome.REFUSED)


def _unknown(station: str) -> str:
    return f"UnknownStation: {station}"


def _wrong(station: str) -> str:
    return f"WrongPassword: {station}"


def _full(batch: Batch, found: Read, hot: BatchResult, roster: Roster, known_ms: int) -> _Cold:
    """The careful way for all that is not hot."""
    cold = _Cold()
    singles = len(batch.frames)
    now = beijing(moment(known_ms))
    for i in np.flatnonzero(hot.status[:singles] != HOT).tolist():
        _one(found, cold, i, batch.frames[i], roster, now)
    for n, message in enumerate(batch.messages):
        _content(found, cold, singles + n, message.frame, roster, now)
    return cold


def _one(found: Read, cold: _Cold, index: int, data: bytes, roster: Roster, now: datetime) -> None:
    try:
        frame = decode_frame(data)
        if frame.direction is Direction.DOWN:
            raise BadDirection("a downlink frame came from a station: an echo, or two centres on one line")
    except Sl651Error as error:
        found.refuse(index, _said(error), Outcome.REFUSED)
        return
    _content(found, cold, index, frame, roster, now)


def _content(found: Read, cold: _Cold, index: int, frame: Frame, roster: Roster, now: datetime) -> None:
    found.sender_key[index] = station_key(frame.station)
    found.function[index] = frame.function
    found.sender[index] = roster.rows(found.sender_key[index : index + 1])[0]
    if not roster.knows(frame.station):
        found.refuse(index, _unknown(frame.station), Outcome.REFUSED)
    elif not roster.admits(frame.station, frame.password):
        found.refuse(index, _wrong(frame.station), Outcome.REFUSED)
    else:
        faults: list[Sl651Error] = []
        try:
            message = decode_message(frame, faults=faults, now=now)
            cold.add(index, message, faults)
        except Sl651Error as error:
            found.refuse(index, _said(error), Outcome.HELD)
            return
        for fault in faults:
            found.fault(index, _said(fault))
        found.serial[index] = message.serial
        if Sick("") not in message.items[:1]:
            found.sent_at_s[index] = timegm(message.sent_at.timetuple()) - BEIJING_S


def _said(error: Sl651Error) -> str:
    return f"{type(error).__name__}: {error}"


def _columns(found: Read, hot: BatchResult, cold: _Cold, roster: Roster, known_ms: int) -> None:
    """Readings of both ways, in wire order, in each element's resolution."""
    slow = cold.columns()
    fast = [hot.frame, hot.station, hot.code.astype(np.int32), hot.at, hot.value]
    fast += [hot.decimals.astype(np.int64), hot.missing, np.zeros(hot.frame.size, np.int16)]
    both = [np.concatenate(pair) for pair in zip(fast, slow, strict=True)] if slow[0].size else fast
    if slow[0].size:
        order = np.argsort(both[0], kind="stable")
        both = [column[order] for column in both]
    frame, station, code, at, sent, decimals, missing, flags = both
    value, rounded = quality.in_resolution(sent, decimals, code)
    value = np.where(missing, 0, value)
    found.frame, found.station = frame, station
    known = np.full(frame.size, known_ms, np.int64)
    found.readings = Known(roster.rows(station), code, at * 1000, known, value, missing)
    found.decimals = np.where(code < 256, quality.DECIMALS[np.minimum(code, 255)], decimals).astype(np.int8)
    found.flags = np.where(rounded, flags | quality.Flag.ROUNDED, flags).astype(np.int16)


def _sound(found: Read, limits: Limits, known_ms: int) -> Bools:
    """The readings that are stored: not those of a station that is none of ours, or dated beyond reason.

    A frame with a fault and nothing sound beside it is held back whole; one with both is read in part, and so it
    stands in the quarantine. A frame whose own clock is beyond reason is filed under the day on which it came.
    """
    r = found.readings
    for n in np.flatnonzero(r.row < 0).tolist():
        found.fault(int(found.frame[n]), _unknown(f"{int(found.station[n]):010X}"))
    absurd = quality.is_absurd(limits, at_ms=r.at_ms, known_ms=r.known_ms)
    for n in np.flatnonzero(absurd).tolist():
        days = int(r.at_ms[n] - r.known_ms[n]) // DAY_MS
        found.fault(int(found.frame[n]), f"BadClock: the station's clock is {days} days off")
    is_sound = (r.row >= 0) & ~absurd
    for index, faults in found.faults.items():
        if (is_sound & ~r.missing & (found.frame == index)).any():
            more = len(set(faults)) - 1
            told = f"Partly: {faults[0]}" + (f" (and {more} more)" if more else "")
            found.reasons.setdefault(index, told)
            found.digests[index] ^= np.uint64(crc32(told.encode()))  # after a mend it is another frame
        else:
            found.refuse(index, faults[0], Outcome.HELD)
    known = np.full(found.sent_at_s.size, known_ms, np.int64)
    lost = quality.is_absurd(limits, at_ms=found.sent_at_s * 1000, known_ms=known)
    found.sent_at_s[lost] = known_ms // DAY_MS * DAY_MS // 1000
    return is_sound & (found.outcomes[found.frame] == Outcome.STORED)


def _stamps(found: Read) -> None:
    """Hour reports with one group time: what is no slot stands under the time of the first slot, maybe 55 minutes early.

    待核实 with the makers; the stamp stays as it was sent, the reading is marked.
    """
    if not (found.function == HOUR_REPORT).any():
        return
    r = found.readings
    is_slot = (r.code >= quality.HOUR_SLOTS[0]) & (r.code <= quality.HOUR_SLOTS[1])
    place = found.frame.astype(np.int64) << 44 | r.at_ms
    early = found.sent_at_s[found.frame] * 1000 - r.at_ms >= HOUR_LESS_MS
    doubt = (found.function[found.frame] == HOUR_REPORT) & ~is_slot & early & np.isin(place, place[is_slot])
    found.flags[doubt] |= quality.Flag.STAMP


def _cut(found: Read, stays: np.ndarray) -> None:
    found.frame, found.station = found.frame[stays], found.station[stays]
    found.readings = found.readings.pick(stays)
    found.decimals, found.flags = found.decimals[stays], found.flags[stays]


def taken_of(batch: Batch, found: Read, known_at: datetime) -> Taken:
    """What became of a batch that was read."""
    singles = len(batch.frames)
    return Taken(
        known_at=known_at,
        outcomes=found.outcomes[:singles],
        stations=np.unique(found.station),
        messages=[bool(o != Outcome.REFUSED) for o in found.outcomes[singles:]],
        reasons=found.reasons,
    )
