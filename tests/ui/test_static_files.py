"""Files for browsers: small on the wire, kept for a year, and the phone page paints at once on a poor line."""

import re
from typing import Any

import pytest
from django.test import Client
from playwright.sync_api import Browser

from anlan.ui import assets
from tests.support.routes import make_stage

MAP_ON_THE_WIRE = 500_000
FIRST_PAINT_MS = 1400  # 600 of them the line itself; it was 3300 with the style sheet in a file of its own
LINE = {"offline": False, "latency": 600, "downloadThroughput": 50_000 / 8, "uploadThroughput": 50_000 / 8}
ASKED = re.compile(r'(?:src|href)="(/static/[^"]+)"')


def wire(path: str) -> tuple[int, Any]:
    reply = Client().get(path, headers={"accept-encoding": "gzip"})
    assert reply.status_code == 200, path
    return len(b"".join(reply.streaming_content)), reply.headers


@pytest.fixture
def stage(transactional_db: None):
    return make_stage()


def test_every_file_of_a_page_is_kept_for_a_year_by_a_name_of_what_it_holds(stage: Any) -> None:
    page = stage.mini.client("duty_officer").get(f"/w/{stage.mini.world.key}/map").content.decode()
    files = ASKED.findall(page)
    assert len(files) > 5
    for path in files:
        size, headers = wire(path)
        assert "immutable" in headers["Cache-Control"], path
        assert headers.get("Content-Encoding") == "gzip" or size < 400, path


def test_the_first_page_of_the_map_is_half_a_megabyte_at_most(stage: Any) -> None:
    page = stage.mini.client("duty_officer").get(f"/w/{stage.mini.world.key}/map")
    files = set(ASKED.findall(page.content.decode()))
    files |= {f"/static/anlan/build/assets/{path.name}" for path in (assets.BUILD / "assets").glob("map*")}
    whole = len(page.content) + sum(wire(path)[0] for path in files)
    assert whole < MAP_ON_THE_WIRE, f"{whole} bytes"


def test_a_changed_style_sheet_gets_another_address(tmp_path: Any) -> None:
    from anlan.conf.static import hashed

    one, two = tmp_path / "a.css", tmp_path / "b.css"
    one.write_text("a{}")
    two.write_text("b{}")
    assert hashed("css/x.css", str(one)) != hashed("css/x.css", str(two))


@pytest.mark.browser
def test_the_phone_page_paints_after_one_request_on_a_poor_line(
    chromium: Browser, live_server: Any, stage: Any
) -> None:
    from anlan.call.queries import answering

    link = answering.link(stage.mini.world.key, stage.refs["call_down"], "H-v1-secretary")
    page = chromium.new_context().new_page()
    blocked: list[str] = []
    page.on("console", lambda line: blocked.append(line.text) if line.type == "error" else None)
    Client().get(link)  # the server has read its templates
    slow = page.context.new_cdp_session(page)
    slow.send("Network.enable")
    slow.send("Network.emulateNetworkConditions", LINE)
    page.goto(live_server.url + link, wait_until="load")
    painted = page.evaluate("performance.getEntriesByName('first-contentful-paint')[0].startTime")
    assert painted < FIRST_PAINT_MS
    assert not blocked
