"""A table keyed by the members of an enum holds every member: a page must not break in the one state that nobody wrote down."""

import ast
import importlib
import pkgutil
from collections.abc import Iterator
from enum import Enum
from types import ModuleType

import anlan
from tests.support.house import sources

ASKED_FIRST = {"_CONTENT"}
"""Partial by design: whoever takes an entry asks `in` before, or goes through `may_happen`, which leaves the one out."""


def modules() -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages(anlan.__path__, "anlan."):
        if ".migrations" not in found.name and not found.name.endswith("__main__"):
            yield importlib.import_module(found.name)


def missing(table: object) -> set[Enum]:
    """The members of the enum that keys a table, which the table lacks."""
    if not isinstance(table, dict) or not table or not all(isinstance(key, Enum) for key in table):
        return set()
    kinds = {type(key) for key in table}
    return set(kinds.pop()) - set(table) if len(kinds) == 1 else set()


def partial_tables() -> dict[str, set[Enum]]:
    return {
        name: gap for module in modules() for name, value in vars(module).items() if (gap := missing(value))
    }


def indexed(source: str) -> set[str]:
    """Names of which an entry is taken by `NAME[key]`, in which a missing key is an error."""
    nodes = (node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Subscript))
    return {node.value.id for node in nodes if isinstance(node.value, ast.Name)}


def test_a_table_that_lacks_a_state_is_seen() -> None:
    class Light(Enum):
        RED = 1
        GREEN = 2

    assert missing({Light.RED: "stop"}) == {Light.GREEN}
    assert not missing({Light.RED: "stop", Light.GREEN: "go"})
    assert indexed("word = WORDS[light]") == {"WORDS"}


def test_no_table_that_is_indexed_lacks_a_state() -> None:
    taken = set().union(*(indexed(path.read_text()) for path in sources()))
    partial = partial_tables()
    assert {name: partial[name] for name in partial.keys() & taken - ASKED_FIRST} == {}
    assert partial.keys() >= ASKED_FIRST, "take what is whole now off the list"
