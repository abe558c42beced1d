"""Grids to GeoTIFF bytes, always cloud-optimised: tiles, overviews, small pictures before the large one.

Order in the file: header, all directories (full size first), then the tiles of the smallest overview, of the
next, and of the full picture last. The same grid gives the same bytes.
"""

import struct
import zlib
from dataclasses import dataclass, replace
from typing import Any, Literal, get_args

import numpy as np
from numpy.typing import NDArray

from anlan.science.terrain.crs import known
from anlan.science.terrain.grid import Grid
from anlan.science.terrain.resample import coarsen
from anlan.wire.raster.errors import BadPixels
from anlan.wire.raster.tiff import layout, pack
from anlan.wire.raster.tiff.place import keys_for

Kind = Literal["float32", "float64", "int16"]
Packing = Literal["deflate", "none"]
_TILE = 256
_INT16_MISSING = -32768
_OVERVIEW = 1
_LIMIT = (1 << 32) - (1 << 20)

_SHORT, _LONG, _DOUBLE, _ASCII = ("H", 3), ("I", 4), ("d", 12), ("s", 2)


@dataclass(frozen=True, slots=True)
class _Picture:
    tags: dict[int, tuple[tuple[str, int], Any]]
    tiles: list[bytes]


def write_geotiff(
    grid: Grid, *, kind: Kind = "float32", packing: Packing = "deflate", note: str = ""
) -> bytes:
    """A cloud-optimised GeoTIFF: missing cells as NaN (int16: -32768), overviews by the mean.

    ``note`` is kept as the picture's description, e.g. that the land is synthetic. Raises `BadPixels` for values
    that ``kind`` cannot hold or a file above 4 GB, `UnsupportedRaster` for a system without EPSG number.
    """
    if kind not in get_args(Kind) or packing not in get_args(Packing):
        raise BadPixels(f"kind, packing: {kind}, {packing}; take {get_args(Kind)} and {get_args(Packing)}.")
    grids = [grid]
    while max(grids[-1].shape) > _TILE:
        grids.append(coarsen(_even(grids[-1]), 2))
    pictures = [_picture(each, kind, packing, note, is_overview=n > 0) for n, each in enumerate(grids)]
    return _file(pictures)


def _even(grid: Grid) -> Grid:
    """With a missing row or column added where the number is odd, so that an overview covers all."""
    rows, columns = grid.shape
    padded = np.pad(grid.values, ((0, rows % 2), (0, columns % 2)), constant_values=np.nan)
    return replace(grid, values=padded)


def _picture(grid: Grid, kind: Kind, packing: Packing, note: str, *, is_overview: bool) -> _Picture:
    cells = _numbers(grid.values, kind)
    predictor = pack.PLAIN
    if packing == "deflate":
        predictor = pack.HORIZONTAL if kind == "int16" else pack.FLOATING
    tags: dict[int, tuple[tuple[str, int], Any]] = {
        layout.SUBFILE: (_LONG, [_OVERVIEW if is_overview else 0]),
        layout.COLUMNS: (_LONG, [grid.shape[1]]),
        layout.ROWS: (_LONG, [grid.shape[0]]),
        layout.BITS: (_SHORT, [cells.dtype.itemsize * 8]),
        layout.COMPRESSION: (_SHORT, [pack.DEFLATE if packing == "deflate" else pack.NONE]),
        layout.PHOTOMETRIC: (_SHORT, [1]),
        layout.SAMPLES: (_SHORT, [1]),
        layout.PLANAR: (_SHORT, [1]),
        layout.PREDICTOR: (_SHORT, [predictor]),
        layout.TILE_COLUMNS: (_LONG, [_TILE]),
        layout.TILE_ROWS: (_LONG, [_TILE]),
        layout.FORMAT: (_SHORT, [2 if kind == "int16" else 3]),
        layout.NODATA: (_ASCII, str(_INT16_MISSING) if kind == "int16" else "nan"),
    }
    if not is_overview:
        tags |= _place_tags(grid)
        if note:
            tags[270] = (_ASCII, note)
    return _Picture(tags, _tiles(cells, predictor, packing))


