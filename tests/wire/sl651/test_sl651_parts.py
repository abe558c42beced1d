# ruff: noqa: DTZ001  (the wire's times are Beijing time without an offset)
"""One sick element costs no other: what is sound is read, the fault is named, and the compiled decoder agrees."""

import contextlib
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from anlan.wire.sl651.batch import decode_batch, pack
from anlan.wire.sl651.codes import Encoding
from anlan.wire.sl651.errors import Sl651Error
from anlan.wire.sl651.frame import decode_frame
from anlan.wire.sl651.items import Number
from anlan.wire.sl651.kernel import HOT
from anlan.wire.sl651.message import Message, Observation, decode_message, encode_message, observations
from tests.wire.sl651.sl651_random import messages
from tests.wire.sl651.test_sl651_batch import mutated, rows_of, seconds
from tests.wire.sl651.test_sl651_codec import frame_of

NOW = datetime(2025, 6, 30, 12, 7, 30)
AT = datetime(2025, 6, 30, 12)
SENT = datetime(2025, 6, 30, 12, 5)
ST = "F1F1001234567848F0F02506301200"
SLOW = settings(deadline=None, max_examples=120, suppress_health_check=list(HealthCheck))


def read(frame: bytes) -> tuple[list[Observation], list[str]]:
    faults: list[Sl651Error] = []
    message = decode_message(decode_frame(frame), faults=faults, now=NOW)
    return observations(message), [type(fault).__name__ for fault in faults]


def told(body: str, **more: object) -> tuple[list[tuple[str, datetime, object]], list[str]]:
    found, faults = read(frame_of(body, **more))  # type: ignore[arg-type]
    return [(o.code, o.at, None if o.value is None else float(o.value)) for o in found], faults


@pytest.mark.parametrize("filler", ["AAAAAAAA", "EEEEEEEE", "BBBBBBBB", "FFFFFFFE", "0000A000", "7FFFFFFF"])
def test_a_filler_is_missing_and_the_rain_beside_it_stands(filler: str) -> None:
    found, faults = told(f"{ST}2019000305 3923{filler} 38121203".replace(" ", ""))
    assert found == [("20", AT, 30.5), ("39", AT, None), ("38", AT, 12.03)]
    assert faults == ["BadBcd"]


@pytest.mark.parametrize("guide", ["F4", "F5"])
@pytest.mark.parametrize("nibble", "ABCDE")
def test_an_hour_of_nothing_but_a_filler_is_missing(guide: str, nibble: str) -> None:
    size = 24 if guide == "F4" else 48
    found, faults = told(f"{ST}{guide}60{nibble * size}2019000305")
    assert [value for _, _, value in found] == [None] * 12 + [30.5]
    assert faults == ["BadValue"]


def test_one_heavy_slot_is_no_filler() -> None:
    found, faults = told(f"{ST}F460{'FF' * 11}AA")
    assert ([value for _, _, value in found][-1], faults) == (17.0, [])


@pytest.mark.parametrize("digits", ["0000000000", "FFFFFFFFFF", "2506322500", "AAAAAAAAAA"])
def test_a_time_that_cannot_be_read_is_that_of_the_sending(digits: str) -> None:
    found, faults = read(frame_of(f"F1F1001234567848F0F0{digits}2019000305"))
    assert [(o.at, o.value, o.is_guessed) for o in found] == [(SENT, Decimal("30.5"), True)]
    assert faults == ["BadTime"]


@pytest.mark.parametrize("digits", ["000000000000", "FFFFFFFFFFFF"])
def test_a_dead_clock_reads_as_of_now_and_an_hour_ends_now(digits: str) -> None:
    frame = decode_frame(frame_of(f"F1F1001234567848F0F0{digits[:10]}F460{'01' * 12}2019000305"))
    frame = replace(frame, body=frame.body[:2] + bytes.fromhex(digits) + frame.body[8:])
    faults: list[Sl651Error] = []
    found = observations(decode_message(frame, faults=faults, now=NOW))
    assert {o.is_guessed for o in found} == {True}
    assert (found[0].at, found[11].at, found[12].at) == (
        datetime(2025, 6, 30, 11, 10),
        datetime(2025, 6, 30, 12, 5),
        datetime(2025, 6, 30, 12, 7),
    )
    assert len(faults) == 2


