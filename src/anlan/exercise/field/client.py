"""The engine's side of the field: start it when it is not there, talk to it, and be its voice channel."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from anlan.exercise.field.network import stamp
from anlan.exercise.rules.night import Night
from anlan.foundation import crypto
from anlan.foundation.channels import ChannelDown, Report, Request
from anlan.foundation.home import home

START_SECONDS = 60.0
STOP_SECONDS = 20.0
ALONE_SECONDS = 60.0
"""The field ends when nobody has talked to it for so long: an engine that fell comes back sooner, a killed demo never."""


def folder_of(world: str) -> Path:
    """Where the field of a world keeps its books."""
    folder = home() / "field" / world
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def write_settings(world: str, settings: Mapping[str, Any]) -> None:
    """What the field goes by: its seed, its night, and the network's delays, silence and dead cells."""
    (folder_of(world) / "settings.json").write_text(json.dumps(settings, ensure_ascii=False), "utf-8")


def field_of(night: Night, *, seed: int, network: Mapping[str, Any]) -> Callable[[str], None]:
    """What lays the field of an exercise, by the key of its world."""
    return partial(write_settings, settings={"seed": seed, "network": network, "night": night.told()})


def channel(settings: Mapping[str, Any]) -> FieldClient:
    """The plug-in `simulated-field`: the telephone network of an exercise."""
    return FieldClient(settings["world"])


class FieldClient:
    """A connection to the field process; it starts the process when nobody listens."""

    name = "voice"
    simulated = True

    def __init__(self, world: str) -> None:
        self._folder = folder_of(world)
        self._socket: socket.socket | None = None
        self._file: Any = None
        self._process: subprocess.Popen[bytes] | None = None

    def ask(self, op: str, **rest: Any) -> Any:
        """One request and its answer. Raises ChannelDown when the field does not answer."""
        for attempt in (1, 2):
            try:
                if self._file is None:
                    self._connect()
                self._file.write(json.dumps({"op": op, **rest}).encode() + b"\n")
                self._file.flush()
                line = self._file.readline()
                if line:
                    return json.loads(line)
                raise ConnectionError("the field closed the line")
            except (ConnectionError, TimeoutError) as error:
                self.close()
                if attempt == 2:
                    raise ChannelDown(str(error)) from error
        raise AssertionError

    def _connect(self) -> None:
        port = self._port() or self._start()
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=120)
        self._file = self._socket.makefile("rwb")

    def _port(self) -> int | None:
        """The port of a field that is alive."""
        try:
            told = json.loads((self._folder / "port").read_text())
            os.kill(told["pid"], 0)
            with socket.create_connection(("127.0.0.1", told["port"]), timeout=2):
                return int(told["port"])
        except (OSError, ValueError):
            return None

    def _start(self) -> int:
        """Start the process in a session of its own, so that it outlives an engine that is killed and comes back."""
        (self._folder / "port").unlink(missing_ok=True)
        with (self._folder / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "anlan.exercise.field.server", str(self._folder), str(ALONE_SECONDS)],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        end = time.monotonic() + START_SECONDS
        while time.monotonic() < end:
            port = self._port()
            if port:
                return port
            if self._process.poll() is not None:
                break
            time.sleep(0.1)
        raise ConnectionError(f"the field did not start; see {self._folder / 'log'}")

    def close(self) -> None:
        if self._file is not None:
            self._file.close()
        if self._socket is not None:
            self._socket.close()
        self._file = self._socket = None

    def stop(self) -> None:
        """End the process."""
        if self._port():
            self.ask("stop")
            self.close()
        if self._process is not None:
            self._process.wait(STOP_SECONDS)

    def place(self, requests: Sequence[Request]) -> None:
        """A number is real where the roster is: what leaves us tells one from another, and no more."""
        rows = [
            {
                "key": r.key,
                "number": r.number and crypto.blind(r.number),
                "at": r.at.isoformat(),
                "script": r.script,
                "facts": r.facts,
            }
            for r in requests
        ]
        self.ask("place", requests=rows)

    def reports(self, *, after: str, until: datetime) -> list[Report]:
        return [
            Report(
                key=row["key"],
                at=datetime.fromisoformat(row["at"]),
                sequence=row["seq"],
                outcome=row["outcome"],
                digit=row["digit"],
                households=row["households"],
                people=row["people"],
                mark=f"{row['at']}|{row['seq']}",
            )
            for row in self.ask("reports", after=after, until=stamp(until))
        ]
