"""Blocks of cells as bytes: compression and predictors. An unpacked block never grows beyond what it should hold.

Source: TIFF 6.0 sections 9 (PackBits), 13 (LZW), 14 (horizontal predictor); Adobe TIFF Technical Note 3
(floating-point predictor).
"""

import zlib
from typing import Any

import numpy as np
from numpy.typing import NDArray

from anlan.science.jit import Bytes as ByteArray
from anlan.science.jit import njit
from anlan.wire.raster.errors import EXTRA, BrokenRaster, UnsupportedRaster

NONE, LZW, DEFLATE, OLD_DEFLATE, PACKBITS = 1, 5, 8, 32946, 32773
PLAIN, HORIZONTAL, FLOATING = 1, 2, 3

_NAMES = {6: "JPEG", 7: "JPEG", 34887: "LERC", 34925: "LZMA", 50000: "ZSTD", 50001: "WebP"}


def unpack(raw: memoryview, compression: int, size: int) -> ByteArray:
    """Exactly ``size`` bytes of a block. Raises `BrokenRaster`, `UnsupportedRaster`."""
    if compression == NONE:
        out = np.frombuffer(raw[:size], dtype=np.uint8)
    elif compression in (DEFLATE, OLD_DEFLATE):
        out = np.frombuffer(_inflate(raw, size), dtype=np.uint8)
    elif compression in (LZW, PACKBITS):
        out = np.zeros(size, dtype=np.uint8)
        kernel = _unpack_lzw if compression == LZW else _unpack_bits
        out = out[: kernel(np.frombuffer(raw, dtype=np.uint8), out)]
    else:
        name = _NAMES.get(compression, str(compression))
        raise UnsupportedRaster(f"compression: {name} is not read here; {EXTRA}, or save with deflate.")
    if len(out) != size:
        raise BrokenRaster(f"block: {len(out)} bytes instead of {size}; get the file again from its source.")
    return out


def _inflate(raw: memoryview, size: int) -> bytes:
    try:
        return zlib.decompressobj().decompress(raw, size)
    except zlib.error as error:
        raise BrokenRaster("block: deflate bytes are damaged; get the file again from its source.") from error


@njit
def _unpack_lzw(raw: ByteArray, out: ByteArray) -> int:
    """Bytes written; too few when the codes are damaged."""
    prefix = np.zeros(4097, dtype=np.int32)
    last = np.zeros(4097, dtype=np.uint8)
    first = np.zeros(4097, dtype=np.uint8)
    length = np.ones(4097, dtype=np.int64)
    for k in range(256):
        first[k] = last[k] = k
    free, width, old = 258, 9, -1
    held = bits = at = n = 0
    while n < len(out):
        while bits < width and at < len(raw):
            held = ((held << 8) | raw[at]) & 0xFFFFFF
            bits += 8
            at += 1
        if bits < width:
            break
        code = (held >> (bits - width)) & ((1 << width) - 1)
        bits -= width
        if code == 257:
            break
        if code == 256:
            free, width, old = 258, 9, -1
            continue
        if old < 0:
            if code > 255:
                break
        else:
            if code > free or free > 4095:
                break
            prefix[free] = old
            first[free] = first[old]
            last[free] = first[code] if code < free else first[old]
            length[free] = length[old] + 1
            free += 1
            if free + 1 >= (1 << width) and width < 12:
                width += 1
        end = n + length[code]
        walk = code
        for k in range(end - 1, n - 1, -1):
            if k < len(out):
                out[k] = last[walk]
            walk = prefix[walk]
        n = min(end, len(out))
        old = code
    return n


@njit
def _unpack_bits(raw: ByteArray, out: ByteArray) -> int:
    at = n = 0
    while at < len(raw) and n < len(out):
        head = raw[at]
        at += 1
        if head < 128:
            for _ in range(head + 1):
                if at < len(raw) and n < len(out):
                    out[n] = raw[at]
                    n += 1
                at += 1
        elif head > 128 and at < len(raw):
            for _ in range(257 - head):
                if n < len(out):
                    out[n] = raw[at]
                    n += 1
            at += 1
    return n


def cells_of(
    raw: ByteArray, *, rows: int, columns: int, samples: int, dtype: np.dtype[Any], predictor: int
) -> NDArray[Any]:
    """Unpacked bytes as cells [row, column, sample] in the machine's byte order. Raises `UnsupportedRaster`."""
    if predictor == FLOATING and dtype.kind == "f":
        sums = np.cumsum(raw.reshape(rows, -1, samples), axis=1, dtype=np.uint8)
        planes = sums.reshape(rows, dtype.itemsize, columns * samples)
        mixed = np.ascontiguousarray(planes.transpose(0, 2, 1))
        cells = mixed.view(dtype.newbyteorder(">")).reshape(rows, columns, samples)
        return cells.astype(dtype.newbyteorder("="))
    whole = np.dtype(f"{dtype.byteorder}u{dtype.itemsize}")
    steps = raw.view(whole).reshape(rows, columns, samples).astype(whole.newbyteorder("="))
    if predictor == HORIZONTAL:
        steps = np.cumsum(steps, axis=1, dtype=steps.dtype)
    elif predictor != PLAIN:
        raise UnsupportedRaster(
            f"predictor: {predictor} is not known for {dtype.name}; save without a predictor."
        )
    return steps.view(dtype.newbyteorder("="))


def bytes_of(cells: NDArray[Any], predictor: int) -> bytes:
    """Cells [row, column] as little-endian bytes before compression: the inverse of `cells_of`."""
    rows, columns = cells.shape
    if predictor == FLOATING:
        mixed = cells.astype(cells.dtype.newbyteorder(">")).view(np.uint8).reshape(rows, columns, -1)
        planes = np.ascontiguousarray(mixed.transpose(0, 2, 1)).reshape(rows, -1)
        return bytes(
            np.diff(planes, axis=1, prepend=np.zeros((rows, 1), np.uint8)).astype(np.uint8).tobytes()
        )
    little = cells.astype(cells.dtype.newbyteorder("<"))
    if predictor == HORIZONTAL:
        whole = little.view(f"<u{little.dtype.itemsize}")
        little = np.diff(whole, axis=1, prepend=np.zeros((rows, 1), whole.dtype)).astype(whole.dtype)
    return little.tobytes()
