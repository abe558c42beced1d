"""Ingest 入库: the one way for readings into a world. Durable when it returns; what could not be read is in quarantine."""

from __future__ import annotations

import logging
import threading
from collections import defaultdict, deque
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import ClassVar

import numpy as np

from anlan.foundation import packs, worlds
from anlan.foundation.context import WorldInfo
from anlan.foundation.home import home
from anlan.observe.actions.guarding import MOVED, TRIED, Noticed, tell
from anlan.observe.ingest import reading, shapes, stations, typed
from anlan.observe.ingest.locked import LockedWindows
from anlan.observe.ingest.present import LOOK_BACK_MS, Present, Stored
from anlan.observe.ingest.reading import Read
from anlan.observe.ingest.roster import Roster
from anlan.observe.ingest.shapes import Batch, Broken, NotDurable, Outcome, Taken, millis
from anlan.observe.ingest.silence import Silences
from anlan.observe.ingest.typed import Typed
from anlan.observe.rules.quality import Flag, Flags, Limits, limits_of
from anlan.observe.rules.rain import LESSER, RAIN_5MIN, RAIN_SLOTS, Derived, Known
from anlan.observe.store import batch as store_batch
from anlan.observe.store import quarantine
from anlan.observe.store.batch import Frames
from anlan.observe.store.errors import BadBatch, StoreError
from anlan.observe.store.reader import Reader
from anlan.observe.store.rows import StoredRows
from anlan.observe.store.writer import Writer
from anlan.science.jit import Bools
from anlan.science.windows.ring import ClockWentBack
from anlan.wire.sl651.batch import station_key, station_name

log = logging.getLogger(__name__)
STRANGERS = ("UnknownStation", "WrongPassword")
STRANGERS_MS = 30_000  # how often we look whether somebody registered them meanwhile
FOLLOWED = np.array([RAIN_5MIN, *LESSER, RAIN_SLOTS, 0x39, 0x3B], np.int32)


def path_of(world: str) -> Path:
    """The file that holds the readings of a world."""
    return home() / f"readings-{world}.sqlite3"


def limits() -> Limits:
    """The quality pack's."""
    return limits_of(packs.get("quality", home=home()).data)


