"""GeoTIFF bytes to grids: strips or tiles, any byte order, deflate, LZW, PackBits or plain, predictors 2 and 3."""

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anlan.science.terrain.grid import Grid
from anlan.wire.raster.about import MAX_CELLS, About, Bytes, agreed_crs, allow, blank_fills
from anlan.wire.raster.errors import EXTRA, BrokenRaster, UnsupportedRaster
from anlan.wire.raster.tiff import layout, pack
from anlan.wire.raster.tiff.layout import Directory
from anlan.wire.raster.tiff.place import Place, place_of

_OVERVIEW, _MASK = 1, 4
_FORMATS = {1: "u", 2: "i", 3: "f"}


@dataclass(frozen=True, slots=True)
class _Shape:
    """Size, numbers and blocks of one directory, checked against each other."""

    rows: int
    columns: int
    samples: int
    dtype: np.dtype[Any]
    block_rows: int
    block_columns: int
    is_tiled: bool
    is_planar: bool
    offsets: NDArray[np.int64]
    counts: NDArray[np.int64]

    @property
    def down(self) -> int:
        return -(-self.rows // self.block_rows)

    @property
    def across(self) -> int:
        return -(-self.columns // self.block_columns)


def about_tiff(data: Bytes) -> About:
    """Size, place and system from the tags alone. Raises `NotARaster`, `BrokenRaster`, `UnsupportedRaster`."""
    first, *more = _pictures(data)
    shape, place = _shape(first), place_of(first)
    return About(
        format="GeoTIFF",
        rows=shape.rows,
        columns=shape.columns,
        bands=shape.samples if shape.samples > 1 else 1 + len(more),
        kind=shape.dtype.name,
        west=place.west,
        north=place.north if place.dy > 0 else place.north - shape.rows * place.dy,
        dx=place.dx,
        dy=abs(place.dy),
        crs=place.crs,
    )


def read_tiff(data: Bytes, *, crs: str | None = None, max_cells: int = MAX_CELLS) -> Grid:
    """The one band of a GeoTIFF as a grid, missing as NaN.

    Raises `NotARaster`, `BrokenRaster`, `UnsupportedRaster` (several bands, other compressions), `TooManyCells`,
    `NeedsCrs`, `WrongCrs`.
    """
    grids = read_tiff_stack(data, crs=crs, max_cells=max_cells)
    if len(grids) > 1:
        raise UnsupportedRaster(
            f"bands: the file has {len(grids)}, one is needed; save the one with the heights alone."
        )
    return grids[0]


def read_tiff_stack(data: Bytes, *, crs: str | None = None, max_cells: int = MAX_CELLS) -> tuple[Grid, ...]:
    """All bands of a GeoTIFF, or its pages of one size, in their order. Raises as `read_tiff`."""
    pictures = _pictures(data)
    shapes = [_shape(each) for each in pictures]
    place = place_of(pictures[0])
    system = agreed_crs(place.crs, crs)
    if len({(shape.rows, shape.columns) for shape in shapes}) > 1:
        raise UnsupportedRaster("pages: they differ in size; save each as a file of its own.")
    first = shapes[0]
    allow(
        rows=first.rows,
        columns=first.columns,
        bands=sum(shape.samples for shape in shapes),
        item=max(shape.dtype.itemsize for shape in shapes),
        file_bytes=len(data),
        max_cells=max_cells,
    )
    view = memoryview(data)
    return tuple(
        _grid(cells[..., sample], nodata, place, system)
        for directory, shape in zip(pictures, shapes, strict=True)
        for nodata in [directory.text(layout.NODATA)]
        for cells in [_cells(view, directory, shape)]
        for sample in range(shape.samples)
    )


def _pictures(data: Bytes) -> list[Directory]:
    """The directories that are pictures in full size: overviews are passed over."""
    found = []
    for directory in layout.directories(data):
        kind = directory.number(layout.SUBFILE, 0)
        if kind & _MASK:
            raise UnsupportedRaster(
                f"mask: missing cells are kept in a mask; {EXTRA}, or save with a no-data value."
            )
        if not kind & _OVERVIEW:
            found.append(directory)
    if not found:
        raise BrokenRaster("directories: only overviews; get the file again from its source.")
    if 'role="scale"' in found[0].text(layout.METADATA) or 'role="offset"' in found[0].text(layout.METADATA):
        raise UnsupportedRaster(
            "values: kept scaled or shifted; save them as they are, e.g. gdal_translate -unscale."
        )
    return found


def _shape(directory: Directory) -> _Shape:
    rows, columns = directory.number(layout.ROWS), directory.number(layout.COLUMNS)
    samples = directory.number(layout.SAMPLES, 1)
    is_tiled = layout.TILE_OFFSETS in directory.tags
    if is_tiled:
        block = directory.number(layout.TILE_ROWS), directory.number(layout.TILE_COLUMNS)
        tags = layout.TILE_OFFSETS, layout.TILE_COUNTS
    else:
        block = min(directory.number(layout.STRIP_ROWS, rows), rows), columns
        tags = layout.STRIP_OFFSETS, layout.STRIP_COUNTS
    if min(rows, columns, samples, *block) < 1 or max(rows, columns, samples, *block) >= 1 << 31:
        raise BrokenRaster(
            f"rows, columns: {rows} by {columns}, {samples} samples, blocks {block}; get the file again."
        )
    offsets, counts = (_whole(directory, tag) for tag in tags)
    is_planar = directory.number(layout.PLANAR, 1) == 2
    shape = _Shape(rows, columns, samples, _dtype(directory), *block, is_tiled, is_planar, offsets, counts)
    blocks = shape.down * shape.across * (samples if is_planar else 1)
    if not len(offsets) == len(counts) == blocks:
        raise BrokenRaster(
            f"blocks: {len(offsets)} and {len(counts)} are listed, {blocks} are needed; get the file again."
        )
    return shape


def _whole(directory: Directory, tag: int) -> NDArray[np.int64]:
    found = directory.numbers(tag)
    if found.dtype.kind not in "ui" or (len(found) and int(found.max()) >= 1 << 62):
        raise BrokenRaster(f"tag {tag}: no list of places in the file; get it again from its source.")
    return found.astype(np.int64)


def _dtype(directory: Directory) -> np.dtype[Any]:
    bits, kinds = directory.numbers(layout.BITS), directory.numbers(layout.FORMAT)
    every = set(bits.tolist() or [1])
    formats = set(kinds.tolist() or [1])
    kind = _FORMATS.get(next(iter(formats))) if len(formats) == 1 else None
    width = next(iter(every))
    if len(every) > 1 or kind is None or width not in (8, 16, 32, 64) or (kind == "f" and width == 8):
        raise UnsupportedRaster(
            f"numbers: {sorted(every)} bits of format {sorted(formats)} are not read here; save as float32, or {EXTRA}."
        )
    return np.dtype(f"{directory.order}{kind}{width // 8}")


def _cells(view: memoryview, directory: Directory, shape: _Shape) -> NDArray[Any]:
    """All cells [row, column, sample] of one picture."""
    compression, predictor = directory.number(layout.COMPRESSION, 1), directory.number(layout.PREDICTOR, 1)
    out = np.full((shape.rows, shape.columns, shape.samples), _empty(directory, shape.dtype))
    each = 1 if shape.is_planar else shape.samples
    for block, (start, count) in enumerate(zip(shape.offsets.tolist(), shape.counts.tolist(), strict=True)):
        if count == 0:
            continue  # a sparse file leaves blocks out that hold nothing
        plane, rest = divmod(block, shape.down * shape.across)
        row, column = (n * size for n, size in zip(divmod(rest, shape.across), _block(shape), strict=True))
        rows = shape.block_rows if shape.is_tiled else min(shape.block_rows, shape.rows - row)
        size = rows * shape.block_columns * each * shape.dtype.itemsize
        allow(rows=rows, columns=shape.block_columns, bands=each, item=shape.dtype.itemsize,
              file_bytes=count, max_cells=MAX_CELLS)  # fmt: skip
        raw = pack.unpack(layout.piece(view, start, count, "block"), compression, size)
        cells = pack.cells_of(raw, rows=rows, columns=shape.block_columns, samples=each, dtype=shape.dtype,
                              predictor=predictor)  # fmt: skip
        bottom, right = min(row + rows, shape.rows), min(column + shape.block_columns, shape.columns)
        into = slice(plane, plane + 1) if shape.is_planar else slice(None)
        out[row:bottom, column:right, into] = cells[: bottom - row, : right - column]
    return out


def _block(shape: _Shape) -> tuple[int, int]:
    return shape.block_rows, shape.block_columns


def _empty(directory: Directory, dtype: np.dtype[Any]) -> Any:
    """What a block that was left out holds: the no-data value, else nought."""
    nodata = _nodata(directory.text(layout.NODATA), dtype.newbyteorder("="))
    return np.zeros((), dtype.newbyteorder("="))[()] if nodata is None else nodata


def _nodata(text: str, dtype: np.dtype[Any]) -> Any:
    """The no-data value as one of the file's numbers, or None when it has none or cannot hold it."""
    try:
        value = float(text)
    except ValueError:
        return None
    if dtype.kind == "f":
        with np.errstate(over="ignore"):
            return dtype.type(value)
    limits = np.iinfo(dtype)
    is_whole = np.isfinite(value) and value == int(value)
    return dtype.type(int(value)) if is_whole and limits.min <= int(value) <= limits.max else None


def _grid(cells: NDArray[Any], nodata: str, place: Place, crs: str) -> Grid:
    missing = _nodata(nodata, cells.dtype)
    wide = cells.dtype.itemsize > 4 or (cells.dtype.kind in "ui" and cells.dtype.itemsize == 4)
    values = cells.astype(np.float64 if wide else np.float32)
    if missing is not None:
        values[cells == missing] = np.nan
    if missing is None or missing == missing:  # where it is NaN, the writer knew what is missing
        blank_fills(values)
    if place.dy < 0:  # rows from the south
        north = place.north - len(values) * place.dy
        return Grid(np.ascontiguousarray(values[::-1]), place.west, north, place.dx, -place.dy, crs)
    return Grid(values, place.west, place.north, place.dx, place.dy, crs)
