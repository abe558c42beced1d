"""What is imported only when it runs is there: inside functions, and in the code that tests give to other processes."""

import importlib
import re

import pytest

from tests.support.house import ROOT

IMPORT = re.compile(r"^ *from (anlan(?:\.\w+)*) import (\([\w\s,]*\)|[\w ,]+)", re.MULTILINE)
PLANTED = {"test_a_room_plugs_itself_in.py", "test_nothing_slow_under_the_lock.py", "test_order_of_rooms.py"}
"""These write modules of their own."""


def missing(text: str) -> list[str]:
    """Imports of ours that fail."""
    asked = [
        (m[1], name.split()[0])
        for m in IMPORT.finditer(text)
        for name in re.split(r"[(),]", m[2])
        if name.strip()
    ]
    return [f"{module}.{name}" for module, name in asked if not is_there(module, name)]


def is_there(module: str, name: str) -> bool:
    try:
        if not hasattr(importlib.import_module(module), name):
            importlib.import_module(f"{module}.{name}")
    except ModuleNotFoundError:
        return False
    return True


@pytest.mark.parametrize("folder", ["tests", "bench"])
def test_what_is_imported_later_is_there(folder: str) -> None:
    paths = [path for path in (ROOT / folder).rglob("*.py") if path.name not in PLANTED]
    assert len(paths) > 5
    assert {p.name: lost for p in paths if (lost := missing(p.read_text()))} == {}


def test_an_import_that_fails_is_seen() -> None:
    text = (
        'CODE = """\n from anlan.foundation import worlds, nothing\n"""\nfrom anlan.nowhere import a as b\n'
    )
    assert missing(text) == ["anlan.foundation.nothing", "anlan.nowhere.a"]
