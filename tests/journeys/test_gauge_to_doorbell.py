"""From the gauge to the doorbell: what a stranger sees who starts the demo, as the duty officer and as the village.

The whole product runs as `anlan demo` runs it: engine, gateway, simulated telephones, web. Nothing is faked but the
length of the night: gauges report for an hour and ten minutes only.
"""

import re
import sqlite3
import subprocess
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.support.installation import Installation
from tests.support.patience import PATIENCE_S
from tests.support.ports import free_port

pytestmark = [pytest.mark.browser, pytest.mark.slow]
SILENT, CODE = "雁子河村", "421321117204"
"""The village in which no telephone is picked up (demo/liulin/network.toml): it is still being called when we look."""
PHONE = {"width": 360, "height": 740}
NIGHT = """
from anlan.conf.replaying import of_that_night
from anlan.demo.exercises import new_liulin
ready()
told = new_liulin(since=of_that_night("02:00"), until=of_that_night("03:10"), forecast=False).key
"""


@dataclass(frozen=True)
class Demo:
    """A running demo: where it is, how one gets in, and the clock of its exercise."""

    home: Path
    entry: str
    world: str

    @property
    def base(self) -> str:
        return self.entry.partition("/sign-in/")[0]

    def now(self) -> datetime:
        with closing(sqlite3.connect(f"file:{self.home / 'records.sqlite3'}?mode=ro", uri=True)) as db:
            (text,) = db.execute("SELECT now FROM foundation_world WHERE key = ?", [self.world]).fetchone()
        return datetime.fromisoformat(text).replace(tzinfo=UTC)

    def wait_for(self, clock: str) -> None:
        """Until the exercise has come to a Beijing time of that morning."""
        moment, end = datetime.fromisoformat(f"2021-08-12T{clock}:00+08:00"), time.monotonic() + PATIENCE_S
        while self.now() < moment:
            assert time.monotonic() < end, f"the exercise stands at {self.now()}"
            time.sleep(0.1)


@pytest.fixture
def demo(tmp_path: Path) -> Iterator[Demo]:
    installation = Installation(tmp_path).with_city()
    world = installation.python(NIGHT)
    ports = "--port", str(free_port()), "--gauge-port", str(free_port())
    with installation.start(
        "demo", "--no-browser", "--speed", "0", *ports, stdout=subprocess.PIPE
    ) as running:
        try:
            assert running.stdout
            said = next(line for line in running.stdout if "/sign-in/link/" in line)
            yield Demo(tmp_path, said.split()[-1], world)
        finally:
            running.terminate()


@pytest.fixture
def officer(chromium: Browser, demo: Demo) -> Iterator[Page]:
    """The duty officer's browser, let in by the link on the terminal."""
    around = chromium.new_context(viewport={"width": 1440, "height": 900})
    page = around.new_page()
    _open(page, demo.entry)
    yield page
    around.close()


def _open(page: Page, address: str) -> None:
    """Like a person who was told the address a moment too early: once more when nobody answers yet."""
    end = time.monotonic() + PATIENCE_S
    while True:
        try:
            page.goto(address)
            return
        except Exception:
            if time.monotonic() > end:
                raise
            time.sleep(0.5)


def test_a_village_that_is_called_answers_on_a_phone_and_the_proof_says_when(
    chromium: Browser, demo: Demo, officer: Page
) -> None:
    _let_the_night_run_until_the_village_is_called(demo, officer)

    # the desk names the village; the board of its township says that it is being called
    expect(officer.locator("#due")).to_contain_text(SILENT)
    officer.get_by_role("link", name="监测预警").click()
    officer.locator("tr", has_text="立即转移").get_by_role("link", name="柳林镇").click()
    row = officer.locator("tr", has=officer.get_by_role("link", name=SILENT, exact=True))
    expect(row).to_contain_text("叫应中")
    board = officer.url

    # the officer hands the secretary a link; the secretary presses 1
    row.get_by_role("link", name=SILENT, exact=True).click()
    officer.get_by_role("link", name="手机应答页").first.click()
    officer.get_by_role("button", name="出示链接").click()
    link = officer.get_by_role("link", name="在这里打开").get_attribute("href")
    delivered = _answer_received(chromium, f"{demo.base}{link}")

    # the board has it, and so has the proof, to the second
    officer.goto(board)
    expect(row).to_contain_text(f"收到 {delivered[:5]}")
    officer.goto(f"{demo.base}/w/{demo.world}/proof/{CODE}")
    answer = officer.locator("tr", has_text="1 收到")
    expect(answer).to_contain_text(delivered)
    expect(answer.get_by_role("link")).to_have_attribute("href", re.compile(r"/journal/\d+$"))


def _let_the_night_run_until_the_village_is_called(demo: Demo, officer: Page) -> None:
    """At full speed to a quarter to three, at sixty times to 03:06, then the officer presses pause."""
    demo.wait_for("02:45")
    officer.get_by_role("button", name="60×").click()
    demo.wait_for("03:06")
    officer.get_by_role("button", name="暂停").click()
    expect(officer.get_by_role("button", name="接着走")).to_be_visible()


def _answer_received(chromium: Browser, link: str) -> str:
    """Press 1 on a phone without an account; the time that the page says it was delivered."""
    around = chromium.new_context(viewport=PHONE, is_mobile=True, has_touch=True)
    page = around.new_page()
    page.goto(link)
    expect(page.locator(".drill")).to_contain_text("演练")
    page.get_by_role("button", name="收到").tap()
    sent = page.locator("[data-state=sent]")
    expect(sent).to_contain_text(re.compile(r"已送达 \d\d:\d\d:\d\d"))
    expect(sent).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    delivered = sent.locator("[data-at]").inner_text()
    around.close()
    return delivered
