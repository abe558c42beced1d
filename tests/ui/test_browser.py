"""The scripts of the kit in a real browser, under the product's own content policy."""

import json
import re
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from django.template import engines
from django.template.loader import render_to_string
from playwright.sync_api import Browser, Page, expect

from anlan.ui import views
from anlan.ui.palette import STATES
from anlan.ui.svg import chart as svg_chart
from anlan.ui.svg import small
from anlan.ui.svg.chart import chart_table
from tests.support.patience import eventually
from tests.ui.page import NOW, context
from tests.ui.street import Pages, Visit, serve
from tests.ui.test_svg import END, RAIN, STAGE, START

pytestmark = pytest.mark.browser


def page_of(source: str, **given: Any) -> str:
    made = context(**given)
    text = '{% extends "ui/base.html" %}{% load anlan %}{% block title %}x{% endblock %}' + source
    return (
        engines["django"]
        .from_string(text)
        .render({k: v for k, v in made.items() if k != "request"}, made["request"])
    )


@contextmanager
def visitor(chromium: Browser, pages: Pages, **how: Any) -> Iterator[tuple[Page, str, list[str]]]:
    """A visitor who fails the test when the content policy blocks something or a script breaks."""
    with serve(pages) as (home, seen):
        around = chromium.new_context(viewport={"width": 1000, "height": 800}, **how)
        page = around.new_page()
        broken: list[str] = []
        page.on("pageerror", lambda error: broken.append(str(error)))
        page.on(
            "console",
            lambda said: broken.append(said.text) if "Content Security Policy" in said.text else None,
        )
        yield page, home, seen
        around.close()
    assert not broken


# ---------- live ----------
LIST = """{% block main %}<ol id="due" data-live="/due" data-live-on="warn.call. observe."><li data-row="a"><a href="/a">a</a></li>
<li data-row="b"><a href="/b">b</a></li></ol>{% countdown ctx.now %}{% endblock %}"""


class Stream:
    """A live stream that the test feeds."""

    def __init__(self, seconds: float = 3) -> None:
        self.events: list[str] = []
        self.asked: list[str] = []
        self.turns = round(seconds / 0.02)

    def __call__(self, visit: Visit) -> tuple[int, str]:
        self.asked.append(visit.path)
        visit.send_response(200)
        visit.send_header("Content-Type", "text/event-stream")
        visit.end_headers()
        mine = len(self.asked)
        for _ in range(self.turns):
            if len(self.asked) > mine:
                break  # the tab before has gone
            while self.events:
                visit.wfile.write(self.events.pop(0).encode())
                visit.wfile.flush()
            time.sleep(0.02)
        return 0, ""


def told(seq: int, name: str) -> str:
    entry = {"seq": seq, "name": name, "at": NOW.isoformat(), "subject": {}}
    return f"id: {seq}\nevent: journal\ndata: {json.dumps(entry)}\n\n"


def test_a_fragment_follows_the_journal_and_the_reader_keeps_their_place(chromium: Browser) -> None:
    stream = Stream()
    fresh = '<li data-row="c"><a href="/c">c</a></li><li data-row="a"><a href="/a">a</a></li><li data-row="b"><a href="/b">b!</a></li>'
    pages = {"/": page_of(LIST), "/due": fresh, "/w/x1/live": lambda visit: _quietly(stream, visit)}
    with visitor(chromium, pages) as (page, home, seen):
        page.goto(home)
        page.keyboard.press("j")
        page.keyboard.press("j")
        expect(page.locator("[data-row=b]")).to_have_attribute("aria-current", "true")
        stream.events += [told(1378, "people.shift.began"), told(1379, "warn.call.answered")]
        expect(page.locator("[data-row=c]")).to_have_class("is-new")
        expect(page.locator("[data-row=b] a")).to_be_focused()
        expect(page.locator("[data-row=b]")).to_have_attribute("aria-current", "true")
        assert seen.count("GET /due") == 1
        assert stream.asked[0] == "/w/x1/live?after=1377"


