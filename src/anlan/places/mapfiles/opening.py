"""From bytes to a layer: which kind of file it is by its content, and what a zip holds before anything in it is unpacked."""

import io
import zipfile
from collections.abc import Mapping
from pathlib import PurePosixPath

from anlan.places.mapfiles import geojson, gpkg, kml, shp
from anlan.places.mapfiles.features import MOST_BYTES, MOST_UNPACKED, Layer, MapFileWrong
from anlan.places.mapfiles.gpkg import chosen

MOST_ENTRIES, MOST_RATIO = 500, 200
PARTS = ("shp", "dbf", "prj", "cpg", "shx")
ALONE = ("kml", "geojson", "json", "gpkg")


def read(data: bytes, *, layer: str = "") -> Layer:
    """The shapes of a file; `layer` names one where it holds several. Raises: MapFileWrong."""
    if not data:
        raise MapFileWrong("文件是空的。请选有内容的图层文件。")
    if len(data) > MOST_BYTES:
        raise MapFileWrong("文件超过 {size} MB。请按乡镇分成几个，或先简化。", size=MOST_BYTES // 2**20)
    found = _of_zip(data, layer) if data[:4] == b"PK\x03\x04" else _plain(data, layer)
    if not found.features:
        raise MapFileWrong("文件里没有一个图形。请核对选的是不是这个图层。")
    return found


def _plain(data: bytes, layer: str) -> Layer:
    start = data[:400].lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\x00")
    if data[:4] == b"\x00\x00\x27\x0a":
        return shp.read({"shp": data})
    if data[:16] == b"SQLite format 3\x00":
        return gpkg.read(data, layer=layer)
    if start[:1] == b"{":
        return geojson.read(data)
    if start[:1] == b"<":
        return kml.read(data)
    raise MapFileWrong("看不出是什么文件。能读 GeoJSON、Shapefile（zip）、GeoPackage（.gpkg）和 KML／KMZ。")


def _of_zip(data: bytes, layer: str) -> Layer:
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as packed:
            entries = _checked(packed)
            layers = _layers(entries)
            name = chosen(sorted(layers), layer)
            unpacked = {ending: packed.read(entry) for ending, entry in layers[name].items()}
    except (zipfile.BadZipFile, NotImplementedError, EOFError, OSError, ValueError, RuntimeError):
        raise MapFileWrong(
            "zip 打不开：没有传完、损坏或用了少见的压缩。请用系统自带的压缩重新打包。"
        ) from None
    return shp.read(unpacked) if "shp" in unpacked else _plain(next(iter(unpacked.values())), "")


def _checked(packed: zipfile.ZipFile) -> list[zipfile.ZipInfo]:
    """Entries that may be unpacked, judged by what the zip's list says; nothing comes out that is longer than it says."""
    entries = [each for each in packed.infolist() if not each.is_dir() and "__MACOSX" not in each.filename]
    size = sum(each.file_size for each in entries)
    if any(each.flag_bits & 1 for each in entries):
        raise MapFileWrong("zip 有密码。请去掉密码重新打包。")
    if (
        len(entries) > MOST_ENTRIES
        or size > MOST_UNPACKED
        or size > MOST_RATIO * max(sum(e.compress_size for e in entries), 1)
    ):
        raise MapFileWrong(
            "zip 解开后太大（{size} MB，{n} 个文件），没有解开。请只打包这一个图层。",
            size=size // 2**20,
            n=len(entries),
        )
    return entries


def _layers(entries: list[zipfile.ZipInfo]) -> Mapping[str, Mapping[str, zipfile.ZipInfo]]:
    """By name: the parts of each shapefile, or the one file of another kind."""
    found: dict[str, dict[str, zipfile.ZipInfo]] = {}
    for each in entries:
        path = PurePosixPath(_named(each))
        ending = path.suffix.lower().lstrip(".")
        if ending in PARTS:
            found.setdefault(str(path.with_suffix("")), {})[ending] = each
        elif ending in ALONE:
            found[str(path)] = {ending: each}
    return {name: parts for name, parts in found.items() if "shp" in parts or parts.keys() & set(ALONE)}


def _named(entry: zipfile.ZipInfo) -> str:
    """The name as it was written: Chinese machines write GBK without saying so."""
    if entry.flag_bits & 0x800:
        return entry.filename
    try:
        return entry.filename.encode("cp437").decode("gbk")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return entry.filename
