"""The contracts of pyproject.toml are worth something only if a fault breaks them: so faults are planted."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from anlan.foundation import rooms
from tests.support.house import PACKAGE, ROOMS, ROOT

CHECK = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True, no_logo=True))"


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """An empty house with our rooms and our contracts."""
    for room in ROOMS:
        (tmp_path / "anlan" / room).mkdir(parents=True)
        (tmp_path / "anlan" / room / "__init__.py").touch()
    (tmp_path / "anlan/__init__.py").touch()
    (tmp_path / "anlan/foundation/models.py").touch()
    (tmp_path / "anlan/places/models.py").write_text("from anlan.foundation.models import Base")
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    (tmp_path / "tools").mkdir()
    shutil.copy(ROOT / "tools/contracts.py", tmp_path / "tools")
    return tmp_path


def verdict(house: Path) -> tuple[int, str]:
    environment = {**os.environ, "PYTHONPATH": str(house)}
    done = subprocess.run(
        [sys.executable, "-c", CHECK], cwd=house, env=environment, capture_output=True, text=True
    )
    return done.returncode, done.stdout + done.stderr


def test_the_order_in_which_rooms_are_found_is_the_order_of_the_contract() -> None:
    found = [room.name.rpartition(".")[2] for room in rooms.found()]
    assert found == [room for room in ROOMS if (PACKAGE / room / "apps.py").exists()]
    assert {path.name for path in PACKAGE.iterdir() if (path / "__init__.py").exists()} == set(ROOMS)


def test_an_empty_house_keeps_every_contract(house: Path) -> None:
    code, said = verdict(house)
    assert code == 0, said
    assert "4 kept, 0 broken" in said


@pytest.mark.parametrize(
    ("place", "line", "words"),
    [
        ("places/queries.py", "import anlan.warn.queries", "Facts flow forward"),
        ("observe/actions.py", "def f():\n    from anlan.desk import queries", "Facts flow forward"),
        ("cellar/__init__.py", "", "Facts flow forward"),
        ("warn/rules.py", "import django.utils.timezone", "Science, wire and rules"),
        ("warn/rules/levels.py", "import sqlite3", "Science, wire and rules"),
        ("science/windows.py", "import socket", "Science, wire and rules"),
        ("wire/sl651/frames.py", "import asyncio", "Science, wire and rules"),
        ("observe/rules.py", "import anlan.foundation.by_a_detour", "Science, wire and rules"),
        ("packs/__init__.py", "import anlan.science", "Packs are data"),
        ("people/actions.py", "from anlan.places.models import Division", "A room's tables are its own"),
        ("people/actions.py", "from anlan.places import models", "A room's tables are its own"),
        ("people/actions.py", "from anlan.foundation.models import World", "A room's tables are its own"),
    ],
)
def test_a_planted_fault_breaks_the_contract(house: Path, place: str, line: str, words: str) -> None:
    (house / "anlan/foundation/by_a_detour.py").write_text("import django")
    (house / "anlan/warn/queries.py").touch()
    (house / "anlan/desk/queries.py").touch()
    fault = house / "anlan" / place
    for folder in [fault.parent, *fault.parent.parents]:
        if folder == house:
            break
        folder.mkdir(parents=True, exist_ok=True)
        (folder / "__init__.py").touch()
    fault.write_text(line)
    code, said = verdict(house)
    assert code == 1, said
    broken = [each for each in said.splitlines() if each.endswith("BROKEN")]
    assert len(broken) == 1, said
    assert words in said.split("Broken contracts")[1], said


def test_the_real_house_keeps_every_contract() -> None:
    done = subprocess.run([sys.executable, "-c", CHECK], cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr
