import time
from collections import Counter

import numpy as np
import shapely

from anlan.demo.city.build import build_city
from anlan.demo.city.digest import digest

LIULIN = "421321117"
# Changes with every change of the generated content: look at the change, then write the new one here.
GOLDEN = "f20447de0cb381f10893c8b531852b9a"


def areas(divisions):
    return np.array([d.boundary for d in divisions])


def test_the_city_has_every_division_under_its_real_code(city):
    assert Counter(d.tier for d in city.divisions) == {
        "city": 1,
        "county": 3,
        "township": 51,
        "village": 1009,
    }
    liulin = city.by_key[LIULIN]
    assert {(c.system, c.code) for c in liulin.codes} == {("nbs", "421321117000"), ("mca", "421321116000")}
    assert sum(d.statistical_only for d in city.divisions) == 5
    assert "环潭镇" in city.by_key["421321113"].aliases
    assert "万福镇" in city.by_key["421321119"].aliases


def test_codes_differ_between_the_systems_for_31_of_46_townships(city):
    both = [{c.system: c.code for c in d.codes} for d in city.tier("township") if len(d.codes) == 2]
    assert len(both) == 46
    assert sum(c["nbs"] != c["mca"] for c in both) == 31


def test_a_parent_comes_before_its_children(city):
    seen = set()
    for division in city.divisions:
        assert division.parent is None or division.parent in seen
        seen.add(division.key)


def test_residents_sum_exactly_on_every_tier(city):
    assert city.by_key["4213"].residents == 2_047_923
    assert city.by_key["421381"].residents == 710_900
    assert city.by_key["421303"].residents == 699_500
    assert 19_600 <= city.by_key[LIULIN].residents < 19_700
    for division in city.divisions:
        assert division.at_home + division.away == division.residents
        children = list(city.children(division.key))
        if children:
            assert sum(c.residents for c in children) == division.residents
            assert sum(c.households for c in children) == division.households


def test_every_boundary_is_one_simple_valid_polygon(city):
    shapes = areas(city.divisions)
    assert shapely.is_valid(shapes).all()
    assert {s.geom_type for s in shapes} == {"Polygon"}
    assert not any(s.interiors for s in shapes)


def test_each_tier_covers_the_city_without_gap_or_overlap(city):
    whole = city.by_key["4213"].boundary
    for tier in ("village", "township", "county"):
        shapes = areas(city.tier(tier))
        assert shapely.coverage_is_valid(shapes)
        assert shapely.coverage_union_all(shapes).equals(whole)


def test_children_lie_inside_their_parent(city):
    for division in city.divisions:
        if children := list(city.children(division.key)):
            assert shapely.coverage_union_all(areas(children)).equals(division.boundary)


def test_every_point_lies_in_its_own_division(city):
    for division in city.tier("village"):
        assert shapely.intersects_xy(division.boundary, division.lon, division.lat)
    for division in city.tier("township"):
        assert shapely.intersects_xy(division.boundary, division.lon, division.lat)
        assert division.point_source == ("published" if division.key not in SYNTHETIC_TOWNS else "synthetic")


SYNTHETIC_TOWNS = {
    *("421303001", "421303002", "421303004", "421303005", "421303499", "421303587", "421321113", "421321114"),
    *("421321119", "421381001", "421381004", "421381110", "421381400", "421381401", "421381402"),
}


def test_all_of_liulin_stands_as_rows_and_the_rest_is_sampled(city):
    people = city.people
    assert len(people) == 20_000
    in_liulin = sum(len(people.rows_of(d.key)) for d in city.children(LIULIN))
    assert in_liulin == city.by_key[LIULIN].residents
    assert len(np.unique(people.village)) > 300


def test_people_live_inside_their_village(city):
    people = city.people
    shapes = areas(city.by_key[key] for key in people.villages)
    assert shapely.intersects_xy(shapes[people.village], people.lon, people.lat).all()


def test_the_frail_of_liulin_have_each_one_helper_who_is_well_and_at_home(city):
    people = city.people
    frail = [row for d in city.children(LIULIN) for row in people.rows_of(d.key) if people.frail[row]]
    helpers = people.helper[frail]
    assert 100 < len(frail) < 800
    assert (helpers >= 0).all()
    assert len(set(helpers.tolist())) == len(frail)
    assert people.at_home[helpers].all()
    assert not people.frail[helpers].any()


def test_more_rows_add_people_and_change_none(city):
    more = build_city(person_rows=25_000)
    few = {city.people.ref(row): city.people.names[row] for row in range(0, 20_000, 97)}
    many = {more.people.ref(row): more.people.names[row] for row in range(len(more.people))}
    assert few.items() <= many.items()
    assert [h.ref for h in more.to_move] == [h.ref for h in city.to_move]


def test_households_to_move_stand_in_a_corridor_and_go_to_high_ground(city):
    corridors = shapely.STRtree([c.area for c in city.corridors])
    place = {p.ref: p for p in city.places}
    counts = Counter(h.village for h in city.to_move)
    assert set(counts) == {d.key for d in city.children(LIULIN)}
    assert 200 <= len(city.to_move) <= 800
    for household in city.to_move:
        assert len(corridors.query(shapely.Point(household.lon, household.lat), predicate="within"))
        helper = city.holder[household.helper]
        assert household.ref in helper.serves
        assert helper.on_high_ground
        assert place[household.destination].high_ground
        assert place[household.destination].capacity > 0


