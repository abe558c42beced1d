"""Who goes to the door, and who is never sent."""

from __future__ import annotations

import tomllib
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from shapely import LineString, Polygon

from anlan.call.rules.doorcheck import (
    AreaKind,
    Busy,
    DoorCheckSettings,
    DoorTarget,
    FloodArea,
    HighGround,
    Knocker,
    next_instead,
    propose,
    require_sendable,
)
from anlan.call.rules.doorcheck.geometry import to_metres, way_length_m, way_touches
from anlan.foundation.rules.errors import NotDispatched

ROOT = Path(__file__).parents[3]
NOW = datetime(2021, 8, 11, 20, 10, tzinfo=UTC)
DOOR = DoorTarget(ref="yanzihe", at=(113.10, 31.80))
DEGREE_M = 111_320


def settings() -> DoorCheckSettings:
    path = ROOT / "src/anlan/packs/call/door-check.toml"
    return DoorCheckSettings.from_pack(tomllib.loads(path.read_text("utf-8")))


def north(metres: float) -> tuple[float, float]:
    return DOOR.at[0], DOOR.at[1] + metres / DEGREE_M


def knocker(ref: str, metres: float = 600, **changes: object) -> Knocker:
    base = Knocker(ref=ref, role="group_leader", at=north(metres), answered=True)
    return replace(base, **changes)  # type: ignore[arg-type]


def water(kind: AreaKind, *, between: tuple[float, float], closing_at: datetime | None = None) -> FloodArea:
    low, high = north(between[0])[1], north(between[1])[1]
    ring = ((113.09, low), (113.11, low), (113.11, high), (113.09, high), (113.09, low))
    return FloodArea(ref=f"area-{kind}", kind=kind, rings=(ring,), closing_at=closing_at)


def plan(*people: Knocker, areas: tuple[FloodArea, ...] = (), **more: object):
    return propose(target=DOOR, people=people, areas=areas, now=NOW, settings=settings(), **more)


def test_the_nearest_free_person_goes_with_distance_and_time():
    found = plan(knocker("far", 1200), knocker("near", 600))
    assert [proposal.who for proposal in found.proposals] == ["near", "far"]
    first = found.proposals[0]
    assert (first.distance_m, first.arrives_at) == (600, NOW + timedelta(minutes=10))
    assert first.straight_line
    assert found.instead == ()


def test_a_rider_farther_off_may_be_there_sooner():
    found = plan(knocker("walks", 900), knocker("rides", 2000, m_per_min=400))
    assert found.proposals[0].who == "rides"


@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"answered": False}, "silent"),
        ({"busy": Busy.BUSY}, "busy"),
        ({"busy": Busy.MOVING_PEOPLE}, "moving_people"),
        ({"at": None}, "position_unknown"),
        ({"role": "county_leader"}, "role"),
        ({"at": north(3500)}, "too_far"),
    ],
)
def test_everyone_not_sent_has_a_reason(changes: dict[str, object], why: str):
    found = plan(knocker("near"), knocker("other", **changes))
    assert [(person.who, person.why) for person in found.not_sent] == [("other", why)]
    with pytest.raises(NotDispatched):
        require_sendable(plan=found, who="other")


@pytest.mark.parametrize("kind", [AreaKind.OBSERVED, AreaKind.PREDICTED])
def test_nobody_is_sent_through_water_seen_or_predicted(kind: AreaKind):
    late = NOW + timedelta(days=1)
    found = plan(knocker("near"), areas=(water(kind, between=(200, 300), closing_at=late),))
    assert found.proposals == ()
    assert found.not_sent[0].why == f"{kind}_water"


def test_nobody_is_sent_to_a_door_that_stands_in_the_water():
    found = plan(knocker("near"), areas=(water(AreaKind.OBSERVED, between=(-100, 100)),))
    assert found.proposals == ()


