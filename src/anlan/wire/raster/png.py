"""PNG of small pictures: grey, grey with opacity, or RGB(A), eight bits (ISO/IEC 15948)."""

import struct
import zlib

import numpy as np
from numpy.typing import NDArray

from anlan.wire.raster.errors import BadPixels

_COLOUR = {1: 0, 2: 4, 3: 2, 4: 6}


def write_png(pixels: NDArray[np.uint8]) -> bytes:
    """``[row, column]`` or ``[row, column, 1…4]`` as PNG; the same pixels give the same bytes.

    Raises `BadPixels` for other shapes and types.
    """
    cells = pixels[..., None] if pixels.ndim == 2 else pixels
    if cells.ndim != 3 or cells.dtype != np.uint8 or cells.shape[2] not in _COLOUR or cells.size == 0:
        raise BadPixels(f"pixels: {pixels.dtype} of {pixels.shape}; give uint8 [row, column, 1…4].")
    rows, columns, samples = cells.shape
    head = struct.pack(">IIBBBBB", columns, rows, 8, _COLOUR[samples], 0, 0, 0)
    lines = cells.reshape(rows, -1)
    rising = np.diff(lines, axis=0, prepend=np.zeros((1, lines.shape[1]), np.uint8)).astype(np.uint8)
    body = np.concatenate([np.full((rows, 1), 2, np.uint8), rising], axis=1)  # filter 2: less the row above
    chunks = [(b"IHDR", head), (b"IDAT", zlib.compress(body.tobytes(), 6)), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(_chunk(*chunk) for chunk in chunks)


def _chunk(name: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