def test_eight_tabs_have_one_stream_between_them_and_the_eighth_can_still_answer(chromium: Browser) -> None:
    """A browser opens six connections to a server; each tab with a stream of its own, the seventh would wait for ever."""
    stream = Stream(seconds=600)
    fresh = '<li data-row="{}"><a href="/c">c</a></li>'
    now = {"row": "c"}
    pages = {
        "/": page_of(LIST),
        "/due": lambda visit: fresh.format(now["row"]),
        "/answered": "kept",
        "/w/x1/live": lambda visit: _quietly(stream, visit),
    }
    with visitor(chromium, pages) as (page, home, _):
        tabs = [page, *(page.context.new_page() for _ in range(7))]
        for tab in tabs:
            tab.goto(home)
        said = tabs[7].evaluate("fetch('/answered', {method: 'POST'}).then((reply) => reply.text())")
        assert said == "kept"
        stream.events.append(told(1378, "warn.call.answered"))
        for tab in tabs:
            expect(tab.locator("[data-row=c]")).to_be_visible()
        assert len(stream.asked) == 1
        tabs[0].close()  # another takes up where the last entry stood
        assert eventually(lambda: len(stream.asked) > 1)
        assert stream.asked[1:] == ["/w/x1/live?after=1378"]
        now["row"] = "d"
        stream.events.append(told(1379, "warn.call.answered"))
        for tab in tabs[1:]:
            expect(tab.locator("[data-row=d]")).to_be_visible()


def test_a_browser_without_locks_asks_again_and_again(chromium: Browser) -> None:
    pages = {"/": page_of(LIST), "/due": '<li data-row="c"><a href="/c">c</a></li>'}
    with visitor(chromium, pages) as (page, home, seen):
        page.add_init_script("delete window.BroadcastChannel")
        page.goto(home)
        expect(page.locator("[data-row=c]")).to_be_visible()
        assert not [each for each in seen if "/w/x1/live" in each]


def _quietly(stream: Stream, visit: Visit) -> tuple[int, str]:
    try:
        return stream(visit)
    except (BrokenPipeError, ConnectionResetError):
        return 0, ""


def test_counters_run_by_the_worlds_clock(chromium: Browser) -> None:
    with visitor(chromium, {"/": page_of(LIST, stream_url="")}) as (page, home, _):
        page.goto(home)
        expect(page.locator("[data-deadline]")).to_have_class("clock clock--over")
        # a minute of the exercise in a second of ours
        expect(page.locator("[data-deadline]")).to_have_text(re.compile("^−(0[1-9]|[1-9])"))


def test_keys_help_search_and_stay_off_while_writing(chromium: Browser) -> None:
    with visitor(chromium, {"/": page_of(LIST, stream_url="")}) as (page, home, _):
        page.goto(home)
        page.keyboard.press("/")
        expect(page.locator("[type=search]")).to_be_focused()
        page.keyboard.type("j?")
        assert page.locator("[type=search]").input_value() == "j?"
        page.locator("h1, #main").first.focus()
        page.keyboard.press("?")
        expect(page.locator("dialog[open]")).to_be_visible()


def test_the_theme_changes_at_once_and_is_remembered(chromium: Browser) -> None:
    with visitor(chromium, {"/": page_of(LIST, stream_url="")}) as (page, home, seen):
        page.goto(home)
        page.click("[data-theme-switch]")
        expect(page.locator("html")).to_have_attribute("data-theme", "dark")
        assert any(c["name"] == "anlan_theme" and c["value"] == "dark" for c in page.context.cookies())
        assert seen.count("GET /") == 1


# ---------- the phone ----------
ORDER = {"caller": "随县防指", "holder": "杨**", "what": "现在就转移 11 户 34 人", "where": "", "by": None}


def phone(theme: str = "") -> str:
    made = context(theme=theme, order=ORDER, form_url="/a/7Kq2", sent=None)
    return render_to_string("ui/phone.html", made)


def test_an_answer_says_delivered_only_when_the_server_has_it(chromium: Browser) -> None:
    bodies: list[str] = []

    def take(visit: Visit) -> dict[str, str]:
        bodies.append(visit.body)
        return {"received_at": "2021-08-11T20:07:31Z"}

    with visitor(chromium, {"/": phone(), "/a/7Kq2": take}) as (page, home, _):
        page.goto(home)
        page.fill("[name=households]", "3")
        page.click("button[value='3']")
        expect(page.locator("[data-state=sent]")).to_contain_text("已送达 04:07:31")
        expect(page.locator("button[value='3']")).to_have_attribute("aria-pressed", "true")
        assert "answer=3" in bodies[0]
        assert "households=3" in bodies[0]
        assert "key=" in bodies[0]
        assert page.evaluate("localStorage.length") == 0


