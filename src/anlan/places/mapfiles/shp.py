"""Shapefile: .shp with its attributes (.dbf), coordinate system (.prj) and the encoding of its text (.cpg, else found)."""

import io
import logging
import re
import struct
from collections.abc import Iterable, Mapping
from typing import Any

import shapefile

from anlan.foundation.words import Sentence, say
from anlan.places.mapfiles.features import Collected, Layer, MapFileWrong, told_of

logging.getLogger("shapefile").setLevel(logging.ERROR)  # rings that turn the wrong way are put right here
LANGUAGES = {0x4D: "gb18030", 0x7A: "gb18030", 0x4F: "big5", 0x78: "big5", 0x03: "cp1252", 0x57: "cp1252"}
"""Code page marks in the head of a .dbf."""
PAGES = {
    **dict.fromkeys(("936", "gbk", "gb2312", "gb18030"), "gb18030"),
    **dict.fromkeys(("950", "big5"), "big5"),
    **dict.fromkeys(("65001", "utf-8", "utf8"), "utf-8"),
}
UNREADABLE = (
    shapefile.ShapefileException,
    struct.error,
    ValueError,
    IndexError,
    KeyError,
    TypeError,
    AssertionError,
    OSError,
)


def read(parts: Mapping[str, bytes]) -> Layer:
    """The layer from its files by ending; only `shp` must be there. Raises: MapFileWrong."""
    notes: list[Sentence] = []
    found = Collected()
    try:
        if 2 * struct.unpack(">i", parts["shp"][24:28])[0] != len(parts["shp"]):
            raise ValueError("cut")
        reader = shapefile.Reader(
            shp=io.BytesIO(parts["shp"]),
            dbf=io.BytesIO(parts["dbf"]) if parts.get("dbf") else None,
            encoding="latin-1",
        )
        rows = [list(row) for row in reader.records()] if parts.get("dbf") else []
        names = [each[0] for each in reader.fields if each[0] != "DeletionFlag"] if rows else []
        shapes = [each.__geo_interface__ if each and each.shapeType else {} for each in reader.iterShapes()]
    except UNREADABLE:
        raise MapFileWrong(
            "Shapefile 读不出来：文件不全或损坏。请在制图软件里重新导出，把 .shp .shx .dbf .prj 一起打成 zip。"
        ) from None
    encoding = _encoding(parts, [names, *rows], notes) if rows else ""
    if not rows:
        notes.append(say("没有 .dbf：图形没有名称和代码。"))
    elif len(rows) != len(shapes):
        raise MapFileWrong(
            "Shapefile 的图形（{shapes}）和属性（{rows}）数目不同。请重新导出。",
            shapes=len(shapes),
            rows=len(rows),
        )
    names = [_decoded(name, encoding) for name in names]
    for n, shape in enumerate(shapes):
        row = [_decoded(value, encoding) for value in rows[n]] if rows else []
        found.add(
            shape.get("type", "Point"), shape.get("coordinates"), told_of(zip(names, row, strict=False))
        )
    prj = parts.get("prj", b"").decode("utf-8", "replace").strip("\ufeff\x00 \r\n")
    return Layer("Shapefile", found.features, prj, encoding, notes)


def _encoding(parts: Mapping[str, bytes], rows: Iterable[Iterable[Any]], notes: list[Sentence]) -> str:
    """What the text is written in: as .cpg or the .dbf's head says where that fits, else UTF-8, else GBK."""
    text = "\n".join(cell for row in rows for cell in row if isinstance(cell, str)).encode("latin-1")
    told = parts.get("cpg", b"").decode("ascii", "ignore").strip("\x00 \r\n").lower()
    claimed = PAGES.get(re.sub(r"^(ansi|oem|cp|windows)[ -]?", "", told), "")
    for encoding in filter(None, (claimed, "utf-8", LANGUAGES.get(parts["dbf"][29], ""), "gb18030")):
        try:
            text.decode(encoding)
        except UnicodeDecodeError:
            continue
        if claimed and encoding != claimed:
            notes.append(
                say("属性的编码写的是 {told}，其实是 {found}，已按后者读。", told=told, found=encoding)
            )
        return encoding
    notes.append(say("有的属性文字读不出来，已用“?”代替；请核对名称。"))
    return claimed or "gb18030"


def _decoded(value: Any, encoding: str) -> Any:
    return (
        value.encode("latin-1").decode(encoding, "replace") if isinstance(value, str) and encoding else value
    )
