"""Somebody with the database in hand: `anlan journal verify` exits 1 and names the entry."""

import shutil
import sqlite3
from pathlib import Path

import pytest

from tests.support.installation import Installation

WRITE = """
ready()
from django.db import transaction
from anlan.foundation import checkpoints, journal, worlds
world = worlds.get("live")
for n in range(6):
    with transaction.atomic():
        journal.append(worlds.context(world), "warn.test.noted", refs={"test": f"T-{n}"}, body={"n": n}, place="00010001")
    if n == 3:
        checkpoints.write(worlds.info(world))
told = None
"""


@pytest.fixture(scope="module")
def honest(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    made = Installation(tmp_path_factory.mktemp("honest"))
    made.python(WRITE)
    return made


@pytest.fixture
def copy(honest: Installation, tmp_path: Path) -> Installation:
    shutil.copytree(honest.home, tmp_path / "copy")
    return Installation(tmp_path / "copy")


def edit(installation: Installation, *statements: str) -> None:
    with sqlite3.connect(installation.home / "records.sqlite3") as db:
        for statement in statements:
            assert db.execute(statement).rowcount > 0, statement
    db.close()


def test_an_untouched_journal_exits_0(copy: Installation) -> None:
    assert "6 entries hold" in copy.anlan("journal", "verify", code=0).stdout


HANDS = {
    "an edited entry": (["UPDATE foundation_journalentry SET text = replace(text, '\"n\":2', '\"n\":7') WHERE seq = 3"], 3),
    "an entry moved into another's scope": (["UPDATE foundation_journalentry SET place = '00010002' WHERE seq = 3"], 3),
    "an entry taken out": (["DELETE FROM foundation_journalentry WHERE seq = 5"], 5),
    "a chain cut short with its head": (
        [
            "DELETE FROM foundation_journalentry WHERE seq > 2",
            "UPDATE foundation_journalhead SET seq = 2,"
            " hash = (SELECT hash FROM foundation_journalentry WHERE seq = 2)",
        ],
        4,
    ),
}  # fmt: skip


@pytest.mark.parametrize("hand", HANDS)
def test_a_hand_in_the_journal_exits_1_and_names_the_entry(copy: Installation, hand: str) -> None:
    statements, seq = HANDS[hand]
    edit(copy, *statements)
    said = copy.anlan("journal", "verify", code=1).stdout
    assert f"live: entry {seq} is bad" in said


def test_a_cut_that_reaches_the_next_checkpoint_only_is_seen_by_a_copy_of_it(copy: Installation) -> None:
    """Cut after the last checkpoint a chain fits: what lies between two checkpoints is proved by the later one."""
    edit(
        copy,
        "DELETE FROM foundation_journalentry WHERE seq > 4",
        "UPDATE foundation_journalhead SET seq = 4, hash = (SELECT hash FROM foundation_journalentry WHERE seq = 4)",
    )
    copy.anlan("journal", "verify", code=0)
