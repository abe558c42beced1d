"""Where water stands 淹没范围: the grids of a run, kept in its folder, as pictures for the map and as polygons to hand on."""

import json
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Any

import numpy as np
from numpy.typing import NDArray
from shapely import (
    box,
    get_coordinates,
    get_exterior_ring,
    get_interior_ring,
    get_num_interior_rings,
    unary_union,
)
from shapely.geometry.base import BaseGeometry

from anlan.foundation.errors import NotFound
from anlan.science.terrain.crs import move_points
from anlan.simulate.maps.kinds import DEPTH, Kind
from anlan.wire.raster.png import write_png

NAME = "grids.npz"
STEP = 36
"""Grey between two ranks in a picture: far enough apart that no browser's colour management mixes them up."""
FINE_CELLS = 700_000
"""Up to so many cells a picture has two pixels a cell, so that none is lost where the grid is tilted."""
NODES = 33
Ints = NDArray[Any]


@dataclass(frozen=True)
class Frame:
    """Where a run's grids lie: metres of the upper left corner, side of a cell, system "EPSG:n"."""

    west: float
    north: float
    dx: float
    crs: str

    def corners(self, ny: int, nx: int) -> NDArray[np.float64]:
        """Longitude and latitude (CGCS2000) of every corner of a cell, (ny + 1, nx + 1, 2)."""
        x, y = self.west + self.dx * np.arange(nx + 1), self.north - self.dx * np.arange(ny + 1)
        return np.stack(move_points(*np.meshgrid(x, y), source=self.crs, target="EPSG:4490"), axis=-1)

    def bounds(self, ny: int, nx: int) -> tuple[float, float, float, float]:
        """West, south, east, north in degrees of the box that holds the grid."""
        x, y = self.west + self.dx * np.arange(nx + 1), self.north - self.dx * np.arange(ny + 1)
        edge_x = np.concatenate([x, x, np.full(ny + 1, x[0]), np.full(ny + 1, x[-1])])
        edge_y = np.concatenate([np.full(nx + 1, y[0]), np.full(nx + 1, y[-1]), y, y])
        lon, lat = move_points(edge_x, edge_y, source=self.crs, target="EPSG:4490")
        return float(lon.min()), float(lat.min()), float(lon.max()), float(lat.max())


def keep(folder: Path, *, grids: dict[str, Ints], frame: Frame) -> None:
    """Store a run's grids in whole units: `deepest` and `minute-N` cm, `arrival` min, `fastest` cm/s, `rating` 0.01, `danger`, `arr`."""
    scratch = folder / "grids.new.npz"
    np.savez_compressed(scratch, frame=[frame.west, frame.north, frame.dx], crs=frame.crs, **grids)
    scratch.rename(folder / NAME)


def grid(folder: Path, name: str) -> tuple[Ints, Frame]:
    """A stored grid (ny, nx) and where it lies. Raises: NotFound."""
    if not (folder / NAME).exists():
        raise NotFound("这次运行还没有结果，或者结果已经清掉了。")
    with np.load(folder / NAME) as stored:
        if name not in stored:
            raise NotFound("这一刻或这种图没有留存。请从图上方选，或重新算一次。")
        return stored[name], Frame(*(float(each) for each in stored["frame"]), crs=str(stored["crs"]))


def name_of(kind: Kind, minute: int | None) -> str:
    """Which grid a map shows: of the whole run, or of a minute where the kind has one."""
    return kind.grid if minute is None or not kind.in_time else f"minute-{minute}"


def picture(folder: Path, *, kind: Kind = DEPTH, minute: int | None = None) -> bytes:
    """Ranks as a grey PNG (rank × STEP) over the grid's box, north up in web Mercator. Raises: NotFound."""

    def make() -> bytes:
        values, frame = grid(folder, name_of(kind, minute))
        ranks = np.pad(kind.ranks(values) * STEP, 1)  # beyond the grid it is dry
        return write_png(ranks[sampled(frame, *values.shape)])

    return _made(folder / f"{kind.code}-{name_of(kind, minute)}.png", make)


