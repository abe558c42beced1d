"""Each register inherits the contract of registers: what the kit promises of it is tested."""

import ast
import re

from anlan.registers.all import registers
from tests.support.house import PACKAGE, ROOT


def about() -> set[str]:
    """Names of the declarations that a test class with the contract is about."""
    files = (path.read_text() for path in (ROOT / "tests").rglob("test_*.py"))
    nodes = (node for text in files if "RegisterTests" in text for node in ast.walk(ast.parse(text)))
    classes = (node for node in nodes if isinstance(node, ast.ClassDef))
    bodies = (each.body for each in classes if "RegisterTests" in map(ast.unparse, each.bases))
    lines = (ast.unparse(line) for body in bodies for line in body)
    return {line.removeprefix("register = ") for line in lines if line.startswith("register = ")}


def declared() -> dict[str, str]:
    """Register → the name of its declaration."""
    pattern = re.compile(r"^(\w+) = Register\(\s*name=\"([\w-]+)\"", re.MULTILINE)
    found = (pattern.findall(path.read_text()) for path in PACKAGE.rglob("*.py"))
    return {name: said for each in found for said, name in each}


def test_each_register_has_its_register_tests() -> None:
    said, tested = declared(), about()
    lacking = sorted(name for name in registers() if said.get(name) not in tested)
    assert not lacking, f"write a class that inherits tests.support.registers.RegisterTests for: {lacking}"
