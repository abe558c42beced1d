"""Impact: the sparse pass equals a dense reference; ranges are drawn by hash; nobody struck has a reason; needs follow moves."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.foundation.packs import load_all
from anlan.science.bounds import ModelInputWrong, TableWrong
from anlan.science.impact.needs import needs, rates
from anlan.science.impact.ranges import impact_ranges
from anlan.science.impact.sweep import COLUMNS, Exposure, HazardUnsound, SparseHazard, Why, impact
from anlan.science.impact.vulnerability import Group, Vulnerability

SHELF = load_all()
PACK = SHELF.get("vulnerability-flood").data
CURVES = Vulnerability.from_data(PACK)
ARTICLES = rates(SHELF.get("relief-needs").data)


def exposure(*rows):
    """Assets as (kind, people, quantity, yuan)."""
    kind, people, quantity, value = zip(*rows, strict=True)
    amounts = {"people": people, "quantity": quantity, "value": value}
    return Exposure.of(
        kind=np.array([CURVES.kind(k) for k in kind], np.int8),
        **{name: np.array(values, float) for name, values in amounts.items()},
    )


def hazard(*events, present=None):
    """Events as {asset: depth in metres}."""
    there = [bool(event) for event in events] if present is None else present
    return SparseHazard(
        np.cumsum([0, *(len(event) for event in events)]),
        np.array([asset for event in events for asset in event], np.int32),
        np.array([depth for event in events for depth in event.values()], float),
        np.array(there, bool),
    )


def strike(assets, *events, **more):
    return impact(hazard(*events, **more), assets, CURVES)


FARM = exposure(
    ("house-brick-wood", 4, 1, 2e5), ("road", 0, 300, 1e5), ("crop", 0, 2, 3e4), ("people", 7, 0, 0)
)


def test_each_kind_counts_in_its_own_columns():
    found = strike(FARM, {0: 1.0, 1: 0.5, 2: 0.35, 3: 0.2})
    got = dict(zip(COLUMNS, found.table[0], strict=True))
    assert (got["people_affected"], got["people_to_move"]) == (11, 4)
    assert [got[f"houses_{c}"] for c in ("slight", "severe", "collapsed")] == [1, 0, 0]
    assert got["road_m"] == 300
    assert [got[f"crops_{c}_ha"] for c in ("slight", "severe", "lost")] == [0, 2, 0]
    road, crop = 0.02 + (0.5 - 0.3) / 0.7 * 0.08, 0.2 + 0.5 * 0.3
    assert got["loss_yuan"] == pytest.approx(2e5 * 0.35 + 1e5 * road + 3e4 * crop, rel=1e-12)


@pytest.mark.parametrize(
    ("depth", "affected", "moved", "house"),
    [
        (0.09, 0, 0, None),
        (0.1, 4, 0, None),
        (0.25, 4, 0, "slight"),
        (0.5, 4, 4, "slight"),
        (1.2, 4, 4, "severe"),
        (3.0, 4, 4, "collapsed"),
    ],
)
def test_a_line_counts_from_its_own_value_on(depth, affected, moved, house):
    found = strike(FARM, {0: depth})
    assert (found.of("people_affected")[0], found.of("people_to_move")[0]) == (affected, moved)
    classes = {c: found.of(f"houses_{c}")[0] for c in ("slight", "severe", "collapsed")}
    assert classes == {c: float(c == house) for c in classes}


@pytest.mark.parametrize(
    ("events", "present", "why"),
    [
        ({}, False, Why.NO_HAZARD),
        ({}, True, Why.NO_EXPOSURE),
        ({1: 2.0}, True, Why.NO_EXPOSURE),  # a road, where nobody lives
        ({3: 0.05}, True, Why.BELOW_THRESHOLD),
        ({3: 0.0}, True, Why.NO_EXPOSURE),
        ({3: 0.5}, True, Why.SOMEBODY),
    ],
)
def test_zero_affected_is_said_with_its_reason(events, present, why):
    found = strike(FARM, events, present=[present])
    assert found.reason(0) is why
    assert (found.of("people_affected")[0] == 0) == (why is not Why.SOMEBODY)
    assert bool(why.zh and why.en) == (why is not Why.SOMEBODY)


def random_case(seed, assets=3_000, events=12):
    random = np.random.default_rng(seed)
    owned = Exposure.of(
        kind=random.integers(0, len(CURVES.codes), assets).astype(np.int8),
        people=random.integers(0, 9, assets).astype(float),
        quantity=random.uniform(0, 300, assets),
        value=random.uniform(0, 1e6, assets),
    )
    dense = np.where(random.random((events, assets)) < 0.2, random.exponential(1.0, (events, assets)), 0.0)
    event, asset = np.nonzero(dense)
    start = np.searchsorted(event, np.arange(events + 1))
    return (
        dense,
        owned,
        SparseHazard(start, asset.astype(np.int32), dense[event, asset], np.ones(events, bool)),
    )


def dense_reference(dense, owned, factors):
    """Every asset of every event, by np.interp over the whole matrix."""
    people, quantity, value = owned.amounts.T
    x = dense * factors[:, :1]
    grid = np.arange(CURVES.damage.shape[1]) * CURVES.step
    damage = np.zeros_like(x)
    for kind, curve in enumerate(CURVES.damage):
        mine = owned.kind == kind
        damage[:, mine] = np.minimum(np.interp(x[:, mine], grid, curve) * factors[:, 1:2], 1.0)
    group = CURVES.group[owned.kind]
    hit, stay = x >= CURVES.affected_from[owned.kind], x >= CURVES.move_from[owned.kind]
    columns = [(hit * people).sum(1) * factors[:, 2], (stay * people).sum(1) * factors[:, 2]]
    for which in (Group.HOUSE, Group.ROAD, Group.CROP):
        if which is Group.ROAD:
            columns.append((hit * quantity * (group == which)).sum(1))
            continue
        cuts = [*CURVES.cuts[which], np.inf]
        for low, high in pairwise(cuts):
            columns.append((((damage >= low) & (damage < high)) * quantity * (group == which)).sum(1))
    return np.stack([*columns, (damage * value).sum(1)], axis=1)


@pytest.mark.parametrize("seed", range(5))
def test_the_sparse_pass_equals_a_dense_reference(seed):
    dense, owned, sparse = random_case(seed)
    factors = np.random.default_rng(seed + 100).lognormal(0, 0.3, (dense.shape[0], 3))
    for scale in (np.ones_like(factors), factors):
        found = impact(sparse, owned, CURVES, factors=scale).table
        np.testing.assert_allclose(found, dense_reference(dense, owned, scale), rtol=1e-12)


def test_the_pass_is_the_same_to_the_last_bit_on_any_number_of_threads():
    _, owned, sparse = random_case(1)
    one, two = (impact(sparse, owned, CURVES, threads=n).table for n in (1, 2))
    assert np.array_equal(one, two)


@settings(max_examples=40, deadline=None)
@given(st.floats(0, 5), st.floats(0.01, 2))
def test_deeper_water_never_harms_less(depth, more):
    shallow, deep = strike(FARM, dict.fromkeys(range(4), depth), dict.fromkeys(range(4), depth + more)).table
    for column in ("people_affected", "people_to_move", "road_m", "loss_yuan"):
        assert deep[COLUMNS.index(column)] >= shallow[COLUMNS.index(column)]
    assert deep[2:5].sum() >= shallow[2:5].sum()


@pytest.mark.parametrize("value", [np.nan, -0.1, np.inf])
def test_a_hazard_that_is_none_is_refused_by_its_event(value):
    with pytest.raises(HazardUnsound, match="event 1"):
        strike(FARM, {0: 1.0}, {0: 1.0, 1: value})


def test_a_row_of_no_asset_is_refused():
    with pytest.raises(HazardUnsound, match="4 assets"):
        strike(FARM, {4: 1.0})


def test_a_gap_in_the_exposure_is_refused_by_its_column():
    with pytest.raises(ModelInputWrong, match="value"):
        exposure(("crop", 0, 1, np.nan))


@pytest.mark.parametrize(
    ("change", "word"),
    [
        ({"damage": [0, 0.5, 0.4]}, "may not fall"),
        ({"at": [0, 0.33, 1]}, "multiple of step"),
        ({"at": [0, 1]}, "at must"),
    ],
)
def test_a_curve_that_cannot_be_is_refused(change, word):
    row = {
        "code": "x",
        "group": "house",
        "at": [0, 0.5, 1],
        "damage": [0, 0.2, 0.4],
        "affected_from": 0,
        "move_from": 0,
    }
    with pytest.raises(TableWrong, match=word):
        Vulnerability.from_data({**PACK, "curve": [row | change]})


def test_ranges_hang_on_seed_event_and_member_alone():
    two = hazard({0: 0.6, 3: 0.5}, {0: 0.2})
    both = impact_ranges(two, FARM, CURVES, seed=7, events=np.array([11, 12]), members=40)
    alone = impact_ranges(hazard({0: 0.2}), FARM, CURVES, seed=7, events=np.array([12]), members=40)
    assert np.array_equal(both.low[1], alone.low[0])
    assert np.array_equal(both.high[1], alone.high[0])
    other = impact_ranges(two, FARM, CURVES, seed=8, events=np.array([11, 12]), members=40)
    assert not np.array_equal(both.high, other.high)


def test_a_range_holds_the_estimate_and_widens_with_its_share():
    one, best = hazard({0: 0.6}), strike(FARM, {0: 0.6}).table[0, 9]
    narrow, wide = (
        impact_ranges(one, FARM, CURVES, seed=1, events=np.array([1]), members=200, share=s)
        for s in (0.5, 0.95)
    )
    assert wide.low[0, 9] < narrow.low[0, 9] < best < narrow.high[0, 9] < wide.high[0, 9]


def test_needs_follow_the_displaced_and_never_the_merely_affected():
    found = strike(FARM, {0: 0.2, 3: 0.3}, {0: 0.6})
    assert found.of("people_affected").tolist() == [11, 4]
    assert found.of("people_to_move").tolist() == [0, 4]
    nothing, some = needs(found, days=3, articles=ARTICLES)
    assert not nothing.any()
    assert dict(zip((a.code for a in ARTICLES), some, strict=True)) == {
        "tent_12m2": 1, "quilt": 4, "bed": 4, "coat": 4, "water_l": 36, "meal": 36, "toilet": 1, "generator": 1,
    }  # fmt: skip