@lru_cache(maxsize=4)
def sampled(frame: Frame, ny: int, nx: int) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """For each pixel of the picture row and column in the grid with a rim of one cell."""
    west, south, east, north = frame.bounds(ny, nx)
    (left, right), (bottom, top) = move_points(
        np.array([west, east]), np.array([south, north]), source="EPSG:4490", target="EPSG:3857"
    )
    fine = 2 if ny * nx <= FINE_CELLS else 1
    high, wide = fine * ny, fine * nx
    x, y = move_points(
        *np.meshgrid(np.linspace(left, right, NODES), np.linspace(top, bottom, NODES)),
        source="EPSG:3857", target=frame.crs,
    )  # fmt: skip
    column = np.floor((_between(x, high, wide) - frame.west) / frame.dx).astype(np.intp)
    row = np.floor((frame.north - _between(y, high, wide)) / frame.dx).astype(np.intp)
    return np.clip(row + 1, 0, ny + 1), np.clip(column + 1, 0, nx + 1)


def _between(nodes: NDArray[np.float64], high: int, wide: int) -> NDArray[np.float64]:
    """Values at the middles of pixels from those at evenly spaced nodes: a projection is smooth, a transform of each pixel slow."""
    down = (np.arange(high) + 0.5) / high * (NODES - 1)
    along = (np.arange(wide) + 0.5) / wide * (NODES - 1)
    rows = np.stack([np.interp(down, np.arange(NODES), column) for column in nodes.T], axis=1)
    first = np.minimum(along.astype(np.intp), NODES - 2)
    rest = along - first
    return np.asarray(rows[:, first] * (1 - rest) + rows[:, first + 1] * rest)


def features(folder: Path, *, kind: Kind = DEPTH, minute: int | None = None) -> bytes:
    """The classes of a map as a JSON array of GeoJSON features (lon, lat); each cell lies in one of them. Raises: NotFound."""

    def make() -> bytes:
        values, frame = grid(folder, name_of(kind, minute))
        told = polygons(kind, values, frame.corners(*values.shape))
        return json.dumps(told, separators=(",", ":"), ensure_ascii=False).encode()

    return _made(folder / f"{kind.code}-{name_of(kind, minute)}.json", make)


def _made(path: Path, make: Any) -> bytes:
    """What lies in the folder, made when first asked for."""
    if not path.exists():
        with NamedTemporaryFile(dir=path.parent, prefix="new-", delete=False) as scratch:
            scratch.write(make())
        Path(scratch.name).rename(path)
    return path.read_bytes()


def polygons(kind: Kind, values: Ints, corners: NDArray[np.float64]) -> list[dict[str, Any]]:
    """A grid as polygons by class."""
    ranks, found = kind.ranks(values), []
    for rank, word in enumerate(kind.words, start=1):
        merged = unary_union(_strips(ranks == rank, corners))
        low, high = kind.span(rank)
        told = {"kind": kind.code, "rank": rank, "class": word, "from": low, "to": high, "unit": kind.unit}
        for part in getattr(merged, "geoms", [merged]):
            if not part.is_empty:
                shape = {"type": "Polygon", "coordinates": _rings(part)}
                found.append({"type": "Feature", "geometry": shape, "properties": told})
    return found


def _strips(wet: NDArray[np.bool_], corners: NDArray[np.float64]) -> list[BaseGeometry]:
    """Runs of wet cells of each row as boxes: far fewer pieces than cells. The grid's tilt in a city is below a cell."""
    edges = np.diff(np.pad(wet, ((0, 0), (1, 1))).astype(np.int8), axis=1)
    rows, starts = np.nonzero(edges == 1)
    ends = np.nonzero(edges == -1)[1]
    west, north = corners[rows, starts].T
    east, south = corners[rows + 1, ends].T
    return list(box(west, south, east, north)) if rows.size else []


def _rings(part: BaseGeometry) -> list[list[list[float]]]:
    rings = [
        get_exterior_ring(part),
        *(get_interior_ring(part, n) for n in range(get_num_interior_rings(part))),
    ]
    return [np.round(get_coordinates(ring), 5).tolist() for ring in rings]
