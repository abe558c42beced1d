"""A night in which the model looks ahead: what it foresees is in the journal, one seed gives one head, and nothing is seen early."""

import json
from typing import Any

import pytest

from tests.faults.conftest import SINCE, UNTIL, WHOLE, WINDOW
from tests.support.installation import Installation

pytestmark = pytest.mark.slow

CUT = "03:20"
"""The last report that a cut night gets; what was forecast from it is known five minutes later."""
TOLD = """
import json
from anlan.foundation import journal, worlds
told = [journal.read(e) for e in journal.tail(worlds.get({world!r}).pk, 0, 100_000) if e.name == "simulate.forecast.made"]
"""
PLAY = """
ready()
from anlan.conf.engine import main as engine
from anlan.conf.replaying import of_that_night
from anlan.demo.exercises import new_liulin
from anlan.exercise.field.client import FieldClient
from anlan.demo.report import report
from anlan.demo.liulin.scenario import load_scenario
from anlan.foundation import journal, worlds
from anlan.foundation.worlds import World

last = of_that_night({cut!r})
ends = [end.isoformat() for end in load_scenario().ends_of_ticks()]
ask = FieldClient.ask

def cut(self, op, **rest):
    if last and op == "tick" and ends[rest["n"]] > last:
        return {{"sent": 0, "acked": 0}}
    return ask(self, op, **rest)

FieldClient.ask = cut
world = new_liulin(speed=0, own_engine=True, since=of_that_night({since!r}), until=of_that_night({until!r}))
World.objects.filter(pk=world.pk).update(state="running")
engine(port=None, host="127.0.0.1", only=world.key)
FieldClient(world.key).stop()
found = journal.tail(world.pk, 0, 100_000)
upto = of_that_night({upto!r})
told = dict(
    chain=[[e.seq, e.name, e.hash] for e in found if worlds.beijing(e.at).isoformat() <= upto],
    said=[journal.read(e)["body"] for e in found if e.name == "simulate.forecast.made"],
    after=sum(worlds.beijing(e.at).isoformat() > upto for e in found),
    report=report(worlds.get(world.key)),
)
"""


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    return Installation(tmp_path_factory.mktemp("ahead")).with_city()


@pytest.fixture(scope="module")
def whole(installation: Installation) -> dict[str, Any]:
    return played(installation)


def played(installation: Installation, *, cut: str = "") -> dict[str, Any]:
    """The night as an engine of its own plays it, without reports after a moment."""
    told: dict[str, Any] = installation.python(PLAY.format(cut=cut, since=SINCE, until=UNTIL, upto=CUT))
    return told


def test_looking_ahead_twice_gives_one_head_and_names_villages_in_time(
    installation: Installation, whole: dict[str, Any]
) -> None:
    """Once by an engine of its own, once as it is replayed."""
    assert replay(installation) == {**whole["report"], "exercise": "x2"}
    made = installation.python(f"ready()\n{TOLD.format(world='x2')}")
    assert made, "no forecast was made"
    villages = [row for entry in made for row in entry["body"]["villages"]]
    assert villages
    assert all(entry["body"]["from"] <= row["at"] for entry in made for row in entry["body"]["villages"])
    assert all(row["place"].startswith("421321117") for row in villages)


def replay(installation: Installation) -> dict[str, Any]:
    said = installation.anlan("replay", "liulin", "--json", "--forecast", *WINDOW).stdout
    told: dict[str, Any] = json.loads(said)
    return told


@pytest.mark.skipif(WHOLE, reason="a part of the night tells as much")
def test_what_is_reported_after_a_moment_changes_nothing_that_was_forecast_at_it(
    installation: Installation, whole: dict[str, Any]
) -> None:
    """The same night, once with every report and once with none after 03:20: same forecast, same chain until then."""
    cut = played(installation, cut=CUT)
    assert [said["from"][11:16] for said in cut["said"]][-1] == "19:20", (
        "the forecast from the last report is among them"
    )
    assert cut["said"][-1]["villages"]
    assert cut["said"] == whole["said"][: len(cut["said"])]
    assert cut["chain"] == whole["chain"], "every entry until then, by its hash"
    assert len(cut["chain"]) > 50
    assert cut["after"] != whole["after"], "and what came later did make a difference afterwards"
