"""The tutorial of one's own county: from an empty home to a call-down on its own data, by files, pages and commands alone."""

import json
import re
import subprocess
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pyotp
import pytest

from anlan.wire.sl651.codes import Control
from tests.support.house import ROOT
from tests.support.installation import Installation
from tests.support.night import Night
from tests.support.patience import PATIENCE_S, eventually
from tests.support.reader import Reader
from tests.support.stations import Line, ends, rain

pytestmark = pytest.mark.slow
GAUGE, VILLAGE = "0042998101", "429981100001"
WORD = "rain-of-the-night"


@pytest.fixture
def county(tmp_path: Path) -> Iterator[Night]:
    """Everything runs over an empty home that was set up from the example's files."""
    house = Installation(tmp_path / "home")
    night = Night(house, "")
    ports = ("--port", str(night.web_port), "--gauge-port", str(night.gauge_port))
    house.begin_with_tables()
    example = str(ROOT / "examples" / "county")
    told = house.anlan("setup", "--from", example, "--admin", "county-it", *ports, "--json").stdout
    night.token = json.loads(told)["admin"]["sign_in_link"]
    process = night.start()
    try:
        assert eventually(night.is_listening)
        yield night
    finally:
        process.terminate()
        try:
            process.wait(PATIENCE_S)
        except subprocess.TimeoutExpired:
            process.kill()


def settle_in(reader: Reader) -> None:
    """The first sign-in binds an authenticator."""
    secret = re.search(r"(?:[A-Z2-7]{4} ){7}[A-Z2-7]{4}", reader.text)
    assert secret, reader.text
    reader.fill("code", code=pyotp.TOTP(secret[0].replace(" ", "")).now())


def test_from_an_empty_home_to_a_call_down_on_the_countys_own_data(county: Night) -> None:
    base = f"http://127.0.0.1:{county.web_port}"
    admin = Reader(base)
    admin.open(county.token)
    admin.fill("new", new=WORD, again=WORD)
    settle_in(admin)
    assert "云溪县" in admin.open("/w/live/registers/thresholds")

    posts = admin.open("/w/live/registers/posts/export.csv")
    leader_post = next(row.split(",")[0] for row in posts.splitlines() if "带班领导" in row)
    county.house.anlan(
        "account", "add", "leader-1", "--name", "卫示例", "--post", leader_post, given=f"{WORD}\n"
    )
    leader = Reader(base)
    leader.open("/sign-in")
    leader.fill("username", username="leader-1", password=WORD)
    settle_in(leader)
    leader.open("/w/live/orders/new")
    order = {
        "place": "429981", "document_no": "云溪防指〔2026〕1号", "text": "雨量到线，直接叫应到村。",
        "starts": ["village-immediate", "village-prepare"], "may_hold": "on", "signed_by": "指挥长 卫示例",
        "expires": f"{datetime.now(UTC) + timedelta(days=200):%Y-%m-%d}",
    }  # fmt: skip
    assert "请再看一遍" in leader.fill("document_no", **order)
    assert "生效中" in leader.fill("document_no", **order)

    last = datetime.now(UTC).replace(second=0, microsecond=0)
    last -= timedelta(minutes=last.minute % 5)
    with closing(Line(county.gauge_port)) as line:
        for n in range(3):
            line.send(rain(GAUGE, last - timedelta(minutes=5 * (2 - n)), 120, serial=n + 1))
            assert ends([line.answer()]) == [Control.ESC]
    assert eventually(lambda: county.journaled("warn.call.laid") > 0)

    found = county.rows("SELECT pack, value, threshold FROM judge_exceedance")
    assert ("own-village", 360, 315) in found, "crossed its own line of 31.5 mm in an hour"
    (called,) = county.rows("SELECT ref, order_no FROM call_calldown")
    assert called[1] == "云溪防指〔2026〕1号"
    board = leader.open(f"/w/live/calls/{called[0]}")
    assert "韩" in board, "the village's own secretary is called"
    leader.fill("/desk", result="2")
    assert eventually(lambda: county.journaled("warn.call.answered") > 0)
    assert "云溪村" in leader.open(f"/w/live/proof/{VILLAGE}")
    county.house.anlan("journal", "verify")
