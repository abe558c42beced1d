"""Whoever calls science reads what a number means: a docstring, the unit of each parameter, the errors, where it comes from.

What `tests/science/test_contract.py` holds for arrays (shape, type, unit, source, a running example), this holds for the rest.
"""

import ast
import inspect
import re
import textwrap
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from anlan.science.fields import Contract
from tests.support.science import modules, offered

SUFFIX = re.compile(
    r"_(m|km|mm|cm|m2|m3|s|h|min|minute|minutes|hours|days|m_s|km_h|mm_h|m3_s|cm_s|gal|g|c|t|percent|share|cut|people|"
    r"deg|degree|degrees|degrees_\w+|yuan|per_\w+|log10|bytes|cells|tonnes|500m|id)$"
)
VOCABULARY = {  # one word, one meaning and unit, in all of science
    "magnitude": "Ms",
    "dt": "s",
    "dx": "m, side of a cell",
    "manning": "s/m^(1/3)",
    "cn": "SCS curve number, 1 to 100",
    "latitude": "degrees",
    "seed": "a whole number",
    "ffmc": "code units",
    "dmc": "code units",
    "dc": "code units",
    "x": "metres of the grid's own system, or degrees of longitude",
    "y": "metres of the grid's own system, or degrees of latitude",
    "deaths": "people",
    "level": "m above the terrain's zero",
    "tail": "m above the terrain's zero, of the water below",
    "opening": "m",
    "west": "degrees of longitude",
    "east": "degrees of longitude",
    "south": "degrees of latitude",
    "north": "degrees of latitude",
}
CITED = re.compile(r"\b(1[89]|20)\d\d\b|\bown\b|GB|LY/T|SL |QX/T|NEH|pack", re.IGNORECASE)


def public() -> Iterator[tuple[str, Any, str]]:
    """Name, function or class, and what else speaks for it: its class and its module."""
    for module in modules():
        if "kernels" in module.__name__ or ".cases" in module.__name__:
            continue
        for name, thing in offered(module):
            if inspect.isfunction(thing):
                yield f"{module.__name__}.{name}", thing, module.__doc__ or ""
            elif inspect.isclass(thing) and not issubclass(thing, Exception):
                yield f"{module.__name__}.{name}", thing, module.__doc__ or ""
                for key, found in vars(thing).items():
                    method = getattr(found, "__func__", found)
                    if inspect.isfunction(method) and not key.startswith("_"):
                        around = f"{thing.__doc__ or ''} {module.__doc__ or ''}"
                        yield f"{module.__name__}.{name}.{key}", method, around


ALL = list(public())
FUNCTIONS = [(name, thing, around) for name, thing, around in ALL if inspect.isfunction(thing)]


def contract(function: Callable[..., Any]) -> Contract | None:
    return getattr(function, "__contract__", None)


def test_the_walk_finds_the_functions() -> None:
    assert len(FUNCTIONS) > 100


@pytest.mark.parametrize(("name", "thing"), [row[:2] for row in ALL], ids=[row[0] for row in ALL])
def test_what_is_public_says_what_it_is(name: str, thing: Any) -> None:
    told = (thing.__doc__ or "").strip()
    generated = inspect.isclass(thing) and told.startswith(f"{thing.__name__}(")
    assert told, f"{name} has no docstring"
    assert not generated, f"{name} has only the docstring that dataclass made"
    assert told.splitlines()[0].rstrip().endswith((".", "?", ":")), f"{name}: the first line is one sentence"


def silent_parameters(function: Callable[..., Any], around: str) -> list[str]:
    """Parameters that are numbers or arrays and whose unit nothing tells."""
    kept = contract(function)
    declared = {field.name.split(".")[0] for field in kept.fields} if kept else set()
    told = f"{inspect.getdoc(function) or ''} {around}"
    found = []
    for parameter in inspect.signature(function).parameters.values():
        name, kind = parameter.name, str(parameter.annotation)
        opaque = re.search(r"Mapping|dict", kind)  # a checkpoint: only its maker reads it
        if opaque or not re.search(r"float|ndarray", kind) or name in declared or name in VOCABULARY:
            continue
        if not SUFFIX.search(f"_{name}") and not re.search(rf"\b{name}\b", told):
            found.append(name)
    return found


@pytest.mark.parametrize(("name", "function", "around"), FUNCTIONS, ids=[row[0] for row in FUNCTIONS])
def test_every_number_that_goes_in_has_its_unit(name: str, function: Callable[..., Any], around: str) -> None:
    silent = silent_parameters(function, around)
    assert not silent, f"{name}: say the unit of {', '.join(silent)} in its name or its docstring"


def raised(function: Callable[..., Any]) -> set[str]:
    """Names of the errors that the body itself raises."""
    tree = ast.parse(textwrap.dedent(inspect.getsource(function)))
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.Raise) and isinstance(node.exc, ast.Call):
            called = node.exc.func
            found.add(called.id if isinstance(called, ast.Name) else getattr(called, "attr", ""))
    return {name for name in found if name[:1].isupper()}


@pytest.mark.parametrize(("name", "function", "around"), FUNCTIONS, ids=[row[0] for row in FUNCTIONS])
def test_every_error_that_comes_out_is_named(name: str, function: Callable[..., Any], around: str) -> None:
    told = f"{inspect.getdoc(function) or ''} {around}"
    hidden = {error for error in raised(function) if error not in told}
    assert not hidden, f"{name}: its docstring says nothing of {', '.join(sorted(hidden))}"


@pytest.mark.parametrize(
    ("name", "function", "around"),
    [
        row
        for row in FUNCTIONS
        if inspect.signature(row[1]).return_annotation is float
        and "." not in row[1].__qualname__
        and not contract(row[1])
    ],
    ids=lambda value: value if isinstance(value, str) and value.startswith("anlan.") else "",
)
def test_a_figure_that_is_worked_out_says_by_whose_equation(
    name: str, function: Callable[..., Any], around: str
) -> None:
    assert CITED.search(f"{inspect.getdoc(function) or ''} {around}"), (
        f"{name}: cite the equation, or write 'own'"
    )


def test_a_parameter_without_a_unit_is_noticed() -> None:
    def flow(width: float, depth_m: float, dt: float) -> float:
        """What runs."""
        return width * depth_m * dt

    assert silent_parameters(flow, "") == ["width"]


def test_an_error_that_nobody_named_is_noticed() -> None:
    def refuse() -> None:
        """Refuse."""
        raise LookupError("no")

    assert raised(refuse) == {"LookupError"}
