"""The land on cells of any side: side valleys carved, valley floors laid out, the dam put across.

Heights along every course fall towards its mouth, so what is carved drains by itself; what rounding leaves is
filled. Widths of floors are assumed: wider at villages and in the pool, narrow in the gap.
"""

import numpy as np

from anlan.science.jit import Bools, Floats
from anlan.science.terrain.flow import accumulate, stream_reaches
from anlan.science.terrain.grid import Grid
from anlan.science.terrain.hollows import fill, flow_directions
from anlan.science.terrain.lines import near_lines

from .courses import Courses, Points
from .relief import SIDE_M, empty, finer
from .settings import LandSettings

_SIDE_VALLEY_KM2 = 0.25
_SIDE_REACH_M, _SIDE_SLOPE, _SIDE_BOWL_M = 110.0, 0.05, 35.0  # a side valley: a V in a bowl
_FLOOR_SLOPE = 0.0065  # rise of a floor away from its stream: so much that water finds it on square cells
_BLEND_M = 260.0  # from the floor's edge to the untouched hillside
_WIDEST_M = 450.0
_PIECE_M = 60.0
_VILLAGE_ROOM_M, _VILLAGE_REACH_M, _VILLAGE_FAR_M = 120.0, 420.0, 600.0
_GAP_REACH_M = 450.0
_DAM_HALF_M, _DAM_THICK_M, _SPILLWAY_M, _SPILLWAY_HALF_M = 750.0, 35.0, 150.0, 25.0


def land(settings: LandSettings, given: Courses, coarse: Grid, *, dx: float, villages: Points, outlet: Points,
         dam: Points) -> Floats:  # fmt: skip
    """Heights without the dam, every hollow filled; ``villages`` [n, 2], ``outlet`` and ``dam`` in metres."""
    grid = empty(settings.window, dx, settings.crs)
    heights = finer(coarse, grid)
    pieces, banks = _side_valleys(coarse)
    away, bank = near_lines(grid, pieces, banks)
    carved = bank[0] + _SIDE_SLOPE * away + _SIDE_BOWL_M * (away / _SIDE_REACH_M) ** 2
    heights = np.where(np.isfinite(away), np.minimum(heights, np.nan_to_num(carved, nan=np.inf)), heights)
    return fill(_with_floors(settings, grid, heights, given, villages, outlet, dam))


def _side_valleys(coarse: Grid) -> tuple[Floats, Floats]:
    """Pieces and bank heights of the valleys that grew between the given streams, corners rounded."""
    directions = flow_directions(coarse.values)
    area = accumulate(directions, np.full(coarse.shape, SIDE_M**2 / 1e6))
    found = stream_reaches(directions, area >= _SIDE_VALLEY_KM2)
    rows, columns = np.divmod(found.cells, coarse.shape[1])
    x, y = coarse.x[columns], coarse.y[rows]
    within = np.ones(len(x), dtype=bool)
    within[found.starts[:-1]] = within[found.starts[1:] - 1] = False
    middle = np.flatnonzero(within)
    for line in (x, y):
        line[middle] = (line[middle - 1] + 2 * line[middle] + line[middle + 1]) / 4
    upper = np.setdiff1d(np.arange(len(x)), found.starts[1:] - 1)
    z = coarse.values[rows, columns]
    reach = np.full(len(upper), _SIDE_REACH_M)
    pieces = np.column_stack([x[upper], y[upper], x[upper + 1], y[upper + 1], reach])
    return pieces, np.stack([z[upper], z[upper + 1]], axis=1)[..., None]


def _with_floors(settings: LandSettings, grid: Grid, heights: Floats, given: Courses, villages: Points,
                 outlet: Points, dam: Points) -> Floats:  # fmt: skip
    ends, banks, area = _short(given)
    half = _half_width(settings, ends.reshape(-1, 2), np.repeat(area, 2), villages, outlet, dam).reshape(
        -1, 2
    )
    pieces = np.column_stack([ends.reshape(-1, 4), half.max(axis=1) + _BLEND_M])
    away, (bank, wide) = near_lines(grid, pieces, np.stack([banks, half], axis=2))
    floor = bank + _FLOOR_SLOPE * away
    part = np.clip((away - wide) / _BLEND_M, 0.0, 1.0)
    part = part * part * (3 - 2 * part)
    eased = np.minimum(heights, floor * (1 - part) + heights * part)
    out = np.where(away <= wide, floor, eased)
    return np.where(np.isfinite(away) & (part < 1), out, heights)


def _short(given: Courses) -> tuple[Points, Floats, Floats]:
    """The courses cut into pieces of at most 60 m."""
    ends, banks, area = [], [], []
    for (a, b), (za, zb), km2 in zip(given.ends, given.height_m, given.area_km2, strict=True):
        count = max(1, int(np.ceil(np.hypot(*(b - a)) / _PIECE_M)))
        t = np.linspace(0.0, 1.0, count + 1)
        points, z = a + (b - a) * t[:, None], za + (zb - za) * t
        ends.append(np.stack([points[:-1], points[1:]], axis=1))
        banks.append(np.stack([z[:-1], z[1:]], axis=1))
        area.append(np.full(count, km2))
    return np.concatenate(ends), np.concatenate(banks), np.concatenate(area)


def _half_width(settings: LandSettings, points: Points, area: Floats, villages: Points, outlet: Points,
                dam: Points) -> Floats:  # fmt: skip
    """Half width of the valley floor at points of streams."""
    base, by_area = settings.floor_m
    own = base + by_area * np.sqrt(area)
    half = own.copy()
    for village in villages:
        away = np.hypot(*(points - village).T)
        if away.min() < _VILLAGE_FAR_M:
            need = min(away.min() + _VILLAGE_ROOM_M, _WIDEST_M)
            half = np.maximum(half, own + (need - own) * np.exp(-((away / _VILLAGE_REACH_M) ** 2)))
    middle, reach = (outlet + dam) / 2, np.hypot(*(outlet - dam)) / 2
    in_pool = np.exp(-((np.hypot(*(points - middle).T) / (0.8 * reach)) ** 4))
    half = half + np.maximum(settings.pool_m - half, 0.0) * in_pool
    in_gap = np.exp(-((np.hypot(*(points - outlet).T) / _GAP_REACH_M) ** 2))
    return half + (settings.gap_m - half) * in_gap


def dam_across(grid: Grid, heights: Floats, *, dam: Points, along: Points, crest_m: float, sill_m: float | None
               ) -> Floats:  # fmt: skip
    """The land with the dam, and its spillway at the sill unless there is none; ``along`` is the stream's way."""
    across = np.array([-along[1], along[0]])
    wall = _strip(
        grid, dam - across * _DAM_HALF_M, dam + across * _DAM_HALF_M, max(_DAM_THICK_M, 0.9 * grid.dx)
    )
    out = np.where(wall, np.maximum(heights, crest_m), heights)
    if sill_m is not None:
        at = dam + across * _SPILLWAY_M
        width = max(_SPILLWAY_HALF_M, 0.75 * grid.dx)
        chute = _strip(grid, at - along * 100.0, at + along * 100.0, width)
        out = np.where(chute & wall, sill_m, out)
    return out


def _strip(grid: Grid, start: Points, end: Points, half: float) -> Bools:
    away, _ = near_lines(grid, np.array([[*start, *end, half]]), np.zeros((1, 2, 1)))
    return np.isfinite(away)
