"""A backup of a small city, written once for the tests of a file."""

from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.support.installation import Installation

FILL = """
ready()
import numpy as np
from datetime import timedelta
from anlan.foundation import checkpoints, worlds
from anlan.foundation.home import home
from anlan.observe.ingest.ingest import path_of
from anlan.observe.store.batch import typed
from anlan.observe.store.writer import Writer
from tests.support.city import NIGHT, make_city
from tests.support.records import make_records
mini = make_city().exercise()
make_records(mini)
ms = int(NIGHT.timestamp() * 1000)
with Writer(path_of(mini.world.key)) as store:
    for n in range(40):
        at = np.full(3, ms + n * 300_000)
        store.write(typed(ms + n * 300_000 + 900, np.array([11, 12, 13]), np.full(3, 0x22, np.int32), at,
                          np.arange(3) + n, np.ones(3, np.int8)))
    store.quarantine.put([(b"~~garbage", "BadCrc: 1"), (b"x" * 40, "Resync: 2")], peer="1.2.3.4:5", received_at=ms)
    store.quarantine.mark([2], "dropped")
checkpoints.write(worlds.info(mini.world))
(home() / "packs" / "mine").mkdir(parents=True)
(home() / "packs" / "mine" / "README.txt").write_text("本市规则的出处")
told = [heads(), run("backup", BACKUP)]
"""


@dataclass(frozen=True)
class Source:
    """A small city with one of each thing that happens, readings, quarantine, checkpoints and packs of its own."""

    made: Installation
    backup: Path
    heads: dict[str, list[object]]
    said: str


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Source:
    made = Installation(tmp_path_factory.mktemp("source"))
    backup = tmp_path_factory.mktemp("backup") / "anlan.zip"
    heads, said = made.python(f"BACKUP = {str(backup)!r}\n{FILL}")
    return Source(made, backup, heads, said)


def public_key(source: Source) -> Path:
    """What an operator keeps off the machine."""
    return next((source.made.home / "checkpoints").glob("*.pub"))
