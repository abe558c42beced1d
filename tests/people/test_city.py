"""The small city of the tests stands, and each role sees what its post answers for."""

import pytest

from tests.support.city import LIULIN_PATH, make_city
from tests.support.records import make_records

pytestmark = pytest.mark.django_db


def test_the_officer_of_the_county_holds_liulin_and_the_foreign_one_does_not() -> None:
    mini = make_city()
    assert mini.ctx("duty_officer").scope.holds(LIULIN_PATH)
    assert not mini.ctx("foreign").scope.holds(LIULIN_PATH)


def test_two_people_at_one_post_are_two_actors_and_neither_is_named() -> None:
    mini = make_city()
    refs = [mini.ctx(role).actor.ref for role in ("duty_officer", "approver", "leader")]
    assert len(set(refs)) == 3
    assert all(ref.startswith("U-") for ref in refs)


def test_one_of_each_thing_can_happen_there() -> None:
    refs = make_records(make_city().exercise())
    assert {"exceedance", "call_down", "evacuation", "alert"} <= set(refs)
    assert all(refs.values())
