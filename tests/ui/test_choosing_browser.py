"""Row and pane never disagree; the red line rings, is counted in the title and unlocked by a key. In a real browser."""

import threading
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.patience import eventually
from tests.ui.street import Visit
from tests.ui.test_browser import Stream, _quietly, page_of, told, visitor

pytestmark = pytest.mark.browser

ROWS = "".join(
    f'<li data-row="{k}" data-opens="case" data-url="?item={k}"{" aria-current=true" if k == "a" else ""}>'
    f'<a href="?item={k}">{k}</a></li>'
    for k in "abc"
)
DESK = (
    '{% block main %}<div id="due" data-live="?item=a" data-live-on="warn."><div data-alarms="{{ alarms }}" hidden>团结村求援</div>'
    f"<ol>{ROWS}</ol></div>"
    '<div id="case" data-live="?item=a" data-live-on="warn."><h2 data-item="a">a</h2><form method="post" action="/act">'
    '<button class="button button--primary">办 a</button></form><a class="button" href="/board">板</a></div>{% endblock %}'
)


class Desk:
    """A desk whose panes come only when the test lets them."""

    def __init__(self) -> None:
        self.gates = {key: threading.Event() for key in "abc"}
        self.alarms = ""
        self.gone = ""

    def __call__(self, visit: Visit) -> str:
        part = visit.headers.get("X-Anlan-Part")
        key = parse_qs(urlsplit(visit.path).query).get("item", ["a"])[0]
        if part == "case":
            self.gates[key].wait(20)
            shown = "c" if key == self.gone else key
            return f'<h2 data-item="{shown}">{shown}</h2><button class="button button--primary">办 {shown}</button>'
        if part == "due":
            return f'<div data-alarms="{self.alarms}" hidden>长岭坡村静默</div><ol>{ROWS}</ol>'
        return page_of(DESK, alarms=self.alarms)


def test_a_chosen_row_empties_the_pane_and_nothing_of_the_former_one_can_be_pressed(
    chromium: Browser,
) -> None:
    desk = Desk()
    with visitor(chromium, {"/": desk, "/w/x1/live": (404, "")}) as (page, home, seen):
        page.goto(home)
        page.locator("[data-row=a] a").focus()
        page.keyboard.press("j")
        expect(page.locator("[data-row=b]")).to_have_attribute("aria-current", "true")
        pane = page.locator("#case")
        expect(pane).to_have_attribute("aria-busy", "true")
        expect(pane.locator("h2")).to_be_hidden()
        expect(pane.locator("button")).to_be_disabled()
        assert pane.locator("a[href]").count() == 0
        page.evaluate("document.activeElement.blur()")
        page.keyboard.press("Enter")
        desk.gates["b"].set()
        expect(pane.locator("h2")).to_have_text("b")
        expect(pane.locator("button")).to_be_enabled()
        assert pane.get_attribute("aria-busy") is None
        assert not [each for each in seen if each.startswith("POST")]


def test_what_was_chosen_before_never_comes_late_over_what_is_chosen_now(chromium: Browser) -> None:
    desk = Desk()
    with visitor(chromium, {"/": desk, "/w/x1/live": (404, "")}) as (page, home, _):
        page.goto(home)
        page.locator("[data-row=b] a").click()
        page.locator("[data-row=c] a").click()
        desk.gates["b"].set()
        desk.gates["c"].set()
        expect(page.locator("#case h2")).to_have_text("c")
        page.wait_for_timeout(300)
        expect(page.locator("#case h2")).to_have_text("c")
        expect(page.locator("[data-opens][aria-current]")).to_have_attribute("data-row", "c")


