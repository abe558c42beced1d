"""One sick element never throws away a frame's rain: what is sound is stored, the frame stands in quarantine as read in part."""

from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from anlan.observe.ingest.ingest import Ingest
from anlan.observe.ingest.roster import Gauge, Roster
from anlan.observe.ingest.shapes import Outcome
from anlan.observe.store.columns import Quality
from anlan.observe.store.reader import Reader
from anlan.wire.sl651.batch import station_key
from anlan.wire.sl651.build import BEIJING
from anlan.wire.sl651.codes import Control
from anlan.wire.sl651.frame import decode_frame, encode_frame
from tests.gateways.conftest import Centre, roster
from tests.support.stations import NOW, PASSWORD, RAIN, RIVER, STRANGER, ends, rain

MINUTE = timedelta(minutes=1)
HEAD = "0001210812040002"  # serial, sent 2021-08-12 04:00:02, which is NOW
MINE = f"F1F1{RAIN}50F0F02108120400"


def frame_of(body: str, *, function: int = 0x32, head: str = HEAD) -> bytes:
    first = decode_frame(rain(RAIN, NOW, 1))
    return encode_frame(replace(first, function=function, body=bytes.fromhex(head + body)))


def readings(folder: Path, address: str = RAIN) -> dict[str, list[tuple[int, int, int]]]:
    """Minutes before NOW, value, flags; by element."""
    found: dict[str, list[tuple[int, int, int]]] = {}
    with Reader(folder / "readings.sqlite3") as reader:
        rows = reader.between(0, 1 << 41)
        for n in range(len(rows)):
            if rows.station[n] == station_key(address) and not rows.quality[n] & Quality.DERIVED:
                before = (NOW.timestamp() * 1000 - rows.at[n]) // 60_000
                told = int(before), int(rows.value[n]), int(rows.quality[n])
                found.setdefault(f"{rows.element[n]:02X}", []).append(told)
    return found


@pytest.mark.parametrize(
    ("frame", "kept", "reason"),
    [
        (frame_of(MINE + "2219000305" + "3923AAAAAAAA"), {"22": [(0, 305, 0)], "39": [(0, 0, 1)]}, "BadBcd"),
        (frame_of(MINE + "2219000305" + f"F1F1{STRANGER}48F0F02108120400" + "392300001234"), {"22": [(0, 305, 0)]},
         "UnknownStation"),
        (frame_of(MINE + "2219000305" + "F1F1AA9999999948" + "392300001234"), {"22": [(0, 305, 0)]}, "BadAddress"),
        (frame_of(f"F1F1{RAIN}50F0F00000000000" + "2219000305"), {"22": [(-1, 305, Quality.CLOCK)]}, "BadTime"),
        (frame_of(MINE + "2219000305" + "F0F00001010000" + "2219000001"), {"22": [(0, 305, 0)]}, "BadClock"),
        (frame_of(MINE + "2219000305" + "38121203" + "3923"), {"22": [(0, 305, 0)], "38": [(0, 1203, 0)]}, "BadBody"),
        (frame_of(f"F1F1{RAIN}50F0F00000000000" + "2219000305", head="0001000000000000"),
         {"22": [(0, 305, Quality.CLOCK)]}, "BadTime"),
    ],
)  # fmt: skip
def test_what_is_sound_is_stored_and_the_frame_is_read_in_part(
    centre: Centre, frame: bytes, kept: dict[str, list[tuple[int, int, int]]], reason: str
) -> None:
    line = centre.line()
    line.send(frame)
    assert ends([line.answer()]) == [Control.ESC]
    assert readings(centre.folder) == kept
    with Reader(centre.folder / "readings.sqlite3") as reader:
        (item,) = reader.broken()
    assert item.reason.startswith(f"Partly: {reason}: ")
    assert item.bytes == frame


def test_a_dead_clock_that_sends_the_same_frame_again_is_stored_once(tmp_path: Path) -> None:
    ingest = Ingest.over(tmp_path, roster(), now=NOW)
    frame = frame_of(f"F1F1{RAIN}50F0F00000000000" + "2219000305", head="0001000000000000")
    taken = [ingest.take([frame], known_at=NOW + n * MINUTE) for n in (0, 1)]
    assert [t.count(Outcome.REPEAT) for t in taken] == [0, 1]
    assert readings(tmp_path)["22"] == [(0, 305, Quality.CLOCK)]
    ingest.close()


