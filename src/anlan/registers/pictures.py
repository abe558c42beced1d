"""照片: what a file is by its content, and a picture without what it tells of place, time and camera. Pure."""

import re
from collections.abc import Iterator
from typing import Final

from anlan.foundation.words import Sentence, say

JPEG, PNG, WEBP, PDF = "image/jpeg", "image/png", "image/webp", "application/pdf"
_SCAN_ENDS: Final = re.compile(rb"\xff[^\x00\xd0-\xd7\xff]")
_ICC: Final = b"ICC_PROFILE\x00"
_PNG: Final = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT: Final = frozenset(
    (b"IHDR", b"PLTE", b"IDAT", b"IEND", b"tRNS", b"gAMA", b"cHRM", b"sRGB", b"iCCP", b"pHYS", b"acTL", b"fcTL", b"fdAT")
)  # fmt: skip
_WEBP_KEPT: Final = frozenset((b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"))
_WEBP_TELLS: Final = 0x08 | 0x04  # flags of VP8X: Exif, XMP
_ORIENTATION: Final = 0x0112


class NoPicture(ValueError):
    """Neither a picture nor a PDF, or a broken one; `why` says what to do."""

    def __init__(self, why: Sentence) -> None:
        super().__init__(why.zh)
        self.why = why


_BROKEN: Final = say("这个文件坏了，打不开。请重新拍，或重新存一份再传。")


def clean(data: bytes) -> tuple[str, bytes]:
    """The type by content, and the content without its metadata; a PDF stays as it is. Raises: NoPicture."""
    try:
        if data.startswith(b"\xff\xd8\xff"):
            return JPEG, _jpeg(data)
        if data.startswith(_PNG):
            return PNG, _PNG + b"".join(c for kind, c in _png(data) if kind in _PNG_KEPT)
        if data[:4] == b"RIFF" and data[8:12] == b"WEBP":
            return WEBP, _webp(data)
    except IndexError:
        raise NoPicture(_BROKEN) from None
    if data.startswith(b"%PDF-"):
        return PDF, data
    if data[4:8] == b"ftyp":
        raise NoPicture(
            say("苹果手机的 HEIC 照片和视频不收。请在手机“相机—格式”里选“兼容性最佳”，或转成 JPG。")
        )
    raise NoPicture(say("只收照片（JPG、PNG、WebP）和 PDF。"))


def _part(data: bytes, start: int, size: int) -> bytes:
    if size < 0 or start + size > len(data):
        raise NoPicture(_BROKEN)
    return data[start : start + size]


def _jpeg(data: bytes) -> bytes:
    """Segments that draw, and which way is up; nothing behind the end of the picture."""
    kept, at, turned = [], 2, 0
    while (marker := _part(data, at, 2)[1]) != 0xD9:
        if data[at] != 0xFF:
            raise NoPicture(_BROKEN)
        if marker == 0xFF or marker == 0x01 or 0xD0 <= marker <= 0xD7:  # filling, marks without a body
            at += 1 if marker == 0xFF else 2
            continue
        segment = _part(data, at, 2 + max(2, int.from_bytes(_part(data, at + 2, 2), "big")))
        at += len(segment)
        if segment[4:10] == b"Exif\x00\x00" and marker == 0xE1:
            turned = _orientation(segment[10:])
        if _draws(marker, segment):
            kept.append(segment)
        if marker == 0xDA:
            if (end := _SCAN_ENDS.search(data, at)) is None:
                raise NoPicture(_BROKEN)
            kept.append(data[at : end.start()])
            at = end.start()
    return b"".join((b"\xff\xd8", _upright(turned), *kept, b"\xff\xd9"))


def _draws(marker: int, segment: bytes) -> bool:
    if marker == 0xE0:
        return segment[4:9] == b"JFIF\x00"
    if marker == 0xE2:
        return segment[4:16] == _ICC
    return marker == 0xEE or not (0xE0 <= marker <= 0xEF or marker == 0xFE)


def _orientation(tiff: bytes) -> int:
    """2 to 8 where the picture is not upright, else 0."""
    order = "little" if tiff[:2] == b"II" else "big"

    def number(at: int, size: int) -> int:
        return int.from_bytes(tiff[at : at + size], order)  # type: ignore[arg-type]

    first = number(4, 4)
    for at in range(first + 2, first + 2 + 12 * min(number(first, 2), 100), 12):
        if number(at, 2) == _ORIENTATION:
            found = number(at + 8, 2)
            return found if 2 <= found <= 8 else 0
    return 0


def _upright(turned: int) -> bytes:
    """An Exif segment that says nothing but which way is up."""
    if not turned:
        return b""
    entry = b"\x01\x00\x12\x01\x03\x00\x01\x00\x00\x00" + bytes((turned, 0, 0, 0))
    body = b"Exif\x00\x00II*\x00\x08\x00\x00\x00" + entry + bytes(4)
    return b"\xff\xe1" + (len(body) + 2).to_bytes(2, "big") + body


def _png(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at, kind = len(_PNG), b""
    while kind != b"IEND":
        kind = _part(data, at + 4, 4)
        chunk = _part(data, at, 12 + int.from_bytes(_part(data, at, 4), "big"))
        at += len(chunk)
        yield kind, chunk


def _webp(data: bytes) -> bytes:
    end, at, kept = min(len(data), 8 + int.from_bytes(data[4:8], "little")), 12, []
    while at + 8 <= end:
        kind, size = data[at : at + 4], int.from_bytes(data[at + 4 : at + 8], "little")
        chunk = bytearray(_part(data, at, 8 + size)) + (b"\x00" if size % 2 else b"")
        at += len(chunk)
        if kind == b"VP8X":
            chunk[8] &= ~_WEBP_TELLS & 0xFF
        if kind in _WEBP_KEPT:
            kept.append(bytes(chunk))
    body = b"WEBP" + b"".join(kept)
    return b"RIFF" + len(body).to_bytes(4, "little") + body
