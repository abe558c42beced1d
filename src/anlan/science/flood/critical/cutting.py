"""Cut each catchment out of the terrain: villages of one stream share it, and water can leave at its lower end.

A village's stream is the cell with the greatest catchment among its homes. Its ground is all that drains to a place ``tail_m``
further down, so that what backs up below the village is in it; where that lies in the ground of a village downstream, the
two share one. From there a strip of the real valley goes on to the window's edge, where water leaves.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from anlan.science.fields import science
from anlan.science.flood.domain import Domain
from anlan.science.flood.errors import BadInput
from anlan.science.flood.warm import concentration_s
from anlan.science.jit import Bools, Floats, Int8s, Int32s, Int64s
from anlan.science.terrain.flow import accumulate, catchments, flow_length
from anlan.science.terrain.hollows import DOWN, RIGHT, fill, flow_directions

_STRIP_M, _STRIP_CELLS = 150.0, 3
_LEAST_FALL_M = 0.1
SIDES = ("n", "e", "s", "w")


@dataclass(frozen=True, slots=True, eq=False)
class Land:
    """The whole terrain: square cells, row 0 in the north; all (ny, nx).

    ``bed`` m, NaN where nothing is known; ``manning`` s/m^(1/3); ``width`` m of channels narrower than a cell, 0 where
    none is, and ``bankfull`` their depth, m.
    """

    bed: Floats
    manning: Floats
    width: Floats
    bankfull: Floats
    dx: float


@dataclass(frozen=True, slots=True, eq=False)
class Village:
    """A village and the cells of its homes in the terrain, (homes,) each."""

    name: str
    rows: Int64s
    columns: Int64s


@dataclass(frozen=True, slots=True, eq=False)
class Catchment:
    """A window of the terrain with the villages in it.

    ``window`` first and last row (past the end) and column; ``inside`` (rows, columns) of the window; ``side`` the edge
    at which water leaves, "" where it can leave nowhere. ``names`` of its villages, and for each ``homes`` (cells of the
    window, by row · columns + column), ``stream`` (its own cell), ``area_km2`` upstream of it, ``concentration_min``.
    """

    number: int
    window: tuple[int, int, int, int]
    inside: Bools
    side: str
    names: tuple[str, ...]
    homes: tuple[Int64s, ...]
    stream: tuple[int, ...]
    area_km2: tuple[float, ...]
    concentration_min: tuple[float, ...]
    left_out: tuple[int, ...]

    @property
    def cells(self) -> int:
        """Cells of the window that are run."""
        return int(np.count_nonzero(self.inside))

    @property
    def longest_min(self) -> float:
        """The longest concentration time of its villages."""
        return max(self.concentration_min)

    def domain(self, land: Land, *, roughness: float = 1.0) -> Domain:
        """The ground of a run, ``roughness`` times as rough."""
        top, bottom, left, right = self.window
        part = np.s_[top:bottom, left:right]
        rough = np.where(self.inside, land.manning[part] * roughness, 0.0)
        return Domain.of(
            np.where(self.inside, land.bed[part], np.nan), dx=land.dx, manning=rough, inside=self.inside
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Way:
    """How the water goes over the whole terrain."""

    filled: Floats
    directions: Int8s
    cells: Floats
    length: Floats

    def down(self, row: int, column: int) -> tuple[int, int] | None:
        """The next cell, or None where the water leaves the terrain."""
        d = int(self.directions[row, column])
        return None if d < 0 else (row + int(DOWN[d]), column + int(RIGHT[d]))


@science(source="own; Kirpich (1940), Civil Engineering 10(6), for the concentration time")
def cut(land: Land, villages: Sequence[Village], *, tail_m: float = 500.0) -> tuple[Catchment, ...]:
    """The catchments of villages, each with all that lie on it, by the order in which villages were given.

    The concentration time is Kirpich's over the longest way to the village's stream cell: fitted to 0.5 to 45 ha with slopes
    of 3 to 10 %; for larger ground an order of magnitude. Raises `BadInput` naming a village without a home on the terrain.
    """
    filled = fill(land.bed)
    directions = flow_directions(land.bed)
    way = _Way(
        filled,
        directions,
        accumulate(directions, np.ones(land.bed.shape)),
        flow_length(directions, dx=land.dx),
    )
    streams = [_stream(land, way, village) for village in villages]
    outlets = [_below(way, *stream, tail_m, land.dx) for stream in streams]
    unique = list(dict.fromkeys(outlets))
    label = catchments(directions, np.array(unique, np.int64))
    roots = _roots(way, label, unique)
    found: list[Catchment] = []
    for root in dict.fromkeys(roots[unique.index(outlet)] for outlet in outlets):
        mine = [n for n, outlet in enumerate(outlets) if roots[unique.index(outlet)] == root]
        members = [k + 1 for k in range(len(unique)) if roots[k] == root]
        found.append(_catchment(land, way, np.isin(label, members), unique[root], [villages[n] for n in mine],
                                [streams[n] for n in mine], len(found)))  # fmt: skip
    return tuple(found)


def _stream(land: Land, way: _Way, village: Village) -> tuple[int, int]:
    """The cell with the greatest catchment among a village's homes."""
    ny, nx = land.bed.shape
    on = (village.rows >= 0) & (village.rows < ny) & (village.columns >= 0) & (village.columns < nx)
    rows, columns = village.rows[on], village.columns[on]
    known = np.isfinite(land.bed[rows, columns])
    if not known.any():
        raise BadInput(
            f"village {village.name}",
            "not one of its homes lies on the terrain",
            "Leave it out, or give a larger terrain",
        )
    rows, columns = rows[known], columns[known]
    at = int(np.argmax(way.cells[rows, columns]))
    return int(rows[at]), int(columns[at])


