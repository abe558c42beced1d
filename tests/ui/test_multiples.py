"""Small curves in rows: one time axis, one scale, and the line that matters in every one of them."""

import re
from datetime import UTC, datetime

import pytest

from anlan.ui.svg.multiples import EDGE, HEIGHT, WIDTH, Multiples

START = datetime(2021, 8, 11, 20, 0, tzinfo=UTC)  # 04:00 in Beijing
NIGHT = Multiples(start=START, minutes=180, top=2.0, line=0.3)


def line_of(picture: str) -> str:
    return re.findall(r'class="curve__line" d="M[\d.]+,([\d.]+)', picture)[0]


def test_a_curve_runs_from_edge_to_edge_and_never_leaves_the_picture() -> None:
    drawn = NIGHT.curve([(0, 0.0), (90, 5.0), (180, 0.1)], arrival=None, label="柳林村")
    path = re.findall(r'class="curve__water" d="M(.+?)"', drawn)[0]
    points = [tuple(map(float, each.split(","))) for each in path.split(" L")]
    assert points[0][0] == EDGE
    assert points[-1][0] == WIDTH - EDGE
    assert all(0 <= y <= HEIGHT for _, y in points)


def test_the_line_stands_at_the_same_height_in_every_row() -> None:
    rows = [
        NIGHT.curve(points, arrival=None, label="x") for points in ([(10, 0.1)], [(10, 2.0), (20, 1.0)], [])
    ]
    assert len({line_of(row) for row in rows}) == 1


def test_the_first_crossing_is_marked_on_the_line() -> None:
    drawn = NIGHT.curve([(60, 0.4)], arrival=45, label="x")
    x, y = re.findall(r'class="curve__came" cx="([\d.]+)" cy="([\d.]+)"', drawn)[0]
    assert float(x) == pytest.approx(EDGE + (WIDTH - 2 * EDGE) / 4)
    assert y == line_of(drawn)
    assert "curve__came" not in NIGHT.curve([(60, 0.1)], arrival=None, label="x")


def test_the_axis_says_hours_of_beijing() -> None:
    assert re.findall(r">(\d\d:\d\d)<", NIGHT.axis()) == ["04:00", "05:00", "06:00", "07:00"]


def test_a_name_cannot_break_out_of_its_label() -> None:
    assert "<b>" not in NIGHT.curve([], arrival=None, label='"><b>')


def test_curves_without_time_are_refused() -> None:
    with pytest.raises(ValueError, match="minute"):
        Multiples(start=START, minutes=0, top=1, line=0.3)
