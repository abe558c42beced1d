"""ESRI ASCII grids (.asc): a header of words and numbers, then rows from the north. They never say their system."""

import numpy as np

from anlan.science.terrain.grid import Grid
from anlan.wire.raster.about import MAX_CELLS, About, Bytes, agreed_crs, allow, blank_fills
from anlan.wire.raster.errors import BrokenRaster, NotARaster

_WORDS = {
    b"ncols", b"nrows", b"xllcorner", b"yllcorner", b"xllcenter", b"yllcenter", b"cellsize", b"dx", b"dy",
    b"nodata_value",
}  # fmt: skip
_HEADER = 4096
_MISSING = -9999.0
_MAX_DIGITS = 9


def about_ascii(data: Bytes) -> About:
    """Size and place from the header. Raises `NotARaster`, `BrokenRaster`."""
    return _header(data)[0]


def read_ascii(data: Bytes, *, crs: str | None, max_cells: int = MAX_CELLS) -> Grid:
    """The grid, missing as NaN, as float64. Raises `NotARaster`, `BrokenRaster`, `TooManyCells`, `NeedsCrs`."""
    about, missing, start = _header(data)
    system = agreed_crs("", crs)
    allow(rows=about.rows, columns=about.columns, bands=1, item=1, file_bytes=len(data), max_cells=max_cells)
    cells = bytes(memoryview(data)[start:]).split()
    if len(cells) != about.cells:
        raise BrokenRaster(
            f"values: {len(cells)} numbers, but nrows x ncols is {about.cells}; the file ends too early or its header "
            "is wrong."
        )
    try:
        values = np.array(cells, dtype=np.bytes_).astype(np.float64)
    except ValueError as error:
        wrong = next(cell for cell in cells if not _is_number(cell)).decode("ascii", "replace")
        raise BrokenRaster(
            f"values: {wrong!r} is no number; every cell is a number with a decimal point."
        ) from error
    values[values == missing] = np.nan
    blank_fills(values)
    return Grid(
        values.reshape(about.rows, about.columns), about.west, about.north, about.dx, about.dy, system
    )


def _is_number(cell: bytes) -> bool:
    try:
        float(cell)
    except ValueError:
        return False
    return True


def write_ascii(grid: Grid, *, decimals: int = 3) -> bytes:
    """The grid as text with ``decimals`` digits; missing as -9999."""
    values = np.where(np.isnan(grid.values), _MISSING, grid.values)
    sides = f"cellsize {grid.dx!r}" if grid.is_square else f"dx {grid.dx!r}\ndy {grid.dy!r}"
    head = f"ncols {grid.shape[1]}\nnrows {grid.shape[0]}\nxllcorner {grid.west!r}\nyllcorner {grid.bounds[1]!r}\n"
    rows = [" ".join([f"{value:.{decimals}f}" for value in row]) for row in values.tolist()]
    return (head + f"{sides}\nNODATA_value {_MISSING:.{decimals}f}\n" + "\n".join(rows) + "\n").encode()


def _header(data: Bytes) -> tuple[About, float, int]:
    """What the header says, the missing value, and where the numbers begin."""
    said: dict[bytes, float] = {}
    start = 0
    for line in bytes(memoryview(data)[:_HEADER]).splitlines(keepends=True):
        words = line.split()
        if words and words[0].lower() not in _WORDS:
            break
        start += len(line)
        if len(words) == 2:
            said[words[0].lower()] = _number(words[0], words[1])
        elif words:
            raise BrokenRaster(f"{words[0].decode()}: one number belongs behind it; mend the header.")
    if not {b"ncols", b"nrows"} <= said.keys():
        raise NotARaster("file: does not begin like an ESRI ASCII grid (ncols, nrows); check that it is one.")
    dx, dy = said.get(b"dx", said.get(b"cellsize", 0.0)), said.get(b"dy", said.get(b"cellsize", 0.0))
    rows, columns = said[b"nrows"], said[b"ncols"]
    if not (dx > 0 and dy > 0 and np.isfinite([dx, dy]).all()):
        raise BrokenRaster("cellsize: missing or not above nought; give the side of a cell.")
    if not all(1 <= n < 10**_MAX_DIGITS and n == int(n) for n in (rows, columns)):
        raise BrokenRaster(f"nrows, ncols: {rows:g}, {columns:g} are no counts; mend the header.")
    west, south = _corner(said, b"x", dx), _corner(said, b"y", dy)
    about = About(
        "ESRI ASCII", int(rows), int(columns), 1, "float64", west, south + rows * dy, dx, dy, ""
    )  # fmt: skip
    return about, said.get(b"nodata_value", _MISSING), start


def _number(word: bytes, text: bytes) -> float:
    try:
        return float(text)
    except ValueError as error:
        raise BrokenRaster(
            f"{word.decode()}: {text.decode('latin-1')} is no number; mend the header."
        ) from error


def _corner(said: dict[bytes, float], axis: bytes, side: float) -> float:
    if axis + b"llcorner" in said:
        corner = said[axis + b"llcorner"]
    elif axis + b"llcenter" in said:
        corner = said[axis + b"llcenter"] - side / 2
    else:
        raise BrokenRaster(f"{axis.decode()}llcorner: missing; give the south-west corner of the grid.")
    if not np.isfinite(corner):
        raise BrokenRaster(f"{axis.decode()}llcorner: {corner} is no place; mend the header.")
    return corner
