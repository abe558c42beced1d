"""One reference run, shared by all that is compared with it: a part of the night, or the whole of it when asked.

`ANLAN_TEST_WHOLE_NIGHT=1` (`just test-whole-night`) compares whole nights; a quarter of an hour of it is the rule.
"""

import json
import os
from dataclasses import dataclass
from typing import Any

import pytest

from tests.support.installation import Installation

WHOLE = bool(os.environ.get("ANLAN_TEST_WHOLE_NIGHT"))
SINCE, UNTIL = ("", "") if WHOLE else ("03:10", "03:25")
WINDOW = () if WHOLE else ("--since", SINCE, "--until", UNTIL)


@dataclass(frozen=True)
class Reference:
    """The run that nothing disturbed: what it found, and every call that the simulated network counted."""

    installation: Installation
    found: dict[str, Any]
    rings: list[list[Any]]

    @property
    def head(self) -> dict[str, Any]:
        return dict(self.found["journal"])


def replay(installation: Installation, *options: str) -> dict[str, Any]:
    """The result of a replay of the window."""
    told: dict[str, Any] = json.loads(
        installation.anlan("replay", "liulin", "--json", *WINDOW, *options, limit=3600).stdout
    )
    return told


def rings(installation: Installation, world: str) -> list[list[Any]]:
    """Every ring that the network of a world counted: whose number by order of its first ring (each home hashes numbers with a
    key of its own), time, grade."""
    import sqlite3

    with sqlite3.connect(installation.home / "field" / world / "network.sqlite3") as db:
        found = db.execute(
            "SELECT number, at, grade FROM call WHERE number != '' ORDER BY at, key"
        ).fetchall()
    db.close()
    whose: dict[str, int] = {}
    return [[whose.setdefault(number, len(whose)), at, grade] for number, at, grade in found]


@pytest.fixture(scope="session")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Reference:
    installation = Installation(tmp_path_factory.mktemp("reference")).with_city()
    found = replay(installation)
    return Reference(installation, found, rings(installation, "x1"))
