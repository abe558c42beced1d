"""Charts that the server draws."""

import re
from datetime import timedelta
from itertools import pairwise
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.ui.svg.chart import Band, Bar, Crossing, Curve, Limit, Point, Rain, chart, chart_table, spaced
from anlan.ui.svg.scale import Time, Value, nice
from anlan.ui.svg.small import bar, density
from tests.ui.page import NOW

START, END = NOW - timedelta(hours=3), NOW + timedelta(hours=2)


def minutes(n: int):
    return START + timedelta(minutes=n)


def draw(*panels: Rain | Curve, lang: str = "zh") -> str:
    return chart(panels, start=START, end=END, now=NOW, title="柳林", desc="小时雨量 83.5", lang=lang)


RAIN = Rain(
    title="小时雨量",
    unit="mm",
    bars=[
        Bar(start=minutes(0), end=minutes(60), value=None),
        Bar(start=minutes(60), end=minutes(120), value=30.0),
        Bar(start=minutes(120), end=minutes(180), value=83.5, text="83.5"),
        Bar(start=minutes(180), end=minutes(240), value=90.0, forecast=True),
    ],
)
STAGE = Curve(
    title="水位",
    unit="m",
    from_zero=False,
    points=[Point(at=minutes(i * 30), value=108.2 + i * 0.4) for i in range(7)],
    limits=[
        Limit(value=111.2, text="警戒"),
        Limit(value=112.0, text="保证"),
        Limit(value=113.1, text="历史最高"),
    ],
    crossings=[Crossing(at=minutes(150), value=110.2, text="超")],
    band=[Band(at=minutes(180), low=110.6, high=110.6), Band(at=minutes(240), low=111.0, high=112.0)],
)


def rects(picture: str, look: str) -> list[float]:
    return [float(h) for h in re.findall(rf'class="{look}"[^>]*height="([\d.]+)"', picture)]


def test_rain_hangs_from_the_top_and_more_rain_hangs_lower() -> None:
    assert 'class="chart__rain" x="' in draw(RAIN)
    small, large = rects(draw(RAIN), "chart__rain")
    assert small < large
    assert re.findall(r'class="chart__rain"[^>]* y="(\d+)"', draw(RAIN)) == ["0", "0"]


def test_unknown_rain_is_hatched_and_not_zero() -> None:
    assert rects(draw(RAIN), "chart__unknown") == [12.0]


def test_forecast_is_hatched_with_its_band() -> None:
    assert rects(draw(RAIN), "chart__band")
    assert 'class="chart__band" d="M' in draw(STAGE)


def test_limits_are_labelled_lines() -> None:
    picture = draw(STAGE)
    assert picture.count('class="chart__limit"') == 3
    assert "111.2 警戒" in picture


def test_a_gap_breaks_the_line_and_a_partial_window_is_dotted() -> None:
    points = [
        Point(at=minutes(0), value=1.0, partial=True),
        Point(at=minutes(10), value=2.0, partial=True),
        Point(at=minutes(20), value=3.0),
        Point(at=minutes(30), value=None),
        Point(at=minutes(40), value=4.0),
        Point(at=minutes(50), value=5.0),
    ]
    picture = draw(Curve(title="", unit="mm", points=points))
    assert picture.count('class="chart__line"') == 2
    assert picture.count("chart__line--partial") == 1


def test_a_last_value_of_a_window_that_is_not_full_is_a_lower_bound() -> None:
    point = Point(at=minutes(10), value=122.3, partial=True)
    assert "≥ 122.3 mm" in draw(Curve(title="", unit="mm", points=[point]))


def test_the_moment_shown_is_a_line_with_its_time() -> None:
    assert "现在 04:07" in draw(RAIN)
    assert "Now 04:07" in draw(RAIN, lang="en")


def test_a_picture_is_well_formed_carries_no_style_and_says_what_it_shows() -> None:
    picture = draw(RAIN, STAGE)
    root = ElementTree.fromstring(picture)
    assert root.get("aria-label") == "柳林. 小时雨量 83.5"
    assert "style=" not in picture
    assert "fill=" not in picture


def test_hostile_text_stays_text() -> None:
    picture = chart([RAIN], start=START, end=END, title="<script>", desc="", lang="zh")
    assert "<script>" not in picture


