"""Every page that can be opened, in a real browser: no barrier, nothing blocked, nothing off the screen, one language.

The pages are found in the urlconf, as the scope test finds them; a new page is walked without a word here.
"""

import json
import re
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, ConsoleMessage, Page

from anlan.call.models import CallDown
from anlan.call.queries import answering
from anlan.foundation.words import written
from anlan.observe import queries as observe
from anlan.people.accounts.scope import permissions_of
from anlan.people.models import DutyHolder, Household, Organisation, Post
from anlan.places.atlas import atlas
from anlan.warn.models import Alert
from tests.support.city import ROLES
from tests.support.routes import ABSENT, ENTERED_ELSEWHERE, QUERIES, Stage, address, make_stage, pages

pytestmark = [pytest.mark.browser, pytest.mark.slow]
WCAG = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"], "resultTypes": ["violations"]}
CONTRAST = {"runOnly": {"type": "rule", "values": ["color-contrast"]}, "resultTypes": ["violations"]}
"""What is right need not be told node by node: a third of the work."""
NARROW, WIDE = {"width": 360, "height": 780}, {"width": 1440, "height": 900}
"""No sideways scrolling of the page itself: on the smallest phone, and on the desk."""
ROOMS_CUT = """() => {
  const nav = document.querySelector('.top__nav');
  return nav && nav.scrollWidth > nav.clientWidth;
}"""
CHINESE_LEFT = """() => {
  const of = node => node.nodeType === 1 ? node : node.parentElement;
  const speaks = node => of(node).closest('[lang]').getAttribute('lang').startsWith('zh') || of(node).closest('[translate=no]');
  const hidden = node => of(node).closest('script, style, template, noscript');
  const found = [];
  const walk = document.createTreeWalker(document.documentElement, NodeFilter.SHOW_TEXT);
  while (walk.nextNode()) {
    const node = walk.currentNode;
    if (/[\\u4e00-\\u9fff]/.test(node.data) && !speaks(node) && !hidden(node)) found.push(node.data.trim());
  }
  for (const node of document.querySelectorAll('[aria-label], [title], [placeholder], [alt], option[label]'))
    for (const name of ['aria-label', 'title', 'placeholder', 'alt', 'label'])
      if (/[\\u4e00-\\u9fff]/.test(node.getAttribute(name) || '') && !speaks(node)) found.push(`${name}: ${node.getAttribute(name)}`);
  return found;
}"""
"""What stands in Chinese where the page says neither so nor that it is a record: a reader aloud would take it for English."""


@pytest.fixture
def stage(transactional_db: None) -> Stage:
    return make_stage()


