"""A night in which the model looks ahead: what it foresees is in the journal, and without human input one seed gives one head."""

import json
from typing import Any

import pytest

from tests.faults.conftest import WINDOW
from tests.support.installation import Installation

pytestmark = pytest.mark.slow

TOLD = """
import json
from anlan.foundation import journal, worlds
told = [journal.read(e) for e in journal.tail(worlds.get({world!r}).pk, 0, 100_000) if e.name == "simulate.forecast.made"]
"""


def test_looking_ahead_twice_gives_one_head_and_names_villages_in_time(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    installation = Installation(tmp_path_factory.mktemp("ahead"))
    first, again = (replay(installation) for _ in range(2))
    assert first["journal"] == again["journal"]
    made = installation.python(f"ready()\n{TOLD.format(world='x1')}")
    assert made, "no forecast was made"
    villages = [row for entry in made for row in entry["body"]["villages"]]
    assert villages
    assert all(entry["body"]["from"] <= row["at"] for entry in made for row in entry["body"]["villages"])
    assert all(row["place"].startswith("421321117") for row in villages)


def replay(installation: Installation) -> dict[str, Any]:
    said = installation.anlan("replay", "liulin", "--json", "--forecast", *WINDOW, limit=900).stdout
    told: dict[str, Any] = json.loads(said)
    return told
