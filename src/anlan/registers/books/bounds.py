"""边界: how large a book is before it is unfolded, read from its parts as they lie in the file."""

import re
import struct
import zipfile
from collections.abc import Iterator
from typing import Final

from anlan.registers.books.errors import Locked, NoTable, TooBig, WithMacros

MOST_UNFOLDED: Final = 400 << 20
MOST_CELLS: Final = 12_000_000
_CHUNK: Final = 1 << 20
_CELL: Final = re.compile(rb"""<(?:\w+:)?c\s[^<>]*?\br\s*=\s*["']([A-Za-z]+)(\d+)["'][^<>]*(?<!/)>""")
_ODS_TAG: Final = re.compile(rb"<table:(table-row|table-cell|covered-table-cell|table)\b([^<>]*)>")
_REPEATED: Final = re.compile(rb"""number-(?:rows|columns)-repeated\s*=\s*["'](\d+)""")


def of_parts(parts: zipfile.ZipFile) -> None:
    """Raises TooBig for a zipped book (xlsx, ods) that would unfold beyond measure."""
    if sum(part.file_size for part in parts.infolist()) > MOST_UNFOLDED:
        raise TooBig
    for part in parts.infolist():
        if part.flag_bits & 1:
            raise Locked
        if part.filename.startswith("xl/worksheets/") and part.filename.endswith(".xml"):
            _check(*_of_xlsx(parts, part))
        elif part.filename == "content.xml":
            _check(*_of_ods(parts, part))


def _check(rows: int, columns: int) -> None:
    if rows * columns > MOST_CELLS:
        raise TooBig


def _chunks(parts: zipfile.ZipFile, part: zipfile.ZipInfo) -> Iterator[bytes]:
    """The part in pieces that end between tags."""
    left, size = b"", 0
    with parts.open(part) as stream:
        while piece := stream.read(_CHUNK):
            size += len(piece)
            if size > MOST_UNFOLDED:
                raise TooBig
            piece = left + piece
            cut = piece.rfind(b"<")
            left = piece[cut:] if cut >= 0 else b""
            yield piece[:cut] if cut >= 0 else piece
    yield left


def _of_xlsx(parts: zipfile.ZipFile, part: zipfile.ZipInfo) -> tuple[int, int]:
    """The farthest row and column with something in them."""
    rows, columns = 0, set()
    for piece in _chunks(parts, part):
        found = _CELL.findall(piece)
        columns |= {letters for letters, _ in found}
        rows = max([rows, *map(int, {digits[:9] for _, digits in found})])
    return rows, max(map(_column, columns), default=0)


def _column(letters: bytes) -> int:
    n = 0
    for letter in letters[:4].upper():
        n = n * 26 + letter - 64
    return n


def _of_ods(parts: zipfile.ZipFile, part: zipfile.ZipInfo) -> tuple[int, int]:
    """Rows and columns up to the last that holds something, repeats counted, of the largest table."""
    most = (0, 0)
    rows = columns = last = at = 0
    for piece in _chunks(parts, part):
        for tag, attributes in _ODS_TAG.findall(piece):
            repeated = _REPEATED.search(attributes)
            n = int(repeated[1][:9]) if repeated else 1
            if tag == b"table":
                rows = columns = last = 0
            elif tag == b"table-row":
                rows, at = rows + n, 0
            else:
                at += n
                if b"value" in attributes:
                    last, columns = rows, max(columns, at)
                    most = max(most, (last, columns), key=lambda size: size[0] * size[1])
    return most


def of_xls(data: bytes) -> None:
    """Raises Locked, WithMacros or TooBig for an old Excel file (CFB with a stream of BIFF records)."""
    streams = dict(_streams(data))
    if "EncryptedPackage" in streams:
        raise Locked
    if "_VBA_PROJECT_CUR" in streams or "_VBA_PROJECT" in streams:
        raise WithMacros
    book = streams.get("Workbook") or streams.get("Book")
    if not book:
        raise NoTable
    rows = columns = 0
    at, end = 0, len(book) - 4
    while at <= end:
        kind, size = struct.unpack_from("<HH", book, at)
        if kind == 0x2F:
            raise Locked
        if kind in _BIFF_CELLS and size >= 6 and at + 8 <= len(book):
            row, column = struct.unpack_from("<HH", book, at + 4)
            if kind == 0xBD and at + 4 + size <= len(book):
                column = struct.unpack_from("<H", book, at + 2 + size)[0]
            rows, columns = max(rows, row + 1), max(columns, column + 1)
        at += 4 + size
    _check(rows, columns)


# NUMBER, LABEL, BOOLERR, FORMULA, RK, MULRK, LABELSST, RSTRING and the forms of older versions
_BIFF_CELLS: Final = frozenset(
    {0x03, 0x04, 0x05, 0x06, 0x02, 0x203, 0x204, 0x205, 0x206, 0x406, 0x27E, 0xBD, 0xFD, 0xD6, 0x7E}
)
_END: Final = 0xFFFFFFFA


def _streams(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Names and contents of a compound file; contents of the workbook only."""
    try:
        sector = 1 << struct.unpack_from("<H", data, 30)[0]
        if sector not in (512, 4096):
            raise NoTable
        directory, _, least, mini_fat, _, more, _ = struct.unpack_from("<7I", data, 48)
        fat_sectors = [n for n in struct.unpack_from("<109I", data, 76) if n < _END]
        for _ in range(len(data) // sector + 1):
            if more >= _END:
                break
            block = struct.unpack_from(f"<{sector // 4}I", data, (more + 1) * sector)
            fat_sectors += [n for n in block[:-1] if n < _END]
            more = block[-1]
        table = b"".join(
            data[(n + 1) * sector : (n + 2) * sector] for n in fat_sectors[: len(data) // sector]
        )
        fat = struct.unpack(f"<{len(table) // 4}I", table[: len(table) // 4 * 4])
        entries = _chain(data, fat, directory, sector, sector)
        small = b""
        for at in range(0, len(entries) - 127, 128):
            length = struct.unpack_from("<H", entries, at + 64)[0]
            name = entries[at : at + max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
            kind = entries[at + 66]
            start, size = struct.unpack_from("<II", entries, at + 116)
            if kind == 5:
                small = _chain(data, fat, start, sector, sector)
            elif kind and name in ("Workbook", "Book"):
                if size >= least:
                    yield name, _chain(data, fat, start, sector, sector)[:size]
                else:
                    mini = _chain(data, fat, mini_fat, sector, sector)
                    links = struct.unpack(f"<{len(mini) // 4}I", mini[: len(mini) // 4 * 4])
                    yield name, _chain(small, links, start, 64, 0)[:size]
            elif kind:
                yield name, b""
    except (struct.error, IndexError) as error:
        raise NoTable from error


def _chain(data: bytes, fat: tuple[int, ...], start: int, sector: int, skip: int) -> bytes:
    """The sectors of a chain joined; a chain that bites its tail ends."""
    found, seen = [], 0
    while start < len(fat) and seen <= len(fat):
        found.append(data[start * sector + skip : (start + 1) * sector + skip])
        start, seen = fat[start], seen + 1
    return b"".join(found)
