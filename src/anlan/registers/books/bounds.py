"""边界: how far a book reaches, looked for in its parts before python-calamine unfolds it.

The library lays a sheet out as a full rectangle up to its farthest cell: two cells in opposite corners would take all
memory and the process with it. Nothing that a file says about its own sizes is believed.
"""

import re
import string
import zlib
from collections.abc import Iterator
from struct import error as struct_error
from struct import unpack_from
from typing import Final
from xml.parsers import expat
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from anlan.registers.books.errors import Locked, NoTable, TooBig, WithMacros

MOST_UNFOLDED: Final = 400 << 20
MOST_CELLS: Final = 8_000_000
_PIECE: Final = 1 << 20
_DIGITS, _LETTERS = string.digits.encode(), string.ascii_letters.encode()
_CELL: Final = re.compile(rb"""<(?:\w+:)?c\s[^<>]*?\br\s*=\s*["']\s*([A-Za-z]+\d+)[^<>]*(?<!/)>""")
_CELL_IN_TURN: Final = re.compile(rb"<(?:\w+:)?c(?:\s(?:(?!\br\s*=)[^<>])*)?(?<!/)>")
_ROW: Final = re.compile(rb"""<(?:\w+:)?row(?=[\s>/])(?:\s[^<>]*?\br\s*=\s*["']\s*(\d+))?""")
_TEXT: Final = re.compile(rb"<(?:\w+:)?si[\s>/]")
_COUNT: Final = re.compile(rb"""ount\s*=\s*["']\s*\d{8}""")  # room is made for as many as a file says it has
_ODS: Final = re.compile(rb"<table:(table-row|table-cell|covered-table-cell|table)(?=[\s>/])([^<>]*)>")
_REPEATED: Final = re.compile(rb"""number-(?:rows|columns)-repeated\s*=\s*["']\s*(\d+)""")


def of_parts(parts: ZipFile, data: bytes) -> None:
    """Raises TooBig for a zipped book (xlsx, ods) that would unfold beyond measure."""
    size = 0
    for part in parts.infolist():
        if part.flag_bits & 1:
            raise Locked
        look = _of_ods if part.filename == "content.xml" else _of_xlsx
        pieces = _pieces(part, data, MOST_UNFOLDED - size)
        rows, columns = look(_whole(pieces) if part.filename.lower().endswith((".xml", ".rels")) else pieces)
        _check(rows, columns)
        size += part.file_size


def _check(rows: int, columns: int) -> None:
    if rows * columns > MOST_CELLS:
        raise TooBig


def _pieces(part: ZipInfo, data: bytes, most: int) -> Iterator[bytes]:
    """The part in pieces that end between tags, unfolded to its true end."""
    name, extra = unpack_from("<HH", data, part.header_offset + 26)
    start = part.header_offset + 30 + name + extra
    packed = memoryview(data)[start : start + part.compress_size]
    size, left = 0, b""
    for piece in _unfolded(part.compress_type, packed):
        size += len(piece)
        if size > most:
            raise TooBig
        whole = left + piece
        cut = whole.rfind(b"<")
        if cut < 0 and len(whole) > 4 * _PIECE:
            raise NoTable  # no mark-up
        left = whole[max(cut, 0) :]
        yield whole[: max(cut, 0)]
    if size != part.file_size:
        raise NoTable
    yield left


def _whole(pieces: Iterator[bytes]) -> Iterator[bytes]:
    """The pieces of well-formed XML: on a broken end the library would wait for ever."""
    parser = expat.ParserCreate()
    parser.StartDoctypeDeclHandler = _no_doctype
    try:
        for piece in pieces:
            parser.Parse(piece)
            yield piece
        parser.Parse(b"", True)
    except expat.ExpatError as error:
        raise NoTable from error


def _no_doctype(*_: object) -> None:
    raise NoTable


def _unfolded(method: int, packed: memoryview) -> Iterator[bytes]:
    if method == ZIP_STORED:
        yield from (bytes(packed[at : at + _PIECE]) for at in range(0, len(packed), _PIECE))
    elif method == ZIP_DEFLATED:
        stream = zlib.decompressobj(-15)
        for at in range(0, len(packed), _PIECE):
            waiting: bytes | memoryview = packed[at : at + _PIECE]
            while waiting:
                yield stream.decompress(waiting, _PIECE)
                waiting = stream.unconsumed_tail
        yield stream.flush()
        if not stream.eof:
            raise NoTable
    else:
        raise NoTable


def _of_xlsx(pieces: Iterator[bytes]) -> tuple[int, int]:
    """The farthest row and column with something in them; what names no place stands after what is before it."""
    rows = in_turn = texts = widest = open_ = 0
    columns: set[bytes] = set()
    for piece in pieces:
        found = b" ".join(_CELL.findall(piece))
        columns |= set(found.translate(None, _DIGITS).split())
        given = _ROW.findall(piece)
        in_turn += given.count(b"")
        rows = max([rows, *(int(n[:9]) for n in {*given, *found.translate(None, _LETTERS).split()} if n)])
        texts += len(_TEXT.findall(piece))
        if _CELL_IN_TURN.search(piece):
            counts = [len(_CELL_IN_TURN.findall(each)) for each in _ROW.split(piece)[::2]]
            widest, open_ = (
                max(widest, open_ + counts[0], *counts),
                counts[-1] + (open_ if len(counts) == 1 else 0),
            )
        if texts > MOST_CELLS or _COUNT.search(piece):
            raise TooBig
    return rows + in_turn, max(map(_column, columns), default=0) + widest