def test_the_table_says_the_same_as_the_picture() -> None:
    table = chart_table([RAIN, STAGE], lang="zh")
    for text in ("83.5", "未知", "外推", "警戒", "111.2", "小时雨量"):
        assert text in table


def test_a_chart_without_time_is_refused() -> None:
    with pytest.raises(ValueError, match="after its start"):
        chart([RAIN], start=START, end=START, title="", desc="", lang="zh")


def test_a_curve_without_any_value_still_draws_its_frame() -> None:
    assert "chart__axis" in draw(Curve(title="", unit="m", points=[], from_zero=False))


def test_the_density_hatches_what_is_still_to_come() -> None:
    picture = density([0, 1, 400, 7, 0, 0], known=4, label="日志")
    assert picture.count("density__bar") == 3
    assert 'class="density__future" x="40" width="20"' in picture


def test_a_bar_never_grows_over_its_frame() -> None:
    picture = bar(done=90, way=40, total=100, label="")
    assert sum(float(w) for w in re.findall(r'bar__\w+"(?: x="\d+" y="4")? width="(\d+)"', picture)) <= 96


@given(st.floats(1e-3, 1e6), st.floats(1e-3, 1e6))
def test_ticks_are_few_round_and_inside(low: float, spread: float) -> None:
    scale = Value(low=low, high=low + spread, height=100)
    ticks = scale.ticks()
    assert len(ticks) <= 5
    assert all(low - 1e-6 * low <= each <= (low + spread) * (1 + 1e-6) for each in ticks)


@given(st.floats(1e-6, 1e9))
def test_a_nice_step_is_at_least_as_large_as_asked(size: float) -> None:
    assert size * 0.999 <= nice(size) <= size * 10


@given(st.integers(5, 60 * 24 * 40))
def test_time_ticks_are_few_and_stand_on_round_minutes(span: int) -> None:
    ticks = Time(start=START, end=START + timedelta(minutes=span)).ticks()
    assert len(ticks) <= 9
    assert all(each.minute % 5 == 0 and each.second == 0 for each in ticks)


def curve_with(*values: float) -> Curve:
    limits = [Limit(value=v, text=f"指标{v:g}") for v in values]
    return Curve(title="雨量", unit="mm", points=[Point(at=minutes(0), value=90.0)], limits=limits)


def words_of_limits(picture: str) -> list[tuple[float, str]]:
    found = re.findall(r'chart__label" x="755.0" y="(-?[\d.]+)">([^<]*)<', picture)
    return [(float(y), text) for y, text in found]


@given(st.lists(st.integers(1, 300), min_size=1, max_size=9, unique=True))
def test_no_words_of_a_limit_lie_on_another_s_and_none_are_lost(values: list[int]) -> None:
    found = words_of_limits(draw(curve_with(*values)))
    heights = [y for y, _ in found]
    assert [text for _, text in found] == [f"{v} 指标{v}" for v in sorted(values, reverse=True)]
    assert all(b - a > 14.8 for a, b in pairwise(heights))  # rounded to tenths
    assert max(heights) <= 140 + 20  # the panel and the gap below it


def test_the_picture_is_as_wide_as_the_words_beside_it() -> None:
    width = re.compile(r'viewBox="0 0 (\d+) ')
    long = Curve(title="雨量", unit="mm", points=[], limits=[Limit(value=50.0, text="村级 立即转移" * 3)])
    assert int(width.findall(draw(long))[0]) > int(width.findall(draw(curve_with(30)))[0])


@given(st.lists(st.floats(0, 140), max_size=9))
def test_heights_are_spaced_and_stay_in_order(heights: list[float]) -> None:
    found = spaced(sorted(heights), 15, 150)
    assert all(b - a >= 15 - 1e-9 for a, b in pairwise(found))
    assert all(y <= 150 for y in found)


def test_a_panel_says_its_name_at_both_ends() -> None:
    """A narrow screen shows the end only; the style sheet shows one of the two."""
    assert draw(RAIN).count("小时雨量 mm</text>") == 2
    assert 'class="chart__value chart__again chart__end"' in draw(RAIN)
