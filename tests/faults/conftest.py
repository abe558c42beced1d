"""One reference run of a part of the night, shared by all that is compared with it."""

import json
from dataclasses import dataclass
from typing import Any

import pytest

from tests.support.installation import Installation

SINCE, UNTIL = "03:10", "03:25"
WINDOW = ("--since", SINCE, "--until", UNTIL)


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
        installation.anlan("replay", "liulin", "--json", *WINDOW, *options, limit=600).stdout
    )
    return told


def rings(installation: Installation, world: str) -> list[list[Any]]:
    """Every ring that the network of a world counted: number, time, grade."""
    import sqlite3

    with sqlite3.connect(installation.home / "field" / world / "network.sqlite3") as db:
        found = db.execute(
            "SELECT number, at, grade FROM call WHERE number != '' ORDER BY at, key"
        ).fetchall()
    db.close()
    return [list(row) for row in found]


@pytest.fixture(scope="session")
def reference(tmp_path_factory: pytest.TempPathFactory) -> Reference:
    installation = Installation(tmp_path_factory.mktemp("reference"))
    found = replay(installation)
    return Reference(installation, found, rings(installation, "x1"))
