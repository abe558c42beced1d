"""Where a file's numbers lie: the system declared or found, axes turned the right way, everything brought to longitude and latitude.

CGCS2000 (EPSG:4490) and WGS 84 (EPSG:4326) agree within a decimetre in China and are taken for one. Beijing 1954 and Xian 1980 are
moved only where PROJ knows a way with a stated error: without a county's own parameters it is 100 m and more off.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
import pyproj
import shapely
from pyproj.aoi import AreaOfInterest
from pyproj.exceptions import CRSError, ProjError
from pyproj.transformer import TransformerGroup

from anlan.foundation.words import Sentence, say
from anlan.places.mapfiles import shifted
from anlan.places.mapfiles.features import Feature, Layer, MapFileWrong

GCJ02, BD09 = "GCJ-02", "BD-09"
SHIFTED: dict[str, Callable[[Any, Any], shifted.Lonlat]] = {
    GCJ02: shifted.from_gcj02,
    BD09: shifted.from_bd09,
}
EXACT = ("EPSG:4490", "EPSG:4326")
WEST, EAST, SOUTH, NORTH = 73.0, 136.0, 3.0, 54.0
MERIDIANS = range(75, 136, 3)
LonLat = tuple[float, float]


@dataclass(frozen=True)
class Placed:
    """Features in longitude and latitude, the system that they came in, and what should be known of it."""

    features: list[Feature]
    crs: str
    notes: list[Sentence]


def placed(layer: Layer, *, declared: str = "", home: LonLat | None = None) -> Placed:
    """Bring a layer to longitude and latitude. `declared` overrules what the file says; `home` is about where it should lie.

    Raises: MapFileWrong where the system is neither said nor clear, cannot be moved, or brings the shapes out of China.
    """
    notes: list[Sentence] = []
    shapes = np.array([each.shape for each in layer.features], dtype=object)
    xy = shapely.get_coordinates(shapes)
    middle = np.median(xy, axis=0)
    turned = _is_turned(*middle)
    if turned:
        xy, middle = xy[:, ::-1], middle[::-1]
        notes.append(say("坐标的两列写反了（先纬度后经度，或先北后东），已调换；请在图上核对。"))
    name = _system(_declared(declared), layer.crs, middle, home, notes)
    lonlat = _moved(xy, name, notes)
    _check_range(lonlat)
    shapes = shapely.set_coordinates(shapes.copy(), lonlat)
    moved = [replace(each, shape=shape) for each, shape in zip(layer.features, shapes, strict=True)]
    return Placed(moved, name, notes)


def _declared(text: str) -> str:
    """What somebody typed or chose: `4547`, `epsg:4547`, `gcj02`. Empty for what the file says."""
    plain = text.strip().upper().replace(" ", "")
    shift = {"GCJ02": GCJ02, "BD09": BD09, "BD09LL": BD09, "CGCS2000": "EPSG:4490", "WGS84": "EPSG:4326"}
    return shift.get(plain.replace("-", ""), f"EPSG:{plain}" if plain.isdigit() else plain)


def _is_turned(x: float, y: float) -> bool:
    """Degrees or metres of China that make sense only the other way round."""
    degrees = SOUTH < x < NORTH and WEST < y < EAST
    metres = 3e5 < x < 6.2e6 and (13e6 < y < 46e6 or (x > 1.5e6 and 1e5 < y < 9e5))
    return degrees or metres


def _system(declared: str, said: str, middle: Any, home: LonLat | None, notes: list[Sentence]) -> str:
    x, y = middle
    in_degrees = abs(x) <= 180 and abs(y) <= 90
    name = declared or _epsg(said)
    if name in SHIFTED:
        return name
    if name and (known(name).is_geographic == in_degrees):
        return _with_zone(name, x, notes)
    if name:
        notes.append(
            say("写的坐标系是 {crs}，坐标却不像，已按坐标的大小判断；请在图上核对。", crs=known(name).name)
        )
    if in_degrees:
        if not name:
            notes.append(
                say(
                    "文件没有写坐标系，按 CGCS2000 经纬度读。国内网络地图抄下来的要选 GCJ-02 或 BD-09，否则偏几百米。"
                )
            )
        return "EPSG:4490"
    return _gauss(x, y, home, notes)


def _gauss(x: float, y: float, home: LonLat | None, notes: list[Sentence]) -> str:
    """The Gauss-Krüger zone that metres without a name lie in: by the zone before the easting, else by where the county lies."""
    zone = int(x // 1_000_000)
    if 25 <= zone <= 45 or 13 <= zone <= 23:
        name = f"EPSG:{4513 + zone - 25}" if zone >= 25 else f"EPSG:{4491 + zone - 13}"
    elif 1e5 < x < 9e5 and 1.5e6 < y < 6.2e6 and home is not None:
        meridian = min(
            MERIDIANS, key=lambda lon: abs(_degrees(f"EPSG:{4534 + (lon - 75) // 3}", x, y) - home[0])
        )
        name = f"EPSG:{4534 + (meridian - 75) // 3}"
    else:
        raise MapFileWrong(
            "看不出坐标系：坐标约为 {x}，{y}。请问给图的单位，再写明，例如 EPSG:4547。",
            x=round(x),
            y=round(y),
        )
    notes.append(say("文件没有写坐标系，按坐标判断为 {crs}；请在图上核对。", crs=known(name).name))
    return name


def _with_zone(name: str, x: float, notes: list[Sentence]) -> str:
    """The same meridian with the zone before the easting, where the numbers have one and the system has none."""
    system = known(name)
    easting = (
        next((p.value for p in system.coordinate_operation.params if p.name == "False easting"), 0)
        if system.is_projected
        else 0
    )
    zone = int(x // 1_000_000)
    if easting != 500_000 or system.geodetic_crs.to_epsg(20) != 4490 or not (25 <= zone <= 45):
        return name
    notes.append(say("东坐标前带着带号 {zone}，坐标系却没有带号，已按带号读。", zone=zone))
    return f"EPSG:{4513 + zone - 25}"


def _epsg(said: str) -> str:
    """The EPSG name of what a file says; its own words where no number fits."""
    if not said:
        return ""
    try:
        system = pyproj.CRS.from_user_input(said)
    except CRSError:
        return ""
    number = system.to_epsg(25)
    return f"EPSG:{number}" if number else said


@lru_cache(maxsize=64)
def known(name: str) -> pyproj.CRS:
    """Raises: MapFileWrong for a name that nobody knows."""
    try:
        return pyproj.CRS.from_user_input(name)
    except CRSError:
        raise MapFileWrong(
            "没有叫 {crs} 的坐标系。请写 EPSG 编号（如 4547），或 GCJ-02、BD-09。", crs=name[:60]
        ) from None


def _degrees(name: str, x: float, y: float) -> float:
    return float(pyproj.Transformer.from_crs(name, "EPSG:4490", always_xy=True).transform(x, y)[0])


def _moved(xy: Any, name: str, notes: list[Sentence]) -> Any:
    """Coordinates in longitude and latitude. Raises: MapFileWrong."""
    if name in SHIFTED:
        notes.append(
            say(
                "已从 {crs} 换算；公开的换算式与官方偏移相差约 {metres} m。",
                crs=name,
                metres=shifted.WITHIN_M,
            )
        )
        return np.column_stack(SHIFTED[name](xy[:, 0], xy[:, 1]))
    system = known(name)
    if name in EXACT:
        return xy
    datum = system.geodetic_crs.to_epsg(20)
    try:
        if f"EPSG:{datum}" in EXACT:
            way = pyproj.Transformer.from_crs(system, f"EPSG:{datum}", always_xy=True)
        else:
            way, metres = _uncertain(system, xy)
            notes.append(say("已从 {crs} 换算，误差约 {metres} m。", crs=system.name, metres=metres))
        return np.column_stack(way.transform(xy[:, 0], xy[:, 1], errcheck=True))
    except ProjError:
        raise MapFileWrong(
            "坐标换算不了：有的坐标不在 {crs} 的范围内。请核对坐标系。", crs=system.name
        ) from None


def _uncertain(system: pyproj.CRS, xy: Any) -> tuple[pyproj.Transformer, float]:
    """A way with a stated error from another datum. Raises: MapFileWrong where there is none."""
    rough = pyproj.Transformer.from_crs(system, system.geodetic_crs, always_xy=True).transform(
        *np.median(xy, axis=0)
    )
    area = AreaOfInterest(rough[0] - 0.1, rough[1] - 0.1, rough[0] + 0.1, rough[1] + 0.1)
    ways = TransformerGroup(system, "EPSG:4490", always_xy=True, area_of_interest=area).transformers
    good = [(each, float(each.accuracy)) for each in ways if each.accuracy is not None and each.accuracy >= 0]
    if not good:
        raise MapFileWrong(
            "{crs} 到 CGCS2000 没有公开的换算参数，硬换会偏几十到一百多米，没有换。请向自然资源部门要 CGCS2000 的成果，或请他们换好。",
            crs=system.name,
        )
    return min(good, key=lambda pair: pair[1])


def _check_range(lonlat: Any) -> None:
    if not np.isfinite(lonlat).all():
        raise MapFileWrong("有的坐标不是数，或在坐标系的范围之外。请核对坐标系后重新导出。")
    low, high = lonlat.min(axis=0), lonlat.max(axis=0)
    if low[0] < WEST or high[0] > EAST or low[1] < SOUTH or high[1] > NORTH:
        raise MapFileWrong(
            "有图形在中国之外：经度 {west}～{east}，纬度 {south}～{north}。请核对坐标系，或经纬度写反的图形。",
            west=round(low[0], 3), east=round(high[0], 3), south=round(low[1], 3), north=round(high[1], 3),
        )  # fmt: skip
