"""Ensembles and two runs side by side in a real browser: the maps draw in their own inks, nothing runs over on a phone, axe is content."""

from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from anlan.simulate import queries
from anlan.simulate.actions import ensembles, runs
from anlan.simulate.running import ordered, runner
from tests.simulate.test_run_browser import WCAG, officer
from tests.support.city import Mini, make_city
from tests.support.grounds import REF, keep_valley
from tests.support.inline import Inline

pytestmark = pytest.mark.browser


@pytest.fixture
def mini(transactional_db: None) -> Mini:
    return make_city().exercise()


@pytest.fixture
def refs(mini: Mini) -> list[str]:
    """An ensemble of ten and two runs of less and more rain over the valley, computed."""
    keep_valley(mini)
    ctx, runner_before = mini.ctx("duty_officer"), runner.runner()
    runner.use(Inline())
    rain = [{"kind": "design", "mm_h": mm_h, "minutes": 60} for mm_h in (70.0, 60.0, 90.0)]
    told = {"title": "", "ground_ref": REF, "minutes": 60}
    made = [ensembles.order_ensemble(ctx, rain=rain[0], members=10, **told)]  # type: ignore[arg-type]
    for each in rain[1:]:
        made.append(runs.order(ctx, rain=each, solver="li", precision="f32", **told))  # type: ignore[arg-type]
    while not all(queries.run(ctx, ref).is_over for ref in made):
        ordered.look()
    runner.use(runner_before)
    return made


def is_drawn(page: Page) -> None:
    page.wait_for_selector("anlan-map[data-ready]")
    expect(page.locator("[data-map-water]")).not_to_be_empty()


def colours(page: Page) -> set[str]:
    """What the legend's marks are painted with, without their opacity."""
    pixels = page.evaluate(
        """() => Array.from(document.querySelectorAll("canvas[data-rank]"), (c) =>
            Array.from(c.getContext("2d").getImageData(c.width / 2, c.height / 2, 1, 1).data).join(","))"""
    )
    return set(pixels)


def runs_over(page: Page) -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth > innerWidth"))


def test_an_ensemble_draws_its_shares(
    chromium: Browser, live_server: Any, mini: Mini, refs: list[str]
) -> None:
    with officer(chromium, live_server, mini) as (page, broken):
        page.goto(f"{live_server.url}/w/x1/ensembles/{refs[0]}")
        is_drawn(page)
        assert len(colours(page)) == 6
        assert "不是概率" in page.locator("[data-map-water]").inner_text()
        assert Axe().run(page, options=WCAG).response["violations"] == []
        page.set_viewport_size({"width": 360, "height": 800})
        assert not runs_over(page)
        assert not broken


def test_two_runs_draw_where_one_is_deeper_in_two_inks(
    chromium: Browser, live_server: Any, mini: Mini, refs: list[str]
) -> None:
    with officer(chromium, live_server, mini) as (page, broken):
        page.goto(f"{live_server.url}/w/x1/compare?a={refs[1]}&b={refs[2]}")
        is_drawn(page)
        assert len(colours(page)) == 6
        assert Axe().run(page, options=WCAG).response["violations"] == []
        page.set_viewport_size({"width": 360, "height": 800})
        assert not runs_over(page)
        assert not broken
