"""Where water stands 淹没范围: depth grids of a run as polygons by depth class, made when first asked for and kept."""

import json
from pathlib import Path
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

CLASSES_M = (0.1, 0.3, 0.5, 1.0, 2.0)
"""Lower bounds of the depth classes, metres."""
NAME = "grids.npz"


def keep(folder: Path, *, grids: dict[str, NDArray[Any]], corners: NDArray[np.float64]) -> None:
    """Store a run's grids: `deepest`, `minute-N` … in whole centimetres (uint16).

    corners: longitude and latitude of the grid's corners, (ny + 1, nx + 1, 2).
    """
    scratch = folder / "grids.new.npz"
    np.savez_compressed(scratch, corners=corners.astype(np.float64), **grids)
    scratch.rename(folder / NAME)


def geojson(folder: Path, *, minute: int | None) -> bytes:
    """The water of a minute (None: the deepest of each cell) as a FeatureCollection. Raises: NotFound."""
    name = "deepest" if minute is None else f"minute-{minute}"
    made = folder / f"{name}.geojson"
    if not made.exists():
        with _grids(folder) as stored:
            if name not in stored:
                raise NotFound("这一刻的结果没有留存。请从时间条里选。")
            body = json.dumps(collection(stored[name], stored["corners"]), separators=(",", ":")).encode()
        scratch = made.with_suffix(".new")
        scratch.write_bytes(body)
        scratch.rename(made)
    return made.read_bytes()


def _grids(folder: Path) -> Any:
    if not (folder / NAME).exists():
        raise NotFound("这次运行还没有结果，或者结果已经清掉了。")
    return np.load(folder / NAME)


def collection(depth_cm: NDArray[Any], corners: NDArray[np.float64]) -> dict[str, Any]:
    """Depth (ny, nx) in centimetres as polygons of each class; deeper ones lie on top of shallower."""
    features = []
    for rank, bound in enumerate(CLASSES_M, start=1):
        merged = unary_union(_strips(depth_cm >= round(100 * bound), corners))
        for part in getattr(merged, "geoms", [merged]):
            if not part.is_empty:
                features.append(
                    {
                        "type": "Feature",
                        "geometry": {"type": "Polygon", "coordinates": _rings(part)},
                        "properties": {"layer": "water", "rank": rank, "from_m": bound},
                    }
                )
    return {"type": "FeatureCollection", "features": features}


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
