"""The envelope of a TIFF: byte order, directories, tags. Nothing is believed that the bytes do not hold.

Source: TIFF 6.0 (Adobe, 1992) section 2; BigTIFF; GeoTIFF 1.1 (OGC 19-008r4) for the tag numbers.
"""

import struct
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anlan.wire.raster.about import Bytes
from anlan.wire.raster.errors import BrokenRaster, NotARaster

SUBFILE, COLUMNS, ROWS, BITS, COMPRESSION, PHOTOMETRIC = 254, 256, 257, 258, 259, 262
STRIP_OFFSETS, SAMPLES, STRIP_ROWS, STRIP_COUNTS, PLANAR, PREDICTOR = 273, 277, 278, 279, 284, 317
TILE_COLUMNS, TILE_ROWS, TILE_OFFSETS, TILE_COUNTS, FORMAT = 322, 323, 324, 325, 339
PIXEL_SCALE, TIEPOINT, TRANSFORMATION, GEO_KEYS, GEO_DOUBLES, GEO_TEXTS = (
    33550,
    33922,
    34264,
    34735,
    34736,
    34737,
)
METADATA, NODATA = 42112, 42113

_KINDS = {
    1: "u1", 2: "u1", 3: "u2", 4: "u4", 5: "u8", 6: "i1", 7: "u1", 8: "i2", 9: "i4", 10: "u8", 11: "f4",
    12: "f8", 13: "u4", 16: "u8", 17: "i8", 18: "u8",
}  # fmt: skip
_MAX_DIRECTORIES, _MAX_TAGS = 1024, 512


@dataclass(frozen=True, slots=True)
class Directory:
    """The tags of one picture, as arrays of numbers; ``order`` is ``<`` or ``>``."""

    tags: dict[int, NDArray[Any]]
    order: str

    def number(self, tag: int, default: int | None = None) -> int:
        """One whole number. Raises `BrokenRaster` when it is neither there nor has a default."""
        found = self.tags.get(tag)
        if found is None or len(found) == 0 or found.dtype.kind not in "ui":
            if default is None:
                raise BrokenRaster(
                    f"tag {tag}: missing or no whole number; get the file again from its source."
                )
            return default
        return int(found[0])

    def numbers(self, tag: int) -> NDArray[Any]:
        """All numbers of a tag, none when it is absent."""
        return self.tags.get(tag, np.empty(0))

    def text(self, tag: int) -> str:
        """A text tag without its closing nought."""
        return bytes(self.tags.get(tag, np.empty(0)).astype(np.uint8)).split(b"\0")[0].decode("latin-1")


def directories(data: Bytes) -> list[Directory]:
    """The directories of a file, in their order. Raises `NotARaster`, `BrokenRaster`."""
    view = memoryview(data)
    order, big, at = _header(view)
    found: list[Directory] = []
    seen: set[int] = set()
    while at:
        if at in seen or len(seen) >= _MAX_DIRECTORIES:
            raise BrokenRaster("directories: they point in a circle; get the file again from its source.")
        seen.add(at)
        directory, at = _directory(view, at, order, big)
        found.append(directory)
    if not found:
        raise BrokenRaster("directories: the file has none; get it again from its source.")
    return found


def _header(view: memoryview) -> tuple[str, bool, int]:
    start = bytes(view[:4])
    order = {b"II": "<", b"MM": ">"}.get(start[:2])
    if order is None or start[2:] not in (b"*\0", b"\0*", b"+\0", b"\0+"):
        raise NotARaster("file: does not begin like a TIFF (II* or MM*); check that it is one.")
    (version,) = struct.unpack(order + "H", start[2:])
    if version == 43:
        size, _, at = _unpack(view, 4, order + "HHQ")
        if size != 8:
            raise BrokenRaster(f"header: offsets of {size} bytes; get the file again from its source.")
        return order, True, at
    if version != 42:
        raise NotARaster("file: byte order and version of the TIFF contradict each other.")
    return order, False, _unpack(view, 4, order + "I")[0]


def _directory(view: memoryview, at: int, order: str, big: bool) -> tuple[Directory, int]:
    (count,) = _unpack(view, at, order + ("Q" if big else "H"))
    if count > _MAX_TAGS:
        raise BrokenRaster(f"directory at byte {at}: {count} tags; get the file again from its source.")
    entry = struct.Struct(order + ("HHQ8s" if big else "HHI4s"))
    at += 8 if big else 2
    tags: dict[int, NDArray[Any]] = {}
    for k in range(count):
        tag, kind, length, here = _unpack(view, at + k * entry.size, entry.format)
        values = _values(view, kind, length, here, order, big)
        if values is not None:
            tags[tag] = values
    (after,) = _unpack(view, at + count * entry.size, order + ("Q" if big else "I"))
    return Directory(tags, order), after


def _values(
    view: memoryview, kind: int, length: int, here: bytes, order: str, big: bool
) -> NDArray[Any] | None:
    """The numbers of a tag; None for a kind of number that TIFF does not know (readers pass over those)."""
    name = _KINDS.get(kind)
    if name is None:
        return None
    dtype = np.dtype(order + name)
    size = length * dtype.itemsize
    if size <= len(here):
        return np.frombuffer(here[:size], dtype=dtype)
    (start,) = struct.unpack(order + ("Q" if big else "I"), here)
    return np.frombuffer(piece(view, start, size, "a tag's values"), dtype=dtype)


def piece(view: memoryview, start: int, size: int, what: str) -> memoryview:
    """Some bytes of the file. Raises `BrokenRaster` when it ends before."""
    if start + size > len(view):
        raise BrokenRaster(
            f"{what}: {size} bytes at {start}, but the file ends at {len(view)}; get it again."
        )
    return view[start : start + size]


def _unpack(view: memoryview, at: int, form: str) -> tuple[Any, ...]:
    return struct.unpack(form, piece(view, at, struct.calcsize(form), "directory"))