def _column(letters: bytes) -> int:
    n = 0
    for letter in letters[:4].upper():
        n = n * 26 + letter - 64
    return n


def _of_ods(pieces: Iterator[bytes]) -> tuple[int, int]:
    """Rows and columns up to the last that holds something, repeats counted; the largest of the tables."""
    most = (0, 0)
    rows = columns = at = 0
    for piece in pieces:
        for tag, attributes in _ODS.findall(piece):
            repeated = _REPEATED.search(attributes)
            n = int(repeated[1][:9]) if repeated else 1
            if tag == b"table":
                rows = columns = 0
            elif tag == b"table-row":
                rows, at = rows + n, 0
            else:
                at += n
                if b"value" in attributes or not attributes.endswith(b"/"):
                    columns = max(columns, at)
                    most = max(most, (rows, columns), key=lambda size: size[0] * size[1])
    return most


# Cells of BIFF: NUMBER, LABEL, BOOLERR, FORMULA, RK, MULRK, LABELSST, RSTRING, with those of older versions.
_BIFF_CELLS: Final = frozenset(
    {2, 3, 4, 5, 6, 0x7E, 0xBD, 0xD6, 0xFD, 0x203, 0x204, 0x205, 0x206, 0x27E, 0x406}
)
_MULRK, _DIMENSIONS, _FILEPASS, _BIFF8_SHEET = 0xBD, 0x200, 0x2F, 65_536 * 256
_FREE: Final = 0xFFFFFFFA
_SMALL: Final = 4096  # shorter streams lie elsewhere; no workbook is so short


def of_xls(data: bytes) -> None:
    """Raises Locked, WithMacros or TooBig for an old Excel file: a compound file with a stream of BIFF records."""
    try:
        streams = list(_streams(data))
        names = {name for name, _ in streams}
        if "EncryptedPackage" in names:
            raise Locked
        if "_VBA_PROJECT_CUR" in names:
            raise WithMacros
        books = [book for name, book in streams if name in ("workbook", "book")]
        if not books:
            raise NoTable
        for book in books:
            _check(*_of_biff(book))
    except struct_error as error:
        raise NoTable from error


def _of_biff(book: bytes) -> tuple[int, int]:
    rows = columns = at = 0
    while at + 4 <= len(book):
        kind, size = unpack_from("<HH", book, at)
        at += 4
        if kind == _FILEPASS:
            raise Locked
        if kind in _BIFF_CELLS and size >= 6 and at + size <= len(book):
            row, column = unpack_from("<HH", book, at)
            if kind == _MULRK:
                column = unpack_from("<H", book, at + size - 2)[0]
            rows, columns = max(rows, row + 1), max(columns, column + 1)
        elif kind == _DIMENSIONS and size >= 10 and at + size <= len(book):
            first, last, left, right = unpack_from("<IIHH" if size >= 14 else "<HHHH", book, at)
            tall, wide = ((end - start) % 2**32 for start, end in ((first, last), (left, right)))
            if max(tall, 1) * max(wide, 1) > 2 * _BIFF8_SHEET:  # an end before its start wraps round
                raise TooBig
        at += size
    return rows, columns


def _streams(data: bytes) -> Iterator[tuple[str, bytes]]:
    """Names of what is in a compound file, with the contents of workbooks."""
    sector = 1 << min(20, unpack_from("<H", data, 30)[0])
    directory, _, _, mini, _, more, _ = unpack_from("<7I", data, 48)
    fat_at = [n for n in unpack_from("<109I", data, 76) if n < _FREE]
    while more < _FREE:
        block = unpack_from(f"<{sector // 4}I", data, (more + 1) * sector)
        fat_at += [n for n in block[:-1] if n < _FREE]
        more = block[-1]
        if len(fat_at) * sector > len(data):
            raise NoTable
    table = b"".join(data[(n + 1) * sector : (n + 2) * sector] for n in fat_at)
    fat = unpack_from(f"<{len(table) // 4}I", table)
    _chain(data, fat, mini, sector)
    entries = _chain(data, fat, directory, sector)
    for at in range(0, len(entries) - 127, 128):
        length = unpack_from("<H", entries, at + 64)[0]
        name = entries[at : at + max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
        start, size = unpack_from("<II", entries, at + 116)
        if name.lower() not in ("workbook", "book"):
            yield name, b""
        elif size < _SMALL:
            raise NoTable
        else:
            yield name.lower(), _chain(data, fat, start, sector)[:size]


def _chain(data: bytes, fat: tuple[int, ...], start: int, sector: int) -> bytes:
    """The sectors of a chain joined."""
    found = []
    while start < len(fat):
        found.append(data[(start + 1) * sector : (start + 2) * sector])
        start = fat[start]
        if len(found) > len(fat):
            raise NoTable  # it bites its tail
    return b"".join(found)