def test_the_edge_of_the_water_is_kept_clear_of():
    assert plan(knocker("a"), areas=(water(AreaKind.OBSERVED, between=(640, 700)),)).proposals == ()
    assert plan(knocker("a"), areas=(water(AreaKind.OBSERVED, between=(660, 700)),)).proposals


def test_a_way_round_the_water_is_taken_where_it_is_known():
    round_way = (north(600), (113.12, north(600)[1]), (113.12, DOOR.at[1]))
    pond = water(AreaKind.OBSERVED, between=(200, 300))
    settings_ = replace(settings(), farthest_m=10_000)
    around = propose(
        target=DOOR, people=[knocker("a", way=round_way)], areas=[pond], now=NOW, settings=settings_
    )
    assert around.proposals[0].distance_m > 3000
    assert not around.proposals[0].straight_line


def test_a_ford_is_passed_only_if_everyone_is_out_again_in_time():
    """600 m: 10 min there, 5 at the doors, 10 back, and 10 in hand."""
    in_time = water(AreaKind.CLOSING, between=(200, 300), closing_at=NOW + timedelta(minutes=35))
    too_late = replace(in_time, closing_at=NOW + timedelta(minutes=34))
    assert plan(knocker("a"), areas=(in_time,)).proposals
    assert plan(knocker("a"), areas=(too_late,)).not_sent[0].why == "closes"


def test_where_nobody_may_go_gongs_sirens_loudspeakers_and_the_next_high_group_follow():
    flood = water(AreaKind.OBSERVED, between=(-100, 100))
    groups = [
        HighGround(ref="wet", at=north(50)),
        HighGround(ref="far", at=north(2000)),
        HighGround(ref="near", at=north(500)),
    ]
    found = plan(knocker("a"), areas=(flood,), high_ground=groups)
    keys = [step.key for step in found.instead]
    assert keys == ["gong", "hand_siren", "loudspeaker", "next_group_on_high_ground"]
    assert found.instead[-1].group == "near"
    assert next_instead(plan=found, done=keys[:2]) == found.instead[2]
    assert next_instead(plan=found, done=keys) is None


def test_a_person_nobody_asked_about_is_not_sent():
    with pytest.raises(NotDispatched):
        require_sendable(plan=plan(knocker("a")), who="stranger")
    assert require_sendable(plan=plan(knocker("a")), who="a").who == "a"


NEARBY = st.tuples(st.integers(-90, 90), st.integers(-90, 90)).map(
    lambda p: (113.1 + p[0] / 10_000, 31.8 + p[1] / 10_000)
)
BOX = st.tuples(st.integers(-80, 60), st.integers(-80, 60), st.integers(5, 40), st.integers(5, 40))


@given(way=st.lists(NEARBY, min_size=2, max_size=5), box=BOX, buffer_m=st.integers(0, 120))
def test_the_own_geometry_agrees_with_shapely(
    way: list[tuple[float, float]], box: tuple[int, int, int, int], buffer_m: int
):
    x, y, wide, high = box
    corners = [(x, y), (x + wide, y), (x + wide + 7, y + high), (x, y + high)]
    ring = [(113.1 + a / 10_000, 31.8 + b / 10_000) for a, b in corners]
    flat = Polygon([to_metres(point, origin=way[0]) for point in ring])
    line = LineString([to_metres(point, origin=way[0]) for point in way])
    apart = flat.distance(line)
    if abs(apart - buffer_m) > 1e-6:
        assert way_touches(way, [ring], buffer_m=buffer_m) == (apart <= buffer_m)
    assert way_length_m(way) == pytest.approx(line.length, abs=1e-6)


def test_dry_land_inside_a_flood_is_not_water():
    outer = [(113.0, 31.7), (113.2, 31.7), (113.2, 31.9), (113.0, 31.9)]
    island = [(113.05, 31.75), (113.15, 31.75), (113.15, 31.85), (113.05, 31.85)]
    walk = [(113.09, 31.79), (113.11, 31.81)]
    assert way_touches(walk, [outer], buffer_m=0)
    assert not way_touches(walk, [outer, island], buffer_m=0)
