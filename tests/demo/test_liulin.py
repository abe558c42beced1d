from dataclasses import replace
from datetime import datetime, timedelta, timezone

import numpy as np
import pytest

from anlan.demo.liulin.night import hourly_tenths, prepare_night
from anlan.demo.liulin.published import load_published
from anlan.demo.liulin.scenario import load_scenario

LIULIN = "421321117"
BEIJING = timezone(timedelta(hours=8))


def at(clock):
    hour, minute = map(int, clock.split(":"))
    return datetime(2021, 8, 11 if hour >= 21 else 12, hour, minute, tzinfo=BEIJING)


@pytest.fixture(scope="module", params=["ending", "beginning"])
def scenario(request):
    return load_scenario(hours=request.param)


@pytest.fixture(scope="module")
def night(scenario, city):
    return prepare_night(scenario=scenario, published=load_published(), gauges=city.gauges, seed=city.seed)


def town_tips(night, city):
    town = next(g.address for g in city.gauges if g.town_gauge)
    return night.tips[:, night.rain_addresses.index(town)]


def test_the_night_has_144_ticks_and_every_gauge(night):
    assert night.tips.shape == (144, 600)
    assert night.stages.shape == (144, 120)
    ends = night.ends
    assert (ends[0], ends[-1]) == (at("21:05"), at("09:00"))


def test_the_town_gauge_carries_the_published_hours_exactly(night, scenario, city):
    published = load_published()
    sums = hourly_tenths(town_tips(night, city), published, scenario.hours)
    assert sums == {"03": 300, "04": 835, "05": 1054, "06": 1037, "07": 810, "08": 588}
    assert sum(sums.values()) == published.six_hour_tenths == 4624
    assert sum(sums[h] for h in ("04", "05", "06", "07")) == published.h04_07_tenths == 3736
    assert town_tips(night, city).sum() == 4624


def test_hour_ending_labels_put_thirty_millimetres_before_three_o_clock(city):
    night = prepare_night(
        scenario=load_scenario(hours="ending"), published=load_published(), gauges=city.gauges, seed=city.seed
    )
    ends = night.ends
    tips = town_tips(night, city)
    hour = [int(tips[n - 11 : n + 1].sum()) for n in range(11, 144)]
    first = next(n for n, mm in enumerate(hour, start=11) if mm >= 300)
    assert ends[first] == at("03:00")
    assert hour[ends.index(at("04:00")) - 11] == 835


def test_hour_beginning_labels_move_the_night_by_one_hour(city):
    parts = {"published": load_published(), "gauges": city.gauges, "seed": city.seed}
    ending = prepare_night(scenario=load_scenario(hours="ending"), **parts).tips
    beginning = prepare_night(scenario=load_scenario(hours="beginning"), **parts).tips
    assert np.array_equal(ending[:-12], beginning[12:])
    assert not beginning[:12].any()


def test_rain_fades_with_distance_and_never_exceeds_the_town(night, city):
    totals = night.tips.sum(axis=0)
    town = next(g for g in city.rain_gauges if g.town_gauge)
    away = np.array([np.hypot((g.lon - town.lon) * 95, (g.lat - town.lat) * 111) for g in city.rain_gauges])
    assert (night.tips >= 0).all()
    assert totals.max() == 4624
    near, far = totals[(away > 0) & (away < 6)], totals[away > 60]
    assert near.min() > 3000
    assert far.max() < 300


def test_the_counter_of_a_gauge_only_rises(night):
    assert (np.diff(night.accumulated(), axis=0) >= 0).all()
    assert night.tips[:, 5].sum() == night.accumulated()[-1, 5]


def test_the_stream_at_the_town_passes_its_highest_mark_and_starts_at_its_usual_stage(night, city):
    bridge = next(g for g in city.stage_gauges if g.name == "柳林大桥水位站")
    stage = night.stages[:, night.stage_addresses.index(bridge.address)]
    assert stage[0] == round(bridge.usual_m * 100)
    assert stage.max() > bridge.highest_m * 100


def test_another_gauge_more_changes_no_other(night, scenario, city):
    fewer = tuple(g for g in city.gauges if g.town_gauge or g.address[-2] in "05")
    part = prepare_night(scenario=scenario, published=load_published(), gauges=fewer, seed=city.seed)
    columns = [night.rain_addresses.index(a) for a in part.rain_addresses]
    assert np.array_equal(part.tips, night.tips[:, columns])


def test_rain_that_is_unpublished_may_be_placed_but_not_over_published_hours(city):
    parts = {"published": load_published(), "gauges": city.gauges, "seed": city.seed}
    placed = prepare_night(scenario=load_scenario(unpublished_mm={"02": 10.6, "09": 30.0}), **parts)
    assert town_tips(placed, city).sum() == 5030
    with pytest.raises(ValueError, match="published"):
        prepare_night(scenario=load_scenario(unpublished_mm={"04": 1.0}), **parts)


def test_without_a_town_gauge_there_is_no_night(city):
    blind = tuple(replace(g, town_gauge=False) for g in city.gauges[:5])
    with pytest.raises(ValueError, match="town_gauge"):
        prepare_night(scenario=load_scenario(), published=load_published(), gauges=blind, seed=1)


def test_the_first_red_warning_that_named_liulin_came_at_04_51():
    published = load_published()
    assert published.first_red_naming(LIULIN).at == at("04:51")
    assert [w.at for w in published.warnings] == [at("21:19"), at("22:15"), at("04:51")]
    assert published.warnings[1].named_is_uncertain
    assert LIULIN not in published.warnings[1].named
    with pytest.raises(LookupError):
        published.first_red_naming("421381001")


def test_every_assumption_says_how_sure_it_is():
    scenario = load_scenario()
    uncertain = {a.key for a in scenario.assumptions if a.is_uncertain}
    assert {"hours", "phones_fail_at", "mains_fail_at", "fade_km", "unpublished_mm"} <= uncertain
    assert all(a.note and a.confidence in ("A", "B", "M", "M?", "X") for a in scenario.assumptions)


def test_an_unknown_setting_and_an_unknown_label_are_refused():
    with pytest.raises(ValueError, match="no such setting"):
        load_scenario(rain="more")
    with pytest.raises(ValueError, match="hours"):
        load_scenario(hours="middle")
