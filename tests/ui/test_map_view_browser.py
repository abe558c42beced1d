"""The large map: its view and layers in the address, crowds as one mark, what is measured, and marks by arrow keys."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.support.patience import eventually
from tests.ui.test_browser import BASE, GIVEN, MAP, feature, page_of, visitor

pytestmark = pytest.mark.browser
KIT = {**GIVEN, "draw": "", "kit": [("call", "叫应"), ("gauge", "测站")]}
CROWD = {
    "type": "FeatureCollection",
    "at": "2021-08-11T20:05:00Z",
    "features": [
        feature(
            "Point",
            [113.2 + n / 500, 31.9],
            layer="call",
            name=f"村{n}",
            state="silent",
            ref=f"v{n}",
            url=f"/v{n}",
            order=n,
        )
        for n in range(9)
    ],
}
ZOOM = "document.querySelector('anlan-map').map.getZoom()"
HIDDEN = "document.querySelector('anlan-map').map.getLayoutProperty('gauge', 'visibility')"
CROWDS = "document.querySelector('anlan-map').map.queryRenderedFeatures({layers: ['crowd']}).map((f) => f.properties.point_count)"


def test_the_address_holds_view_and_layers_crowds_stand_as_one_and_marks_are_walked(
    chromium: Browser,
) -> None:
    pages = {
        "/": page_of(MAP, map=KIT, stream_url=""),
        "/base": BASE,
        "/state": CROWD,
        "/v8": "<h2>村8静默</h2>",
    }
    with visitor(chromium, pages) as (page, home, _):
        page.goto(f"{home}/#map=8.00/31.90000/113.20000&off=gauge")
        page.wait_for_selector("anlan-map[data-ready]")
        assert eventually(lambda: page.evaluate(CROWDS) == [9]), page.evaluate(CROWDS)
        assert abs(page.evaluate(ZOOM) - 8) < 0.01
        assert page.evaluate(HIDDEN) == "none"
        expect(page.locator("[data-layer=gauge]")).not_to_be_checked()
        page.locator(".layers summary").click()
        page.locator("[data-layer=gauge]").check()
        page.wait_for_url(f"{home}/#map=8.00/31.90000/113.20000")
        page.locator(".layers summary").click()
        page.locator(".maplibregl-ctrl-zoom-in").click()
        expect(page).to_have_url(re.compile("#map=9.00/"))
        page.locator("[data-map=walk]").focus()
        page.keyboard.press("ArrowRight")
        expect(page.locator(".anlan-map__kit output")).to_have_text("村8 · 静默 · 1/9")
        page.keyboard.press("Enter")
        expect(page.locator("#side")).to_contain_text("村8静默")


def test_a_way_and_land_are_measured_and_a_point_tells_its_coordinates(chromium: Browser) -> None:
    pages = {"/": page_of(MAP, map=KIT, stream_url=""), "/base": BASE, "/state": {**CROWD, "features": []}}
    with visitor(chromium, pages) as (page, home, _):
        page.goto(f"{home}/#map=12.00/31.90000/113.20000")
        page.wait_for_selector("anlan-map[data-ready]")
        canvas, said = page.locator("canvas.maplibregl-canvas"), page.locator(".anlan-map__kit output")
        middle = canvas.bounding_box()
        x, y = middle["width"] / 2, middle["height"] / 2
        page.click("[data-map=point]")
        canvas.click(position={"x": x, "y": y})
        expect(said).to_contain_text("31.9")
        expect(said).to_contain_text("113.2")
        page.click("[data-map=way]")
        canvas.click(position={"x": x - 100, "y": y})
        page.wait_for_timeout(350)  # two clicks at once would be a double one
        canvas.click(position={"x": x + 100, "y": y})
        expect(said).to_have_text("3.24 km")  # 200 of 512·2¹² parts of 40,075 km, at 31.9° north
        page.click("[data-map=land]")
        for dx, dy in ((-100, -50), (100, -50), (100, 50), (-100, 50)):
            page.wait_for_timeout(350)
            canvas.click(position={"x": x + dx, "y": y + dy})
        expect(said).to_contain_text("5.2")
        expect(said).to_contain_text("km²")
