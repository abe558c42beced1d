"""A file that one can read in one sitting, a function that one can see at once."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.support.house import ROOT, kept_files, sources

FILE_LINES, FUNCTION_LINES = 400, 60
TEMPLATE_CHARACTERS = 140
README_SCREEN, README_LINES = 25, 120


def long_functions(source: str) -> Iterator[str]:
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            body = node.body[1:] if ast.get_docstring(node) and len(node.body) > 1 else node.body
            lines = (node.end_lineno or 0) - body[0].lineno + 1
            if lines > FUNCTION_LINES:
                yield f"{node.lineno} {node.name}: {lines} lines"


def test_a_planted_long_function_is_seen() -> None:
    assert list(long_functions("def f():\n" + "    x = 1\n" * 61)) == ["1 f: 61 lines"]
    assert not list(long_functions("def f():\n" + "    x = 1\n" * 60))


def test_no_function_is_too_long() -> None:
    faults = [
        f"{path.relative_to(ROOT)}:{each}" for path in sources() for each in long_functions(path.read_text())
    ]
    assert not faults, "\n".join(faults)


def test_no_file_is_too_long() -> None:
    kinds = {".py", ".ts", ".css", ".html"}
    ours = [path for path in kept_files() if path.suffix in kinds and "migrations" not in path.parts]
    faults = [
        f"{path.relative_to(ROOT)}: {lines} lines"
        for path in ours
        if (lines := len(path.read_text().splitlines())) >= FILE_LINES
    ]
    assert not faults, "\n".join(["make each a folder of the same name:", *faults])


def test_no_line_of_a_template_hides_its_length() -> None:
    faults = [
        f"{path.relative_to(ROOT)}:{number}: {len(line)} characters"
        for path in kept_files()
        if path.suffix == ".html"
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if len(line) > TEMPLATE_CHARACTERS
    ]
    assert not faults, "\n".join(["break them where a space may stand:", *faults])


@pytest.mark.parametrize("name", ["README.md", "README.zh.md"])
def test_the_readme_says_what_it_is_on_the_first_screen(name: str) -> None:
    lines = Path(ROOT / name).read_text().splitlines()
    assert len(lines) <= README_LINES
    screen = "\n".join(lines[:README_SCREEN])
    assert "pip install uv && uv run anlan demo" in screen
    assert "pip install uv && uv run just test" in screen
    first_heading = next(at for at, line in enumerate(lines) if line.startswith("## "))
    assert first_heading <= README_SCREEN