def test_an_answer_without_network_is_kept_and_goes_by_itself(chromium: Browser) -> None:
    def take(_: Visit) -> dict[str, str]:
        return {"received_at": "2021-08-11T20:09:00Z"}

    with visitor(chromium, {"/": phone(), "/a/7Kq2": take}) as (page, home, seen):
        page.goto(home)
        page.context.set_offline(True)
        page.click("button[value='1']")
        page.click("button[value='5']")
        expect(page.locator("[data-state=kept]")).to_be_visible()
        assert len(json.loads(page.evaluate("Object.values(localStorage)[0]"))) == 2
        page.context.set_offline(False)
        expect(page.locator("[data-state=sent]")).to_contain_text("04:09:00")
        # one after the other, and the first is told as soon as it is in
        assert eventually(lambda: seen.count("POST /a/7Kq2") == 2)


def test_a_kept_answer_survives_the_page_and_a_portal_that_says_yes_to_everything(chromium: Browser) -> None:
    replies: list[Any] = ["<h1>请登录无线网</h1>", (503, ""), {"received_at": "2021-08-11T20:09:00Z"}]
    with visitor(chromium, {"/": phone(), "/a/7Kq2": lambda _: replies.pop(0)}) as (page, home, _):
        page.goto(home)
        page.click("button[value='2']")
        expect(page.locator("[data-state=kept]")).to_be_visible()
        page.reload()
        expect(page.locator("[data-state=kept]")).to_be_visible()
        page.reload()
        expect(page.locator("[data-state=sent]")).to_be_visible()


def test_a_refused_answer_says_why_and_is_not_sent_again(chromium: Browser) -> None:
    refused = (410, {"error": "这条叫应已经结束，请打给值班室"})
    with visitor(chromium, {"/": phone(), "/a/7Kq2": lambda _: refused}) as (page, home, _):
        page.goto(home)
        page.click("button[value='4']")
        expect(page.locator("[data-state=wrong]")).to_contain_text("已经结束")
        assert page.evaluate("localStorage.length") == 0


# ---------- the map ----------
def feature(kind: str, coordinates: Any, **properties: Any) -> dict[str, Any]:
    return {
        "type": "Feature",
        "geometry": {"type": kind, "coordinates": coordinates},
        "properties": properties,
    }


SQUARE = [[[113.0, 31.8], [113.4, 31.8], [113.4, 32.0], [113.0, 32.0], [113.0, 31.8]]]
BASE = {
    "type": "FeatureCollection",
    "features": [feature("Polygon", SQUARE, layer="county", name="随县", ref="42")],
}
STATE = {
    "type": "FeatureCollection",
    "at": "2021-08-11T20:05:00Z",
    "features": [
        feature(
            "Point", [113.2, 31.9], layer="call", name="雁子河村", state="silent", ref="v1", url="/village"
        )
    ],
}
MAP = """{% block main %}{% include "ui/parts/map.html" %}<div id="side"></div><textarea id="area"></textarea>{% endblock %}
{% block scripts %}{% vite "map" %}{% endblock %}"""
GIVEN = {
    "title": "地图",
    "base": "/base",
    "state": "/state",
    "panel": "side",
    "draw": "area",
    "legend": ["silent"],
}


DRAWN = (
    "document.querySelector('anlan-map').map.queryRenderedFeatures().some((f) => f.properties.ref === 'v1')"
)


def test_what_is_clicked_on_the_map_opens_beside_it(chromium: Browser) -> None:
    pages = {
        "/": page_of(MAP, map=GIVEN, stream_url=""),
        "/base": BASE,
        "/state": STATE,
        "/village": "<h2>雁子河村静默</h2>",
    }
    with visitor(chromium, pages) as (page, home, _):
        page.goto(home)
        page.wait_for_selector("anlan-map[data-ready]")
        expect(page.locator("[data-map-moment]")).to_have_text("2021-08-12 04:05:00")
        assert eventually(lambda: page.evaluate(DRAWN))
        page.locator("canvas.maplibregl-canvas").click()
        expect(page.locator("#side")).to_contain_text("雁子河村静默")
        assert page.locator("anlan-map").get_attribute("selected") == "v1"


def test_a_polygon_is_drawn_into_the_form(chromium: Browser) -> None:
    pages = {"/": page_of(MAP, map=GIVEN, stream_url=""), "/base": BASE, "/state": {**STATE, "features": []}}
    with visitor(chromium, pages) as (page, home, _):
        page.goto(home)
        page.wait_for_selector("anlan-map[data-ready]")
        page.click("[data-draw=start]")
        for x, y in ((300, 120), (600, 130), (500, 300)):
            page.locator("canvas.maplibregl-canvas").click(position={"x": x, "y": y})
            page.wait_for_timeout(350)
        page.click("[data-draw=finish]")
        shape = json.loads(page.locator("#area").input_value())
        assert shape["type"] == "Polygon"
        assert len(shape["coordinates"][0]) == 4
        assert shape["coordinates"][0][0] == shape["coordinates"][0][-1]


