"""Live push: one thing happens, 2,000 open pages know. Real server, clients in a process of their own.

The time is from the commit of the action that appended to the arrival at the last of all clients, over loopback.
"""

import asyncio
import json
import os
import resource
import socket
import statistics
import subprocess
import sys
import time
from datetime import date
from typing import Any

CLIENTS = 2_000
EVENTS = 20
PAUSE_SECONDS = 0.5


def rows() -> list[dict[str, Any]]:
    """Milliseconds until the last of all clients has it: the middle one of all events, and the worst."""
    session = _installation()
    port = _free_port()
    web = subprocess.Popen([sys.executable, "-m", "anlan", "web", "--port", str(port)])
    try:
        _wait_for(port)
        clients = subprocess.Popen(
            [sys.executable, __file__, str(port), session, str(CLIENTS), str(EVENTS)],
            stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True, env=os.environ.copy(),
        )  # fmt: skip
        assert clients.stdout is not None
        connected = int(clients.stdout.readline())
        assert connected == CLIENTS, f"only {connected} clients were let in"
        time.sleep(2.0)  # the greetings are over
        committed = [_happen() for _ in range(EVENTS)]
        last = json.loads(clients.communicate(timeout=60)[0])
    finally:
        web.terminate()
        web.wait(30)
    spent = [1e3 * (last[str(seq)] - at) for seq, at in committed]
    return [
        _row(f"live_push_last_of_{CLIENTS}", statistics.median(spent)),
        _row(f"live_push_last_of_{CLIENTS}_worst_event", max(spent)),
    ]


def _row(name: str, value: float) -> dict[str, Any]:
    return {"name": name, "value": value, "unit": "ms", "peer": None, "peer_value": None, "ratio": None}


def _installation() -> str:
    """An empty installation with one officer; gives the key of a session."""
    import pyotp
    from django.contrib.auth import get_user_model
    from django.test import Client

    from anlan.conf.install import ready

    ready()
    from anlan.foundation import worlds
    from anlan.people import actions as people
    from anlan.people.accounts.administration import create_account
    from anlan.places import actions as places

    ctx = worlds.context(worlds.get("live"))
    place = places.DivisionRow(
        key="4213", parent="", tier=1, name="随州市", kind="city", lon=113.37, lat=31.72, outline=[], synthetic=True,
        statistical=False, residents=0, at_home=0, households=0, codes=[("nbs", "4213", date(2020, 1, 1), None)],
        aliases=[],
    )  # fmt: skip
    ids = places.load_divisions(ctx, [place])
    unit = people.OrganisationRow(
        ref="O-1",
        name="应急管理局",
        kind="emergency",
        place=ids["4213"],
        parent="",
        commands=[ids["4213"]],
        unit_code="",
    )
    people.load_organisations(ctx, [unit])
    people.make_post(
        ctx, ref="P-1", organisation="O-1", title="值班员", role="duty_officer", places=[ids["4213"]]
    )
    create_account(
        ctx,
        username="officer",
        name="值守",
        password="bench-bench",
        post_ref="P-1",
        totp_secret=pyotp.random_base32(),
    )
    client = Client()
    client.force_login(get_user_model().objects.get(username="officer"))
    return client.cookies["sessionid"].value


def _happen() -> tuple[int, float]:
    """One action; its sequence number and the moment of its commit."""
    from django.db import transaction

    from anlan.foundation import journal, worlds

    time.sleep(PAUSE_SECONDS)
    with transaction.atomic():
        seq = journal.append(
            worlds.context(worlds.get("live")),
            "foundation.bench.happened",
            refs={"bench": "B-1"},
            body={},
            place="0001",
        )
    return seq, time.monotonic()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return
        except OSError:
            time.sleep(0.1)
    raise TimeoutError("the web process did not start")


class Crowd:
    """All clients; notes when the last of them heard of each entry."""

    def __init__(self, events: int) -> None:
        self._events = events
        self.last: dict[int, float] = {}
        self.connected = 0

    async def sit(self, port: int, session: str, started: asyncio.Semaphore) -> None:
        """One client, until it has heard of all events."""
        async with started:
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            head = f"GET /w/live/live HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: sessionid={session}\r\n\r\n"
            writer.write(head.encode())
            status = await reader.readline()
            assert b" 200 " in status, status
            while not (await reader.readline()).startswith(b"retry:"):
                pass
            self.connected += 1
        heard = 0
        while heard < self._events:
            line = await reader.readline()
            if line.startswith(b"id: "):
                self.last[int(line[4:])] = time.monotonic()
                heard += 1
        writer.close()


async def crowd(port: int, session: str, clients: int, events: int) -> None:
    """Prints how many were let in, then, when all heard everything, the last arrival of each entry."""
    people, started = Crowd(events), asyncio.Semaphore(50)
    seats = [asyncio.create_task(people.sit(port, session, started)) for _ in range(clients)]
    while people.connected < clients and not any(seat.done() for seat in seats):
        await asyncio.sleep(0.05)
    print(people.connected, flush=True)
    await asyncio.gather(*seats)
    print(json.dumps(people.last), flush=True)


if __name__ == "__main__":
    if len(sys.argv) == 5:
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        asyncio.run(crowd(int(sys.argv[1]), sys.argv[2], int(sys.argv[3]), int(sys.argv[4])))
    else:
        print(json.dumps(rows(), indent=1))
