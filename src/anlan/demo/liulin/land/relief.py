"""Hills between given streams: land in which every slope carries its own water away.

Where uplift and erosion are in balance, the slope of a valley falls with the area that it drains (Hack 1957;
Braun, Willett 2013). We start from rough cones over the streams and repeat: let water find its way, then give every
cell the height that this slope asks for, from the streams upwards. A dozen rounds make ridges, spurs and hollows
in which no water stands. Done once on cells of 80 m, whatever cells are asked for, so that one seed is one land.
"""

import numpy as np

from anlan.exercise.chance import Chance
from anlan.science.jit import Bools, Floats, Int64s, njit
from anlan.science.terrain.flow import accumulate, flow_length
from anlan.science.terrain.grid import Grid
from anlan.science.terrain.hollows import DOWN, RIGHT, flow_directions
from anlan.science.terrain.lines import near_lines

from .courses import CONCAVITY, Courses
from .settings import Box, LandSettings

SIDE_M = 80.0
_ROUNDS, _CALM = 14, 3  # the last rounds without new roughness
_STEEPEST = 0.45
_CONE, _ROUGH_M, _RIPPLE_M = 0.03, 6.0, 0.5
_REACH_M = 6000.0


def empty(box: Box, side: float, crs: str) -> Grid:
    """A grid of noughts over a box."""
    west, south, east, north = box
    shape = round((north - south) / side), round((east - west) / side)
    return Grid(np.zeros(shape), west, north, side, side, crs)


def relief(settings: LandSettings, given: Courses) -> Grid:
    """The land on 80 m cells over the whole frame."""
    grid = empty(settings.frame, SIDE_M, settings.crs)
    reach = np.full(len(given.ends), _REACH_M)
    pieces = np.column_stack([given.ends.reshape(-1, 4), reach])
    away, bank = near_lines(grid, pieces, given.height_m[..., None])
    on_stream = away <= 0.75 * SIDE_M
    land = np.where(np.isfinite(away), bank[0] + _CONE * away, np.nan)
    land = np.where(np.isnan(land), np.nanmax(land), land)
    land = np.where(on_stream, bank[0], land + _ripples(settings.seed, "rough", grid) * _ROUGH_M)
    for round_ in range(_ROUNDS):
        asked = _balanced(land, on_stream, settings.hill_steepness)
        land = asked if round_ > 3 else (land + asked) / 2
        if round_ < _ROUNDS - _CALM:
            land += np.where(on_stream, 0.0, _ripples(settings.seed, f"round {round_}", grid) * _RIPPLE_M)
        land = np.round(
            land, 3
        )  # so that the last digits of one machine's arithmetic do not grow into a valley
    return Grid(land, grid.west, grid.north, SIDE_M, SIDE_M, grid.crs)


def _ripples(seed: int, purpose: str, grid: Grid) -> Floats:
    """A number in [0, 1) for each cell."""
    return Chance(seed).units(np.arange(grid.values.size).reshape(grid.shape), f"land {purpose}")


def _balanced(land: Floats, on_stream: Bools, steepness: float) -> Floats:
    """Heights at which each cell's slope fits the area it drains."""
    directions = flow_directions(land)
    area = accumulate(directions, np.full(land.shape, SIDE_M**2 / 1e6))
    order = np.argsort(flow_length(directions, dx=SIDE_M), axis=None, kind="stable")
    columns = land.shape[1]
    way = np.maximum(directions, 0)
    to = np.arange(land.size).reshape(land.shape) + DOWN[way] * columns + RIGHT[way]
    step = np.where(way % 2 == 1, SIDE_M * 2**0.5, SIDE_M)
    slope = np.minimum(steepness * area**-CONCAVITY, _STEEPEST)
    risen = land.copy()
    held = on_stream | (directions < 0)
    _rise(order, to.ravel(), (slope * step).ravel(), held.ravel(), risen.ravel())
    return risen


@njit
def _rise(order: Int64s, to: Int64s, rise: Floats, held: Bools, height: Floats) -> None:
    for cell in order:
        if not held[cell]:
            height[cell] = height[to[cell]] + rise[cell]


def finer(coarse: Grid, onto: Grid) -> Floats:
    """Smooth heights on other cells by a cubic B-spline: no new peaks, no new hollows beyond its reach."""
    rows = _weights((coarse.north - onto.y) / coarse.dy - 0.5, coarse.shape[0])
    columns = _weights((onto.x - coarse.west) / coarse.dx - 0.5, coarse.shape[1])
    return np.asarray(rows @ coarse.values @ columns.T)


def _weights(at: Floats, count: int) -> Floats:
    """How much each coarse row (or column) gives to each fine one."""
    weights = np.zeros((len(at), count))
    base = np.floor(at).astype(np.int64)
    t = at - base
    parts = ((1 - t) ** 3, 3 * t**3 - 6 * t**2 + 4, -3 * t**3 + 3 * t**2 + 3 * t + 1, t**3)
    for k, part in enumerate(parts):
        np.add.at(weights, (np.arange(len(at)), np.clip(base + k - 1, 0, count - 1)), part / 6)
    return weights
