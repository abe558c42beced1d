"""The reading store: nothing lost, nothing twice, every question answerable as it was known then."""

import multiprocessing
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.observe.store import segments
from anlan.observe.store.batch import typed
from anlan.observe.store.columns import Quality
from anlan.observe.store.errors import (
    BadBatch,
    DiskFull,
    SecondWriter,
    StoreDamaged,
    StoreError,
    StoreLocked,
    StoreMissing,
    UnknownSeries,
)
from anlan.observe.store.reader import Reader
from anlan.observe.store.writer import Writer
from tests.observe.store_batches import HOUR, MINUTE, RAIN, STAGE, T0, columns, framed, of
from tests.support.patience import PATIENCE_S

FOREVER = T0 + 1000 * HOUR


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "readings-x1.sqlite3"


@pytest.fixture
def writer(path: Path) -> Iterator[Writer]:
    with Writer(path) as opened:
        yield opened


def values(
    path: Path, station: int = 1, element: int = RAIN, known: int | None = None
) -> list[tuple[int, int]]:
    """(minutes after T0, value) of a series as known ``known`` minutes after T0."""
    with Reader(path) as reader:
        moment = None if known is None else T0 + known * MINUTE
        rows = reader.series_values(station, element, 0, FOREVER, known_by=moment)
        return list(zip(((rows.at - T0) // MINUTE).tolist(), rows.value.tolist(), strict=True))


def test_a_reading_is_there_when_the_write_returns(writer: Writer, path: Path) -> None:
    written = writer.write(of([(1, RAIN, 5, 12), (2, STAGE, 5, 900)]))
    assert written.stored.tolist() == [True, True]
    assert values(path) == [(5, 12)]
    assert values(path, 2, STAGE) == [(5, 900)]


def test_the_same_reading_again_is_not_stored_again(writer: Writer, path: Path) -> None:
    writer.write(of([(1, RAIN, 5, 12), (1, RAIN, 5, 12)]))
    assert writer.write(of([(1, RAIN, 5, 12)], known=9)).stored.tolist() == [False]
    with Reader(path) as reader:
        assert reader.counts() == {"readings_stored": 1, "readings_repeated": 2}


def test_another_value_is_a_correction_and_the_old_one_is_what_was_known_before(
    writer: Writer, path: Path
) -> None:
    writer.write(of([(1, RAIN, 5, 12)], known=5))
    assert writer.write(of([(1, RAIN, 5, 30)], known=20)).corrected.tolist() == [True]
    assert values(path) == [(5, 30)]
    assert values(path, known=19) == [(5, 12)]
    assert values(path, known=4) == []


def test_a_correction_back_to_the_first_value_is_a_correction_too(writer: Writer, path: Path) -> None:
    for known, value in ((5, 12), (6, 30), (7, 12)):
        writer.write(of([(1, RAIN, 5, value)], known=known))
    assert values(path) == [(5, 12)]
    assert values(path, known=6) == [(5, 30)]


def test_a_frame_sent_twice_is_one_frame_and_its_readings_count_once(writer: Writer, path: Path) -> None:
    first = writer.write(framed([(1, RAIN, 5, 12), (1, RAIN, 5, 40)], [7, 8]))
    again = writer.write(framed([(1, RAIN, 5, 12), (2, RAIN, 5, 1)], [7, 7]))
    assert first.frame_new.tolist() == [True, True]
    assert again.frame_new.tolist() == [False, True]
    assert again.stored.tolist() == [False, True]
    assert values(path) == [(5, 40)]
    with Reader(path) as reader:
        counts = reader.counts()
    assert (counts["frames_accepted"], counts["frames_stored"], counts["frames_repeated"]) == (4, 3, 1)


def test_a_value_with_more_decimals_than_its_series_is_rounded_and_says_so(
    writer: Writer, path: Path
) -> None:
    writer.write(of([(1, RAIN, 5, 12)]))
    station, element, at, value, _ = columns([(1, RAIN, 10, 125), (1, RAIN, 15, 120), (1, RAIN, 20, -125)])
    written = writer.write(typed(T0, station, element, at, value, np.full(3, 2, np.int8)))
    assert written.value.tolist() == [13, 12, -13]
    coarse = writer.write(typed(T0, station[:1], element[:1], at[:1] + HOUR, value[:1], np.zeros(1, np.int8)))
    assert coarse.value.tolist() == [1250]
    with Reader(path) as reader:
        quality = reader.series_values(1, RAIN, T0 + 6 * MINUTE, FOREVER).quality
    assert quality.tolist() == [Quality.ROUNDED, 0, Quality.ROUNDED, 0]


def test_hourly_sums_take_the_reading_on_the_hour_into_the_hour_that_ends(writer: Writer, path: Path) -> None:
    readings = [(1, RAIN, 5 * k, k) for k in range(1, 37)]
    writer.write(of(readings))
    with Reader(path) as reader:
        hours = reader.clock_hours(1, RAIN, T0, T0 + 3 * HOUR)
        steps = reader.hyetograph(1, RAIN, T0, T0 + HOUR, 15 * MINUTE)
        with pytest.raises(BadBatch, match="hour"):
            reader.clock_hours(1, RAIN, T0 + 1, T0 + HOUR + 1)
        with pytest.raises(BadBatch, match="whole number"):
            reader.hyetograph(1, RAIN, T0, T0 + HOUR, 7 * MINUTE)
    assert hours.total.tolist() == [sum(range(1, 13)), sum(range(13, 25)), sum(range(25, 37))]
    assert (hours.end - T0).tolist() == [HOUR, 2 * HOUR, 3 * HOUR]
    assert steps.total.tolist() == [6, 15, 24, 33]
    assert steps.count.tolist() == [3, 3, 3, 3]


def test_a_missing_value_is_kept_but_adds_nothing(writer: Writer, path: Path) -> None:
    missing = np.array([Quality.MISSING], np.int16)
    writer.write(typed(T0, *columns([(1, RAIN, 5, 0)]), quality=missing))
    with Reader(path) as reader:
        assert reader.series_values(1, RAIN, 0, FOREVER).quality.tolist() == [Quality.MISSING]
        assert reader.clock_hours(1, RAIN, T0, T0 + HOUR).count.tolist() == [0]


def latest(path: Path, known: int | None = None) -> dict[tuple[int, int], int]:
    with Reader(path) as reader:
        rows = reader.latest(known_by=None if known is None else T0 + known * MINUTE)
    keys = zip(rows.station.tolist(), rows.element.tolist(), strict=True)
    return dict(zip(keys, rows.value.tolist(), strict=True))


def test_the_latest_value_is_that_observed_last_whatever_arrives_later(writer: Writer, path: Path) -> None:
    writer.write(of([(1, RAIN, 10, 5), (2, STAGE, 10, 7)], known=10))
    writer.write(of([(1, RAIN, 5, 99)], known=12))
    assert latest(path) == {(1, RAIN): 5, (2, STAGE): 7}
    writer.write(of([(1, RAIN, 10, 6)], known=14))
    for k in range(40):  # through the merges
        writer.write(of([(3, RAIN, k, k)], known=20 + k))
    assert latest(path) == {(1, RAIN): 6, (2, STAGE): 7, (3, RAIN): 39}
    assert latest(path, known=13) == {(1, RAIN): 5, (2, STAGE): 7}
    assert latest(path, known=25) == {(1, RAIN): 6, (2, STAGE): 7, (3, RAIN): 5}


stories = st.lists(
    st.lists(
        st.tuples(
            st.integers(1, 3),
            st.sampled_from([RAIN, STAGE]),
            st.integers(0, 30) | st.integers(0, 2000),
            st.integers(-3, 3),
        ),
        max_size=8,
    ),
    max_size=40,
)


@settings(max_examples=25, deadline=None)
@given(stories, st.integers(0, 40), st.booleans())
def test_the_store_answers_as_a_list_of_all_readings_would(
    tmp_path_factory: pytest.TempPathFactory,
    story: list[list[tuple[int, int, int, int]]],
    asked: int,
    reopen: bool,
) -> None:
    path = tmp_path_factory.mktemp("store") / "readings-x1.sqlite3"
    writer = Writer(path)
    kept: dict[tuple[int, int, int], list[tuple[int, int]]] = {}
    for known, readings in enumerate(story):
        expected = []
        for station, element, at, value in readings:
            rows = kept.setdefault((station, element, at), [])
            expected.append(not rows or rows[-1][1] != value)
            if expected[-1]:
                rows.append((known, value))
        assert writer.write(of(readings, known=known)).stored.tolist() == expected
        if reopen and known % 7 == 3:
            writer.close()
            writer = Writer(path)
    for station, element in {key[:2] for key in kept}:
        for known in (None, asked):
            wanted = [
                (at, [v for k, v in rows if known is None or k <= known][-1])
                for (s, e, at), rows in sorted(kept.items())
                if (s, e) == (station, element) and any(known is None or k <= known for k, _ in rows)
            ]
            assert values(path, station, element, known) == wanted
    writer.close()


def test_readings_too_old_to_be_remembered_are_looked_up(writer: Writer, path: Path) -> None:
    writer.write(of([(1, RAIN, k, k) for k in range(200)]))
    written = writer.write(
        of([(1, RAIN, 3, 3), (1, RAIN, 4, 77), (1, RAIN, 4, 77), (1, RAIN, 4, 4)], known=300)
    )
    assert written.stored.tolist() == [False, True, False, True]
    assert written.corrected.tolist() == [False, True, False, True]
    frames = writer.write(framed([(1, RAIN, 400 + k, k) for k in range(60)], list(range(60)), known=500))
    assert frames.frame_new.all()
    assert writer.write(framed([(1, RAIN, 400, 0)], [0], known=501)).frame_new.tolist() == [False]


def test_a_writer_that_starts_again_still_knows_what_it_stored(path: Path) -> None:
    for _ in range(3):
        with Writer(path) as writer:
            written = writer.write(framed([(1, RAIN, 5, 12)], [7]))
    assert written.frame_new.tolist() == written.stored.tolist() == [False]
    assert values(path) == [(5, 12)]


def test_many_small_batches_become_few_segments_and_the_rows_stay(writer: Writer, path: Path) -> None:
    for k in range(segments.FAN**2 + 3):
        writer.write(of([(1, RAIN, k, k), (2, RAIN, k, -k)], known=k))
    with sqlite3.connect(path) as db:
        levels = dict(db.execute("select level, count(*) from segment where kind = 0 group by level"))
        chunks = db.execute("select count(*) from chunk").fetchone()[0]
    db.close()
    assert levels == {0: 3, 2: 1}
    assert chunks == 4
    assert values(path, 2) == [(k, -k) for k in range(segments.FAN**2 + 3)]


def test_a_series_that_spans_chunks_is_read_whole(
    writer: Writer, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(segments, "CHUNK_ROWS", 10)
    for k in range(segments.FAN):
        writer.write(of([(s, RAIN, k, s * 100 + k) for s in range(1, 6)], known=k))
    for station in range(1, 6):
        assert values(path, station) == [(k, station * 100 + k) for k in range(segments.FAN)]


def _full(db: sqlite3.Connection, spare: int = 0) -> None:
    db.execute(f"pragma max_page_count = {db.execute('pragma page_count').fetchone()[0] + spare}")


def test_on_a_full_disk_nothing_is_acknowledged_and_nothing_is_lost(writer: Writer, path: Path) -> None:
    writer.write(of([(1, RAIN, 5, 12)]))
    _full(writer._db)
    batch = of([(s, RAIN, k, s + k) for s in range(100, 3000) for k in range(6)], known=9)
    with pytest.raises(DiskFull, match="free space"):
        writer.write(batch)
    assert values(path) == [(5, 12)]
    with Reader(path) as reader:
        assert reader.counts() == {"readings_stored": 1}
        assert reader.stations().tolist() == [1]
    writer._db.execute("pragma max_page_count = 100000")
    assert writer.write(batch).stored.all()
    assert values(path, 2999) == [(k, 2999 + k) for k in range(6)]


def test_a_merge_that_finds_no_room_keeps_the_readings_and_is_tried_again(writer: Writer, path: Path) -> None:
    writer.write(of([(s, RAIN, 0, s) for s in range(1, 4000)]))
    for k in range(1, segments.FAN - 1):
        writer.write(of([(1, RAIN, k, k)], known=k))
    _full(writer._db, spare=1)
    assert writer.write(of([(1, RAIN, 500, 1)], known=20)).stored.all()
    assert isinstance(writer.untidy, DiskFull)
    assert (500, 1) in values(path)
    writer._db.execute("pragma max_page_count = 100000")
    writer.write(of([(1, RAIN, 501, 1)], known=21))
    assert writer.untidy is None
    assert len(values(path)) == segments.FAN + 1


def test_a_locked_file_is_named_and_the_batch_can_be_sent_again(path: Path) -> None:
    with Writer(path, timeout_s=0.05) as writer:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("begin immediate")
        with pytest.raises(StoreLocked, match="send again"):
            writer.write(of([(1, RAIN, 5, 12)]))
        other.execute("rollback")
        other.close()
        assert writer.write(of([(1, RAIN, 5, 12)])).stored.all()


def test_there_is_one_writer(writer: Writer, path: Path) -> None:
    with pytest.raises(SecondWriter, match="stop it first"):
        Writer(path)


def test_a_file_that_is_no_store_or_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreMissing, match="start the engine"):
        Reader(tmp_path / "readings-none.sqlite3")
    garbage = tmp_path / "readings-bad.sqlite3"
    garbage.write_bytes(b"no database" * 1000)
    for opening in (Reader, Writer):
        with pytest.raises(StoreDamaged, match="restore"):
            opening(garbage)
    Writer(tmp_path / "readings-x1.sqlite3").close()


def test_a_series_that_never_spoke_is_an_error_not_an_empty_answer(writer: Writer, path: Path) -> None:
    writer.write(of([(1, RAIN, 5, 12)]))
    with pytest.raises(UnknownSeries, match="39H"):
        values(path, 1, STAGE)


@pytest.mark.parametrize("at", [-1, 1 << 42])
def test_a_batch_with_an_impossible_time_is_refused(writer: Writer, at: int) -> None:
    station, element, _, value, decimals = columns([(1, RAIN, 5, 12)])
    with pytest.raises(BadBatch, match="1970"):
        writer.write(typed(T0, station, element, np.array([at]), value, decimals))
    with pytest.raises(BadBatch, match="differ in length"):
        writer.write(typed(T0, station, element, np.array([T0, T0]), value, decimals))
    with pytest.raises(BadBatch, match="out of range"):
        writer.write(typed(T0, station - 5, element, np.array([T0]), value, decimals))


def test_between_gives_all_series_for_rebuilding_windows(writer: Writer, path: Path) -> None:
    writer.write(of([(1, RAIN, 5, 12), (2, RAIN, 10, 7), (2, STAGE, 10, 1), (1, RAIN, 70, 3)]))
    writer.write(of([(2, RAIN, 10, 8)], known=3))
    with Reader(path) as reader:
        rows = reader.between(T0, T0 + HOUR, elements=np.array([RAIN], np.int32))
        nothing = reader.between(T0, T0 + HOUR, elements=np.array([0x01], np.int32))
    assert list(zip(rows.station.tolist(), rows.value.tolist(), strict=True)) == [(1, 12), (2, 8)]
    assert len(nothing) == 0


def test_a_backup_restores_to_the_same_digest_and_the_same_history(
    writer: Writer, path: Path, tmp_path: Path
) -> None:
    for k in range(segments.FAN + 2):
        writer.write(framed([(s, RAIN, k * 7, s + k) for s in (3, 1, 2)], [k, k, k], known=k * 7))
    writer.write(of([(1, RAIN, 0, 55), (1, RAIN, 0, 56)], known=200))
    copy = tmp_path / "readings-copy.sqlite3"
    with Reader(path) as reader, Writer(copy) as restored:
        for rows in reader.iter_rows():
            restored.load(rows)
        restored.set_counts(reader.counts())
        with Reader(copy) as other:
            assert other.digest() == reader.digest()
            assert other.counts() == reader.counts()
    assert values(copy) == values(path)
    assert values(copy, known=199) == values(path, known=199)
    assert latest(copy) == latest(path)
    with Writer(copy) as restored:
        assert not restored.write(of([(1, RAIN, 0, 56)])).stored.any()
        restored.write(of([(1, RAIN, 0, 57)], known=300))
    with Reader(path) as reader, Reader(copy) as other:
        assert other.digest() != reader.digest()


def _read_for_a_while(path: Path, seen: "multiprocessing.Queue[list[int]]") -> None:
    with Reader(path) as reader:
        lengths = [0]
        while lengths[-1] < 60:
            lengths.append(reader.series_values(1, RAIN, 0, FOREVER).at.size)
    seen.put(lengths)


def test_another_process_reads_while_the_writer_writes_and_merges(writer: Writer, path: Path) -> None:
    writer.write(of([(1, RAIN, 0, 0)]))
    context = multiprocessing.get_context("spawn")
    seen: multiprocessing.Queue[list[int]] = context.Queue()
    reader = context.Process(target=_read_for_a_while, args=(path, seen))
    reader.start()
    for k in range(1, 60):
        writer.write(of([(1, RAIN, k, k)], known=k))
    lengths = seen.get(timeout=PATIENCE_S)
    reader.join(timeout=PATIENCE_S)
    assert reader.exitcode == 0
    assert lengths == sorted(lengths)


def test_broken_input_is_kept_once_with_its_count_until_someone_decides(writer: Writer, path: Path) -> None:
    writer.quarantine.put([(b"\x7e\x7e", "crc"), (b"\x7e\x7e", "length")], peer="10.0.0.9", received_at=T0)
    writer.quarantine.put([(b"\x7e\x7e", "crc")], peer="10.0.0.9", received_at=T0 + 1)
    with Reader(path) as reader:
        crc, length = reader.broken()
        assert (crc.bytes, crc.reason, crc.count, crc.last_at - crc.received_at) == (b"\x7e\x7e", "crc", 2, 1)
        assert writer.quarantine.mark([crc.id], "refed") == 1
        assert writer.quarantine.mark([crc.id, 99], "dropped") == 0
        assert [item.id for item in reader.broken()] == [length.id]
        assert [item.state for item in reader.broken(state=None)] == ["refed", "new"]
        assert reader.broken(state=None, after=length.id) == []
    with pytest.raises(BadBatch, match="refed"):
        writer.quarantine.mark([1], "lost")


def test_quarantine_on_a_full_disk_is_named(writer: Writer) -> None:
    _full(writer._db)
    with pytest.raises(StoreError, match="free space"):
        writer.quarantine.put([(bytes(50_000), "crc")], peer="p", received_at=T0, ours=True)
