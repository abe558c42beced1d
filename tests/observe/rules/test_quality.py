"""Flags mark what is doubtful; nothing is thrown away for them."""

from decimal import Decimal

import numpy as np
import pytest

from anlan.foundation import packs
from anlan.observe.rules import quality
from anlan.observe.rules.quality import Flag, Limits, limits_of

NOW = 1_628_700_000_000


@pytest.fixture(scope="module")
def limits() -> Limits:
    return limits_of(packs.get("quality").data)


def flags_of(limits: Limits, code: int, value: int, *, at: int = NOW, missing: bool = False) -> int:
    one = {"code": np.array([code], np.int32), "value": np.array([value]), "missing": np.array([missing])}
    return int(quality.flag(limits, **one, at_ms=np.array([at]), known_ms=np.array([NOW]))[0])


@pytest.mark.parametrize(
    ("code", "value", "wanted"),
    [
        (0x22, 600, 0),
        (0x22, 601, Flag.RANGE),
        (0x22, -1, Flag.RANGE),
        (0x39, -10_001, Flag.RANGE),
        (0x38, 3_001, Flag.RANGE),
        (0x02, -9_999, 0),
    ],
)
def test_a_value_out_of_range_is_marked(limits: Limits, code: int, value: int, wanted: int) -> None:
    assert flags_of(limits, code, value) == wanted


def test_a_reading_from_the_future_is_marked_as_clock_skew(limits: Limits) -> None:
    assert flags_of(limits, 0x22, 1, at=NOW + 300_000) == 0
    assert flags_of(limits, 0x22, 1, at=NOW + 300_001) == Flag.CLOCK


def test_a_reading_that_comes_late_is_marked(limits: Limits) -> None:
    assert flags_of(limits, 0x22, 1, at=NOW - 1_800_001) == Flag.LATE


def test_a_missing_value_is_marked_and_nothing_else_is_said_of_it(limits: Limits) -> None:
    assert flags_of(limits, 0x39, -99_999_999, missing=True) == Flag.MISSING


@pytest.mark.parametrize(
    ("days", "absurd"), [(0.5, False), (2, True), (-399, False), (-401, True), (-7_900, True)]
)
def test_only_a_clock_beyond_reason_holds_a_reading_back(limits: Limits, days: float, absurd: bool) -> None:
    at = np.array([NOW + int(days * 86_400_000)])
    assert quality.is_absurd(limits, at_ms=at, known_ms=np.array([NOW])).tolist() == [absurd]


@pytest.mark.parametrize(
    ("sent", "code", "wanted", "rounded"),
    [
        ("12.5", 0x22, 125, False),
        ("12", 0x22, 120, False),
        ("12.54", 0x22, 125, True),
        ("12.55", 0x22, 126, True),
        ("-12.55", 0x39, -12_550, False),
        ("-1.2345", 0x39, -1_235, True),
        ("12.50", 0x22, 125, False),
    ],
)
def test_digits_become_whole_numbers_of_the_last_decimal(
    sent: str, code: int, wanted: int, rounded: bool
) -> None:
    number = Decimal(sent)
    digits = int(number.scaleb(-number.as_tuple().exponent))  # type: ignore[operator]
    decimals = -number.as_tuple().exponent  # type: ignore[operator]
    value, lost = quality.in_resolution(np.array([digits]), np.array([decimals]), np.array([code], np.int32))
    assert (value.tolist(), lost.tolist()) == ([wanted], [rounded])


def test_every_flag_has_a_word() -> None:
    assert set(quality.NAMES) == set(Flag)
    assert quality.names(Flag.RANGE | Flag.LATE) == ["超出合理范围", "迟到"]