def _place_tags(grid: Grid) -> dict[int, tuple[tuple[str, int], Any]]:
    geographic = known(grid.crs).is_geographic
    return {
        layout.PIXEL_SCALE: (_DOUBLE, [grid.dx, grid.dy, 0.0]),
        layout.TIEPOINT: (_DOUBLE, [0.0, 0.0, 0.0, grid.west, grid.north, 0.0]),
        layout.GEO_KEYS: (_SHORT, keys_for(grid.crs, geographic=geographic)),
    }


def _numbers(values: NDArray[Any], kind: Kind) -> NDArray[Any]:
    if kind != "int16":
        with np.errstate(over="ignore"):
            cells: NDArray[Any] = values.astype(kind)
        if (np.isinf(cells) & ~np.isinf(values)).any():
            raise BadPixels(f"kind: some values are too large for {kind}; take float64.")
        return cells
    missing = np.isnan(values)
    whole = np.rint(np.where(missing, 0.0, values))
    if np.abs(whole).max() > 32767:
        raise BadPixels("kind: some values lie outside -32767…32767; take float32.")
    return np.where(missing, _INT16_MISSING, whole).astype(np.int16)


def _tiles(cells: NDArray[Any], predictor: int, packing: Packing) -> list[bytes]:
    rows, columns = cells.shape
    edge: Any = np.nan if cells.dtype.kind == "f" else _INT16_MISSING
    padded = np.pad(cells, ((0, -rows % _TILE), (0, -columns % _TILE)), constant_values=edge)
    raw = [
        pack.bytes_of(padded[r : r + _TILE, c : c + _TILE], predictor)
        for r in range(0, rows, _TILE)
        for c in range(0, columns, _TILE)
    ]
    return [zlib.compress(each, 6) for each in raw] if packing == "deflate" else raw


def _file(pictures: list[_Picture]) -> bytes:
    """Put directories before tiles: sizes are known, so all places in the file can be counted first."""
    blank = [_directory(p, [0] * len(p.tiles), at=0, after=0) for p in pictures]
    starts = list(np.cumsum([8, *map(len, blank)]))
    at = int(starts[-1])
    if at + sum(len(tile) for p in pictures for tile in p.tiles) > _LIMIT:
        raise BadPixels("grid: the file would exceed 4 GB; cut the area or take coarser cells.")
    offsets: list[list[int]] = [[] for _ in pictures]
    body: list[bytes] = []
    for n in reversed(range(len(pictures))):
        for tile in pictures[n].tiles:
            offsets[n].append(at)
            body.append(tile)
            at += len(tile)
    directories = [
        _directory(p, offsets[n], at=int(starts[n]), after=int(starts[n + 1]) if n + 1 < len(pictures) else 0)
        for n, p in enumerate(pictures)
    ]
    return b"".join([struct.pack("<2sHI", b"II", 42, 8), *directories, *body])


def _directory(picture: _Picture, offsets: list[int], *, at: int, after: int) -> bytes:
    """One directory with its long values behind it; of the same length whatever the offsets are."""
    tags = picture.tags | {
        layout.TILE_OFFSETS: (_LONG, offsets),
        layout.TILE_COUNTS: (_LONG, [len(tile) for tile in picture.tiles]),
    }
    long_at = at + 2 + 12 * len(tags) + 4
    entries, behind = [], b""
    for tag in sorted(tags):
        (letter, number), value = tags[tag]
        raw = value.encode() + b"\0" if letter == "s" else struct.pack(f"<{len(value)}{letter}", *value)
        count = len(raw) if letter == "s" else len(value)
        if len(raw) <= 4:
            here = raw.ljust(4, b"\0")
        else:
            here = struct.pack("<I", long_at + len(behind))
            behind += raw + b"\0" * (len(raw) % 2)
        entries.append(struct.pack("<HHI4s", tag, number, count, here))
    return struct.pack("<H", len(tags)) + b"".join(entries) + struct.pack("<I", after) + behind
