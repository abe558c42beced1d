"""Files of a small flood: a valley of 20 by 24 cells of 10 m, its rain, and rasters on it."""

import struct

import numpy as np

from anlan.science.terrain.grid import Grid
from anlan.wire.raster.tiff.writer import write_geotiff

CRS = "EPSG:4547"
WEST, NORTH, DX = 430_000.0, 3_500_000.0, 10.0
ROWS, COLUMNS = 20, 24
RAIN = "minute,mm_h\n0,60\n15,120\n30,0\n"
POINTS = "name,x,y\n谷口,430125,3499815\n山坡,430015,3499905\n"


def valley(*, down=0.002, side=0.02):
    """A valley that falls to the south, 200 m up."""
    rows, columns = np.mgrid[0:ROWS, 0:COLUMNS] * DX + DX / 2
    return 200 + side * np.abs(columns - COLUMNS * DX / 2) + down * (ROWS * DX - rows)


def grid(values, *, crs=CRS, west=WEST, north=NORTH, dx=DX, dy=None):
    return Grid(np.asarray(values, np.float64), west, north, dx, dy or dx, crs)


def tiff(values, **place):
    return write_geotiff(grid(values, **place), kind="float64")


def constant(value):
    return np.full((ROWS, COLUMNS), float(value))


def stack(*bands):
    """Bands of one GeoTIFF, plain, one after the other, as a radar's archive writes them."""
    count, cells = len(bands), [np.asarray(band, "<f4").tobytes() for band in bands]
    keys = (1, 1, 0, 3, 1024, 0, 1, 1, 1025, 0, 1, 1, 3072, 0, 1, 4547)
    place = (0.0, 0.0, 0.0, WEST, NORTH, 0.0)
    head = 8 + 2 + 15 * 12 + 4
    tags, long = [], b""

    def tag(number, kind, values):
        nonlocal long
        data = struct.pack(f"<{len(values)}{ {3: 'H', 4: 'I', 12: 'd'}[kind] }", *values)
        if len(data) > 4:
            data, long = struct.pack("<I", head + len(long)), long + data
        tags.append(struct.pack("<HHI", number, kind, len(values)) + data.ljust(4, b"\0"))

    short = 2 * 2 * count if count > 2 else 0  # two shorts stand in their tag
    body = head + short + 2 * 4 * count + 8 * 9 + 2 * len(keys)
    starts = [body + n * len(cells[0]) for n in range(count)]
    for number, kind, values in (
        (256, 4, [COLUMNS]), (257, 4, [ROWS]), (258, 3, [32] * count), (259, 3, [1]), (262, 3, [1]), (273, 4, starts),
        (277, 3, [count]), (278, 4, [ROWS]), (279, 4, [len(cells[0])] * count), (284, 3, [2]), (338, 3, [0]),
        (339, 3, [3] * count), (33550, 12, (DX, DX, 0.0)), (33922, 12, place), (34735, 3, keys),
    ):  # fmt: skip
        tag(number, kind, values)
    return struct.pack("<2sHIH", b"II", 42, 8, 15) + b"".join(tags) + bytes(4) + long + b"".join(cells)
