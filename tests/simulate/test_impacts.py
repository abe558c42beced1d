"""Whom a run's water strikes: affected and displaced told apart, ranges, zero with its reason, each within their scope."""

import numpy as np
import pytest

from anlan.foundation.errors import Conflict
from anlan.places.atlas import atlas
from anlan.science.impact.sweep import Why
from anlan.simulate import queries
from anlan.simulate.actions import runs
from anlan.simulate.computing import folders
from anlan.simulate.maps import waters
from anlan.simulate.queries import impacts
from anlan.simulate.running import jobs
from tests.support.city import VILLAGE, Mini, make_city
from tests.support.grounds import REF, valley
from tests.support.records import make_records

pytestmark = pytest.mark.django_db
CELL_M = 100.0


@pytest.fixture
def mini() -> Mini:
    return make_city().exercise()


def flooded(mini: Mini, depth_cm: int, *, around: str = "") -> str:
    """A taken-in run with so much water over the whole valley, or around one village alone; gives its ref."""
    ref = make_records(mini)["run"]
    deepest = np.full((100, 100), 0 if around else depth_cm, np.uint16)
    if around:
        row, column = cell(around)
        deepest[row - 3 : row + 4, column - 3 : column + 4] = depth_cm
    keep(mini, ref, deepest)
    return ref


def cell(code: str) -> tuple[int, int]:
    village, where = atlas().code(code), frame()
    (x,), (y,) = jobs.metres(where.crs, [village.lon], [village.lat])
    return int((where.north - y) // where.dx), int((x - where.west) // where.dx)


def frame() -> waters.Frame:
    """Ten kilometres square, with both villages of Liulin in it."""
    where = valley(CELL_M)
    return waters.Frame(where.west - 2_000, where.north + 3_000, CELL_M, where.crs)


def keep(mini: Mini, ref: str, deepest: np.ndarray) -> None:
    waters.keep(folders.folder(mini.world.key, ref), grids={"deepest": deepest}, frame=frame())


def told(mini: Mini, ref: str, role: str = "duty_officer") -> impacts.Impacts:
    ctx = mini.ctx(role)
    return impacts.of_run(ctx, queries.run(ctx, ref))


def test_shallow_water_affects_people_and_displaces_nobody_so_nothing_is_needed(mini: Mini) -> None:
    found = told(mini, flooded(mini, 30))
    assert found.counts["people_affected"].expected > 0
    assert found.counts["people_to_move"].expected == 0
    assert all(need.count.expected == 0 for need in found.needs)
    assert found.why is Why.SOMEBODY


def test_deep_water_displaces_and_what_is_needed_follows_the_displaced(mini: Mini) -> None:
    found = told(mini, flooded(mini, 150))
    moved = found.counts["people_to_move"]
    assert moved.expected == found.counts["people_affected"].expected > 0
    need = {each.code: each.count for each in found.needs}
    assert need["quilt"].expected == moved.expected
    assert need["water_l"].expected == 3 * 3 * moved.expected
    assert sum(v.to_move for v in found.villages) == moved.expected
    assert (
        sum(found.counts[f"houses_{name}"].expected for name in ("slight", "severe", "collapsed"))
        == found.homes
    )


def test_each_figure_has_a_range_around_it_and_the_same_one_when_asked_again(mini: Mini) -> None:
    ref = flooded(mini, 55)
    found = told(mini, ref)
    assert all(c.low <= c.expected <= c.high for c in found.counts.values())
    moved = found.counts["people_to_move"]
    assert moved.low < moved.expected  # 55 cm lies near the line of 50: many draws stay below
    assert told(mini, ref) == found


def test_zero_is_said_aloud_with_its_reason(mini: Mini) -> None:
    ref = flooded(mini, 4)
    assert told(mini, ref).why is Why.NO_HAZARD
    page = mini.client("duty_officer").get(f"/w/{mini.world.key}/runs/{ref}/impact")
    assert "受影响 0 人" in page.text
    assert "没有一处积水到 0.1 米" in page.text


def test_water_where_nobody_lives_says_so(mini: Mini) -> None:
    ref = flooded(mini, 0)
    deepest = np.zeros((100, 100), np.uint16)
    deepest[0, 0] = 200
    keep(mini, ref, deepest)
    assert told(mini, ref).why is Why.NO_EXPOSURE


def test_a_village_out_of_the_water_is_not_listed(mini: Mini) -> None:
    found = told(mini, flooded(mini, 200, around=VILLAGE))
    assert [v.place.code for v in found.villages] == [VILLAGE]


def test_a_run_that_concludes_nothing_has_no_impact(mini: Mini) -> None:
    make_records(mini)
    ref = runs.order(
        mini.ctx("duty_officer"), title="", ground_ref=REF, solver="li", precision="f32", minutes=30,
        rain={"kind": "design", "mm_h": 10.0, "minutes": 30},
    )  # fmt: skip
    with pytest.raises(Conflict, match="可用"):
        told(mini, ref)


def test_a_reader_counts_only_the_homes_of_their_own_places(mini: Mini) -> None:
    ref = flooded(mini, 150)
    ctx = mini.may("simulate.view", path=atlas().code(VILLAGE).path)
    run = queries.run(mini.ctx("duty_officer"), ref)
    mine = impacts.of_run(ctx, run)
    assert {v.place.code for v in mine.villages} == {VILLAGE}
    assert 0 < mine.homes < told(mini, ref).homes


def test_the_page_tells_both_numbers_in_both_languages_and_marks_what_is_made_up(mini: Mini) -> None:
    ref = flooded(mini, 150)
    client = mini.client("duty_officer")
    page = client.get(f"/w/{mini.world.key}/runs/{ref}/impact").text
    assert "要转移" in page
    assert "合成" in page
    assert "待核实" in page
    english = client.get(f"/w/{mini.world.key}/runs/{ref}/impact?lang=en", follow=True).text
    assert "people to be moved" in english
    assert f"/runs/{ref}/impact" in client.get(f"/w/{mini.world.key}/runs/{ref}").text


def test_the_interface_gives_the_same_numbers(mini: Mini) -> None:
    ref = flooded(mini, 150)
    found = told(mini, ref)
    reply = mini.client("duty_officer").get(f"/api/v1/w/{mini.world.key}/runs/{ref}/impact").json()
    assert reply["people_to_move"]["expected"] == found.counts["people_to_move"].expected
    assert (reply["why_nobody"], reply["synthetic"]) == (None, True)
