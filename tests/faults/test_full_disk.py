"""A disk that is full: the gateway holds, pages say so, nobody believes to have answered, and all comes back by itself."""

import json
import os
import shutil
import subprocess
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from anlan.call.events import CALL_LAID
from anlan.wire.sl651.codes import Control
from tests.support.city import GAUGE
from tests.support.night import Night, pour, running
from tests.support.patience import PATIENCE_S, eventually
from tests.support.stations import Line, ends, rain

pytestmark = pytest.mark.slow
SIZE_MB = 256


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Path]:
    """A small disk of its own."""
    path = tmp_path / "disk"
    path.mkdir()
    if subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={SIZE_MB}m", "tmpfs", path], check=False
    ).returncode:
        pytest.skip("no disk can be mounted here")
    yield path
    subprocess.run(["umount", "-l", path], check=True)


def healthz(night: Night) -> tuple[int, dict[str, object]]:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{night.web_port}/healthz", timeout=10) as reply:
            return reply.status, json.loads(reply.read())
    except urllib.error.HTTPError as error:
        return error.code, json.loads(error.read())
    except OSError:
        return 0, {}


def fill(path: Path) -> Path:
    """Every byte of it."""
    file = path / "filler"
    with file.open("wb") as handle:
        os.posix_fallocate(handle.fileno(), 0, shutil.disk_usage(path).free)
    return file


def post(url: str) -> tuple[int, str]:
    request = urllib.request.Request(url, data=b"answer=2", headers={"Accept": "text/html"})
    try:
        with urllib.request.urlopen(request, timeout=PATIENCE_S) as reply:
            return reply.status, reply.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


LINK = """
from anlan.call.queries import answering
from django.apps import apps
call = apps.get_model("call", "Call").objects.order_by("pk").first()
told = answering.link("live", call.call_down.ref, call.holder.ref)
"""


def test_a_full_disk_holds_the_gateway_and_kills_nobody(disk: Path) -> None:
    with running(disk / "home") as night:
        assert eventually(lambda: healthz(night)[0] == 200), healthz(night)
        night.adopt_orders()
        pour(night)
        assert eventually(lambda: night.journaled(CALL_LAID) > 0)
        phone = f"http://127.0.0.1:{night.web_port}{night.house.python(LINK)}"
        engine, filler = night.engine(), fill(disk)
        assert eventually(lambda: healthz(night)[0] == 503)
        with closing(Line(night.gauge_port)) as line:
            line.send(rain(GAUGE, datetime.now(UTC).replace(second=0, microsecond=0), 10, serial=99))
            assert line.is_silent(5.0)  # nothing is acknowledged
        status, page = post(phone)
        assert status == 503
        assert "没有记下，请打值班室电话" in page
        filler.unlink()
        assert eventually(lambda: healthz(night)[0] == 200), healthz(night)
        assert night.engine() == engine, "the engine held out"
        with closing(Line(night.gauge_port)) as again:
            again.send(rain(GAUGE, datetime.now(UTC).replace(second=0, microsecond=0), 10, serial=100))
            assert ends([again.answer()]) == [Control.ESC]
        assert post(phone)[0] == 200
