"""What science offers: the names of a module that do not begin with an underscore."""

import importlib
import pkgutil
from collections.abc import Iterator
from types import ModuleType
from typing import Any

import anlan.science

WITHIN = {  # parts that the modules of one folder share, and nobody outside it calls
    "anlan.science.flood.cases.bowls.island",
    "anlan.science.flood.cases.case.start",
    "anlan.science.flood.inertial.pace.Pace",
    "anlan.science.flood.inertial.solver.bands",
    "anlan.science.flood.inertial.solver.ground",
    "anlan.science.flood.inertial.solver.roughness",
    "anlan.science.spatial.shapes.edges_of_line",
    "anlan.science.spatial.shapes.edges_of_part",
}


def modules() -> Iterator[ModuleType]:
    for found in pkgutil.walk_packages(anlan.science.__path__, "anlan.science."):
        yield importlib.import_module(found.name)


def offered(module: ModuleType) -> Iterator[tuple[str, Any]]:
    """Names and functions or classes that this module defines for others."""
    for name, thing in vars(module).items():
        is_own = getattr(thing, "__module__", None) == module.__name__
        if is_own and not name.startswith("_") and f"{module.__name__}.{name}" not in WITHIN:
            yield name, thing