def test_five_levels_of_duty_holders_cover_liulin(city):
    levels = {h.level for h in city.duty_holders}
    assert levels == {"county", "township", "village", "group", "household"}
    for village in city.children(LIULIN):
        kinds = Counter(h.kind for h in city.duty_holders if village.key in h.covers)
        assert {"village_secretary", "village_deputy", "village_cover", "disaster_reporter"} <= set(kinds)
        assert kinds["group_leader"] >= 4
        assert kinds["helper"] >= 1


def test_every_village_has_secretary_deputy_and_cover_and_every_township_its_heads(city):
    covered = Counter((h.covers[0], h.kind) for h in city.duty_holders if h.watched is None)
    for village in city.tier("village"):
        for kind in ("village_secretary", "village_deputy", "village_cover"):
            assert covered[village.key, kind] == 1
    for town in city.tier("township"):
        for kind in ("party_head", "government_head", "armed_forces", "duty_room"):
            assert covered[town.key, kind] >= 1


def test_a_township_duty_room_can_be_reached_by_satellite(city):
    for town in city.tier("township"):
        room = city.holder[f"D-{town.key}-room"]
        assert [c.kind for c in room.contacts] == ["landline", "mobile", "satellite_phone"]


def test_references_lead_somewhere(city):
    units = {u.ref for u in city.organisations}
    streams = {s.ref for s in city.streams}
    watched = {r.ref for r in city.reservoirs} | {g.ref for g in city.geohazards}
    for holder in city.duty_holders:
        assert holder.organisation in units
        assert set(holder.covers) <= set(city.by_key)
        assert holder.watched is None or holder.watched in watched
    for reservoir in city.reservoirs:
        assert {reservoir.administrative, reservoir.technical, reservoir.patrol} <= set(city.holder)
        assert set(reservoir.downstream) <= set(city.by_key)
    assert all(s.joins is None or s.joins in streams for s in city.streams)
    assert all(set(road.crosses) <= streams for road in city.roads)
    assert all(g.watcher in city.holder for g in city.geohazards)
    assert all(u.parent is None or u.parent in units for u in city.organisations)


def test_no_ref_and_no_number_is_given_twice(city):
    for records in (
        city.organisations,
        city.duty_holders,
        city.places,
        city.streams,
        city.roads,
        city.reservoirs,
    ):
        assert len({r.ref for r in records}) == len(records)
    official = [
        c.number for h in city.duty_holders for c in h.contacts if h.person is None or c.kind != "mobile"
    ]
    residents = [p for p in city.people.phones if p]
    assert len(set(official + residents)) == len(official + residents)


def test_some_units_command_places_outside_the_tree(city):
    outside = {u.name: u for u in city.organisations if u.outside_tree}
    assert len(outside) == 4
    assert "421303587" in outside["随州高新技术产业开发区管理委员会"].commands
    assert outside["先觉庙水库防汛指挥部"].commands
    assert {u.demo_unit for u in city.organisations} - {None} == {
        "weather_station",
        "emergency_bureau",
        "water_department",
    }


def test_the_reservoir_below_liulin_lies_downstream_of_it(city):
    reservoir = next(r for r in city.reservoirs if r.name == "白果河水库")
    stream = next(s for s in city.streams if s.ref == reservoir.stream)
    liulin = [n for n, v in enumerate(stream.villages) if v.startswith(LIULIN)]
    assert max(liulin) < stream.villages.index(reservoir.village)


def test_streams_end_where_they_join(city):
    line = {s.ref: s.line for s in city.streams}
    for stream in city.streams:
        if stream.joins:
            assert line[stream.joins].distance(shapely.Point(stream.line.coords[-1])) < 1e-9
    assert shapely.is_valid([c.area for c in city.corridors]).all()


def test_gauges_have_unique_hydrological_addresses(city):
    assert len(city.rain_gauges) == 600
    assert len(city.stage_gauges) == 120
    addresses = {g.address for g in city.gauges}
    assert len(addresses) == 720
    assert all(len(a) == 10 and a.isdigit() and a.startswith("00") for a in addresses)
    assert sum(g.town_gauge for g in city.gauges) == 1


def test_every_village_has_a_rain_gauge_that_stands_for_it(city):
    rain = {g.address: g for g in city.rain_gauges}
    assert set(city.nearest_rain_gauge) == {d.key for d in city.tier("village")}
    assert set(city.nearest_rain_gauge.values()) <= set(rain)
    in_liulin = {city.nearest_rain_gauge[d.key] for d in city.children(LIULIN)}
    assert len(in_liulin) >= 3
    assert all(rain[a].village.startswith(LIULIN) for a in in_liulin)


def test_stage_marks_rise(city):
    for gauge in city.stage_gauges:
        assert gauge.usual_m < gauge.warning_m < gauge.guarantee_m < gauge.highest_m
    for reservoir in city.reservoirs:
        stages = [limit.stage_m for limit in reservoir.limits]
        assert [limit.kind for limit in reservoir.limits] == ["flood_limit", "normal", "design", "check"]
        assert stages == sorted(stages)


def test_every_village_is_on_the_road_to_its_township(city):
    reached = {road.end for road in city.roads if road.kind == "village"}
    assert reached == {d.key for d in city.tier("village")}


def test_one_seed_gives_one_city_within_three_seconds():
    started = time.process_time()
    again = build_city()
    assert time.process_time() - started < 3
    assert digest(again) == GOLDEN


def test_another_seed_gives_another_city_with_the_same_facts(city):
    other = build_city(seed=7)
    assert digest(other) != GOLDEN
    assert [d.codes for d in other.divisions] == [d.codes for d in city.divisions]
    assert other.by_key["4213"].residents == 2_047_923
    assert all(shapely.is_valid([d.boundary for d in other.divisions]))
