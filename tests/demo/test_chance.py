import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.demo.city.names import names
from anlan.demo.city.population import share_out
from anlan.exercise.chance import SLOTS, Chance, phone

SERVICE_NUMBERS = ("110", "119", "120", "122", "12345", "10086", "95", "400", "800")


@given(st.integers(0, SLOTS - 1), st.integers(0, SLOTS - 1))
def test_two_slots_never_share_a_telephone_number(one, other):
    assert (phone(one) == phone(other)) == (one == other)


@given(st.integers(0, SLOTS - 1))
def test_no_generated_number_can_reach_anyone(slot):
    number = phone(slot)
    assert len(number) == 11
    assert number.isdigit()
    assert number.startswith("000")  # international prefix 00, then 0, with which no country code begins
    assert not number.startswith(SERVICE_NUMBERS)


def test_a_slot_outside_the_range_is_refused():
    with pytest.raises(ValueError, match="slot"):
        phone(SLOTS)


def test_a_draw_depends_on_seed_subject_and_purpose_and_on_nothing_else():
    draw = Chance(1).unit("a", "height")
    Chance(1).unit("b", "height")
    assert Chance(1).unit("a", "height") == draw
    assert (
        len({draw, Chance(2).unit("a", "height"), Chance(1).unit("b", "height"), Chance(1).unit("a", "age")})
        == 4
    )


def test_an_array_of_draws_gives_each_subject_what_it_gets_alone():
    together = Chance(1).units(np.arange(1000), "age")
    assert together[417] == Chance(1).units(np.array([417]), "age")[0]


def test_array_draws_are_even():
    draws = Chance(1).units(np.arange(100_000), "age")
    counts = np.histogram(draws, bins=10, range=(0, 1))[0]
    assert draws.min() >= 0
    assert draws.max() < 1
    assert np.abs(counts - 10_000).max() < 400


def test_common_surnames_are_common():
    given_names = names(Chance(1), np.arange(20_000, dtype=np.uint64))
    share = sum(n[0] in "王李张刘陈" for n in given_names) / len(given_names)
    assert 0.25 < share < 0.37
    assert {len(n) for n in given_names} == {2, 3}


@given(st.integers(0, 10**7), st.lists(st.floats(0.1, 100), min_size=1, max_size=60))
def test_shares_are_whole_and_sum_exactly(total, weights):
    parts = share_out(total, np.array(weights))
    exact = np.array(weights) / sum(weights) * total
    assert parts.sum() == total
    assert np.abs(parts - exact).max() <= 1 + 1e-6
