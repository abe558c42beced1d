"""The desk and the map in a real browser: keys, the chosen row beside the list, no barrier that axe can find."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, expect

from anlan.call.actions import calldown, doorchecks, hearing
from anlan.call.queries.waiting import waiting
from anlan.desk import mapdata, timeline
from anlan.foundation.rules.grade import Grade
from anlan.places.atlas import atlas
from tests.support.city import NIGHT, TOWN, VILLAGE, VILLAGE_2, Mini, make_city
from tests.support.grounds import forecast

pytestmark = pytest.mark.browser
MIN = timedelta(minutes=1)
WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}


@pytest.fixture
def night(transactional_db: None) -> Mini:
    """Twelve minutes into a call-down: one village silent with a check at its door, one asking for help."""
    mapdata.forget()
    timeline.forget()
    mini = make_city().exercise()
    ref = calldown.open_calldown(
        mini.ctx(at=NIGHT), township=atlas().code(TOWN), villages=[atlas().code(VILLAGE), atlas().code(VILLAGE_2)],
        grade=Grade.RED, stage="move", cause="X-1", order_no="测试〔2021〕1号",
    )  # fmt: skip
    hearing.heard_answer(
        mini.ctx(at=NIGHT + 2 * MIN), call_down=ref, holder="H-v2-secretary", kind=5, key="a", channel="desk"
    )
    late = mini.ctx(at=NIGHT + 11 * MIN)
    calldown.go_on(late, ref)
    line = next(w for w in waiting(late) if w.kind == "silent" and w.place.name == "联盟村")
    doorchecks.order(late, call_down=ref, line=line.facts["line"])
    mini.world.now = NIGHT + 12 * MIN
    mini.world.save()
    return mini


@contextmanager
def officer(chromium: Browser, live_server: Any, mini: Mini, **how: Any) -> Iterator[tuple[Page, list[str]]]:
    """The duty officer's browser; `broken` fills when a script breaks or the content policy blocks something."""
    around = chromium.new_context(viewport={"width": 1440, "height": 900}, **how)
    session = mini.client("duty_officer").cookies["sessionid"].value
    around.add_cookies([{"name": "sessionid", "value": session, "url": live_server.url}])
    page, broken = around.new_page(), list[str]()
    page.on("pageerror", lambda error: broken.append(str(error)))
    page.on("console", lambda line: broken.append(line.text) if "Content Security" in line.text else None)
    yield page, broken
    around.close()


def test_j_and_k_choose_and_the_chosen_thing_opens_beside_the_list(
    chromium: Browser, live_server: Any, night: Mini
) -> None:
    with officer(chromium, live_server, night) as (page, broken):
        page.goto(f"{live_server.url}/w/x1/desk")
        rows = page.locator("li.due")
        expect(rows.first).to_have_attribute("aria-current", "true")
        first = page.locator("#case-title").inner_text()
        page.keyboard.press("j")
        page.keyboard.press("j")
        chosen = page.locator("li.due[aria-current]")
        expect(chosen).to_have_count(1)
        expect(page).to_have_url(f"{live_server.url}/w/x1/desk{chosen.get_attribute('data-url')}")
        title = chosen.locator("strong").inner_text()
        expect(page.locator("#case-title")).to_be_visible()
        page.keyboard.press("k")
        page.keyboard.press("k")
        expect(page.locator("#case-title")).to_have_text(first)
        assert title
        assert not broken


def test_the_first_enter_goes_to_the_button_and_does_not_press_it(
    chromium: Browser, live_server: Any, night: Mini
) -> None:
    with officer(chromium, live_server, night) as (page, _):
        page.goto(f"{live_server.url}/w/x1/desk")
        row = page.locator("li.due", has_text="联盟村静默")
        row.locator("a").click()
        expect(page.locator("#case-title")).to_contain_text("联盟村")
        row.locator("a").focus()
        page.keyboard.press("Enter")
        button = page.locator("#case .button--primary")
        expect(button).to_be_focused()
        expect(page.locator(".message")).to_have_count(0)
        page.keyboard.press("Enter")
        expect(page.locator(".message")).to_contain_text("敲门结果已登记")
        expect(page.locator(".message")).to_contain_text("联盟村静默")  # whom it was about


def test_looking_back_freezes_the_counters_and_offers_the_way_back(
    chromium: Browser, live_server: Any, night: Mini
) -> None:
    with officer(chromium, live_server, night) as (page, _):
        page.goto(f"{live_server.url}/w/x1/desk?at={int((NIGHT + 5 * MIN).timestamp())}")
        clocks = page.locator("#due .clock").all_inner_texts()
        page.wait_for_timeout(1500)
        assert page.locator("#due .clock").all_inner_texts() == clocks
        assert page.locator("button[form], form[action$='/desk/act']").count() == 0
        page.get_by_role("link", name="回到现在").first.click()
        expect(page.locator(".duty__past")).to_have_count(0)


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("address", ["desk", "map"])
def test_axe_finds_no_barrier(
    chromium: Browser, live_server: Any, night: Mini, address: str, theme: str
) -> None:
    with officer(chromium, live_server, night, color_scheme=theme) as (page, broken):
        page.goto(f"{live_server.url}/w/x1/{address}")
        page.wait_for_selector("anlan-map[data-ready]")
        found = Axe().run(page, options=WCAG)
        assert found.violations_count == 0, found.generate_report()
        assert not broken


@pytest.mark.parametrize("width", [360, 768])
@pytest.mark.parametrize("address", ["desk", "map", "wall"])
def test_nothing_runs_out_of_a_narrow_screen(
    chromium: Browser, live_server: Any, night: Mini, address: str, width: int
) -> None:
    with officer(chromium, live_server, night) as (page, _):
        page.set_viewport_size({"width": width, "height": 800})
        page.goto(f"{live_server.url}/w/x1/{address}")
        assert page.evaluate("document.documentElement.scrollWidth") <= width


def test_the_wall_lets_go_of_a_forecast_by_itself_and_nothing_on_it_is_cut_off(
    chromium: Browser, live_server: Any, night: Mini
) -> None:
    forecast(night, {VILLAGE: (120, 30), VILLAGE_2: (60, 45)})
    with officer(chromium, live_server, night) as (page, broken):
        page.set_viewport_size({"width": 1920, "height": 1080})
        page.goto(f"{live_server.url}/w/x1/wall")
        shown = page.locator(".wall__waters")
        expect(shown).to_contain_text("1.2 m")
        parts = page.locator(".wall__list ol, .wall__waters")
        assert parts.evaluate_all("all => all.every(e => e.scrollHeight <= e.clientHeight + 1)")
        night.world.now += 31 * MIN
        night.world.save()
        page.wait_for_timeout(1500)
        expect(shown).to_have_count(1)  # the page's own clock still stands before the end
        shown.evaluate("e => e.dataset.liveUntil = '2021-08-11T20:00:00+00:00'")
        expect(shown).to_have_count(0)
        assert not broken
