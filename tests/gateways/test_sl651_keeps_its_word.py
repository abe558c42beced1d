"""What was acknowledged is there, whatever happens: kill -9, a full disk, a locked database, clocks that jump."""

import errno
import random
import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from datetime import timedelta
from pathlib import Path
from select import select

import numpy as np
import pytest

from anlan.observe.ingest.ingest import Ingest
from anlan.observe.store.batch import Batch, Written
from anlan.observe.store.columns import Quality
from anlan.observe.store.errors import DiskFull
from anlan.observe.store.reader import Reader
from anlan.observe.store.writer import Writer
from anlan.science.jit import Int32s
from anlan.wire.sl651.codes import Control
from tests.gateways.conftest import Centre, roster, values
from tests.support.house import ROOT
from tests.support.patience import PATIENCE_S, eventually
from tests.support.stations import NOW, RAIN, RIVER, Line, ends, rain, report

MINUTE = timedelta(minutes=1)


@contextmanager
def child(folder: Path, *more: str) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """A gateway in a process of its own, and its port."""
    command = [sys.executable, "-m", "tests.gateways.child", str(folder), *more]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True, cwd=ROOT)
    try:
        assert process.stdout is not None
        yield process, int(process.stdout.readline())
    finally:
        process.kill()
        process.communicate()


def test_what_was_acknowledged_outlives_kill_9(tmp_path: Path) -> None:
    """Three times the process is killed the moment an acknowledgement came; every one of them was true."""
    acknowledged: list[int] = []
    for life in range(3):
        with child(tmp_path) as (process, port), closing(Line(port)) as line:
            for n in range(life * 40, life * 40 + random.Random(life).randrange(5, 40)):
                line.send(rain(RAIN, NOW - (200 - n) * MINUTE, n, serial=n + 1))
                assert line.answer()
                acknowledged.append(n)
            process.kill()
        assert values(tmp_path, RAIN) == acknowledged


def test_frames_sent_again_after_a_crash_are_stored_once(tmp_path: Path) -> None:
    frames = [rain(RAIN, NOW - n * MINUTE, n, serial=n + 1) for n in range(30)]
    for _ in range(2):
        with child(tmp_path) as (process, port), closing(Line(port)) as line:
            line.send(b"".join(frames))
            assert ends(line.answers(30)) == [Control.ESC] * 30
            process.kill()
    assert values(tmp_path, RAIN) == list(reversed(range(30)))


def test_a_full_disk_acknowledges_nothing_and_loses_nothing(tmp_path: Path) -> None:
    """A real limit of the system on the size of files: frames wait unanswered until there is room again."""
    with child(tmp_path, "250000") as (process, port):
        line = Line(port)
        answered = 0
        frames = [rain(RAIN, NOW - n * MINUTE, n % 90, serial=n + 1) for n in range(1_200)]
        assert process.stdout is not None
        for frame in frames:
            line.send(frame)
            heard, _, _ = select([line.socket, process.stdout], [], [], PATIENCE_S)
            if process.stdout in heard:  # the disk is full
                break
            answered += ends([line.answer()]) == [Control.ESC]
        assert line.is_silent()
        assert 0 < answered < 1_200
        assert len(values(tmp_path, RAIN)) == answered
        assert process.stdin is not None
        process.stdin.write("room\n")
        process.stdin.flush()
        again = Line(port)
        again.send(frames[answered])
        assert ends([again.answer()]) == [Control.ESC]
        assert len(values(tmp_path, RAIN)) == answered + 1
        line.close()
        again.close()


