"""Curves by duration: a figure at each dot, a band, a break where nothing is reached."""

import re

import pytest

from anlan.ui.svg.durations import Amount, Panel, durations


def draw(*amounts: Amount) -> str:
    panel = Panel(title="wet", amounts=amounts)
    labels = [f"{n + 1}" for n in range(len(amounts))]
    return str(durations([panel], labels=labels, unit="mm", foot="h", title="t", desc="d"))


def paths(drawn: str, look: str) -> list[str]:
    return re.findall(rf'<path class="{look}" d="([^"]+)"', drawn)


def test_each_figure_stands_at_its_dot_and_the_line_goes_through_all() -> None:
    drawn = draw(Amount(value=30.0, low=25.0, high=40.0), Amount(value=50.0, low=45.0, high=60.0))
    assert drawn.count('class="chart__dot"') == 2
    assert ">30</text>" in drawn
    assert ">50</text>" in drawn
    (line,) = paths(drawn, "chart__line")
    assert line.count(",") == 2


def test_a_duration_that_is_not_reached_breaks_line_and_band() -> None:
    drawn = draw(
        Amount(value=30.0, low=25.0, high=40.0), Amount(value=None), Amount(value=60.0, low=50.0, high=70.0)
    )
    assert len(paths(drawn, "chart__line")) == len(paths(drawn, "chart__band")) == 2
    assert drawn.count('class="chart__dot"') == 2


def test_a_band_without_an_end_goes_to_the_top() -> None:
    drawn = draw(Amount(value=30.0, low=25.0, high=None), Amount(value=50.0, low=45.0, high=60.0))
    (band,) = paths(drawn, "chart__band")
    assert band.startswith("M62.5,0.0 ")


def test_prepare_is_dashed_below() -> None:
    drawn = draw(Amount(value=30.0, low=25.0, high=40.0, second=20.0))
    assert drawn.count('class="chart__cross"') == 1
    assert len(paths(drawn, "chart__limit")) == 1


def test_nothing_known_is_no_picture() -> None:
    with pytest.raises(ValueError, match="at least one amount"):
        draw(Amount(value=None))