def test_what_stands_under_an_address_that_cannot_be_read_is_nobodys() -> None:
    found, faults = told(f"{ST}2019000305F1F1AA12345678 48F0F025063012003923000001234".replace(" ", "")[:-1])
    assert found == [("20", AT, 30.5)]
    assert faults == ["BadAddress"]


@pytest.mark.parametrize(
    ("rest", "sure"),
    [
        ("38121", ["20", "26"]),  # cut off inside an element of the table
        ("381212030000", ["20", "26", "38"]),  # padding
        ("01290000", ["20"]),  # a guide of the table that promises more than there is
        ("00190001", ["20"]),  # out of step: a wrong length before it shows only here
        (
            "29762AFF",
            ["20"],
        ),  # a length that the table does not know: what stands before it is not vouched for
    ],
)
def test_of_a_body_that_comes_apart_the_sure_beginning_is_read(rest: str, sure: list[str]) -> None:
    body = f"{ST}20190003052619001234{rest}"
    found, _ = told(body + "0" * (len(body) % 2))
    assert [code for code, _, _ in found] == sure


@SLOW
@given(messages(hot=True), st.data())
def test_any_one_element_may_be_sick(message: Message, data: st.DataObject) -> None:
    places = [n for n, item in enumerate(message.items) if isinstance(item, Number)]
    if not places:
        return
    sick = data.draw(st.sampled_from(places))
    items = list(message.items)
    items[sick] = replace(items[sick], raw="A" * len(items[sick].raw))  # type: ignore[union-attr,arg-type,type-var]
    found, faults = read(encode_message(replace(message, items=tuple(items))))
    whole = observations(message)
    differ = [n for n, (a, b) in enumerate(zip(found, whole, strict=True)) if a != b]
    assert len(differ) == 1
    assert found[differ[0]].value is None
    assert faults == ["BadBcd"]


@SLOW
@given(st.lists(messages(), min_size=1, max_size=6), st.randoms(use_true_random=False))
def test_what_the_compiled_decoder_takes_the_tolerant_one_reads_alike_and_without_a_fault(
    some: list[Message], dice: object
) -> None:
    frames = [mutated(encode_message(message), dice) for message in some]
    result = decode_batch(*pack(frames))
    for n in np.flatnonzero(result.status == HOT).tolist():
        found, faults = read(frames[n])
        assert rows_of(result, n) == [(o.station, seconds(o.at), o.code, o.value) for o in found]
        assert faults == []
        assert not any(o.is_guessed for o in found)


@SLOW
@given(messages(), st.randoms(use_true_random=False))
def test_nothing_that_came_whole_raises_anything_but_its_own_errors(message: Message, dice: object) -> None:
    with contextlib.suppress(Sl651Error):
        read(mutated(encode_message(message), dice))


@pytest.mark.parametrize(
    ("body", "kept"),
    [
        ("ST 0012345678 H TT 2506301200 PJ 3.5 Z AAAA VT 12.10 ", [("20", 3.5), ("39", None), ("38", 12.1)]),
        ("ST 0012345678 H TT 2506301200 PJ 3.5 NOPE 7 VT 12.10 ", [("20", 3.5), ("38", 12.1)]),
        ("ST 0012345678 H TT 2506301200 PJ PT 123.4 ", [("20", None), ("26", 123.4)]),
        ("ST 0012345678 H TT 0000000000 PJ 3.5 ", [("20", 3.5)]),
        ("ST 0012345678 H TT 2506301200 PJ 3.5 ST 00A2345678 H TT 2506301200 Z 1.0 ", [("20", 3.5)]),
    ],
)
def test_an_ascii_report_loses_only_its_sick_element(body: str, kept: list[tuple[str, object]]) -> None:
    found, faults = told(body, encoding=Encoding.ASCII)
    assert [(code, value) for code, _, value in found] == kept
    assert len(faults) == 1


def test_a_series_with_a_dead_clock_ends_at_its_sending() -> None:
    body = "F1F1001234567848F0F00000000000 0418000005 2219 000001 000002 000003".replace(" ", "")
    found, _ = read(frame_of(body, function=0x31))
    assert [o.at for o in found] == [SENT - timedelta(minutes=m) for m in (10, 5, 0)]
