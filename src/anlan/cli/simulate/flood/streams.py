"""Streams narrower than a cell, of a raster with two bands or of lines in a CSV."""

from pathlib import Path

import numpy as np

from anlan.cli.simulate.files import InputWrong, csv_rows, number, text
from anlan.cli.simulate.flood.layers import data_of, layers_of, named
from anlan.science.flood.domain import Domain
from anlan.science.flood.inertial.channels import Channels
from anlan.science.flood.inertial.traced import trace
from anlan.science.jit import Floats
from anlan.science.terrain.grid import Grid
from anlan.wire.raster import about_raster
from anlan.wire.raster.errors import NotARaster

_KEYS = ("line", "x", "y", "width_m", "bankfull_m")


def channels(path: str, grid: Grid, domain: Domain) -> Channels:
    """Channels on the ground of a run. Raises `InputWrong`."""
    with named("--channels", path):
        try:
            about_raster(data_of(path), name=Path(path).name)
        except NotARaster:
            if Path(path).suffix.lower() not in (".csv", ".txt"):
                raise
            width, bankfull = _lines(path, domain)
        else:
            width, bankfull = _bands(path, grid)
        return Channels.of(domain, width=width, bankfull=bankfull)


def _bands(path: str, grid: Grid) -> tuple[Floats, Floats]:
    layers = layers_of(path, grid, many=True)
    if len(layers) != 2:
        raise InputWrong(f"bands: {len(layers)}; give two, width and bankfull depth in metres")
    width, bankfull = (np.nan_to_num(layer.values.astype(np.float64)) for layer in layers)
    return width, bankfull


def _lines(path: str, domain: Domain) -> tuple[Floats, Floats]:
    """Every line of the file on the cells it crosses; where two meet, the wider and the deeper."""
    lines: dict[str, list[tuple[float, ...]]] = {}
    for n, row in enumerate(csv_rows(text(path), _KEYS), 1):
        lines.setdefault(row["line"], []).append(
            tuple(number(row, key, where=f"row {n}: ") for key in _KEYS[1:])
        )
    width, bankfull = np.zeros(domain.shape), np.zeros(domain.shape)
    for name, vertices in lines.items():
        x, y, wide, deep = np.array(vertices).T
        with named(f"line {name}", ""):
            found = trace(domain, x=x, y=y, width=wide, bankfull=deep)
        width, bankfull = np.maximum(width, found[0]), np.maximum(bankfull, found[1])
    return width, bankfull
