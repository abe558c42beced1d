"""`/` and Ctrl-K in a real browser: found while typing, walked by arrows, the pages last looked at."""

import re

import pytest
from playwright.sync_api import Browser, expect

from tests.ui.test_browser import page_of, visitor

pytestmark = pytest.mark.browser


def test_what_is_typed_is_found_at_once_and_arrows_and_enter_go_there(chromium: Browser) -> None:
    hits = '<section><h2>地方</h2><ul><li><a href="/there" data-hit>柳林镇</a></li><li><a href="/x">y</a></li></ul></section>'
    pages = {
        "/": page_of("", stream_url=""),
        "/there": page_of("", stream_url=""),
        "/w/x1/find": lambda visit: hits,
    }
    with visitor(chromium, pages) as (page, home, seen):
        page.goto(home)
        page.keyboard.press("Control+k")
        page.keyboard.type("柳林")
        expect(page.locator("[data-found] a")).to_have_count(2)
        assert seen[-1] == "GET /w/x1/find?q=%E6%9F%B3%E6%9E%97"
        page.keyboard.press("Escape")
        expect(page.locator("[data-found]")).to_be_hidden()
        page.keyboard.type("镇")
        expect(page.locator("[data-found]")).to_be_visible()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        page.wait_for_url(f"{home}/there")
        page.keyboard.press("/")
        expect(page.locator("[data-found] a")).to_have_attribute("href", "/")
        expect(page.locator("[data-found] h2")).to_have_text("最近看过")


def test_who_comes_back_after_a_quarter_of_an_hour_is_led_to_what_changed(chromium: Browser) -> None:
    with visitor(chromium, {"/": page_of("", stream_url="/w/x1/live"), "/w/x1/live": ""}) as (page, home, _):
        page.goto(home)
        line = page.locator("[data-away]")
        expect(line).to_be_hidden()
        page.evaluate(
            "for (const k of Object.keys(localStorage)) localStorage.setItem(k, `1300 ${Date.now() - 20 * 60000}`)"
        )
        page.reload()
        expect(line).to_contain_text("20")
        expect(line.locator("a")).to_have_attribute("href", re.compile(r"/w/x1/away\?after=1300$"))
