"""Crowds: what an officer, a village secretary and a watchdog wait while strangers, a large import or an exercise press.

The demo city with its night from ten past two, in fresh processes (`anlan run`). Three people ask in turn all the time: an officer
holds and releases a call-down, a secretary answers by phone, a watchdog asks /healthz. The same is measured in peace first.

`uv run python -m bench.crowds` prints one table.
"""

import http.client
import json
import os
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode
from uuid import uuid4

SECONDS = 12.0
WARM_SECONDS = 5.0
NIGHT_SECONDS = 120.0
PAUSE = 0.1
BUSY, BUSY_WORDS = 503, "正忙，已记下"
SIGN_INS, SLOW_BODIES, IDLE_SOCKETS = 16, 8, 3_000
IMPORT_BYTES = 14 * 1024 * 1024
TOWNSHIP = "421321117"
START = "2021-08-12T02:10:00+08:00"


@dataclass(frozen=True)
class Town:
    """What was set up: tokens and links by which people ask, and stations to import."""

    officer: str
    engineer: str
    call_down: str
    phones: list[str]
    stations: list[str]
    exercise: str


@dataclass
class Waited:
    """How long each kind of request waited, in seconds, and what was answered."""

    told: str = ""
    times: dict[str, list[float]] = field(default_factory=lambda: {"write": [], "phone": [], "healthz": []})
    answers: Counter[str] = field(default_factory=Counter)

    def p99(self, what: str) -> float:
        times = sorted(self.times[what])
        return times[min(len(times) - 1, int(0.99 * len(times)))] if times else float("inf")

    @property
    def faults(self) -> int:
        """How many got what nobody should get: 500 and its kin, or no answer at all."""
        return self.answers["fault"]


def kind_of(what: str, status: int, said: bytes) -> str:
    """What an answer is. Right among 503: to whoever writes with a key, that it is noted and tried again; to the watchdog, which
    part is ill."""
    if 0 < status < 500:
        return "right"
    try:
        told = json.loads(said) if status == BUSY else {}
    except ValueError:
        return "fault"
    if what == "healthz":
        return "ill" if any(not part["ok"] for part in told.get("parts", {}).values()) else "fault"
    return "busy" if any(BUSY_WORDS in str(each) for each in told.values()) else "fault"


def rows() -> list[dict[str, Any]]:
    """The 99th of a hundred waits of each kind, in milliseconds, under each crowd; the peer is the wait in peace."""
    found = all_measured()
    return [
        {
            "name": f"crowd_{name}_{what}_p99", "value": 1e3 * waited.p99(what), "unit": "ms",
            "peer": "in peace", "peer_value": 1e3 * found["peace"].p99(what),
            "ratio": found["peace"].p99(what) / waited.p99(what),
        }
        for name, waited in found.items() for what in waited.times
    ] + [
        {
            "name": f"crowd_{name}_faults", "value": waited.faults, "unit": "answers of 5xx", "peer": None,
            "peer_value": None, "ratio": None,
        }
        for name, waited in found.items()
    ]  # fmt: skip


def main() -> None:
    """The table: 99 of 100 wait no longer than so many milliseconds; in peace first."""
    with tempfile.TemporaryDirectory(prefix="anlan-crowds-") as folder:
        os.environ |= {
            "ANLAN_HOME": folder,
            "ANLAN_DATABASE_URL": "",
            "DJANGO_SETTINGS_MODULE": "anlan.conf.settings",
        }
        from anlan.conf.install import prepare

        prepare()
        found = all_measured()
    print(f"{'p99, ms':14}{'write':>9}{'phone':>9}{'healthz':>9}{'asked':>8}{'5xx':>6}{'busy':>6}{'ill':>6}")
    for name, waited in found.items():
        times = "".join(f"{1e3 * waited.p99(what):9.0f}" for what in waited.times)
        print(
            f"{name:14}{times}{waited.answers.total():8}{waited.faults:6}"
            f"{waited.answers['busy']:6}{waited.answers['ill']:6}{waited.told}"
        )


def all_measured() -> dict[str, Waited]:
    """What people waited under each crowd."""
    from tests.support import kernels

    kernels.main()  # compiled beside their sources, as forecasts will find them
    town = set_up()
    with serving() as (port, gauges):
        measured(port, town, ExitStack, WARM_SECONDS)
        return {
            name: measured(port, town, crowd, SECONDS) for name, crowd in crowds(port, gauges, town).items()
        }


