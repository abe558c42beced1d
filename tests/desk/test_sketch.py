"""The server's drawing: what stands for silence is never green; it is there on paper and where the living map is not."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.template.loader import render_to_string
from playwright.sync_api import Browser, expect

import anlan.desk
from anlan.places.atlas import atlas
from anlan.ui import palette
from tests.desk.test_duty_browser import night, officer
from tests.support.city import TOWN, Mini, make_city

__all__ = ["night"]
CSS = (Path(anlan.desk.__file__).parent / "static/desk/sketch.css").read_text("utf-8")
GREEN_MAY_BE = {"answered", "moved"}
NO_WEBGL = """const ask = HTMLCanvasElement.prototype.getContext;
HTMLCanvasElement.prototype.getContext = function (kind, ...more) { return /webgl/.test(kind) ? null : ask.call(this, kind, ...more); };"""


def classes(look: str) -> set[str]:
    found = re.findall(
        r'class="([^"]+)"', render_to_string("desk/parts/mark.html", {"look": look, "sign": "静"})
    )
    return {each for names in found for each in names.split()}


def green() -> set[str]:
    """Classes of marks that the style sheet paints or frames with the colour of safety."""
    rules = re.findall(r"([^{}]+)\{([^}]*)\}", CSS)
    return {name for who, how in rules if "--safe" in how for name in re.findall(r"\.(mark[\w-]*)", who)}


@pytest.mark.parametrize("state", palette.STATES, ids=lambda state: state.code)
def test_only_who_has_answered_or_moved_wears_green(state: palette.State) -> None:
    assert bool(classes(state.look) & green()) == (state.code in GREEN_MAY_BE)


def test_every_mark_has_a_shape_of_its_own_in_the_style_sheet() -> None:
    for state in palette.STATES:
        assert any(f".{name} " in CSS or f".{name}," in CSS for name in classes(state.look)), state.code


@pytest.mark.django_db
def test_the_sheet_of_a_township_and_of_the_whole_county_is_drawn(mini: Mini) -> None:
    client, town = mini.client("duty_officer"), atlas().code(TOWN)
    for path in (town.path, atlas().city.path):
        page = client.get(f"/w/{mini.world.key}/map/paper?path={path}")
        assert page.status_code == 200
        assert "sheet__sign" in page.text
        part = client.get(
            f"/w/{mini.world.key}/map/paper?path={path}", headers={"X-Anlan-Part": "paper"}
        ).text
        assert "<html" not in part
        assert "截至" in part
    assert client.get(f"/w/{mini.world.key}/map/paper?path=99").status_code == 404


@pytest.fixture
def mini(db: None) -> Mini:
    return make_city().exercise()


@pytest.mark.browser
@pytest.mark.parametrize("address", ["desk", "map"])
def test_where_the_browser_cannot_draw_the_map_the_drawing_stands_with_a_word_what_to_do(
    chromium: Browser, live_server: Any, night: Mini, address: str
) -> None:
    with officer(chromium, live_server, night) as (page, broken):
        page.add_init_script(NO_WEBGL)
        page.goto(f"{live_server.url}/w/x1/{address}")
        expect(page.locator(".anlan-map__canvas")).to_contain_text("请打开浏览器的硬件加速")
        expect(page.locator(".anlan-map__paper svg.sketch")).to_be_visible()
        assert not broken


@pytest.mark.browser
def test_the_map_prints_as_the_drawing_of_this_moment(
    chromium: Browser, live_server: Any, night: Mini
) -> None:
    with officer(chromium, live_server, night) as (page, broken):
        page.goto(f"{live_server.url}/w/x1/map")
        page.wait_for_selector("anlan-map[data-ready]")
        assert page.locator("svg.sketch").count() == 0
        asked = []
        page.on("request", lambda request: asked.append(request.url))
        page.pdf()
        assert any("/map/paper?path=" in url for url in asked), "a printed page asks for the drawing"
        page.evaluate("dispatchEvent(new Event('beforeprint'))")
        page.emulate_media(media="print")
        expect(page.locator("svg.sketch")).to_be_visible()
        expect(page.locator(".anlan-map__canvas")).to_be_hidden()
        assert not broken


@pytest.mark.browser
def test_a_mark_is_drawn_with_round_corners_by_a_pen_that_knows_no_round_rectangle(
    chromium: Browser, live_server: Any, night: Mini
) -> None:
    with officer(chromium, live_server, night) as (page, broken):
        page.add_init_script("delete CanvasRenderingContext2D.prototype.roundRect;")
        page.goto(f"{live_server.url}/w/x1/map")
        page.wait_for_selector("anlan-map[data-ready]")
        assert not broken