def test_a_past_moment_is_asked_for_as_it_was_known_then(chromium: Browser) -> None:
    pages = {"/": page_of(MAP, map={**GIVEN, "at": NOW}, stream_url=""), "/base": BASE, "/state": STATE}
    with visitor(chromium, pages) as (page, home, seen):
        page.goto(home)
        page.wait_for_selector("anlan-map[data-ready]")
        assert any(each.startswith("GET /state?at=2021-08-11T20%3A07%3A12") for each in seen)


def test_a_layer_that_cannot_be_fetched_is_said(chromium: Browser) -> None:
    pages = {"/": page_of(MAP, map=GIVEN, stream_url=""), "/base": BASE}
    with visitor(chromium, pages) as (page, home, _):
        page.goto(home)
        expect(page.locator(".anlan-map__say")).to_contain_text("有图层没有取到")


def test_a_browser_without_webgl_is_told_where_the_same_content_is(chromium: Browser) -> None:
    pages = {"/": page_of(MAP, map=GIVEN, stream_url=""), "/base": BASE, "/state": STATE}
    with visitor(chromium, pages) as (page, home, _):
        page.add_init_script("HTMLCanvasElement.prototype.getContext = () => null")
        page.goto(home)
        expect(page.locator(".anlan-map__canvas")).to_contain_text("列表和表格里有同样的内容")


# ---------- for everybody ----------
FULL = """{% block heading %}<div class="title"><h1>x</h1>{% level "red" %}{% assess "orange" %}</div>{% endblock %}
{% block main %}<section class="panel"><div class="panel__head"><h2>y</h2><span class="quiet small">z</span></div><div class="panel__body">
{% for s in states %}{% state s.code %} {% endfor %}{% badge "synthetic" %}{% badge "doubt" %}{% badge "simulated" %}{% badge "drill" %}
{% countdown ctx.now %}{% bj ctx.now %}{% unknown %}{% bar 1 2 4 %}<button class="button button--primary">a</button>
<button class="button" disabled>b</button>
</div>{% nothing "没有这一页" why="没有改动任何记录。" do="地图" url="/m" %}{{ chart }}{{ table }}</section>
{% include "ui/parts/timebar.html" %}{% endblock %}"""


def _full(theme: str) -> str:
    chart = svg_chart.chart(
        [RAIN, STAGE], start=START, end=END, now=NOW, title="柳林", desc="小时雨量", lang="zh"
    )
    picture = small.density([1, 2, 3], known=2, label="日志")
    timebar = {"from": START, "to": END, "at": NOW, "known": NOW, "picture": picture, "marks": [START, END]}
    table = chart_table([RAIN], lang="zh")
    return page_of(FULL, theme=theme, states=STATES, chart=chart, table=table, timebar=timebar, stream_url="")


@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("name", ["page", "phone", "error"])
def test_axe_finds_nothing_to_complain_about(chromium: Browser, theme: str, name: str) -> None:
    error = render_to_string(
        "ui/error.html", {**context(theme=theme), "trouble": views.NOT_FOUND, "frame": "ui/plain.html"}
    )
    shown = {"page": lambda: _full(theme), "phone": lambda: phone(theme), "error": lambda: error}[name]()
    with serve({"/": shown}) as (home, _):
        around = chromium.new_context(viewport={"width": 1440, "height": 900}, bypass_csp=True)
        page = around.new_page()
        page.goto(home)
        wcag = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
        found = Axe().run(page, options=wcag).response["violations"]
        around.close()
    assert [(each["id"], [node["html"] for node in each["nodes"]]) for each in found] == []


@pytest.mark.parametrize("width", [360, 768, 1440])
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_nothing_is_wider_than_the_screen(chromium: Browser, width: int, lang: str) -> None:
    made = {"order": ORDER, "form_url": "/a", "sent": None}
    pages = {
        "/page": page_of(FULL.replace("{{ chart }}", ""), lang=lang, states=STATES, timebar={}),
        "/phone": render_to_string("ui/phone.html", {**context(lang=lang), **made}),
        "/map": page_of(MAP, lang=lang, map=GIVEN, stream_url=""),
        "/base": BASE,
        "/state": STATE,
    }
    with serve(pages) as (home, _):
        around = chromium.new_context(viewport={"width": width, "height": 800})
        page = around.new_page()
        for name in ("page", "phone", "map"):
            page.goto(f"{home}/{name}")
            assert page.evaluate("document.documentElement.scrollWidth - innerWidth") <= 0, name
        around.close()