def set_up() -> Town:
    """City, accounts, a call-down of the live world, and an exercise that waits."""
    from anlan.call.actions import callout
    from anlan.call.models import CallLine
    from anlan.call.queries import answering
    from anlan.conf import demoing, replaying
    from anlan.conf.install import ready
    from anlan.demo.exercises import new_liulin
    from anlan.foundation import worlds
    from anlan.observe.models import Station
    from anlan.people.accounts import tokens
    from anlan.people.models import Account
    from anlan.places.atlas import atlas

    ready()
    replaying.load_city_once()
    ctx = worlds.context(worlds.get("live"))
    demoing._make_accounts(ctx)
    exercise = new_liulin(speed=0.0, since=START)
    county = atlas().code(TOWNSHIP[:6]).path
    other = next(place.code for place in atlas().under(county, 3) if place.code != TOWNSHIP)
    answered, held = (  # where phones answer, and where the officer holds and releases
        callout.call_by_hand(ctx, places=[place], grade="orange", stage="", reason="bench")[0]
        for place in (TOWNSHIP, other)
    )
    rungs = CallLine.objects.filter(call_down__ref=answered, kind="village").values_list("rungs", flat=True)
    holders = [line[0]["holders"][0] for line in rungs if line and line[0]["holders"]]
    officer, engineer = (
        tokens.make(ctx, account=Account.objects.get(username=name), label="bench")
        for name in ("duty", "engineer")
    )
    return Town(
        officer=officer,
        engineer=engineer,
        call_down=held,
        phones=[answering.link("live", answered, holder) for holder in holders],
        stations=list(Station.objects.order_by("address").values_list("address", flat=True)[:300]),
        exercise=exercise.key,
    )


@contextmanager
def serving() -> Iterator[tuple[int, int]]:
    """`anlan run` on ports of its own: of the pages and of the gauges."""
    port, gauges = _free_port(), _free_port()
    args = ["run", "--port", str(port), "--gauge-port", str(gauges)]
    run = subprocess.Popen([sys.executable, "-m", "anlan", *args])
    try:
        end = time.monotonic() + 600
        while _ask(port, "GET", "/healthz")[0] != 200:
            assert time.monotonic() < end, "the pages did not come up"
            time.sleep(0.2)
        yield port, gauges
    finally:
        run.terminate()
        run.wait(60)


def measured(port: int, town: Town, crowd: "Crowd", seconds: float) -> Waited:
    """What people wait while a crowd presses."""
    waited, over = Waited(), threading.Event()
    with crowd() as tell:
        threads = [
            threading.Thread(target=_people, args=(port, town, what, waited, over)) for what in waited.times
        ]
        for thread in threads:
            thread.start()
        time.sleep(seconds)
        over.set()
        for thread in threads:
            thread.join()
        if callable(tell):
            waited.told = f"  {tell()}"
    return waited


def _people(port: int, town: Town, what: str, waited: Waited, over: threading.Event) -> None:
    turn = 0
    while not over.is_set():
        method, path, body, headers = _asked(town, what, turn)
        began = time.monotonic()
        status, said = _ask(port, method, path, body, headers)
        waited.times[what].append(time.monotonic() - began)
        waited.answers[kind_of(what, status, said)] += 1
        turn += 1
        over.wait(PAUSE)


def _asked(town: Town, what: str, turn: int) -> tuple[str, str, str, dict[str, str]]:
    if what == "healthz":
        return "GET", "/healthz", "", {}
    if what == "phone":
        body = urlencode({"answer": 1, "key": str(uuid4())})
        kind = "application/x-www-form-urlencoded"
        headers = {"Content-Type": kind, "Accept": "application/json"}
        return "POST", town.phones[turn % len(town.phones)], body, headers
    act = "release" if turn % 2 else "hold"
    path = f"/api/v1/w/live/call-downs/{town.call_down}/{act}"
    once = {"Idempotency-Key": str(uuid4())}
    return "POST", path, json.dumps({"reason": "bench"}), {**_bearer(town.officer), **once}


def _bearer(token: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}


def _ask(
    port: int, method: str, path: str, body: str = "", headers: dict[str, str] | None = None
) -> tuple[int, bytes]:
    """One request on a connection of its own; status 0 when none was answered within a minute."""
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=60)
    try:
        line.request(method, path, body.encode() or None, headers or {})
        answer = line.getresponse()
        return answer.status, answer.read()
    except OSError:
        return 0, b""
    finally:
        line.close()


# ---------- the crowds
Crowd = Callable[[], Any]


