"""Strangers at the gateway: passwords that are tried, floods, idle lines; the true station is heard all the while."""

import asyncio
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from statistics import median

import pytest

from anlan.gateways.sl651.guard import Guard
from anlan.gateways.sl651.limits import Limits
from anlan.gateways.sl651.server import Gateway
from anlan.observe.actions.guarding import MOVED, TRIED
from anlan.observe.ingest.ingest import Ingest
from anlan.observe.store.reader import Reader
from anlan.observe.store.writer import Writer
from anlan.wire.sl651.codes import Control, Encoding
from tests.gateways.conftest import Centre, roster
from tests.support.patience import eventually
from tests.support.stations import NOW, RAIN, RIVER, STRANGER, Line, ends, rain, report

STATION, ATTACKER, THIRD = "127.0.0.1", "127.0.0.2", "127.0.0.3"


def noticed(centre: Centre) -> list[tuple[str, str, str]]:
    return [(each.name, each.address, each.peer) for each in centre.ingest._noticed]


def try_passwords(line: Line, first: int, count: int, encoding: Encoding = Encoding.HEX) -> None:
    line.send(
        b"".join(
            report(RAIN, NOW, x22="9.9", password=n, serial=1, encoding=encoding)
            for n in range(first, first + count)
        )
    )


@pytest.mark.parametrize("encoding", Encoding)
def test_whoever_tried_ten_passwords_is_not_answered_though_the_next_one_is_right(
    centre: Centre, encoding: Encoding
) -> None:
    line = centre.line(ATTACKER)
    try_passwords(line, 0x1234 - 10, 11, encoding)  # the eleventh is the station's own
    assert line.is_silent()
    again = centre.line(ATTACKER)
    again.send(rain(RAIN, NOW, 99))
    assert again.is_silent()
    assert centre.rain() == []
    assert noticed(centre) == [(TRIED, RAIN, ATTACKER)]
    assert eventually(lambda: centre.thread.gateway.counts.shed == 2)


def test_nine_wrong_passwords_are_a_mistake_and_the_right_one_is_answered(centre: Centre) -> None:
    line = centre.line()
    try_passwords(line, 1, 9)
    line.send(rain(RAIN, NOW, 35))
    assert ends([line.answer()]) == [Control.ESC]
    assert centre.rain() == [35]
    assert noticed(centre) == []


def test_while_its_password_is_tried_a_station_is_heard_from_where_it_always_came(centre: Centre) -> None:
    """Many peers try few passwords each: the station's own line is heard, a strange one with the right password is not."""
    own = centre.line(STATION)
    own.send(rain(RAIN, NOW, 1, serial=1))
    own.answer()
    for n, peer in enumerate((ATTACKER, THIRD)):
        line = centre.line(peer)
        try_passwords(line, 1 + 5 * n, 5)
        assert line.is_silent()
    strange = centre.line("127.0.0.4")
    strange.send(rain(RAIN, NOW, 99, serial=9))
    assert strange.is_silent()
    own.send(report(RAIN, NOW, serial=2, x20="0.1"))
    assert ends([own.answer()]) == [Control.ESC]
    assert centre.rain() == [1]
    other = centre.line("127.0.0.4")
    other.send(rain(RIVER, NOW, 5))
    assert ends([other.answer()]) == [Control.ESC]


def test_a_station_that_comes_from_elsewhere_is_told_and_heard(centre: Centre) -> None:
    for n, peer in enumerate((STATION, STATION, ATTACKER, ATTACKER), 1):
        line = centre.line(peer)
        line.send(rain(RAIN, NOW, n, serial=n))
        assert ends([line.answer()]) == [Control.ESC]
    assert noticed(centre) == [(MOVED, RAIN, ATTACKER)]
    (change,) = centre.ingest._noticed
    assert change.before == STATION


def test_the_usual_peers_are_known_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "readings.sqlite3"
    with Writer(path) as writer:
        assert list(writer.peers.hear({(7, "10.0.0.1")}, at=1)) == []
    with Writer(path) as writer:
        assert writer.peers.has(7, "10.0.0.1")
        (change,) = writer.peers.hear({(7, "10.0.0.2")}, at=2)
        assert (change.peer, change.before) == ("10.0.0.2", "10.0.0.1")
        assert list(writer.peers.hear({(7, "10.0.0.3")}, at=3)) == []  # once a day


def test_one_peer_holds_thirty_two_lines_and_others_still_come(centre: Centre) -> None:
    mine = [centre.line(ATTACKER) for _ in range(32)]
    assert eventually(lambda: centre.thread.gateway.counts.connections == 32)
    assert centre.line(ATTACKER).is_cut()
    line = centre.line(STATION)
    line.send(rain(RAIN, NOW, 1))
    assert ends([line.answer()]) == [Control.ESC]
    mine[0].close()
    assert eventually(lambda: sum(centre.thread.gateway.guard._lines.values()) == 32)
    again = centre.line(ATTACKER)
    again.send(rain(RIVER, NOW, 1))
    assert ends([again.answer()]) == [Control.ESC]


