"""Times, numbers, phones and names as people read them."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.ui.format import ago, clock, countdown, full, mask_name, mask_phone, number
from tests.ui.page import NOW


@pytest.mark.parametrize(
    ("at", "text"),
    [
        (datetime(2021, 8, 11, 20, 51, tzinfo=UTC), "04:51"),
        (datetime(2021, 8, 11, 14, 15, tzinfo=UTC), "08-11 22:15"),
        (datetime(2020, 12, 31, 16, 0, tzinfo=UTC), "01-01 00:00"),
        (datetime(2020, 12, 31, 15, 59, tzinfo=UTC), "2020-12-31 23:59"),
    ],
)
def test_a_moment_reads_in_beijing_time_with_as_much_date_as_it_needs(at: datetime, text: str) -> None:
    now = NOW if at.month == 8 else datetime(2021, 8, 11, tzinfo=UTC)
    expected = text if at.month == 8 or text.startswith("2020") else "01-01 00:00"
    assert clock(at, now) == expected


def test_a_time_without_a_zone_is_refused() -> None:
    with pytest.raises(ValueError, match="zone"):
        clock(NOW.replace(tzinfo=None))


def test_records_show_the_whole_date() -> None:
    assert full(NOW) == "2021-08-12 04:07:12"


@pytest.mark.parametrize(
    ("seconds", "sentence", "n"),
    [
        (0, "刚刚", 0),
        (59, "刚刚", 0),
        (-30, "马上", 0),
        (60, "{n} 分钟前", 1),
        (-90, "{n} 分钟后", 1),
        (7200, "{n} 小时前", 2),
        (86400 * 3, "{n} 天前", 3),
        (86400 * 40, "", 0),
    ],
)
def test_how_long_ago_is_said_in_the_largest_whole_unit(seconds: int, sentence: str, n: int) -> None:
    assert ago(NOW - timedelta(seconds=seconds), NOW) == (sentence, n)


@pytest.mark.parametrize(
    ("seconds", "text"), [(168, "02:48"), (-12, "−00:12"), (3900, "1:05:00"), (0, "00:00")]
)
def test_a_counter_shows_what_is_left_or_over(seconds: int, text: str) -> None:
    assert countdown(NOW + timedelta(seconds=seconds), NOW) == text


@pytest.mark.parametrize(
    ("value", "digits", "text"),
    [(2047923, 0, "2,047,923"), (85.25, 1, "85.3"), (Decimal("0.05"), 1, "0.1"), (-3, 0, "−3")],
)
def test_numbers_are_grouped_and_rounded_half_up(value: float, digits: int, text: str) -> None:
    assert number(value, digits) == text


@pytest.mark.parametrize(
    ("phone", "text"),
    [
        ("13812344417", "138 **** 4417"),
        ("+86 138-1234-4417", "138 **** 4417"),
        ("07221234567", "072 **** 4567"),
        ("12345", "**** 45"),
        ("110", "****"),
    ],
)
def test_a_phone_is_masked(phone: str, text: str) -> None:
    assert mask_phone(phone) == text


@given(st.text("0123456789", min_size=11, max_size=13))
def test_no_mask_gives_away_the_middle_of_a_number(phone: str) -> None:
    assert sum(each.isdigit() for each in mask_phone(phone)) == 7


@given(st.text(max_size=8))
def test_a_masked_name_shows_one_character_at_most(name: str) -> None:
    assert mask_name(name) == f"{name[:1]}**"
