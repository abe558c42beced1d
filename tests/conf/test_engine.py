"""The engine outlives a failure of any of its parts: the others go on, and what fell comes back with what it knew."""

import threading
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest
from django.db import OperationalError

from anlan.conf.engine import Engine, Live
from anlan.foundation import health, tasks
from anlan.foundation.health import Health
from anlan.foundation.home import home
from anlan.foundation.models import World
from anlan.gateways import plug_ins
from anlan.observe.ingest.ingest import Ingest
from tests.support.city import Mini, make_city


class Busy:
    """An ingest whose records do not answer until they are `free`."""

    def __init__(self, ingest: Any) -> None:
        self._ingest, self.free = ingest, False

    def advance(self, now: datetime) -> None:
        if not self.free:
            raise OperationalError("database is locked")
        self._ingest.advance(now)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._ingest, name)


@pytest.fixture
def mini(db: None) -> Iterator[Mini]:
    yield make_city()
    for left in list(Ingest._open.values()):
        left.close()
    (home() / "run" / "engine.json").unlink(
        missing_ok=True
    )  # else every later desk says that the engine stopped


def live_of(port: int | None = None) -> tuple[Live, Health]:
    told = Health()
    return Live(port, threading.Event(), told), told


def ill(told: Health) -> dict[str, str]:
    told.beat()
    return {each.part: each.why for each in health.ills()}


def test_while_nobody_can_judge_what_is_due_is_still_done_and_judging_comes_back(
    mini: Mini, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[str] = []
    monkeypatch.setattr(tasks, "_runners", {"note": lambda ctx, payload: done.append(payload["what"])})
    live, told = live_of()
    live._ingest = busy = Busy(live._ingest)  # type: ignore[assignment]
    assert not live._do("watch", live._look)
    assert ill(told) == {"watch": health.BUSY}
    tasks.schedule(mini.ctx(), "note", key="a", due_at=mini.ctx().now, payload={"what": "rung"})
    live._follow()
    assert done == ["rung"]
    busy.free = True
    told.part("watch")._rests_until = 0.0
    assert live._do("watch", live._look)
    assert not ill(told)


def test_a_gateway_that_cannot_open_stops_nothing_else_and_is_tried_again(
    mini: Mini, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Gate:
        taken = True

        def start(self) -> int:
            if Gate.taken:
                raise OSError(98, "Address already in use")
            return 7651

        def stop(self) -> None: ...

    monkeypatch.setattr(plug_ins, "make", lambda *args, **settings: Gate())
    live, told = live_of(7651)
    live._open_gateways()
    assert ill(told) == {"gateway:sl651": "OSError"}
    Gate.taken = False
    told.part("gateway:sl651")._rests_until = 0.0
    live._open_gateways()
    assert not ill(told)


def test_a_loop_of_the_engine_that_falls_is_tried_again_beside_the_others() -> None:
    engine, turns, other = Engine(port=None), [], threading.Event()
    done = threading.Event()

    def falls() -> None:
        turns.append(other.is_set())
        if len(turns) == 1:
            raise OperationalError("database is locked")
        done.set()

    engine._keep("ordered", falls, 0.01)
    engine._keep("signing", other.set, 0.01)
    assert other.wait(30)
    assert done.wait(30), "it comes back"
    engine._stop.set()
    for thread in engine._threads.values():
        thread.join(30)


def test_an_exercise_that_stands_says_on_its_page_since_when_why_and_the_way_out(mini: Mini) -> None:
    night = mini.exercise()
    World.objects.filter(pk=night.world.pk).update(state=World.State.RUNNING)
    told = Health()
    told.part(f"exercise:{night.world.key}").fell("IndexError")
    told.beat()
    page = mini.client("duty_officer").get("/w/live/exercises").content.decode()
    assert "程序出错（IndexError）" in page
    assert "先暂停、再接着走" in page
    desk = mini.client("duty_officer").get(f"/w/{night.world.key}/desk").content.decode()
    assert "演练停在原处" in desk
    assert "演练停在原处" not in mini.client("duty_officer").get("/w/live/desk").content.decode()
    told.part(f"exercise:{night.world.key}").well()
    told.beat()
    assert "IndexError" not in mini.client("duty_officer").get("/w/live/exercises").content.decode()
