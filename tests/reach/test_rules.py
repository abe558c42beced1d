"""States, limits and parts of messages."""

from datetime import UTC, datetime, timedelta
from itertools import permutations

from hypothesis import given
from hypothesis import strategies as st

from anlan.reach.rules.limits import Limits, backoff, refused, sms_parts
from anlan.reach.rules.states import FINAL, MessageState, moves, of_tries

NOW = datetime(2026, 7, 1, 15, 0, tzinfo=UTC)


def test_a_final_state_never_moves_back() -> None:
    assert not any(moves(old, new) for old in FINAL for new in MessageState)


def test_receipts_in_any_order_end_alike() -> None:
    heard = (MessageState.TAKEN, MessageState.DELIVERED, MessageState.TAKEN)
    for order in permutations(heard):
        state = MessageState.SENDING
        for each in order:
            state = each if moves(state, each) else state
        assert state is MessageState.DELIVERED


@given(
    st.lists(
        st.sampled_from([s for s in MessageState if s not in (MessageState.CREATED, MessageState.EXPIRED)]),
        min_size=1,
    )
)
def test_taken_is_never_shown_as_delivered(tries: list[MessageState]) -> None:
    assert (of_tries(tries) is MessageState.DELIVERED) == (MessageState.DELIVERED in tries)


def test_a_number_is_reached_no_oftener_than_the_line_may() -> None:
    limits = Limits(per_number_minute=1, per_number_day=3)
    assert refused(limits, sent=[], now=NOW, hour=23) == ""
    assert refused(limits, sent=[NOW - timedelta(seconds=30)], now=NOW, hour=23) == "minute"
    spread = [NOW - timedelta(hours=n) for n in (1, 5, 20)]
    assert refused(limits, sent=spread, now=NOW, hour=23) == "day"
    assert refused(limits, sent=[NOW - timedelta(hours=n) for n in (1, 5, 30)], now=NOW, hour=23) == ""


def test_hours_may_lie_across_midnight() -> None:
    by_night = Limits(from_hour=22, to_hour=6)
    assert [hour for hour in range(24) if not refused(by_night, sent=[], now=NOW, hour=hour)] == [
        0,
        1,
        2,
        3,
        4,
        5,
        22,
        23,
    ]
    by_day = Limits(from_hour=8, to_hour=22)
    assert refused(by_day, sent=[], now=NOW, hour=3) == "hours"


def test_parts_are_counted_in_units_of_utf16() -> None:
    assert [sms_parts("雨" * n) for n in (1, 70, 71, 134, 135)] == [1, 1, 2, 2, 3]
    assert sms_parts("𠮷" * 36) == 2, "a rare character takes two units"


def test_a_try_waits_longer_each_time_and_never_for_ever() -> None:
    waits = [backoff(n) for n in range(1, 12)]
    assert waits == sorted(waits)
    assert waits[-1] <= timedelta(minutes=5)