class Ingest:
    """Takes what stations send into one world. Every method may be called from any thread; one batch at a time.

    `windows` and `stages_mm()` tell what holds now; `addresses` are the rain gauges in the order of the windows' rows. A
    second Ingest of the same world in this process takes over from the first.
    """

    @classmethod
    @contextmanager
    def of(cls, world: WorldInfo) -> Iterator[Ingest]:
        """The one that this process has open for a world, else one for the moment."""
        mine = cls._open.get(path_of(world.key))
        if mine is not None:
            yield mine
            return
        made = cls(world)
        try:
            yield made
        finally:
            made.close()

    _open: ClassVar[dict[Path, Ingest]] = {}

    def __init__(self, world: WorldInfo) -> None:
        now = worlds.clock(worlds.get(world.key))
        self._begin(path_of(world.key), stations.roster(), limits(), now)
        self._silences = Silences(world, now)

    @classmethod
    def over(cls, folder: Path, roster: Roster, *, now: datetime) -> Ingest:
        """An ingest of given stations over a store in a folder of its own: no records, for benches and tools."""
        made = cls.__new__(cls)
        made._begin(Path(folder) / "readings.sqlite3", roster, limits(), now)
        return made

    def _begin(self, path: Path, roster: Roster, quality: Limits, now: datetime) -> None:
        self._path = path
        self._lock = threading.RLock()
        self._put: Batch | None = None
        self._unkept: list[int] = []
        self._noticed: deque[Noticed] = deque(maxlen=1_000)
        self._silences: Silences | None = None
        self._strangers, self._reloaded_ms = False, 0
        self._limits = quality
        self._roster = roster
        if before := self._open.pop(path, None):
            before.close()
        self._writer = Writer(path)
        self._reader = Reader(path)
        self._open[path] = self
        self._begin_anew(millis(now))

    def close(self) -> None:
        """Let go of the files."""
        with self._lock:
            if self._open.get(self._path) is self:
                del self._open[self._path]
            self._reader.close()
            self._writer.close()

    @property
    def addresses(self) -> Sequence[str]:
        """Rain stations, in the order of the rows of `windows`."""
        return self._roster.rain_addresses

    @property
    def windows(self) -> LockedWindows:
        """Rain of 30 minutes to 24 hours at every rain station."""
        with self._lock:
            return self._present.windows

    def stages_mm(self) -> dict[str, int]:
        """The latest stage of each station that measures one, millimetres."""
        with self._lock:
            return self._present.stages_mm()

    def rises_mm(self, minutes: int) -> dict[str, int]:
        """How much each river stage rose over so many minutes, where both ends are known."""
        with self._lock:
            return self._present.rises_mm(self._now_ms, minutes)

    def admits(self, station: str, password: int) -> bool:
        """Whether a station is ours and says its password."""
        return self._roster.admits(station, password)

    def knows(self, station: str) -> bool:
        return self._roster.knows(station)

    def is_usual(self, station: str, peer: str) -> bool:
        """Whether a station was heard from this peer before."""
        return self._writer.peers.has(station_key(station), peer)

    def tell_tried(self, station: str, peer: str) -> None:
        """Somebody tries a station's password: told to the duty desk when the clock moves next."""
        self._noticed.append(Noticed(TRIED, station, peer))

    def reload(self) -> bool:
        """Read stations and packs anew; True when anything changed, so that a watch over them must be made anew."""
        with self._lock:
            self._strangers, self._reloaded_ms = False, self._now_ms
            roster, quality = stations.roster(), limits()
            if roster == self._roster:
                return False
            self._roster, self._limits = roster, quality
            self._begin_anew(self._now_ms)
            return True

    def advance(self, now: datetime) -> None:
        """Move the clock on and notice who fell silent; a clock that went back has the windows rebuilt from the store."""
        with self._lock:
            self._move(millis(now))
            if self._silences is None:
                return
            if self._strangers and abs(self._now_ms - self._reloaded_ms) > STRANGERS_MS:
                self.reload()
        self._silences.look(self._present, now)
        if self._noticed:
            tell(self._silences.ctx(now), [self._noticed.popleft() for _ in range(len(self._noticed))])

    def take(
        self, frames: Sequence[bytes], *, peers: Sequence[str] | None = None, known_at: datetime
    ) -> Taken:
        """Take whole frames. Raises NotDurable, with nothing stored."""
        return self.take_batch(Batch(frames, peers or [""] * len(frames)), known_at=known_at)

    def take_batch(self, batch: Batch, *, known_at: datetime) -> Taken:
        """Take frames, joined messages and broken bytes. Raises NotDurable: give the same batch again later."""
        with self._lock:
            self._move(millis(known_at))
            try:
                return self._take(batch, known_at)
            except (StoreError, OSError) as error:
                if not isinstance(error, BadBatch):
                    raise NotDurable(str(error)) from error
                log.exception("a batch of %d frames does not fit the store", len(batch.frames))
            except Exception:
                log.exception("a batch of %d frames could not be taken as a whole", len(batch.frames))
            self._begin_anew(millis(known_at))
            return self._one_by_one(batch, known_at)

    def _take(self, batch: Batch, known_at: datetime) -> Taken:
        known_ms = millis(known_at)
        found = reading.read(batch, self._roster, self._limits, known_ms)
        self._keep_broken(batch, found, known_ms)
        self._hear_peers(batch, found, known_ms)
        self._store(found, known_ms)
        self._put = None
        self._strangers |= any(reason.startswith(STRANGERS) for reason in found.reasons.values())
        return reading.taken_of(batch, found, known_at)

    def _one_by_one(self, batch: Batch, known_at: datetime) -> Taken:
        """One frame that nothing was prepared for must not hold up the others: it goes to the quarantine."""
        parts = [Batch([f], [p]) for f, p in zip(batch.frames, batch.peers, strict=True)]
        parts += [Batch(messages=[message]) for message in batch.messages]
        taken = [self._take(Batch(broken=batch.broken), known_at)]
        for part in parts:
            try:
                taken.append(self._take(part, known_at))
            except (StoreError, OSError) as error:
                if not isinstance(error, BadBatch):
                    raise NotDurable(str(error)) from error
                taken.append(self._unfit(part, known_at, error))
            except Exception as error:
                log.exception("this frame is beyond us: %s", [f.hex() for f in part.frames])
                taken.append(self._unfit(part, known_at, error))
        return shapes.joined(taken, known_at)

    def _unfit(self, part: Batch, known_at: datetime, error: Exception) -> Taken:
        reason = f"Unfit: {type(error).__name__}: {error}"
        broken = [Broken(f, reason, p) for f, p in zip(part.frames, part.peers, strict=True)]
        broken += [Broken(reading.raw_of(m), reason, m.peer) for m in part.messages]
        self._take(Batch(broken=broken), known_at)
        refused = np.full(len(part.frames), Outcome.REFUSED, np.int8)
        why = {0: reason} if part.frames else {}
        return Taken(known_at, refused, np.empty(0, np.int64), [False] * len(part.messages), why)

    def type_in(self, rows: Sequence[Typed], *, known_at: datetime) -> Bools:
        """Take readings that a person brings, all of them or none; which were news. Raises NotDurable."""
        with self._lock:
            known_ms = millis(known_at)
            self._move(known_ms)
            news = typed.columns(rows, self._roster, known_ms)
            try:
                fresh = ~typed.repeats(news, self._roster, self._reader)
                news = news.pick(fresh)
                flags = typed.flags(news, self._limits)
                if fresh.any():
                    self._writer.write(typed.batch(news, flags, self._roster, known_ms))
            except StoreError as error:
                raise NotDurable(str(error)) from error
            self._present.count_typed(known_ms, news, flags)
            return fresh

    def feed_again(self, ids: Sequence[int], *, known_at: datetime) -> Taken:
        """Read broken input of the quarantine as if it had just come; what is still broken stands there again."""
        with self._lock:
            self.reload()
            try:
                items = [
                    i for i in self._items(ids) if i.state != "dropped" and not i.is_cut
                ]  # "refed": we were cut off
                self._writer.quarantine.mark([i.id for i in items], "refed")
            except StoreError as error:
                raise NotDurable(str(error)) from error
            return self.take_batch(
                reading.again([(i.bytes, i.reason, i.peer) for i in items]), known_at=known_at
            )

    def drop(self, ids: Sequence[int]) -> int:
        """Somebody looked at broken input and it is of no use: it stays in the file, out of sight."""
        with self._lock:
            return self._writer.quarantine.mark(list(ids), "dropped")

    def _items(self, ids: Sequence[int]) -> list[quarantine.Broken]:
        return [
            item
            for n in ids
            for item in self._reader.broken(state=None, after=n - 1, limit=1)
            if item.id == n
        ]

    def frames_stored(self) -> int:
        """Distinct frames in the store."""
        with self._lock:
            return self._reader.counts().get("frames_stored", 0)

    def _keep_broken(self, batch: Batch, found: Read, known_ms: int) -> None:
        """Into the quarantine; a batch that is given again is not counted again."""
        if self._put is not batch:
            self._unkept = self._quarantine(batch, found, known_ms)
            self._put = batch
        for index in self._unkept:
            if found.outcomes[index] == Outcome.HELD:
                found.outcomes[index] = Outcome.REFUSED  # what is not kept is not acknowledged

    def _quarantine(self, batch: Batch, found: Read, known_ms: int) -> list[int]:
        """The frames of which nothing was kept: beyond the budget of their peer."""
        by_peer: dict[tuple[str, bool], list[tuple[int, bytes, str]]] = defaultdict(list)
        peers = [*batch.peers, *(m.peer for m in batch.messages)]
        for index, reason in sorted(found.reasons.items()):
            ours = found.outcomes[index] != Outcome.REFUSED
            by_peer[peers[index], bool(ours)].append((index, found.raws[index], reason))
        for broken in batch.broken:
            by_peer[broken.peer, False].append((-1, broken.data, broken.reason))
        for peer in batch.shed:
            by_peer.setdefault((peer, False), [])
        unkept = []
        for (peer, ours), items in by_peer.items():
            over = 0 if ours else batch.shed.get(peer, 0)
            pairs = [(data, reason) for _, data, reason in items]
            put = self._writer.quarantine.put
            kept = put(pairs, peer=peer, received_at=known_ms, ours=ours, over=over)
            unkept += [index for (index, *_), is_kept in zip(items, kept, strict=True) if not is_kept]
        return [index for index in unkept if index >= 0]

    def _hear_peers(self, batch: Batch, found: Read, known_ms: int) -> None:
        """From where stations of ours come; one that comes from elsewhere is told, not refused."""
        fine = found.outcomes[: len(batch.frames)] != Outcome.REFUSED
        pairs = zip(found.sender_key.tolist(), batch.peers, fine.tolist(), strict=False)
        for change in self._writer.peers.hear({(s, p) for s, p, ok in pairs if ok and p}, at=known_ms):
            self._noticed.append(Noticed(MOVED, station_name(change.station), change.peer, change.before))

    def _store(self, found: Read, known_ms: int) -> None:
        """Write, then let it count; when it cannot be written, forget that it came."""
        if not (found.outcomes == Outcome.STORED).any():
            return
        kept = self._present.fold.keep(found.readings.row)
        flags = found.flags.copy()
        *rain, derived = self._present.fold.take(found.readings, found.flags)
        try:
            written = self._writer.write(_rows(found, derived, known_ms))
        except BaseException:
            self._present.fold.rollback(kept)
            raise
        frames = np.flatnonzero(found.outcomes == Outcome.STORED)
        repeats = frames[~written.frame_new]
        found.outcomes[repeats] = Outcome.REPEAT
        if repeats.size:
            fresh = found.outcomes[found.frame] == Outcome.STORED
            self._present.fold.rollback(kept)
            found.readings, found.flags = found.readings.pick(fresh), flags[fresh]
            *rain, _ = self._present.fold.take(found.readings, found.flags)
        self._present.count(known_ms, (rain[0], rain[1], rain[2]), found.readings, found.flags)

    def _move(self, now_ms: int) -> None:
        try:
            self._present.advance(now_ms)
        except ClockWentBack:
            log.warning("%s: the clock went back, windows are rebuilt from the store", self._path.name)
            self._begin_anew(now_ms)
        self._now_ms = now_ms

    def _begin_anew(self, now_ms: int) -> None:
        """Build what holds now from the store."""
        self._present = Present(self._roster, self._limits, self._lock)
        self._present.rebuild(now_ms, self._stored(now_ms))
        self._now_ms = now_ms

    def _stored(self, now_ms: int) -> Stored:
        """The newest reading of each series; and of the last day, as they became known, the gauges' and people's readings."""
        since, until = now_ms - LOOK_BACK_MS, now_ms + self._limits.refuse_ahead_ms
        newest = self._reader.latest()
        day = self._reader.between(max(since, 0), until, elements=FOLLOWED)
        by_hand = (day.quality & Flag.MANUAL) != 0
        newest, day, typed_in = (self._known(r) for r in (newest, day.take(~by_hand), day.take(by_hand)))
        return Stored(newest, day, typed_in)

    def _known(self, rows: StoredRows) -> tuple[Known, Flags]:
        rows = rows.take(np.argsort(rows.known, kind="stable"))
        row = self._roster.rows(rows.station)
        missing: Bools = (rows.quality & Flag.MISSING) != 0
        known = Known(row, rows.element, rows.at, rows.known, rows.value, missing)
        return known.pick(row >= 0), rows.quality[row >= 0]


def _rows(found: Read, derived: Derived, known_ms: int) -> store_batch.Batch:
    """The frames that are to be stored, their readings, and the rain that was worked out from them."""
    frames = np.flatnonzero(found.outcomes == Outcome.STORED)
    place = np.full(len(found.raws), -1, np.int32)
    place[frames] = np.arange(frames.size, dtype=np.int32)
    r, more = found.readings, derived.index
    columns = [found.station, r.code, r.at_ms, r.value, found.decimals, found.flags, place[found.frame]]
    if more.size:
        of_rain = np.full(more.size, RAIN_5MIN, np.int32), np.ones(more.size, np.int8)
        extra = [found.station[more], of_rain[0], derived.at_ms, derived.tenths, of_rain[1]]
        extra += [derived.flags, columns[-1][more]]
        columns = [np.concatenate(pair) for pair in zip(columns, extra, strict=True)]
    station, element, at, value, decimals, flags, frame = columns
    return store_batch.Batch(
        known_at=known_ms,
        station=station,
        element=element,
        at=at,
        value=value,
        decimals=decimals,
        quality=flags,
        frame=frame,
        frames=Frames(found.sender_key[frames], found.sent_at_s[frames] * 1000, found.digests[frames]),
    )