def test_when_the_chosen_thing_is_done_meanwhile_the_row_follows_the_pane(chromium: Browser) -> None:
    desk = Desk()
    desk.gone = "b"
    desk.gates["b"].set()
    with visitor(chromium, {"/": desk, "/w/x1/live": (404, "")}) as (page, home, _):
        page.goto(home)
        page.locator("[data-row=b] a").click()
        expect(page.locator("#case h2")).to_have_text("c")
        expect(page.locator("[data-opens][aria-current]")).to_have_count(1)
        expect(page.locator("[data-opens][aria-current]")).to_have_attribute("data-row", "c")
        expect(page).to_have_url(f"{home}/?item=c")


# ---------- the alarm ----------
EARS = """window.beeps = 0; window.notices = [];
const make = AudioContext.prototype.createOscillator;
AudioContext.prototype.createOscillator = function () { window.beeps += 1; return make.call(this); };
window.Notification = class { constructor(title, told) { window.notices.push(told.body); } };
Notification.permission = "granted";"""


def listening(page: Page) -> None:
    page.add_init_script(EARS)


def test_a_new_key_of_the_red_line_rings_once_also_for_one_who_uses_keys_only(chromium: Browser) -> None:
    desk, stream = Desk(), Stream()
    pages = {"/": desk, "/w/x1/live": lambda visit: _quietly(stream, visit)}
    with visitor(chromium, pages) as (page, home, _):
        listening(page)
        page.goto(home)
        expect(page).to_have_title("x · 安澜（演练）")
        expect(page.locator("[data-mute]")).to_have_text("按任意键开铃")
        page.keyboard.press("j")
        expect(page.locator("[data-mute]")).to_have_text("静音 10 分钟")
        desk.alarms = "help:1 silent:2"
        stream.events.append(told(1378, "warn.call.answered"))
        expect(page).to_have_title("(2) x · 安澜（演练）")
        assert page.evaluate("window.beeps") == 3
        assert page.evaluate("window.notices") == ["长岭坡村静默"]
        desk.alarms = "silent:2"
        stream.events.append(told(1379, "warn.call.answered"))
        expect(page).to_have_title("(1) x · 安澜（演练）")
        assert page.evaluate("window.beeps") == 3, "what rang already does not ring again"


def test_what_came_before_the_first_key_rings_with_it(chromium: Browser) -> None:
    desk = Desk()
    desk.alarms = "help:1"
    with visitor(chromium, {"/": desk, "/w/x1/live": (404, "")}) as (page, home, _):
        listening(page)
        page.goto(home)
        expect(page).to_have_title("(1) x · 安澜（演练）")
        assert page.evaluate("window.beeps") == 0
        page.keyboard.press("k")
        assert eventually(lambda: page.evaluate("window.beeps") == 3)


def test_any_page_of_an_officer_asks_for_the_red_line_and_counts_it_in_its_title(chromium: Browser) -> None:
    shown = page_of("{% block main %}{% endblock %}", alarm_url="/desk", alarm_on="warn.contact.")
    desk = Desk()
    desk.alarms = "lost:1"
    pages = {
        "/": shown,
        "/desk": lambda _: '<div data-alarms="lost:1" hidden>柳林镇失联</div>',
        "/w/x1/live": (404, ""),
    }
    with visitor(chromium, pages) as (page, home, _):
        listening(page)
        page.goto(home)
        expect(page).to_have_title("(1) x · 安澜（演练）")
        assert page.evaluate("window.notices") == ["柳林镇失联"]


def test_the_browser_is_asked_for_notices_by_a_button_only(chromium: Browser) -> None:
    asked = "Notification.permission = 'default'; Notification.requestPermission = async () => { window.asked = 1; return 'granted'; }"
    shown = page_of("{% block main %}<button data-notify hidden>通知</button>{% endblock %}")
    pages = {"/": shown, "/w/x1/live": (404, "")}
    with visitor(chromium, pages) as (page, home, _):
        page.add_init_script(EARS + asked)
        page.goto(home)
        assert page.evaluate("window.asked") is None
        page.locator("[data-notify]").click()
        expect(page.locator("[data-notify]")).to_be_hidden()
        assert page.evaluate("window.asked") == 1
