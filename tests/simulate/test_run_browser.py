"""A run played in a real browser: the slider moves map, curves and address together; the forecast lies over the duty desk's map."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from anlan.places.atlas import atlas
from anlan.simulate.actions import runs
from anlan.simulate.computing import folders
from anlan.simulate.computing.shapes import VillageFound
from anlan.simulate.maps import waters
from tests.support.city import VILLAGE, Mini, make_city
from tests.support.grounds import keep_valley, make_valley, valley

pytestmark = pytest.mark.browser
WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
KEPT = {30: 20, 60: 120, 90: 60}
"""Depth of the village at each kept minute, centimetres."""


@pytest.fixture
def mini(transactional_db: None) -> Mini:
    return make_city().exercise()


def accepted(mini: Mini, *, purpose: str) -> str:
    """A run over the valley with three moments, each with water of its own."""
    ctx = mini.ctx()
    ref = runs.order(
        ctx, title="", ground_ref=keep_valley(mini), solver="li", precision="f32", minutes=180, purpose=purpose,
        rain={"kind": "stations", "until": ctx.now.isoformat(), "back_min": 180, "nowcast": "zero"},
    )  # fmt: skip
    runs.begin(ctx, ref=ref)
    make_valley()
    where = valley(1_000.0)
    frame, one = waters.Frame(where.west, where.north, where.dx, where.crs), np.ones((4, 4), np.uint16)
    grids = {
        name: one * value
        for name, value in (("inside", 1), ("deepest", 120), ("arrival", 40), ("danger", 3), ("arr", 2))
    }
    grids |= {f"minute-{minute}": one * cm for minute, cm in KEPT.items()}
    waters.keep(folders.folder(mini.world.key, ref), grids=grids, frame=frame)
    water = VillageFound(depth_cm=120, arrives_min=0, households=3, curve=list(KEPT.items()))
    figures = {
        "kept_min": list(KEPT),
        "bounds": list(frame.bounds(4, 4)),
        "mass_error": "1e-08",
        "fast_percent": 1,
    }
    villages = {atlas().code(VILLAGE).id: water}
    runs.finish(ctx, ref=ref, figures=figures, villages=villages, reasons=[], known_at=ctx.now)
    return ref


@contextmanager
def officer(chromium: Browser, live_server: Any, mini: Mini, **how: Any) -> Iterator[tuple[Page, list[str]]]:
    """The duty officer's browser; `broken` fills when a script breaks, a file is missing or the content policy blocks something."""
    around = chromium.new_context(viewport={"width": 1440, "height": 900}, **how)
    session = mini.client("duty_officer").cookies["sessionid"].value
    around.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page, broken = around.new_page(), list[str]()
    page.route("**/live?*", lambda route: route.fulfill(status=204))  # the stream needs the real server
    page.on("pageerror", lambda error: broken.append(str(error)))
    page.on("console", lambda line: broken.append(line.text) if line.type == "error" else None)
    yield page, broken
    around.close()


def water_of(page: Page) -> str:
    return (page.locator("anlan-map").get_attribute("water") or "").rpartition("?")[2]


def test_the_slider_moves_map_curves_and_address_without_a_new_page(
    chromium: Browser, live_server: Any, mini: Mini
) -> None:
    ref = accepted(mini, purpose="analyst")
    with officer(chromium, live_server, mini) as (page, broken):
        page.goto(f"{live_server.url}/w/x1/runs/{ref}")
        page.wait_for_selector("anlan-map[data-ready]")
        page.evaluate("window.sameDocument = true")
        slider, value = page.get_by_label("水深的时刻"), page.locator("[data-curve-value]").first
        slider.focus()
        page.keyboard.press("ArrowRight")
        expect(page).to_have_url(f"{live_server.url}/w/x1/runs/{ref}?minute=60")
        assert water_of(page) == "minute=60"
        expect(page.locator("[data-map-water]")).to_contain_text("第 60 分钟")
        expect(page.locator("[data-map-water]")).to_contain_text("合成地形")
        expect(value).to_have_text("第 60 分钟 1.20 米")
        page.keyboard.press("Home")
        expect(value).to_have_text("第 30 分钟 0.20 米")
        page.get_by_role("button", name="播放").click()
        expect(value).to_have_text("第 90 分钟 0.60 米")
        page.get_by_role("link", name="各格最深").click()
        assert water_of(page) == "map=depth"
        assert page.evaluate("window.sameDocument") is True
        assert not broken