def test_a_disk_without_space_holds_the_gateway_which_says_why_and_recovers(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whether the store names the full disk or the system does: the line lives, nothing is acknowledged, then all is."""
    faults = [DiskFull("The disk is full."), OSError(errno.ENOSPC, "No space left on device")]
    true_write, line = Writer.write, centre.line()
    for n, fault in enumerate(faults, 1):

        def full(*_: object, fault: Exception = fault) -> None:
            raise fault

        monkeypatch.setattr(Writer, "write", full)
        line.send(rain(RAIN, NOW - n * MINUTE, n, serial=n))
        assert eventually(lambda: centre.thread.gateway.trouble != "")
        assert line.is_silent()
        assert centre.quarantine() == []
        monkeypatch.setattr(Writer, "write", true_write)
        assert ends([line.answer()]) == [Control.ESC]
        assert eventually(lambda: centre.thread.gateway.trouble == "")
    assert centre.rain() == [2, 1]


def test_a_locked_database_makes_stations_wait_not_lose(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(centre.ingest, "_writer", _impatient(centre))
    line = centre.line()
    line.send(rain(RAIN, NOW - MINUTE, 1, serial=1))
    line.answer()
    other = sqlite3.connect(centre.folder / "readings.sqlite3", isolation_level=None)
    other.execute("begin immediate")
    line.send(rain(RAIN, NOW, 2, serial=2))
    assert eventually(lambda: "holds it" in centre.thread.gateway.trouble)
    assert line.is_silent()
    other.execute("rollback")
    other.close()
    assert ends([line.answer()]) == [Control.ESC]
    assert centre.rain() == [1, 2]
    assert eventually(lambda: centre.thread.gateway.trouble == "")


def _impatient(centre: Centre) -> Writer:
    """The same store with a writer that does not wait long for a lock."""
    centre.ingest._writer.close()
    return Writer(centre.folder / "readings.sqlite3", timeout_s=0.05)


def test_what_could_not_be_written_does_not_count_twice_in_the_windows(
    centre: Centre, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The same frames are given again until they can be written; rain and quarantine count them once."""
    true_write, failures = Writer.write, [3]

    def brittle(writer: Writer, batch: Batch) -> Written:
        if failures[0]:
            failures[0] -= 1
            raise DiskFull("The disk is full.")
        return true_write(writer, batch)

    monkeypatch.setattr(Writer, "write", brittle)
    line = centre.line()
    line.send(rain(RAIN, NOW, 35) + rain("0099999999", NOW, 1))
    assert ends([line.answer()]) == [Control.ESC]
    assert failures == [0]
    assert [count for _, _, count in centre.quarantine()] == [1]
    centre.ingest.advance(NOW)
    sums, _ = centre.ingest.windows.read(_rows(1))
    assert sums[:, 0].tolist() == [35] * 6


def _rows(count: int) -> Int32s:
    return np.arange(count, dtype=np.int32)


def test_stopping_writes_and_answers_what_waits(centre: Centre) -> None:
    line = centre.line()
    line.send(b"".join(rain(RAIN, NOW - n * MINUTE, n, serial=n + 1) for n in range(50)))
    assert eventually(lambda: centre.thread.gateway.counts.frames == 50)
    centre.thread.stop()
    assert len(centre.rain()) == 50


def test_a_clock_that_jumps_back_rebuilds_the_windows(centre: Centre) -> None:
    line = centre.line()
    line.send(rain(RAIN, NOW, 35))
    line.answer()
    centre.clock[0] = NOW + timedelta(hours=20)
    line.send(rain(RAIN, NOW + timedelta(hours=20), 10, serial=2))
    line.answer()
    centre.clock[0] = NOW + 10 * MINUTE
    line.send(rain(RAIN, NOW + 5 * MINUTE, 2, serial=3))
    line.answer()
    centre.ingest.advance(NOW + 10 * MINUTE)
    sums, _ = centre.ingest.windows.read(_rows(1))
    assert sums[1, 0] == 37


def test_late_rain_counts_in_the_hours_it_fell_in_and_is_flagged(centre: Centre) -> None:
    line = centre.line()
    line.send(rain(RAIN, NOW - 2 * timedelta(hours=1), 300))
    line.answer()
    centre.ingest.advance(NOW)
    sums, _ = centre.ingest.windows.read(_rows(1))
    assert sums[:, 0].tolist() == [0, 0, 300, 300, 300, 300]
    with Reader(centre.folder / "readings.sqlite3") as reader:
        (quality,) = reader.latest().quality.tolist()
    assert quality == Quality.LATE


def test_a_new_ingest_finds_the_windows_and_stages_as_they_were(tmp_path: Path, centre: Centre) -> None:
    line = centre.line()
    for n in range(40):
        line.send(rain(RAIN, NOW - n * 5 * MINUTE, n, serial=n + 1))
        line.send(report(RIVER, NOW - n * 5 * MINUTE, serial=n + 1, x39=f"{100 - n / 10:.1f}"))
    line.answers(80)
    centre.ingest.advance(NOW)
    before = centre.ingest.windows.read(_rows(1))
    stages = centre.ingest.stages_mm()
    centre.thread.stop()
    again = Ingest.over(tmp_path, roster(), now=NOW)
    after = again.windows.read(_rows(1))
    assert [(a == b).all() for a, b in zip(before, after, strict=True)] == [True, True]
    assert stages == again.stages_mm() == {RIVER: 100_000}
    again.close()
