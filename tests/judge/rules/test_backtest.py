"""Back-test, and the night of Liulin through the packs as the yardstick of all of them."""

from datetime import UTC, datetime, timedelta

import pytest

from anlan.foundation.packs import load_all
from anlan.judge.rules.backtest import (
    Observed,
    PastRun,
    Series,
    UnusableSeries,
    back_test,
    note_on_tests,
    snapshots,
)
from anlan.judge.rules.thresholds.compile import compile_pack
from anlan.judge.rules.thresholds.shapes import Move
from tests.support.liulin import GAUGE, HOURLY_TENTHS, beijing, series

START = datetime(2022, 6, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


def shipped(id: str):
    return compile_pack(load_all().get(id))


def hourly(*tenths: int, place: str = "g") -> Series:
    times = tuple(START + HOUR * n for n in range(len(tenths)))
    return Series(place=place, kind="gauge", times=times, tenths=tenths)


def raised(report, level_name: str):
    return next(
        change.at
        for change in report.changes
        if change.move is Move.RAISED and change.level_name == level_name
    )


def test_the_night_adds_up_to_what_was_published():
    night = series()
    assert sum(night.tenths) == 4624
    rain = {snap.at: snap.rain for snap in snapshots(shipped("flash-flood-jianghua"), night)}
    assert rain[beijing(8)][360].tenths == 4624
    assert {hour: rain[beijing(hour)][60].tenths for hour in HOURLY_TENTHS} == HOURLY_TENTHS
    assert rain[beijing(7)][180].tenths + rain[beijing(4)][60].tenths == 3736
    assert rain[beijing(4)][180].tenths == 1135
    assert rain[beijing(4)][1440].full


def test_the_wet_village_stands_with_the_reading_of_three_oclock():
    rules = shipped("village-rain-shuanghe")
    report = back_test(rules, series=[series(place="v", kind="village", wetness="wet")])
    assert raised(report, "immediate") == beijing(3)
    assert raised(report, "prepare") == beijing(2, 50)
    dry = back_test(rules, series=[series(place="v", kind="village", wetness="dry")])
    assert beijing(3) < raised(dry, "immediate") <= beijing(4)


def test_the_example_pack_is_red_by_four_and_not_before_its_line_is_reached():
    report = back_test(shipped("flash-flood-jianghua"), series=[series()])
    red = raised(report, "red")
    assert beijing(3) < red <= beijing(4)
    change = next(change for change in report.changes if change.level == 4)
    assert change.evidence.value >= change.evidence.threshold == 800
    assert not change.evidence.partial


def test_the_rainstorm_line_of_a_hundred_in_three_hours_is_reached_by_four():
    assert (
        beijing(3)
        < raised(back_test(shipped("rainstorm-signal-national"), series=[series()]), "red")
        <= beijing(4)
    )


def test_the_extreme_line_of_250_is_reached_between_five_and_six():
    assert beijing(5) < raised(back_test(shipped("extreme-rain-24h"), series=[series()]), "red") <= beijing(6)


def test_the_night_is_a_hit_with_a_lead_before_the_wettest_hour_ended():
    event = Observed(GAUGE, beijing(5))
    report = back_test(shipped("flash-flood-jianghua"), series=[series()], events=[event], from_level=4)
    assert (report.pod, report.far, report.csi) == (1.0, 0.0, 1.0)
    assert report.median_lead >= HOUR
    levels = [step.level for step in report.timelines[GAUGE]]
    assert levels == [0, 1, 2, 3, 4]


def test_hits_misses_and_false_alarms_are_counted_by_place():
    rules = shipped("rainstorm-signal-national")
    wet, dry = (0, *[200] * 6, *[0] * 40), (0,) * 47
    report = back_test(
        rules,
        series=[hourly(*wet, place="a"), hourly(*wet, place="b"), hourly(*dry, place="c")],
        events=[Observed("a", START + 6 * HOUR), Observed("c", START + 6 * HOUR)],
    )
    assert [hit.event.place for hit in report.hits] == ["a"]
    assert [miss.place for miss in report.misses] == ["c"]
    assert [episode.place for episode in report.false_alarms] == ["b"]
    assert (report.pod, report.far, report.csi) == (1 / 2, 1 / 2, 1 / 3)
    assert report.hits[0].lead == report.median_lead == 6 * HOUR - (report.hits[0].warned_at - START)


def test_a_warning_after_the_event_is_a_miss_and_a_false_alarm():
    wet = (0, *[200] * 6, *[0] * 40)
    report = back_test(
        shipped("rainstorm-signal-national"), series=[hourly(*wet)], events=[Observed("g", START)]
    )
    assert (len(report.hits), len(report.misses), len(report.false_alarms)) == (0, 1, 1)


def test_a_warning_that_ended_long_before_is_no_hit():
    wet = (0, *[200] * 6, *[0] * 80)
    late = Observed("g", START + 80 * HOUR)
    assert back_test(shipped("rainstorm-signal-national"), series=[hourly(*wet)], events=[late]).misses == (
        late,
    )
    patient = back_test(
        shipped("rainstorm-signal-national"), series=[hourly(*wet)], events=[late], lead_window=100 * HOUR
    )
    assert patient.misses == ()


def test_figures_with_nothing_to_count_are_undefined():
    report = back_test(shipped("rainstorm-signal-national"), series=[hourly(*[0] * 30)])
    assert (report.pod, report.far, report.csi, report.median_lead) == (None, None, None, None)


def test_only_levels_from_the_wanted_one_count_as_warnings():
    yellow = hourly(0, *[100] * 6, *[0] * 30)
    rules = shipped("rainstorm-signal-national")
    assert [episode.level for episode in back_test(rules, series=[yellow]).episodes] == [2]
    assert back_test(rules, series=[yellow], from_level=4).episodes == ()


def test_a_gap_in_the_series_makes_the_windows_over_it_partial():
    times = (START, START + HOUR, START + 4 * HOUR, START + 5 * HOUR)
    broken = Series(place="g", kind="gauge", times=times, tenths=(0, 100, 100, 100))
    rain = [snap.rain[180] for snap in snapshots(shipped("rainstorm-signal-national"), broken)]
    assert [each.full for each in rain] == [False, False, False, False]
    assert [each.tenths for each in rain] == [0, 100, 100, 200]
    whole = [
        snap.rain[180].full for snap in snapshots(shipped("rainstorm-signal-national"), hourly(*[0] * 5))
    ]
    assert whole == [False, False, True, True, True]


def test_a_pack_that_was_never_tested_says_so():
    runs = [PastRun(pack="p", version="1", at=START, series=3, events=2)]
    assert note_on_tests(pack="p", version="2", runs=runs).zh == "从未回测"
    assert note_on_tests(pack="q", version="1", runs=runs).en == "never tested"
    tested = note_on_tests(pack="p", version="1", runs=runs)
    assert tested.zh == "已回测1次,共3条序列、2次事件"
    assert tested.en == "tested 1 times on 3 series with 2 events"


@pytest.mark.parametrize(
    ("pack", "faulty", "says"),
    [
        ("rainstorm-signal-national", [], "empty"),
        ("rainstorm-signal-national", [hourly()], "empty"),
        ("river-flood-sl758", [hourly(0, 1)], "stages"),
        ("rainstorm-signal-national", [hourly(0, -1)], "row 2"),
        ("rainstorm-signal-national", [hourly(0), hourly(0)], "two series"),
        ("rainstorm-signal-national", [Series(place="g", kind="gauge", times=(START, START), tenths=(0, 0))], "row 2"),
        ("rainstorm-signal-national", [Series(place="g", kind="gauge", times=(START,), tenths=())], "equal"),
    ],
)  # fmt: skip
def test_a_series_that_cannot_be_tested_is_refused_with_its_row(pack, faulty, says):
    with pytest.raises(UnusableSeries) as caught:
        back_test(shipped(pack), series=faulty)
    assert says in caught.value.said("en")
    assert caught.value.said("zh")
