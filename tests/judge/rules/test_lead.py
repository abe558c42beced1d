"""Lead of a forecast: no finer than the source hour, zero and negative told as they are."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.judge.rules.lead import Lead, Span, lead, source_span

MOMENTS = st.integers(0, 365 * 1440).map(
    lambda minutes: datetime(2021, 1, 1, tzinfo=UTC) + timedelta(minutes=minutes)
)
HOUR = timedelta(hours=1)


def at(hour: int, minute: int = 0) -> datetime:
    return datetime(2021, 8, 12, hour, minute, tzinfo=UTC)


def hour(until: int) -> Span:
    return Span(after=at(until - 1), until=at(until))


@given(MOMENTS, st.sampled_from([5, 10, 60, 180]))
def test_a_reading_lies_in_the_interval_that_is_named(moment: datetime, minutes: int) -> None:
    span = source_span(moment, minutes=minutes)
    assert span.after < moment <= span.until
    assert span.until - span.after == timedelta(minutes=minutes)


def test_a_reading_at_the_full_hour_ends_its_hour() -> None:
    assert source_span(at(3), minutes=60) == hour(3)
    assert source_span(at(3, 1), minutes=60) == hour(4)


@given(MOMENTS, MOMENTS)
def test_a_lead_is_never_finer_than_the_source_hour(line: datetime, known: datetime) -> None:
    found = lead(line=source_span(line, minutes=60), forecast=source_span(known, minutes=60))
    assert found.most_min - found.least_min == 120
    true = (line - known) / timedelta(minutes=1)
    assert found.least_min <= true <= found.most_min


def test_a_line_of_the_same_hour_may_have_come_first() -> None:
    found = lead(line=hour(3), forecast=hour(3).later(timedelta(minutes=5)))
    assert found == Lead(least_min=-65, most_min=55)
    assert found.is_possible
    assert not found.is_certain


def test_a_line_of_the_next_hour_may_still_come_at_the_same_moment() -> None:
    assert lead(line=hour(4), forecast=hour(3)) == Lead(least_min=0, most_min=120)
    assert not Lead(least_min=0, most_min=120).is_certain


def test_a_forecast_after_the_line_has_no_lead() -> None:
    found = lead(line=hour(2), forecast=hour(4))
    assert found == Lead(least_min=-180, most_min=-60)
    assert not found.is_possible


def test_a_line_two_hours_later_is_ahead_for_certain() -> None:
    assert lead(line=hour(5), forecast=hour(3).later(timedelta(minutes=5))).is_certain


@pytest.mark.parametrize("minutes", [0, -60, 7])
def test_an_interval_that_does_not_divide_a_day_is_refused(minutes: int) -> None:
    with pytest.raises(ValueError, match="divide"):
        source_span(at(3), minutes=minutes)


def test_a_span_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(ValueError, match="ends after"):
        Span(after=at(3), until=at(3))
