"""The live world as it runs on a night: rain over TCP, calls on the officer's desk, answers, people told to move; and kill -9."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.city import VILLAGE, VILLAGE_2
from tests.support.night import Night, pour, running
from tests.support.patience import eventually

pytestmark = pytest.mark.slow


@pytest.fixture
def night(tmp_path: Path) -> Iterator[Night]:
    with running(tmp_path / "home") as made:
        made.adopt_orders()
        yield made


def test_rain_becomes_calls_once_whatever_falls_and_answers_become_people_on_the_way(night: Night) -> None:
    pour(night)
    night.kill_engine()  # between the reading, which is durable, and the call
    assert eventually(lambda: night.journaled("warn.exceedance.opened") > 0)
    night.kill_engine()  # between the finding and the call, or the call and its hand-over
    assert eventually(lambda: night.journaled("warn.call.laid") > 0)
    assert eventually(lambda: night.journaled("warn.evacuation.ordered") >= 2)

    (call_down,) = night.api("call-downs")["items"]
    assert (call_down["grade"], call_down["stage"]) == (4, "move")
    calls = night.rows("SELECT holder_id, channel, state, round FROM call_call")
    assert len({holder for holder, *_ in calls}) == len(calls) > 4, "nobody is called twice"
    assert {call[1:] for call in calls} == {("desk", "sending", 1)}, "each waits for the officer's hand"
    stages = {move["place"]["code"]: move["stage"] for move in night.api("evacuations")["items"]}
    assert stages == {VILLAGE: "move", VILLAGE_2: "move"}

    where = f"call-downs/{call_down['ref']}"
    for holder, kind in (("H-v1-secretary", 2), ("H-v1-group", 3)):
        night.api(f"{where}/answers", {"holder": holder, "kind": kind})
    lines = {
        each["place"]["code"]: each["state"]
        for each in night.api(where)["lines"]
        if each["kind"] == "village"
    }
    assert lines == {VILLAGE: "answered", VILLAGE_2: "calling"}

    def on_the_way() -> int:
        found = {m["place"]["code"]: m["households_moving"] for m in night.api("evacuations")["items"]}
        return int(found[VILLAGE])

    assert eventually(lambda: on_the_way() == 2)
    night.house.anlan("journal", "verify")
