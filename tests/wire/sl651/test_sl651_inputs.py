# ruff: noqa: DTZ001  (the wire's times are Beijing time without an offset)
"""Frames of the field, addresses made up: right values for what is sound, a name for what is not."""

from datetime import datetime
from decimal import Decimal

import pytest

from anlan.wire.sl651.assembly import GivenUp
from anlan.wire.sl651.errors import Sl651Error
from anlan.wire.sl651.frame import decode_frame
from anlan.wire.sl651.framer import Framer, Good
from anlan.wire.sl651.message import decode_message, observations
from anlan.wire.sl651.session import Broken, Joined, Received, Session
from tests.wire.sl651.sl651_vectors import FOLDER

NOW = datetime(2026, 7, 12, 11, 52)


def frames(name: str) -> list[bytes]:
    path = FOLDER / "inputs" / name
    if not path.exists():
        pytest.skip("the shared vectors are not beside this checkout (../shared/vectors/inputs)")
    return [bytes.fromhex(line) for line in path.read_text().split()]


def read(data: bytes) -> tuple[list[tuple[str, str, object]], list[str]]:
    """Code, hour and minute, value of each observation; and the faults."""
    faults: list[Sl651Error] = []
    message = decode_message(decode_frame(data), faults=faults, now=NOW)
    rows = [(o.code, f"{o.at:%H%M}", o.value) for o in observations(message)]
    return rows, [type(fault).__name__ for fault in faults]


def numbers(name: str) -> tuple[dict[str, float | None], list[str]]:
    (data,) = frames(name)
    rows, faults = read(data)
    return {code: None if value is None else float(str(value)) for code, _, value in rows}, faults


@pytest.mark.parametrize(
    ("name", "want", "faults"),
    [
        ("sl03_AA_filler_beside_rain.hex", {"20": 30.5, "26": 123.4, "39": None, "38": 12.03}, ["BadBcd"]),
        ("sl05_F0_before_F1.hex", {"20": 1.2, "38": 12.03}, []),
        ("sl06_7E7E_in_body.hex", {"20": 1.2, "45": 0x7E7E00, "38": 12.03}, []),
        ("sl07_time_zero.hex", {"20": 30.5, "38": 12.03}, ["BadTime", "BadTime"]),
        ("sl07b_time_FF.hex", {"20": 30.5, "38": 12.03}, ["BadTime", "BadTime"]),
        ("sl07c_obs_time_bad_only.hex", {"20": 30.5, "38": 12.03}, ["BadTime"]),
        ("sl13_padding.hex", {"20": 1.2}, []),
    ],
)
def test_a_frame_of_the_field_gives_what_is_sound(
    name: str, want: dict[str, float | None], faults: list[str]
) -> None:
    assert numbers(name) == (want, faults)


def test_sparse_hours_leave_gaps_and_one_value() -> None:
    rows, faults = read(frames("sl01_hour_sparse.hex")[0])
    rain = [value for code, _, value in rows if code == "F4"]
    stage = [value for code, _, value in rows if code == "F5"]
    assert (rain, stage) == ([None] * 11 + [Decimal("0.0")], [None] * 11 + [Decimal("0.13")])
    assert faults == []


def test_uniform_series_of_one_value_keep_its_time() -> None:
    rain, _ = read(frames("sl02b_uniform_rain.hex")[0])
    assert (rain[-1], len(rain)) == (("22", "0900", Decimal("0.0")), 12)
    stage, _ = read(frames("sl02_uniform_stage.hex")[0])
    assert (stage[-1], len(stage)) == (("39", "0900", Decimal("0.170")), 12)


def test_negative_values_stay_negative() -> None:
    assert numbers("sl04_gnss_negative.hex") == ({"76": -1.72, "77": -0.21, "78": 152.03}, [])
    rain, _ = numbers("sl12_negative_rain.hex")
    assert rain == {"20": -0.5, "26": 123.4}


def test_a_makers_own_hour_report_is_read_whole() -> None:
    rows, faults = read(frames("sl08_guangdong_391A.hex")[0])
    assert faults == []
    assert rows[-4:] == [
        ("20", "0105", Decimal("0.0")),
        ("1A", "0105", Decimal("0.0")),
        ("39", "0105", Decimal("27.30")),
        ("38", "0105", Decimal("12.90")),
    ]


def test_a_manual_report_speaks_gbk() -> None:
    rows, _ = read(frames("sl09_manual_gbk.hex")[0])
    assert rows[-1][2] == "水位超警Z 61.35"


def test_a_users_own_element_is_passed_over() -> None:
    found, faults = numbers("sl11_user_FF.hex")
    assert (found["20"], faults) == (1.2, [])


@pytest.mark.parametrize(
    ("name", "want"),
    [
        ("sl14_ascii.hex", {"20": 3.5, "26": 123.4, "39": 61.35, "38": 12.1}),
        ("sl14b_ascii_M.hex", {"20": None, "26": 123.4, "39": None, "38": 12.1}),
    ],
)
def test_ascii_frames_read_alike(name: str, want: dict[str, float | None]) -> None:
    assert numbers(name) == (want, [])


@pytest.mark.parametrize("order", [(1, 2, 3), (3, 1, 2), (2, 3, 1)])
def test_packets_come_together_in_any_order(order: tuple[int, ...]) -> None:
    session, events = Session(), []
    for n in order:
        events += session.feed(frames(f"sl10_m3_{n}of3.hex")[0], NOW)
    (whole,) = [event for event in events if isinstance(event, Joined)]
    assert whole.total == 3
    assert not any(isinstance(event, Broken | GivenUp) for event in events)


def test_registration_text_and_halves_do_not_lose_the_frames_behind_them() -> None:
    one, two = frames("sl05_F0_before_F1.hex")[0], frames("sl13_padding.hex")[0]
    stream = b"13912345678\r\n" + one + b"$HEART\r\n" + two[:20] + two + one
    for size in (1, 7, len(stream)):
        framer = Framer()
        pieces = [p for at in range(0, len(stream), size) for p in framer.feed(stream[at : at + size])]
        assert [p.data for p in pieces if isinstance(p, Good)] == [one, two, one]


def test_a_session_hands_on_what_is_whole_though_its_body_is_sick() -> None:
    (event,) = Session().feed(frames("sl07_time_zero.hex")[0], NOW)
    assert isinstance(event, Received)