def test_a_curve_is_read_by_its_own_keys_too(chromium: Browser, live_server: Any, mini: Mini) -> None:
    ref = accepted(mini, purpose="analyst")
    with officer(chromium, live_server, mini) as (page, _):
        page.goto(f"{live_server.url}/w/x1/runs/{ref}")
        value = page.locator("[data-curve-value]").first
        page.locator("[data-curve]").first.focus()
        page.keyboard.press("ArrowRight")
        expect(value).to_have_text("第 30 分钟 0.20 米")
        page.keyboard.press("ArrowRight")
        expect(value).to_have_text("第 60 分钟 1.20 米")


def test_without_script_the_moments_are_links(chromium: Browser, live_server: Any, mini: Mini) -> None:
    ref = accepted(mini, purpose="analyst")
    with officer(chromium, live_server, mini, java_script_enabled=False) as (page, _):
        page.goto(f"{live_server.url}/w/x1/runs/{ref}")
        page.get_by_role("link", name="60 分钟").click()
        expect(page.locator(".moments [aria-current]")).to_have_text("60 分钟")
        expect(page.get_by_label("水深的时刻")).to_be_hidden()


def test_who_wants_no_motion_gets_no_play_button(chromium: Browser, live_server: Any, mini: Mini) -> None:
    ref = accepted(mini, purpose="analyst")
    with officer(chromium, live_server, mini, reduced_motion="reduce") as (page, _):
        page.goto(f"{live_server.url}/w/x1/runs/{ref}")
        expect(page.get_by_label("水深的时刻")).to_be_visible()
        expect(page.get_by_role("button", name="播放")).to_be_hidden()


def test_the_forecast_over_the_desk_is_off_until_asked_for_and_says_what_it_is(
    chromium: Browser, live_server: Any, mini: Mini
) -> None:
    accepted(mini, purpose="live")
    with officer(chromium, live_server, mini) as (page, broken):
        for address in ("desk", "map"):
            page.goto(f"{live_server.url}/w/x1/{address}")
            page.wait_for_selector("anlan-map[data-ready]")
            assert water_of(page) == ""
            page.get_by_role("button", name="看预报 +3 小时").click()
            assert water_of(page) == "minute=30"
            expect(page.locator("[data-map-water]")).to_contain_text("预报")
            expect(page.locator("[data-map-water]")).to_contain_text("合成地形")
            page.get_by_role("button", name="看预报 +3 小时").click()
            expect(page.locator("[data-map-water]")).to_be_hidden()
        assert not broken


def test_looking_back_takes_the_forecast_off_the_map(chromium: Browser, live_server: Any, mini: Mini) -> None:
    accepted(mini, purpose="live")
    with officer(chromium, live_server, mini) as (page, _):
        page.goto(f"{live_server.url}/w/x1/map")
        page.wait_for_selector("anlan-map[data-ready]")
        page.get_by_role("button", name="看预报 +3 小时").click()
        page.evaluate("document.querySelector('[data-timebar] input').dispatchEvent(new Event('input'))")
        expect(page.locator("[data-map-water]")).to_be_hidden()


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("asked", ["", "?map=arr"])
def test_axe_finds_no_barrier_on_a_run(
    chromium: Browser, live_server: Any, mini: Mini, asked: str, theme: str
) -> None:
    ref = accepted(mini, purpose="analyst")
    with officer(chromium, live_server, mini, color_scheme=theme) as (page, broken):
        page.goto(f"{live_server.url}/w/x1/runs/{ref}{asked}")
        page.wait_for_selector("anlan-map[data-ready]")
        found = Axe().run(page, options=WCAG)
        assert found.violations_count == 0, found.generate_report()
        for width in (390, 768):
            page.set_viewport_size({"width": width, "height": 800})
            assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert not broken