def _below(way: _Way, row: int, column: int, tail_m: float, dx: float) -> tuple[int, int]:
    """The cell so far down the water's way, or the last."""
    at, gone = (row, column), 0.0
    while gone < tail_m and (to := way.down(*at)) is not None:
        gone += dx * math.hypot(to[0] - at[0], to[1] - at[1])
        at = to
    return at


def _roots(way: _Way, label: Int32s, outlets: Sequence[tuple[int, int]]) -> list[int]:
    """For each outlet the number of the last one down its way that has it in its ground."""
    above: list[int] = []
    for outlet in outlets:
        to = way.down(*outlet)
        above.append(int(label[to]) - 1 if to is not None else -1)
    roots = []
    for n in range(len(outlets)):
        at = n
        while above[at] >= 0:
            at = above[at]
        roots.append(at)
    return roots


def _catchment(
    land: Land, way: _Way, whole: Bools, outlet: tuple[int, int], villages: Sequence[Village],
    streams: Sequence[tuple[int, int]], number: int,
) -> Catchment:  # fmt: skip
    ny, nx = land.bed.shape
    rows, columns = np.nonzero(whole)
    window = (
        max(int(rows.min()) - 1, 0),
        min(int(rows.max()) + 2, ny),
        max(int(columns.min()) - 1, 0),
        min(int(columns.max()) + 2, nx),
    )
    top, bottom, left, right = window
    strip, side = _strip(land, way, outlet, window)
    part = np.s_[top:bottom, left:right]
    inside = (whole[part] | strip) & np.isfinite(land.bed[part])
    homes, left_out = [], []
    for village in villages:
        r, c = village.rows - top, village.columns - left
        on = (r >= 0) & (r < bottom - top) & (c >= 0) & (c < right - left)
        on[on] = whole[part][r[on], c[on]]
        homes.append(r[on] * (right - left) + c[on])
        left_out.append(int((~on).sum()))
    times = [_concentration(way, at, land.dx) for at in streams]
    return Catchment(
        number=number,
        window=window,
        inside=inside,
        side=side,
        names=tuple(v.name for v in villages),
        homes=tuple(homes),
        stream=tuple((r - top) * (right - left) + c - left for r, c in streams),
        area_km2=tuple(float(way.cells[at]) * land.dx**2 / 1e6 for at in streams),
        concentration_min=tuple(times),
        left_out=tuple(left_out),
    )


def _strip(
    land: Land, way: _Way, outlet: tuple[int, int], window: tuple[int, int, int, int]
) -> tuple[Bools, str]:
    """A strip of the valley from the outlet to the window's edge, and which edge that is."""
    top, bottom, left, right = window
    reach = max(_STRIP_CELLS, round(_STRIP_M / land.dx))
    strip = np.zeros((bottom - top, right - left), np.bool_)
    at: tuple[int, int] | None = outlet
    while at is not None:
        r, c = at[0] - top, at[1] - left
        strip[max(r - reach, 0) : r + reach + 1, max(c - reach, 0) : c + reach + 1] = True
        edges = (r == 0, c == right - left - 1, r == bottom - top - 1, c == 0)
        if any(edges):
            return strip, SIDES[edges.index(True)]
        at = way.down(*at)
    return strip, ""


def _concentration(way: _Way, at: tuple[int, int], dx: float) -> float:
    """Minutes, by Kirpich over the longest way to a cell and the fall along it."""
    upstream = catchments(way.directions, np.array([at], np.int64)) == 1
    length = np.where(upstream, way.length, -np.inf)
    far = np.unravel_index(int(np.argmax(length)), length.shape)
    metres = max(float(way.length[far] - way.length[at]), dx)
    fall = max(float(way.filled[far] - way.filled[at]), _LEAST_FALL_M)
    return concentration_s(length_m=metres, fall_m=fall) / 60.0
