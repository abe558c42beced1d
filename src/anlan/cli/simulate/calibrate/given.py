"""What a calibration is given: gauges in time as CSV, parameters with their bounds as TOML."""

import math
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from anlan.cli.simulate.files import InputWrong, csv_rows, number, text
from anlan.cli.simulate.flood.layers import named
from anlan.science.flood.calibrate import Parameter
from anlan.science.jit import Floats

OPTIONS = ("manning", "cn", "wetness", "conductivity", "suction", "porosity")
"""Parameters that are options of a flood."""
FACTOR = "friction_factor"
"""Multiplies a raster of roughness (and with it `--manning`)."""
_RATIOS = ("manning", "conductivity", "suction", FACTOR)
_KINDS = ("stage_m", "depth_m")


@dataclass(frozen=True, slots=True)
class Gauge:
    """What a gauge saw: minutes of the run, and metres, ``kind`` above the terrain's zero or above the bed."""

    name: str
    kind: str
    minutes: Floats
    values: Floats


def parameters(path: str) -> tuple[Parameter, ...]:
    """The parameters of a file, in its order. Raises `InputWrong`."""
    with named("--parameters", path):
        try:
            tables = tomllib.loads(text(path))
        except tomllib.TOMLDecodeError as error:
            raise InputWrong(f"not TOML: {error}; mend it there") from error
        if not tables:
            raise InputWrong("no parameter is given; write [manning] with low, high and start")
        return tuple(_parameter(name, table) for name, table in tables.items())


def _parameter(name: str, table: Any) -> Parameter:
    if name not in (*OPTIONS, FACTOR):
        raise InputWrong(f"{name} is no parameter: choose of {', '.join((*OPTIONS, FACTOR))}")
    if not isinstance(table, dict) or (
        strange := [k for k in table if k not in ("low", "high", "start", "scale")]
    ):
        raise InputWrong(
            f"{name}: give low, high and start, and scale if you like"
            + (f", not {strange[0]}" if isinstance(table, dict) else "")
        )
    scale = table.get("scale", "log" if name in _RATIOS and table.get("low", 0) > 0 else "straight")
    if scale not in ("log", "straight"):
        raise InputWrong(f"{name}: scale is {scale!r}: give log or straight")
    low, high, start = (number(table, key, where=f"{name}: ") for key in ("low", "high", "start"))
    return Parameter(name, low, high, start, log=scale == "log")


def gauges(path: str, objective: str) -> tuple[Gauge, ...]:
    """Each gauge of a file; an empty value is a moment at which it was silent. Raises `InputWrong`."""
    with named("--observed", path):
        rows = csv_rows(text(path), ("name", "minute"))
        kinds = [kind for kind in _KINDS if kind in rows[0]]
        if len(kinds) != 1:
            raise InputWrong("the first line names stage_m or depth_m, and not both")
        if objective == "kge" and kinds[0] == "stage_m":
            raise InputWrong(
                "--objective kge compares means, so it needs a true zero: give depth_m, or take nse"
            )
        found: dict[str, tuple[list[float], list[float]]] = {}
        for n, row in enumerate(rows, 1):
            minutes, values = found.setdefault(row["name"], ([], []))
            minutes.append(number(row, "minute", where=f"row {n}: "))
            values.append(number(row, kinds[0], where=f"row {n}: ", default=math.nan))
            if len(minutes) > 1 and minutes[-1] <= minutes[-2]:
                raise InputWrong(
                    f"row {n}: minute {minutes[-1]:g} is not after {minutes[-2]:g}: sort the rows by minute"
                )
        return tuple(Gauge(name, kinds[0], np.array(m), np.array(v)) for name, (m, v) in found.items())


def options(values: Mapping[str, float]) -> dict[str, str]:
    """A set of parameters as the words of a flood's options."""
    return {name: f"{value:.6g}" for name, value in values.items() if name in OPTIONS}