def test_a_station_registered_later_gets_what_came_under_its_address(tmp_path: Path) -> None:
    frame = frame_of(MINE + "2219000305" + f"F1F1{STRANGER}50F0F02108120400" + "2219000007")
    ingest = Ingest.over(tmp_path, roster(), now=NOW)
    ingest.take([frame], known_at=NOW)
    ingest.close()
    known = Roster([*roster().gauges, Gauge(STRANGER, "rain", PASSWORD)])
    ingest = Ingest.over(tmp_path, known, now=NOW)
    assert ingest.take([frame], known_at=NOW + MINUTE).count(Outcome.STORED) == 1
    assert (readings(tmp_path)["22"], readings(tmp_path, STRANGER)["22"]) == ([(0, 305, 0)], [(0, 7, 0)])
    ingest.close()


def test_a_clock_beyond_reason_does_not_spoil_the_backup(tmp_path: Path) -> None:
    """Its own time of sending is filed under the day on which it came."""
    ingest = Ingest.over(tmp_path, roster(), now=NOW)
    ingest.take([frame_of(MINE + "2219000305", head="0001000101000000")], known_at=NOW)
    ingest.close()
    with Reader(tmp_path / "readings.sqlite3") as reader:
        assert sum(len(rows) for rows in reader.iter_rows()) == 2  # the reading and its frame


def test_an_hour_report_with_one_time_is_marked_and_keeps_its_stamp(tmp_path: Path) -> None:
    """Sent at 05:00:08 with the group time 04:05, a counter and a stage behind the slots: 待核实 with the makers."""
    ingest = Ingest.over(tmp_path, roster(), now=NOW)
    at = NOW.astimezone(BEIJING)
    first, head = (at - 55 * MINUTE).strftime("%y%m%d%H%M"), "0001" + at.strftime("%y%m%d%H%M") + "08"
    body = f"F1F1{RAIN}50F0F0{first}F460{'01' * 12}2619001234"
    ingest.take([frame_of(body, function=0x34, head=head)], known_at=NOW)
    assert readings(tmp_path)["26"] == [(55, 1234, Quality.LATE | Quality.STAMP)]
    own = f"F1F1{RIVER}48F0F0{first}F5C0{'0001' * 12}F0F0{at.strftime('%y%m%d%H%M')}392300001234"
    ingest.take([frame_of(own, function=0x34, head=head)], known_at=NOW)
    assert readings(tmp_path, RIVER)["39"] == [(0, 1234, 0)]
    ingest.close()


def test_nothing_sound_is_held_under_its_own_name(centre: Centre) -> None:
    line = centre.line()
    line.send(frame_of(MINE + "3923AAAAAAAA"))
    assert ends([line.answer()]) == [Control.ESC]
    assert readings(centre.folder) == {}
    assert [reason for reason, _, _ in centre.quarantine()] == ["BadBcd"]


def test_what_is_beyond_the_budget_is_counted_and_not_kept(centre: Centre) -> None:
    frames = [rain(STRANGER, NOW, n % 90, serial=n + 1) for n in range(520)]
    centre.ingest.take(frames, peers=["10.0.0.9"] * 520, known_at=NOW)
    centre.ingest.take(frames[:1], peers=["10.0.0.8"], known_at=NOW)
    with Reader(centre.folder / "readings.sqlite3") as reader:
        assert len(reader.broken(limit=1_000)) == 500
        assert reader.broken_over() == 20
    centre.ingest.take(frames[500:510], peers=["10.0.0.8"] * 10, known_at=NOW)
    with Reader(centre.folder / "readings.sqlite3") as reader:
        assert (len(reader.broken(limit=1_000)), reader.broken_over()) == (510, 20)


def test_of_a_strangers_frame_the_first_bytes_are_kept_of_an_acknowledged_one_all(centre: Centre) -> None:
    strange = frame_of(MINE + "2219000305" * 150)
    strange = encode_frame(replace(decode_frame(strange), station=STRANGER))
    ours = frame_of(f"F1F1{STRANGER}50F0F02108120400" + "2219000305" * 150)
    taken = centre.ingest.take([strange, ours], peers=["10.0.0.9"] * 2, known_at=NOW)
    assert taken.outcomes.tolist() == [Outcome.REFUSED, Outcome.HELD]
    with Reader(centre.folder / "readings.sqlite3") as reader:
        cut, whole = sorted(reader.broken(), key=lambda item: len(item.bytes))
    assert (cut.bytes, cut.size, cut.is_cut) == (strange[:512], len(strange), True)
    assert (whole.bytes, whole.is_cut) == (ours, False)


def test_what_cannot_be_kept_is_not_acknowledged(centre: Centre, monkeypatch: pytest.MonkeyPatch) -> None:
    from anlan.observe.store import quarantine

    monkeypatch.setattr(quarantine, "STATIONS", quarantine.Budget(kept=1, bytes=10_000))
    frames = [frame_of(MINE + f"3923AAAAAAA{n:X}") for n in (10, 11)]
    taken = centre.ingest.take(frames, peers=["10.0.0.9"] * 2, known_at=NOW)
    assert taken.outcomes.tolist() == [Outcome.HELD, Outcome.REFUSED]