class Visitor:
    """A browser in which each page is opened by a role that may, and what goes wrong is written down."""

    def __init__(self, page: Page, home: str, stage: Stage) -> None:
        self.page, self.home, self.stage = page, home, stage
        self.faults: dict[str, list[str]] = defaultdict(list)
        self.here = self.signed_in = ""
        page.on("pageerror", lambda error: self.note(f"script: {error}"))
        page.on("console", self._hear)
        page.route("**/live?*", lambda route: route.fulfill(status=204))  # the stream needs the real server

    def note(self, *faults: str) -> None:
        if faults:
            self.faults[self.here] += faults

    def _hear(self, line: ConsoleMessage) -> None:
        is_the_page_itself = line.location.get("url") == self.page.url  # a page that says 404 is one of ours
        if line.type == "error" and not is_the_page_itself:
            self.note(f"console: {line.text}")

    def walk(self, addresses: list[tuple[str, str, str]]) -> Iterator[str]:
        """Open every page; yields once it stands, at 1440 px."""
        for name, role, path in addresses:
            self.here = name
            self._sign_in(role)
            self.page.set_viewport_size(WIDE)
            self.page.goto(f"{self.home}{path}", wait_until="load")
            yield name

    def _sign_in(self, role: str) -> None:
        if role == self.signed_in:
            return
        self.signed_in = role
        self.page.context.clear_cookies(name="sessionid")
        if role:
            session = self.stage.mini.client(role).cookies["sessionid"].value
            self.page.context.add_cookies([{"name": "sessionid", "value": session, "url": self.home}])

    def look_at_width(self) -> None:
        for size in (WIDE, NARROW):
            self.page.set_viewport_size(size)
            over = self.page.evaluate(
                "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            )
            if over > 0:
                self.note(f"{over} px too wide at {size['width']}")
            if size is WIDE and self.page.evaluate(ROOMS_CUT):
                self.note("rooms of the navigation are cut off")

    def look_for_barriers(self, rules: dict[str, Any]) -> None:
        for each in Axe().run(self.page, options=rules).response["violations"]:
            self.note(*(f"{each['id']}: {node['html'][:160]}" for node in each["nodes"][:3]))


@contextmanager
def visitor(chromium: Browser, live_server: Any, stage: Stage, **how: Any) -> Iterator[Visitor]:
    around = chromium.new_context(viewport=WIDE, reduced_motion="reduce", **how)
    yield Visitor(around.new_page(), live_server.url, stage)
    around.close()


def addresses(stage: Stage) -> list[tuple[str, str, str]]:
    """Name, role, path of every page of HTML; and the pages behind the link of somebody who has no account."""
    found = [("/nowhere", "duty_officer", "/nowhere"), *_phone(stage)]
    for route in pages():
        if route.pattern in ABSENT or route.pattern in ENTERED_ELSEWHERE:
            continue
        path, _ = address(route, stage)
        query = QUERIES[route.pattern](stage) if route.pattern in QUERIES else {}
        for role in _roles(route.permission, is_public=route.is_public):
            reply = stage.mini.client(role).get(path, query)
            kind = reply.headers.get("Content-Type", "")
            reply.close()
            if reply.status_code == 200 and kind.startswith("text/html"):
                asked = "&".join(f"{k}={v}" for k, v in query.items())
                found.append((route.pattern, role, f"{path}?{asked}" if asked else path))
            else:  # a file, a way on, an act that is only posted, the link of a false token
                assert reply.status_code in (200, 302, 405) or route.pattern.startswith("a/"), route.pattern
    return found


def _roles(permission: str | None, *, is_public: bool) -> list[str]:
    if is_public:
        return [""]
    return [next(role for role in ROLES if not permission or permission in permissions_of(role))]


def _phone(stage: Stage) -> list[tuple[str, str, str]]:
    link = answering.link(stage.mini.world.key, stage.refs["call_down"], "H-v1-secretary")
    return [
        ("phone page", "", link),
        ("card of the phone page", "", f"{link}/card"),
        ("gone", "", f"{link}x"),
    ]


def test_every_page_holds_to_the_rules_for_pages_and_in_english_is_english_and_readable_at_night(
    chromium: Browser, live_server: Any, stage: Stage
) -> None:
    """By day in Chinese, and by night in English: which pages there are is asked once."""
    found, names = addresses(stage), names_in(stage)
    with visitor(chromium, live_server, stage) as by_day:
        for _ in by_day.walk(found):
            head = by_day.page.title().split("·")[0].strip()
            if not head:
                by_day.note("no title")
            if by_day.page.locator("h1").count() != 1:
                by_day.note(f"{by_day.page.locator('h1').count()} h1")
            by_day.look_for_barriers(WCAG)
            by_day.look_at_width()
    with visitor(chromium, live_server, stage, color_scheme="dark") as by_night:
        by_night.page.context.add_cookies([{"name": "anlan_lang", "value": "en", "url": live_server.url}])
        for _ in by_night.walk(found):
            by_night.note(*foreign(by_night.page, names))
            by_night.look_for_barriers(CONTRAST)
            by_night.look_at_width()
    assert not by_day.faults, report(by_day)
    assert not by_night.faults, report(by_night)


def names_in(stage: Stage) -> re.Pattern[str]:
    """What has a Chinese name of its own: places, units, unknown posts, gauges, sites, what an issuer wrote, people (masked)."""
    ctx = stage.mini.ctx()
    titles = [kind for model in (Post, DutyHolder) for kind in model.objects.values_list("title", flat=True)]
    names = {
        *(place.name for place in atlas().places),
        *Organisation.objects.values_list("name", flat=True),
        *(title for title in titles if written("en", title) == title),
        *(station.name for station in observe.stations(ctx)),
        *Household.objects.values_list("destination", flat=True),
        *Alert.objects.values_list("headline", flat=True),
        *CallDown.objects.values_list("order_no", flat=True),
        stage.mini.world.title,
    }
    longest_first = sorted(filter(None, names), key=len, reverse=True)
    return re.compile("|".join([r".\*+", *map(re.escape, longest_first), "中文"]))


def foreign(page: Page, names: re.Pattern[str]) -> list[str]:
    """Chinese on an English page that is neither a name nor marked as Chinese."""
    left = [(text, names.sub("", text)) for text in page.evaluate(CHINESE_LEFT)]
    return [f"Chinese: {text[:80]}" for text, rest in left if re.search("[\u4e00-\u9fff，：；。、]", rest)]


def report(seen: Visitor) -> str:
    return json.dumps(seen.faults, ensure_ascii=False, indent=1)
