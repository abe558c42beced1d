"""Whether the terrain holds the whole catchment: refused where land around it is known, else told."""

from typing import Any

import numpy as np

from anlan.cli.simulate.files import InputWrong
from anlan.cli.simulate.flood.layers import layers_of, named
from anlan.science.flood.catchment import check_whole, rim
from anlan.science.flood.domain import Domain
from anlan.science.flood.edges import Inflow
from anlan.science.jit import Bools
from anlan.science.terrain.grid import Grid

_TOLD = 3  # valleys named in a warning


def domain_of(path: str, grid: Grid, land: Bools) -> Bools:
    """The part of the land that is run: what the raster marks with 1. Raises `InputWrong`."""
    with named("--domain", path):
        marked = np.nan_to_num(layers_of(path, grid)[0].values.astype(np.float64))
        if not np.isin(marked, (0.0, 1.0)).all():
            raise InputWrong("domain: a value is neither 0 nor 1; give 1 where the run is, 0 elsewhere")
        inside: Bools = land & (marked == 1.0)
        if not inside.any():
            raise InputWrong("domain: no land is marked; give 1 where the run is")
    return inside


def check_catchment(
    path: str, grid: Grid, domain: Domain, inflows: tuple[Inflow, ...]
) -> tuple[list[str], dict[str, Any]]:
    """Warnings, and what was found. Raises `InputWrong` where known land outside drains in unseen."""
    drains_in = None
    if path:
        with named("--domain", path):
            heights = grid.values.astype(np.float64)
            drains_in = sum(e.area_m2 for e in check_whole(domain, heights, inflows)) / 1e6
    seen = rim(domain, inflows)
    cuts = [(c.x, c.y) for c in seen.cuts if not path or _is_last(grid, c.x, c.y)]
    found = {
        "drains_in_km2": None if drains_in is None else round(drains_in, 4),
        "rim_inward_share": round(seen.inward_share, 4),
        "cut_valleys": [[round(x, 2), round(y, 2)] for x, y in cuts],
    }
    return ([_warning(cuts)] if cuts else []), found


def _warning(cuts: list[tuple[float, float]]) -> str:
    places = ", ".join(f"({x:.0f}, {y:.0f})" for x, y in cuts[:_TOLD])
    more = f" and {len(cuts) - _TOLD} more" if len(cuts) > _TOLD else ""
    what = "a valley comes in" if len(cuts) == 1 else f"{len(cuts)} valleys come in"
    return (
        f"{what} over the rim at {places}{more}: if there is land beyond, its water is missing; widen the terrain to the "
        "ridges, or give --inflow there"
    )


def _is_last(grid: Grid, x: float, y: float) -> bool:
    """Beside the cell nothing is known."""
    row, column = grid.cell(x, y)
    around = np.pad(np.isfinite(grid.values), 1)[row : row + 3, column : column + 3]
    return not bool(around.all())