def crowds(port: int, gauges: int, town: Town) -> dict[str, Crowd]:
    """Each crowd by name; it presses as long as it is open. The exercise comes last: it goes on."""
    return {
        "peace": ExitStack,
        "sign_ins": lambda: _sign_ins(port),
        "slow_bodies": lambda: _slow_bodies(port),
        "idle_sockets": lambda: _idle([port, gauges]),
        "import": lambda: _import(port, town),
        "exercise": lambda: _exercise(town.exercise),
    }


@contextmanager
def _pressing(count: int, press: Callable[[int, threading.Event], None]) -> Iterator[None]:
    """So many strangers who press again and again until it is over."""
    over = threading.Event()

    def stranger(number: int) -> None:
        while not over.is_set():
            with suppress(OSError):
                press(number, over)

    threads = [threading.Thread(target=stranger, args=(n,), daemon=True) for n in range(count)]
    for thread in threads:
        thread.start()
    time.sleep(1.0)
    try:
        yield
    finally:
        over.set()
        for thread in threads:
            thread.join(70)


def _sign_ins(port: int) -> Any:
    """Wrong passwords for names that change, so that no throttle of one account spares the work."""
    token = "a" * 32
    headers = {"Content-Type": "application/x-www-form-urlencoded", "Cookie": f"csrftoken={token}"}

    def press(number: int, over: threading.Event) -> None:
        name = f"x-{uuid4().hex[:8]}" if number else "duty"
        given = {"username": name, "password": "wrong", "code": "000000", "csrfmiddlewaretoken": token}
        _ask(port, "POST", "/sign-in", urlencode(given), headers)

    return _pressing(SIGN_INS, press)


def _slow_bodies(port: int) -> Any:
    """A body that is announced and comes a byte in two seconds."""

    def press(number: int, over: threading.Event) -> None:
        with socket.create_connection(("127.0.0.1", port), timeout=60) as line:
            line.sendall(b"POST /sign-in HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 100000\r\n\r\n")
            line.setblocking(False)
            while not over.wait(2.0):
                line.sendall(b"a")
                with suppress(BlockingIOError):
                    if line.recv(1000):
                        return  # refused: another one

    return _pressing(SLOW_BODIES, press)


@contextmanager
def _idle(ports: list[int]) -> Iterator[None]:
    """Connections that say nothing, half of them at each port; those that are refused are fewer."""
    with ExitStack() as stack:
        for number in range(IDLE_SOCKETS):
            with suppress(OSError):
                where = ("127.0.0.1", ports[number % len(ports)])
                stack.enter_context(socket.create_connection(where, timeout=5))
        yield


@contextmanager
def _import(port: int, town: Town) -> Iterator[None]:
    """A large file of readings, uploaded and confirmed meanwhile."""
    lines = ["station,code,at,value"]
    size = 0
    for minute in range(0, 10**6, 5):
        day, rest = divmod(minute, 24 * 60)
        for address in town.stations:
            lines.append(
                f"{address},26,2020-{1 + day // 28:02d}-{1 + day % 28:02d} {rest // 60:02d}:{rest % 60:02d},{minute % 900 / 10}"
            )
            size += len(lines[-1]) + 1
        if size > IMPORT_BYTES:
            break
    body = json.dumps({"name": "bench.csv", "csv": "\n".join(lines)})

    def upload() -> None:
        status, told = _ask(port, "POST", "/api/v1/w/live/imports", body, _bearer(town.engineer))
        assert status == 200, told[:200]
        path = f"/api/v1/w/live/imports/{json.loads(told)['ref']}/confirm"
        assert _ask(port, "POST", path, "{}", _bearer(town.engineer))[0] == 200

    thread = threading.Thread(target=upload)
    thread.start()
    try:
        yield
    finally:
        thread.join()


@contextmanager
def _exercise(key: str) -> Iterator[Callable[[], str]]:
    """The night as fast as it goes, from its first forecast on: findings, calls and forecasts come at once."""
    from anlan.foundation.models import World
    from anlan.simulate.models import Run

    here = World.objects.filter(key=key)
    here.update(state=World.State.RUNNING)
    end = time.monotonic() + NIGHT_SECONDS
    while not Run.objects.filter(world__key=key).exists():
        assert time.monotonic() < end, "no forecast of the night began"
        time.sleep(0.2)
    began = here.get().now

    def tell() -> str:
        forecasts = Run.objects.filter(world__key=key).count()
        return f"{(here.get().now - began).seconds // 60} min of the night, {forecasts} forecasts"

    try:
        yield tell
    finally:
        here.update(state=World.State.PAUSED)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


if __name__ == "__main__":
    main()
