"""Moving people: stages, households, and what counts as moved."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.foundation.rules.errors import IllegalStage, NotCounted, NotOrdered
from anlan.foundation.rules.stage import Stage
from anlan.move.rules.evacuation import (
    HOUSEHOLD_LIFE,
    NOT_BEGUN,
    STAGE_LIFE,
    Count,
    EvacuationSettings,
    Household,
    HouseholdEvent,
    HouseholdState,
    Orderer,
    on_household,
    order_stage,
    tally,
)

ROOT = Path(__file__).parents[3]
NOW = datetime(2021, 8, 11, 20, 4, tzinfo=UTC)
PACK = tomllib.loads((ROOT / "src/anlan/packs/call/evacuation.toml").read_text("utf-8"))
SETTINGS = EvacuationSettings.from_pack(PACK)
HOUSE = Household(ref="h1", group="g2", people=3)
COUNTED = Count(people=3, site="长岭坡小学", by="liu")


def order(present: Stage | None, to: Stage, *, tier: str = "county", basis: str = ""):
    by = Orderer(ref="wang", tier=tier)
    return order_stage(present=present, to=to, by=by, now=NOW, settings=SETTINGS, basis=basis)


def happens(house: Household, event: HouseholdEvent, **more: object) -> Household:
    return on_household(household=house, event=event, now=NOW, **more)  # type: ignore[arg-type]


def test_the_five_stages_follow_each_other():
    stages = [None, *Stage]
    for present, to in pairwise(stages):
        assert order(present, to, basis="水位已退").stage is to


@pytest.mark.parametrize(
    ("present", "to"),
    [
        (None, Stage.COUNT),
        (Stage.PREPARE, Stage.COUNT),
        (Stage.MOVE, Stage.RETURN),
        (Stage.COUNT, Stage.RETURN),
    ],
)
def test_a_stage_may_not_be_skipped(present: Stage | None, to: Stage):
    with pytest.raises(IllegalStage) as refusal:
        order(present, to)
    assert STAGE_LIFE.after(present or NOT_BEGUN)[0].event.word in refusal.value.said("zh")


def test_the_tables_of_stages_and_households_reach_every_state_and_trap_nothing():
    assert [*STAGE_LIFE.faults(), *HOUSEHOLD_LIFE.faults()] == []
    assert {*STAGE_LIFE.states} == {NOT_BEGUN, *Stage}
    assert {*HOUSEHOLD_LIFE.states} == {*HouseholdState}


def test_water_that_rises_again_leads_back_to_moving():
    for present in (Stage.COUNT, Stage.STAY_OUT, Stage.RETURN):
        assert order(present, Stage.MOVE).stage is Stage.MOVE


@pytest.mark.parametrize("tier", ["village", "group"])
def test_village_and_group_order_first_and_report_after(tier: str):
    assert order(None, Stage.MOVE, tier=tier).report_due_at == NOW + timedelta(minutes=30)
    assert order(None, Stage.MOVE, tier="county").report_due_at is None


def test_a_village_does_not_order_the_return():
    with pytest.raises(NotOrdered):
        order(Stage.STAY_OUT, Stage.RETURN, tier="village", basis="退了")


def test_a_return_needs_its_basis():
    with pytest.raises(NotOrdered):
        order(Stage.STAY_OUT, Stage.RETURN)


def test_a_household_has_moved_when_it_was_counted_in_and_not_before():
    moving = happens(HOUSE, HouseholdEvent.SET_OUT)
    assert tally([moving]).households_moved == 0
    with pytest.raises(NotCounted):
        happens(moving, HouseholdEvent.COUNTED_IN)
    moved = happens(moving, HouseholdEvent.COUNTED_IN, count=COUNTED)
    assert (moved.state, moved.site) == (HouseholdState.MOVED, "长岭坡小学")


def test_a_household_counted_short_is_still_on_the_move():
    short = happens(HOUSE, HouseholdEvent.COUNTED_IN, count=Count(people=2, site="s", by="liu"))
    assert (short.state, short.counted) == (HouseholdState.MOVING, 2)


def test_who_slips_back_is_to_be_moved_again_and_no_longer_counted():
    moved = happens(HOUSE, HouseholdEvent.COUNTED_IN, count=COUNTED)
    back = happens(moved, HouseholdEvent.SLIPPED_BACK)
    assert (back.state, back.counted) == (HouseholdState.TO_MOVE, 0)


def test_nobody_goes_home_before_the_return_is_ordered():
    moved = happens(HOUSE, HouseholdEvent.COUNTED_IN, count=COUNTED)
    with pytest.raises(IllegalStage):
        happens(moved, HouseholdEvent.WENT_HOME, stage=Stage.STAY_OUT)
    home = happens(moved, HouseholdEvent.WENT_HOME, stage=Stage.RETURN)
    assert tally([home]).is_complete
    assert happens(home, HouseholdEvent.CALLED_AGAIN).counted == 0


@given(
    events=st.lists(st.sampled_from(HouseholdEvent), max_size=12),
    counts=st.lists(st.integers(0, 4), min_size=12, max_size=12),
)
def test_moved_always_means_counted_in_full(events: list[HouseholdEvent], counts: list[int]):
    house = HOUSE
    for event, people in zip(events, counts, strict=False):
        count = Count(people=people, site="s", by="liu")
        try:
            house = happens(house, event, count=count, stage=Stage.RETURN)
        except IllegalStage:
            continue
    row = tally([house])
    assert sum(row.by_state.values()) == row.households == 1
    if house.state is HouseholdState.MOVED:
        assert house.counted >= house.people
    else:
        assert row.households_moved == (house.state is HouseholdState.RETURNED)
