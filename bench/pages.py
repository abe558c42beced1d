"""Hot pages: what one costs the processor, in the demo city at the busiest half hour of its night.

CPU time of the thread that answers, the median of several: told once for who asks first after the journal grew, once for
who asks next and sees the same.
"""

import statistics
import subprocess
import sys
import time
from typing import Any

SINCE, UNTIL = "02:10", "03:30"
PAGES = ("desk", "wall", "map", "moving", "map/state")
ASKED, GOAL_MS = 7, 100.0


def rows() -> list[dict[str, Any]]:
    """Each page twice, in milliseconds; the peer is the goal."""
    return [
        {
            "name": f"page_{page}_{who}", "value": ms, "unit": "ms CPU", "peer": "goal",
            "peer_value": GOAL_MS, "ratio": GOAL_MS / ms,
        }
        for page, found in measured().items() for who, ms in found.items()
    ]  # fmt: skip


def measured() -> dict[str, dict[str, float]]:
    """By page: milliseconds for the first who asks and for the next."""
    ask, grow = set_up()
    found = {}
    for page in PAGES:
        ask(page)
        first, following = [], []
        for _ in range(ASKED):
            grow()
            first.append(_cpu_ms(ask, page))
            following.append(_cpu_ms(ask, page))
        found[page] = {"first": statistics.median(first), "next": statistics.median(following)}
    return found


def set_up() -> tuple[Any, Any]:
    """The night halted where most waits; a signed-in officer who asks for a page, and a journal that grows."""
    from django.conf import settings
    from django.test import Client

    from anlan.conf import demoing, replaying
    from anlan.conf.install import ready
    from anlan.foundation import journal, kept, worlds
    from anlan.foundation.models import World
    from anlan.foundation.writing import writing
    from anlan.people.models import Account

    ready()
    settings.ALLOWED_HOSTS = ["*"]
    replaying.load_city_once()
    night = ["replay", "liulin", "--since", SINCE, "--until", UNTIL]
    subprocess.run([sys.executable, "-m", "anlan", *night], check=True, stdout=subprocess.DEVNULL)
    demoing._make_accounts(worlds.context(worlds.get("live")))
    Account.objects.update(must_change_password=False)
    world = World.objects.exclude(key="live").get()
    World.objects.filter(pk=world.pk).update(state=World.State.PAUSED)
    kept.refresh(cold=True)
    client = Client()
    client.force_login(Account.objects.get(username="duty"))

    def ask(page: str) -> None:
        reply = client.get(f"/w/{world.key}/{page}")
        assert reply.status_code == 200, f"{page}: {reply.status_code}"

    def grow() -> None:
        with writing("bench"):
            journal.append(worlds.context(worlds.get(world.key)), "warn.sheet.made", refs={}, body={})

    return ask, grow


def _cpu_ms(ask: Any, page: str) -> float:
    began = time.thread_time()
    ask(page)
    return 1e3 * (time.thread_time() - began)
