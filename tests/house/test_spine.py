"""The way of a reading can be followed: the page is drawn from functions that exist and names that both sides import."""

import ast
import re

import pytest

from tests.support.house import PACKAGE
from tools import spine


def test_the_page_is_what_the_code_says_today():
    text = spine.PAGE.read_text()
    assert text == spine.page(text), "python -m tools.spine"


def constants() -> dict[str, str]:
    return {
        value: f"{path.parent.name}.events.{name}"
        for path in PACKAGE.glob("*/events.py")
        if path.parent.name != "foundation"
        for name, value in re.findall(r'^([A-Z_]+) = "([a-z_.]+)"$', path.read_text(), re.MULTILINE)
    }


@pytest.mark.parametrize("name", sorted(constants()))
def test_a_name_that_rooms_share_is_written_in_one_place(name):
    spelled = [
        str(path.relative_to(PACKAGE))
        for path in PACKAGE.rglob("*.py")
        if path.name != "events.py" and f'"{name}"' in path.read_text()
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Constant) and node.value == name
    ]
    assert not spelled, f"import {constants()[name]}"
