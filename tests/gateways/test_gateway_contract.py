"""What every gateway keeps, whoever made it: what we register, and one as a maker of loggers would bring it.

A plug-in's own tests add a `Subject` of theirs to `SUBJECTS` and run this file. A gateway that anlan registers without a
subject fails here.
"""

import os
import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from importlib.metadata import entry_points
from pathlib import Path
from typing import Any

import pytest

from anlan.gateways import plug_ins
from anlan.gateways.plug_ins import Gateway
from anlan.observe.ingest.ingest import Ingest
from anlan.observe.ingest.shapes import NotDurable
from tests.gateways.conftest import roster, values
from tests.support.gateways import LineGateway
from tests.support.patience import PATIENCE_S, eventually
from tests.support.stations import NOW, RAIN, rain


@dataclass(frozen=True)
class Subject:
    """How a gateway is made, what a station of RAIN sends for so many tenths, and bytes that nobody sends."""

    make: Callable[..., Gateway]
    report: Callable[[int], bytes]
    garbage: bytes = os.urandom(400) + b"\n"


SUBJECTS = {
    "sl651": Subject(partial(plug_ins.make, "sl651"), lambda tenths: rain(RAIN, NOW, tenths)),
    "a maker's": Subject(LineGateway, lambda tenths: f"{RAIN} {tenths}\n".encode()),
}


@dataclass
class Running:
    subject: Subject
    gateway: Gateway
    ingest: Ingest
    port: int
    folder: Path
    told: list[Any]

    def line(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), PATIENCE_S)

    def kept(self) -> list[int]:
        return values(self.folder, RAIN)


@pytest.fixture(params=SUBJECTS)
def running(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Running]:
    subject = SUBJECTS[request.param]
    ingest = Ingest.over(tmp_path, roster(), now=NOW)
    told: list[Any] = []
    gateway = subject.make(ingest, host="127.0.0.1", port=0, clock=lambda: NOW, on_batch=told.append)
    yield Running(subject, gateway, ingest, gateway.start(), tmp_path, told)
    gateway.stop()
    ingest.close()


def is_silent(line: socket.socket, seconds: float = 0.5) -> bool:
    """No answer for a while; a line that the gateway cut is silent too."""
    line.settimeout(seconds)
    try:
        return line.recv(1000) == b""
    except (TimeoutError, ConnectionError):
        return True
    finally:
        line.settimeout(PATIENCE_S)


def test_every_gateway_that_we_register_is_held_to_this() -> None:
    assert {point.name for point in entry_points(group=plug_ins.GROUP)} <= set(SUBJECTS)


def test_it_takes_a_free_port_listens_when_it_says_so_and_tells_of_a_batch(running: Running) -> None:
    assert running.port > 0
    with running.line() as line:
        line.sendall(running.subject.report(35))
        assert line.recv(1000)
    assert eventually(lambda: len(running.told) == 1)


def test_a_port_that_is_taken_is_an_error_that_the_engine_can_name(running: Running) -> None:
    second = running.subject.make(running.ingest, host="127.0.0.1", port=running.port, clock=lambda: NOW)
    with pytest.raises(OSError):
        second.start()
    second.stop()


def test_what_was_acknowledged_lies_on_the_disk_once_however_often_it_came(running: Running) -> None:
    with running.line() as line:
        for _ in range(2):
            line.sendall(running.subject.report(35))
            assert line.recv(1000)
            assert running.kept() == [35]


def test_what_cannot_be_written_is_not_acknowledged_and_the_next_that_can_is(
    running: Running, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object, **__: object) -> None:
        raise NotDurable("the disk is full")

    with monkeypatch.context() as patched, running.line() as line:
        patched.setattr(running.ingest, "take_batch", full)
        patched.setattr(running.ingest, "type_in", full)
        line.sendall(running.subject.report(35))
        assert is_silent(line)
        assert running.kept() == []
    with running.line() as line:
        line.sendall(running.subject.report(35))
        assert line.recv(1000)
    assert running.kept() == [35]


def test_garbage_is_not_acknowledged_and_others_are_served_on(running: Running) -> None:
    with running.line() as noisy, running.line() as line:
        noisy.sendall(running.subject.garbage)
        assert is_silent(noisy)
        line.sendall(running.subject.report(35))
        assert line.recv(1000)
    assert running.kept() == [35]


def test_it_stops_in_time_while_lines_are_open_and_may_be_stopped_twice(running: Running) -> None:
    with running.line() as idle, running.line() as half:
        for line in (idle, half):
            line.sendall(running.subject.report(35))
            assert line.recv(1000)
        half.sendall(running.subject.report(36)[:7])
        began = time.monotonic()
        running.gateway.stop()
        running.gateway.stop()
        assert time.monotonic() - began < PATIENCE_S / 5, "it waits for nobody"
        assert is_silent(idle)
    with pytest.raises(OSError):
        running.line()
    assert running.kept() == [35]
