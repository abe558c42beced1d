"""Who an alert reaches: equal to counting one by one, kept current, cut by scope, with a reason for who is left out."""

from collections.abc import Iterator

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shapely import Point, Polygon

from anlan.foundation.errors import Forbidden, NotFound
from anlan.people import actions as people
from anlan.people.models import Household, Resident
from anlan.people.queries import homes
from anlan.places.atlas import Place, atlas
from anlan.science.spatial.shapes import BadShape
from anlan.warn import targets
from tests.support.city import FOREIGN_TOWN, TOWN, VILLAGE, VILLAGE_2, Mini

AROUND = [[113.22, 31.53], [113.24, 31.53], [113.24, 31.55], [113.22, 31.55], [113.22, 31.53]]
"""A line around 联盟村 alone."""


@pytest.fixture(autouse=True)
def nothing_kept() -> Iterator[None]:
    targets.forget()
    yield
    targets.forget()


def town() -> list[Place]:
    return [atlas().code(TOWN)]


def test_a_named_township_reaches_everybody_listed_in_it(mini: Mini) -> None:
    found = targets.within(mini.ctx("duty_officer"), named=town())
    assert (found.inside, found.at_home, found.away, found.outside) == (32, 24, 8, 0)
    assert [v.place.code for v in found.villages] == [VILLAGE, VILLAGE_2]
    assert found.residents == 600
    assert found.objects == {"reservoir": 1}


def test_a_drawn_line_leaves_a_village_out_and_says_why(mini: Mini) -> None:
    found = targets.within(mini.ctx("duty_officer"), named=town(), polygon=[AROUND])
    assert [(v.place.code, v.inside) for v in found.villages] == [(VILLAGE, 16)]
    assert [(v.place.code, v.why) for v in found.left_out] == [(VILLAGE_2, "全村都在线外")]
    assert found.outside == 16


def test_a_village_without_a_list_is_told_as_a_village(mini: Mini) -> None:
    Resident.objects.filter(household__place_id=mini.ids[VILLAGE_2]).delete()
    found = targets.within(mini.ctx("duty_officer"), named=town(), polygon=[AROUND])
    assert found.villages[1].why == "名册里没有登记到人，按村通知"


def test_duty_holders_are_called_by_duty_wherever_they_live(mini: Mini) -> None:
    found = targets.within(mini.ctx("duty_officer"), named=town(), polygon=[AROUND])
    assert found.holders == 7


def test_nobody_outside_the_scope_is_counted(mini: Mini) -> None:
    assert targets.within(mini.ctx("duty_officer"), named=[atlas().code(FOREIGN_TOWN)]).villages == ()


def test_who_lives_near_a_stream_is_found(mini: Mini) -> None:
    ctx = mini.ctx("duty_officer")
    assert targets.near_stream(ctx, name="浪河", metres=50).inside == 32
    assert targets.near_stream(ctx, name="没有这条河", metres=50).inside == 0


def test_a_line_of_two_points_is_no_area(mini: Mini) -> None:
    with pytest.raises(BadShape):
        targets.within(mini.ctx("duty_officer"), named=town(), polygon=[AROUND[:2]])


def test_a_household_that_moved_is_found_at_its_new_home(mini: Mini) -> None:
    ctx = mini.ctx("duty_officer")
    assert targets.within(ctx, named=town(), polygon=[AROUND]).inside == 16
    index = targets.residents().index
    people.move_household(mini.ctx(), ref=f"HH-{VILLAGE}-1", lon=113.26, lat=31.56)
    assert targets.within(ctx, named=town(), polygon=[AROUND]).inside == 12
    assert targets.residents().index is index
    assert index.delta_size == 4


def test_a_person_added_is_found_without_a_new_index(mini: Mini) -> None:
    ctx = mini.ctx("duty_officer")
    index = targets.residents().index
    home = Household.objects.get(ref=f"HH-{VILLAGE}-1")
    Resident.objects.create(ref="P-new", household=home, name_sealed="", age_band="0-17", at_home=True)
    assert targets.within(ctx, named=town(), polygon=[AROUND]).inside == 17
    assert targets.residents().index is index


def test_a_household_is_moved_by_who_keeps_the_register_alone(mini: Mini) -> None:
    with pytest.raises(Forbidden):
        people.move_household(mini.ctx("duty_officer"), ref=f"HH-{VILLAGE}-1", lon=113.0, lat=31.0)
    with pytest.raises(NotFound):
        people.move_household(
            mini.may("people.manage", path="00010002"), ref=f"HH-{VILLAGE}-1", lon=1.0, lat=1.0
        )


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    centre=st.tuples(st.floats(113.2, 113.28), st.floats(31.52, 31.58)),
    radii=st.lists(st.floats(0.002, 0.05), min_size=3, max_size=12),
)
def test_random_lines_hold_those_that_counting_one_by_one_holds(
    mini: Mini, centre: tuple[float, float], radii: list[float]
) -> None:
    angles = np.linspace(0, 2 * np.pi, len(radii), endpoint=False)
    ring = [
        [centre[0] + r * np.cos(a), centre[1] + r * np.sin(a)] for r, a in zip(radii, angles, strict=True)
    ]
    shape = Polygon(ring)
    mine = {mini.ids[VILLAGE], mini.ids[VILLAGE_2]}
    expected = sum(shape.covers(Point(x, y)) for _, x, y, v, _ in homes.points() if v in mine)
    assert targets.within(mini.ctx(), named=town(), polygon=[ring]).inside == expected
