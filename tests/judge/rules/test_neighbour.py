"""Neighbour rule: red close by or upstream means prepare."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.foundation.packs import load_all
from anlan.foundation.rules.errors import BadPack
from anlan.judge.rules.neighbour import NeighbourRule, Red, Village, distance_km, villages_to_prepare

PACK = load_all().get("neighbour-red")
RULE = NeighbourRule.from_data(PACK.data, pack=PACK.id, version=PACK.version)
LAT = 31.6
KM = 1 / 111.195  # degrees of latitude


def red(place="up", *, km_north=0.0, level=4, hazard="flash_flood", reach_km=0.0):
    return Red(place=place, lon=113.2, lat=LAT + km_north * KM, level=level, hazard=hazard, reach_km=reach_km)


def village(place="v", *upstream):
    return Village(place=place, lon=113.2, lat=LAT, upstream=frozenset(upstream))


def test_red_within_twenty_kilometres_prepares_a_village_and_says_how_far():
    (found,) = villages_to_prepare(RULE, reds=[red(km_north=12)], villages=[village()])
    assert (found.place, found.stage) == ("v", "prepare")
    assert (found.reasons[0].red, found.reasons[0].is_upstream) == ("up", False)
    assert found.reasons[0].distance_m == pytest.approx(12_000, abs=5)


def test_beyond_twenty_kilometres_only_water_counts():
    far = red(km_north=45)
    assert villages_to_prepare(RULE, reds=[far], villages=[village()]) == ()
    (found,) = villages_to_prepare(RULE, reds=[far], villages=[village("v", "up")])
    assert found.reasons[0].is_upstream
    assert found.reasons[0].distance_m == pytest.approx(45_000, abs=50)


def test_an_area_counts_from_its_edge():
    assert villages_to_prepare(RULE, reds=[red(km_north=24)], villages=[village()]) == ()
    assert villages_to_prepare(RULE, reds=[red(km_north=24, reach_km=5)], villages=[village()])


def test_orange_alarms_nobody_and_neither_does_a_hazard_that_is_not_listed():
    others = [red(level=3), red(hazard="forest_fire")]
    assert villages_to_prepare(RULE, reds=others, villages=[village("v", "up")]) == ()


def test_a_village_is_not_its_own_neighbour():
    assert villages_to_prepare(RULE, reds=[red("v")], villages=[village("v", "v")]) == ()


def test_reasons_stand_nearest_first_and_each_red_once():
    reds = [red("b", km_north=9), red("a", km_north=3)]
    (found,) = villages_to_prepare(RULE, reds=reds, villages=[village("v", "a", "b")])
    assert [reason.red for reason in found.reasons] == ["a", "b"]


def test_a_stage_nobody_knows_is_refused():
    data = {"neighbour": dict(PACK.data["neighbour"]) | {"stage": "run"}}
    with pytest.raises(BadPack, match="stage"):
        NeighbourRule.from_data(data, pack="p", version="1")


points = st.tuples(st.floats(112.5, 114.5), st.floats(31.0, 32.5))


@given(st.lists(points, max_size=6), st.lists(points, max_size=6))
def test_the_grid_finds_what_measuring_every_pair_finds(reds, homes):
    reds = [Red(place=f"r{n}", lon=x, lat=y, level=4, hazard="rainstorm") for n, (x, y) in enumerate(reds)]
    homes = [Village(place=f"v{n}", lon=x, lat=y) for n, (x, y) in enumerate(homes)]
    found = {
        (each.place, why.red)
        for each in villages_to_prepare(RULE, reds=reds, villages=homes)
        for why in each.reasons
    }
    assert found == {
        (v.place, r.place)
        for v in homes
        for r in reds
        if round(distance_km(v.lon, v.lat, r.lon, r.lat) * 1000) <= 20_000
    }


def test_a_red_just_inside_the_limit_is_seen_across_a_meridian_of_the_grid():
    east = Village(place="v", lon=113.0001, lat=LAT)
    west = Red(place="r", lon=112.791, lat=LAT, level=4, hazard="rainstorm")
    assert 19.5 < distance_km(east.lon, east.lat, west.lon, west.lat) < 20
    assert villages_to_prepare(RULE, reds=[west], villages=[east])
