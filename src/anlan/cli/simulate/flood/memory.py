"""What a run will take in memory, known from the headers of its files and stated before anything is reserved."""

import os
import sys

import numpy as np

from anlan.cli.simulate.files import InputWrong
from anlan.science.flood.domain import Domain
from anlan.science.flood.outputs import Outputs
from anlan.science.flood.run import memory
from anlan.science.flood.solver import Solver
from anlan.science.flood.sources import Rain, ScsCn, Sources
from anlan.science.flood.state import Precision
from anlan.science.terrain.check import check_memory, memory_needed
from anlan.wire.raster.about import About

_READING = {"ESRI ASCII": 120.0}
"""Bytes a cell while a file is read: a text is split into words first."""
_READING_ELSE = 40.0
_PROGRAM = 210_000_000
"""Bytes of the program itself, with its compiled kernels."""
_POROUS = 48.0
"""The share left open, of cells and faces, and digits carried."""
_WAYS = 60.0
"""Ways of the water over the terrain, before the run: what drains into a domain, the longest path."""
_GROUND = 30.0
"""Heights as given and above the datum, what is inside, and what checks and maps hold for a moment."""


def allowed(gigabytes: float | None) -> int:
    """Bytes that a run may take: as asked for, else half of the machine's memory."""
    if gigabytes is not None:
        return int(gigabytes * 1e9)
    try:
        return os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2
    except (AttributeError, ValueError, OSError):
        return 4_000_000_000  # a system that does not say how much it has


def state(
    about: About,
    solvers: tuple[Solver, ...],
    precision: Precision,
    outputs: Outputs,
    *,
    rough: bool,
    soil: bool,
    porous: bool,
    ways: bool,
    bands: int,
    most: int,
) -> int:
    """Say on standard error what the run will take, and refuse what is above ``most``. Raises `InputWrong`, `TooLarge`."""
    two = Domain.of(np.zeros((1, 2)), dx=1.0, manning=np.full((1, 2), 0.03) if rough else 0.03)
    earth = ScsCn(75.0) if soil else None
    sources = Sources(Rain.of([0], np.zeros((1, 1, 2))), earth)  # net rain as a map: walls and bands need one
    run = max(memory(two, solver, outputs, sources, precision) / two.cells for solver in solvers)
    run += _POROUS if porous else 0.0
    run += _GROUND + (16.0 if rough else 0.0) + (24.0 if soil else 0.0) + 16.0 * bands
    if ways:
        run = max(run, _GROUND + _WAYS)
    each = max(run, _READING.get(about.format, _READING_ELSE))
    if most <= _PROGRAM:
        raise InputWrong(
            f"--most-memory: {_size(most)} are allowed and the program itself takes {_size(_PROGRAM)}; allow more"
        )
    each += _PROGRAM / about.cells
    need = memory_needed(rows=about.rows, columns=about.columns, bytes_per_cell=each)
    print(
        f"memory: up to {_size(need)} for {about.rows} by {about.columns} cells, {_size(most)} allowed",
        file=sys.stderr,
    )
    check_memory(rows=about.rows, columns=about.columns, bytes_per_cell=each, allowed=most, dx=about.dx)
    return need


def _size(count: int) -> str:
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{count / 1e6:.3g} MB"
