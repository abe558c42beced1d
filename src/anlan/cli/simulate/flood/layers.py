"""Files of a flood that lie on its terrain, cell on cell, and errors that name their option."""

import mmap
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from anlan.cli.simulate.files import InputWrong
from anlan.science.flood.errors import BadInput
from anlan.science.jit import Floats
from anlan.science.terrain.errors import TerrainError
from anlan.science.terrain.grid import Grid
from anlan.wire.raster import read_raster, read_stack
from anlan.wire.raster.errors import RasterError


@contextmanager
def named(option: str, path: str) -> Iterator[None]:
    """Name the option and its file before what is wrong in it."""
    try:
        yield
    except (TerrainError, RasterError, BadInput, InputWrong) as error:
        said = str(error)
        if said.startswith("--"):
            raise InputWrong(said) from error
        if path:
            option, said = f"{option} {path}", said.removeprefix(path + ": ")
        raise InputWrong(f"{option}: {said}") from error


def data_of(path: str) -> memoryview:
    """A file as it lies on disk, read where it is looked at. Raises `InputWrong`."""
    try:
        with open(path, "rb") as file:
            return memoryview(mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ))
    except OSError as error:
        raise InputWrong(f"{path}: {error.strerror}; give a file that can be read") from error
    except ValueError as error:
        raise InputWrong(f"{path}: the file is empty; get it again from its source") from error


def layers_of(path: str, grid: Grid, *, many: bool = False) -> tuple[Grid, ...]:
    """A raster that lies on the terrain, cell on cell. Raises `InputWrong`, `RasterError`."""
    data, name = data_of(path), Path(path).name
    layers = (
        read_stack(data, name=name, crs=grid.crs) if many else (read_raster(data, name=name, crs=grid.crs),)
    )
    first = layers[0]
    if first.shape != grid.shape:
        swapped = first.shape == grid.shape[::-1]
        raise InputWrong(
            f"rows, columns: {first.shape[0]} by {first.shape[1]} cells against {grid.shape[0]} by {grid.shape[1]} of the "
            f"terrain; {'its axes are changed, turn it' if swapped else 'resample it to the terrain'}"
        )
    if any(abs(a - b) > 0.01 * grid.dx for a, b in zip(first.bounds, grid.bounds, strict=True)):
        raise InputWrong(
            f"place: it lies at {first.bounds}, the terrain at {grid.bounds}; resample it to the terrain"
        )
    return layers


def check_within(values: Floats, name: str, unit: str) -> None:
    low, high = float(values.min()), float(values.max())
    if low < 0 or high > 1:
        raise InputWrong(f"{name} is {low if low < 0 else high:g}: give {unit}, between 0 and 1")