@pytest.mark.parametrize("turns", range(6))
def test_a_line_that_is_being_accepted_as_the_gateway_stops_is_closed_too(tmp_path: Path, turns: int) -> None:
    async def stop_among() -> list[Line]:
        gateway = Gateway(ingest, host="127.0.0.1", port=0, clock=lambda: NOW)
        port = await gateway.start()
        lines = [Line(port) for _ in range(5)]  # in the system's queue
        for _ in range(turns):
            await asyncio.sleep(0)
        await gateway.stop()
        assert [line.is_cut() for line in lines] == [True] * 5
        return lines

    ingest = Ingest.over(tmp_path, roster(), now=NOW)
    with ThreadPoolExecutor(1) as another:  # a browser's tests leave a loop running in this thread
        lines = another.submit(lambda: asyncio.run(stop_among())).result()
    for line in lines:
        line.close()
    ingest.close()


@pytest.mark.parametrize(
    "junk",
    [rain(RAIN, NOW, 1)[:-1] + b"\0", rain(STRANGER, NOW, 1), rain(RAIN, NOW, 1, password=9), b"hello"],
)
def test_a_line_that_no_station_greeted_is_closed_soon(
    make_centre: Callable[..., Centre], junk: bytes
) -> None:
    centre = make_centre(greeting_s=0.2)
    line = centre.line()
    line.send(junk)
    assert line.is_cut()


def test_frames_of_nobody_are_noise_and_the_line_is_cut(make_centre: Callable[..., Centre]) -> None:
    centre = make_centre(garbage=2_000)
    line = centre.line()
    line.send(b"".join(rain(STRANGER, NOW, n % 90, serial=n + 1) for n in range(200)))
    assert line.is_cut()
    assert centre.thread.gateway.counts.frames < 100


FLOOD = """
import socket, sys
data = open(sys.argv[2], "rb").read()
while True:
    try:
        with socket.create_connection(("127.0.0.1", int(sys.argv[1])), 60, (sys.argv[3], 0)) as line:
            for at in range(0, len(data), 2_000):
                line.sendall(data[at : at + 2_000])
    except OSError:
        pass
"""


@contextmanager
def flood(port: int, folder: Path, source: str) -> Iterator[None]:
    """Another machine that sends frames of nobody as fast as a line takes them, and comes again whenever it is cut."""
    frames = folder / "frames"
    frames.write_bytes(b"".join(rain(f"00990{n:05d}", NOW, n % 90, serial=n + 1) for n in range(4_000)))
    process = subprocess.Popen([sys.executable, "-c", FLOOD, str(port), str(frames), source])
    try:
        yield
    finally:
        process.kill()
        process.wait()


def test_a_true_station_is_answered_while_another_peer_floods(centre: Centre, tmp_path: Path) -> None:
    line, counts = centre.line(STATION), centre.thread.gateway.counts
    line.send(rain(RAIN, NOW, 1, serial=1))
    line.answer()  # kernels are there

    def usual_wait(serials: range) -> float:
        waits = []
        for n in serials:
            began = time.monotonic()
            line.send(rain(RAIN, NOW, n, serial=n))
            assert ends([line.answer()]) == [Control.ESC]
            waits.append(time.monotonic() - began)
        return median(waits)

    calm = usual_wait(range(2, 32))
    with flood(centre.port, tmp_path, ATTACKER):
        assert eventually(lambda: counts.frames > 400)
        assert usual_wait(range(32, 62)) <= max(0.5, 20 * calm)
        assert eventually(lambda: counts.shed > 1_000)
    with Reader(centre.folder / "readings.sqlite3") as reader:
        assert len(reader.broken(limit=5_000)) <= 500
        assert eventually(lambda: reader.broken_over() > 0)


def test_what_is_held_against_a_peer_ends_after_ten_minutes() -> None:
    guard = Guard(Limits())
    assert [guard.wrong("p", RAIN, float(n)) for n in range(10)] == [False] * 9 + [True]
    assert (guard.is_shut("p", 500.0), guard.is_shut("q", 500.0)) == (True, False)
    assert (guard.is_shut("p", 609.5), guard.is_tried(RAIN, 609.5)) == (False, False)
    slow = Guard(Limits())
    assert not any(slow.wrong("p", RAIN, 100.0 * n) for n in range(40))


def test_a_peer_of_nothing_but_noise_is_shut_however_often_it_comes_again() -> None:
    guard = Guard(Limits(peer_noise=1_000))
    for n in range(10):
        guard.noise("p", 100, float(n))
    assert guard.is_shut("p", 20.0)
