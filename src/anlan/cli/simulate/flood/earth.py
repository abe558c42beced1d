"""What the soil takes of the rain: `--soil` with its numbers or rasters, and how wet it is."""

import argparse
import math
from pathlib import Path

import numpy as np

from anlan.cli.simulate.files import InputWrong, number
from anlan.cli.simulate.flood.layers import layers_of, named
from anlan.science.flood.domain import Domain
from anlan.science.flood.feeding import check_soil
from anlan.science.flood.sources import GreenAmpt, Infiltration, ScsCn
from anlan.science.jit import Floats
from anlan.science.terrain.grid import Grid

NUMBERS = {"scs": ("cn",), "green-ampt": ("conductivity", "suction", "porosity")}
"""What each model must be given."""
WETNESS = {"dry": 0.2, "normal": 0.5, "wet": 0.8}
"""Share of Wm that a class of soil wetness stands for."""


def infiltration(args: argparse.Namespace, grid: Grid, domain: Domain) -> Infiltration | None:
    """The soil of a run, None where none is asked for. Raises `InputWrong`."""
    given = {name for names in NUMBERS.values() for name in names if getattr(args, name)}
    needed = NUMBERS.get(args.soil, ())
    if strange := sorted(given - set(needed)):
        belongs = next(soil for soil, names in NUMBERS.items() if strange[0] in names)
        raise InputWrong(f"--{strange[0]} belongs to --soil {belongs}: give that too, or leave it out")
    if lacking := [name for name in needed if name not in given]:
        raise InputWrong(
            f"--{lacking[0]} is missing: --soil {args.soil} needs {', '.join('--' + n for n in needed)}"
        )
    if not args.soil:
        if args.wetness:
            raise InputWrong("--wetness says how wet a soil is: give --soil too, or leave it out")
        return None
    values = [_value(getattr(args, name), "--" + name, grid, domain) for name in needed]
    wet = wetness(args.wetness)
    soil: Infiltration
    if args.soil == "scs":
        soil = ScsCn(values[0], wetness=wet)
    else:
        conductivity, suction, porosity = values
        soil = GreenAmpt(conductivity, suction, porosity, wetness=wet)
    with named("--soil", ""):
        check_soil(domain, soil)
    return soil


def wetness(word: str) -> float:
    """`dry`, `normal`, `wet`, or a share of Wm. Raises `InputWrong`."""
    if word in WETNESS or not word:
        return WETNESS[word or "normal"]
    try:
        share = float(word)
    except ValueError:
        share = math.nan
    if not 0 <= share <= 1:
        raise InputWrong(f"--wetness is {word!r}: give dry, normal, wet, or a share of Wm between 0 and 1")
    return share


def _value(given: str, option: str, grid: Grid, domain: Domain) -> float | Floats:
    """A number, or a raster on the terrain."""
    try:
        float(given)
    except ValueError:
        if not Path(given).exists():
            raise InputWrong(f"{option} is {given!r}: give a number, or a raster that is there") from None
        with named(option, given):
            values: Floats = layers_of(given, grid)[0].values.astype(np.float64)
            if gaps := int(np.isnan(values[domain.inside]).sum()):
                raise InputWrong(f"{gaps} cells of the land have no value; fill them") from None
        return values
    return number({option: given}, option)
