"""`Writer`: the one process that adds to a reading store. What it has answered for is on the disk."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np

from anlan.observe.store import latest, segments
from anlan.observe.store.batch import Batch, Frames, Written, rescale
from anlan.observe.store.columns import Columns, Quality
from anlan.observe.store.errors import StoreError, named
from anlan.observe.store.file import at_once, claim, open_to_write
from anlan.observe.store.peers import Peers
from anlan.observe.store.quarantine import Quarantine
from anlan.observe.store.recent import ASK, CORRECTION, NEW, REPEATED, Recent
from anlan.observe.store.rows import StoredRows
from anlan.observe.store.segments import FRAMES, READINGS
from anlan.observe.store.series import FRAME, Registry
from anlan.science.jit import Bools, Int8s, Int32s

_REMEMBER_MS = 6 * 3_600_000
_DEPTH = {READINGS: 32, FRAMES: 16}
_FOREVER = 1 << 62


class Writer:
    """Adds batches; one transaction a batch, durable when `write` returns.

    Raises `StoreError` by name (`DiskFull`, `StoreLocked`, …), with nothing of the batch stored: do not acknowledge
    then. ``timeout_s``: how long to wait for a file that another process holds.
    """

    def __init__(self, path: Path, *, timeout_s: float = 5.0) -> None:
        self._path = path
        self._claim = claim(path)
        try:
            self._db = open_to_write(path, timeout_s=timeout_s)
        except StoreError:
            self._claim.close()
            raise
        self.quarantine = Quarantine(path, self._db)
        self.peers = Peers(path, self._db)
        self.untidy: StoreError | None = None
        """Why the last merge failed, until one succeeds. Nothing is lost by it, reading gets slower."""
        self._forget()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, where: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._db.close()
        self._claim.close()

    def write(self, batch: Batch) -> Written:
        """Store what is new of a batch. Raises `StoreError`."""
        batch.check()
        with self._transaction():
            written = self._write(batch)
        self.tidy()
        return written

    def load(self, rows: StoredRows) -> None:
        """Store rows of a backup as they are, with the time at which each became known. Raises `StoreError`."""
        with self._transaction():
            keys = self._series.find_or_add(self._db, rows.station, rows.element, rows.decimals)
            columns = Columns(keys, rows.at, rows.known, rows.value, rows.quality)
            is_frame = rows.element == FRAME
            for kind, mask in ((READINGS, ~is_frame), (FRAMES, is_frame)):
                segments.append(self._db, kind, columns.take(mask))
        self._ready = False
        self.tidy()

    def set_counts(self, counts: dict[str, int]) -> None:
        """Take over the counters of a backup. Raises `StoreError`."""
        with self._transaction():
            self._db.execute("delete from counter")
            self._count(counts)

    def tidy(self) -> None:
        """Merge small segments. A failure is kept in `untidy` and tried again: the readings are safe already."""
        try:
            for kind in (READINGS, FRAMES):
                while (level := segments.merge_due(self._db, kind)) is not None:
                    with self._transaction():
                        rows = segments.merge(self._db, kind, level)
                        if kind == READINGS and level == 0:
                            latest.renew(self._db, rows)
            self.untidy = None
        except StoreError as why:
            self.untidy = why

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        """All or nothing, on the disk and in memory."""
        try:
            with named(self._path):
                if not self._ready:
                    self._remember()
            with at_once(self._path, self._db):
                yield
        except BaseException:
            self._forget()
            raise

    def _forget(self) -> None:
        self._ready = False

    def _remember(self) -> None:
        """Learn the series and the readings of the last hours from the file."""
        self._series = Registry(self._db)
        self._recent = {kind: Recent(_DEPTH[kind], every=kind == FRAMES) for kind in _DEPTH}
        for kind, recent in self._recent.items():
            newest = self._db.execute("select max(known_to) from segment where kind = ?", (kind,)).fetchone()[
                0
            ]
            since = 0 if newest is None else max(newest - _REMEMBER_MS, 0)
            rows = segments.rows_between(self._db, kind, since, _FOREVER)
            recent.load(rows.take(np.argsort(rows.known, kind="stable")), len(self._series), since)
        self._ready = True

    def _write(self, batch: Batch) -> Written:
        frame_new = self._write_frames(batch.frames, batch.known_at)
        keys = self._series.find_or_add(self._db, batch.station, batch.element, batch.decimals)
        value, rounded = rescale(batch.value, batch.decimals, self._series.decimals[keys])
        quality = batch.quality | np.where(rounded, np.int16(Quality.ROUNDED), np.int16(0))
        known = np.full(len(batch), batch.known_at, np.int64)
        rows = Columns(keys, batch.at, known, value, quality)
        wanted = _wanted(batch, frame_new)
        verdict = np.full(len(batch), REPEATED, np.int8)
        verdict[wanted] = self._judge(READINGS, rows.where(wanted))
        stored, corrected = verdict != REPEATED, verdict == CORRECTION
        segments.append(self._db, READINGS, rows.where(stored))
        self._count(_counts(frame_new, stored, corrected))
        return Written(frame_new, stored, corrected, keys, value)

    def _write_frames(self, frames: Frames, known_at: int) -> Bools:
        element = np.full(len(frames), FRAME, np.int32)
        keys = self._series.find_or_add(self._db, frames.station, element, np.zeros(len(frames), np.int8))
        known = np.full(len(frames), known_at, np.int64)
        digest = frames.digest.view(np.int64)
        rows = Columns(keys, frames.sent_at, known, digest, np.zeros(len(frames), np.int16))
        new: Bools = self._judge(FRAMES, rows) != REPEATED
        segments.append(self._db, FRAMES, rows.where(new))
        return new

    def _judge(self, kind: int, rows: Columns) -> Int8s:
        verdict = self._recent[kind].judge(rows, len(self._series))
        asked = np.flatnonzero(verdict == ASK)
        if asked.size:
            verdict[asked] = self._ask(kind, rows.take(asked))
        return verdict

    def _ask(self, kind: int, rows: Columns) -> Int8s:
        """Judge rows that are too old to be remembered, by what the file holds."""
        held = self._held(kind, rows)
        verdict = np.empty(len(rows), np.int8)
        for i in range(len(rows)):
            was = held.setdefault((int(rows.key[i]), int(rows.at[i])), [])
            what = (int(rows.value[i]), int(rows.quality[i]))
            seen = was if kind == FRAMES else was[-1:]
            verdict[i] = REPEATED if what in seen else CORRECTION if was and kind == READINGS else NEW
            was.append(what)
        return verdict

    def _held(self, kind: int, rows: Columns) -> dict[tuple[int, int], list[tuple[int, int]]]:
        keys: Int32s = np.unique(rows.key)
        since, until = int(rows.at.min()), int(rows.at.max()) + 1
        stored = segments.rows_between(self._db, kind, since, until, keys)
        stored = stored.take(np.isin(stored.sort_key(), rows.sort_key()))
        stored = stored.take(np.argsort(stored.known, kind="stable"))
        held: dict[tuple[int, int], list[tuple[int, int]]] = {}
        values = zip(stored.value.tolist(), stored.quality.tolist(), strict=True)
        for key, at, what in zip(stored.key.tolist(), stored.at.tolist(), values, strict=True):
            held.setdefault((key, at), []).append(what)
        return held

    def _count(self, counts: dict[str, int]) -> None:
        add = (
            "insert into counter (name, n) values (?, ?) on conflict (name) do update set n = n + excluded.n"
        )
        self._db.executemany(add, [(name, n) for name, n in counts.items() if n])


def _wanted(batch: Batch, frame_new: Bools) -> Bools:
    """Readings that came in a new frame, or without one."""
    if frame_new.all():
        return np.ones(len(batch), np.bool_)
    wanted: Bools = (batch.frame < 0) | frame_new[batch.frame]
    return wanted


def _counts(frame_new: Bools, stored: Bools, corrected: Bools) -> dict[str, int]:
    frames, readings = int(frame_new.sum()), int(stored.sum())
    return {
        "frames_accepted": frame_new.size,
        "frames_stored": frames,
        "frames_repeated": frame_new.size - frames,
        "readings_stored": readings,
        "readings_repeated": stored.size - readings,
        "corrections": int(corrected.sum()),
    }
