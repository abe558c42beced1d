"""What a CAP or 12379 file brings in: each level apart, its places by code and by line, and what of it is doubtful."""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import numpy as np
import shapely

from anlan.foundation.errors import Invalid
from anlan.foundation.rules.grade import Grade
from anlan.foundation.words import w
from anlan.people.queries.units import Unit, speaking
from anlan.places.atlas import Place, atlas
from anlan.science.spatial.shapes import BadShape, metres_per_degree, parts_of
from anlan.warn import targets
from anlan.wire import cap, tables
from anlan.wire.cap import mapping, reader
from anlan.wire.cap.errors import NotCap
from anlan.wire.cap.model import Alert, Area, Circle, Info, MsgType, ResponseType
from anlan.wire.cap.national import reading

COLOURS_DIFFER = w("级别几处写得不一样，按最高的算")
AREAS_APART = w("代码和边界对不上，两处都算")
CODES_UNKNOWN = w("有代码像是本地的，本地却没有")
SENDER_DIFFERS = w("发送方代码不是这个发布单位的")
ENDING = ("cancel", "all_clear")
WORST = list(mapping.Colour).index
HAN = re.compile(r"[\u3400-\u9fff\U00020000-\U0003ffff]")
METRES = 1000.0


def taken_from(data: bytes) -> list[dict[str, Any]]:
    """What the file says, as `take_in` wants it: one for each kind and level, the highest first.

    Raises: CapError when it cannot be read; Invalid when it says nothing that we can act on.
    """
    alert = _read(data)
    if alert.msg_type in (MsgType.ACK, MsgType.ERROR):
        raise Invalid("这份文件是回执或出错通知，不是预警。请向发布单位要预警原文。")
    if not alert.infos and alert.msg_type is not MsgType.CANCEL:
        raise Invalid("这份文件没有预警内容（info）。请向发布单位要完整的文件。")
    parts = [_said(alert, infos) for infos in _apart(alert)]
    ours = [part for part in parts if part["message"] in ENDING or part["named"] or not part["is_drawn"]]
    if not ours:
        raise Invalid(
            "这份文件点到的地方，本地一个也没有，没有导入。确实管到本地的，请照原文录入并勾上地方。"
        )
    return [{**part, "part": n} for n, part in enumerate(sorted(ours, key=lambda part: -part["level"]))]


def _read(data: bytes) -> Alert:
    try:
        return reader.read(data)
    except NotCap:
        return reading.read(data).alert


def _apart(alert: Alert) -> list[list[Info]]:
    """The blocks that say one thing, the Chinese one first; a translation joins the Chinese one of its level."""
    found: dict[tuple[int, str, str], list[Info]] = {}
    for info in sorted(alert.infos, key=lambda info: not _is_chinese(info)):
        level = _level(info)[0] if alert.msg_type is not MsgType.CANCEL else 0
        key = (level, *(("", "") if not level else (_event_type(info) or info.event, _message(alert, info))))
        same = next((k for k in found if k[0] == level and not _is_chinese(info)), key)
        found.setdefault(same, []).append(info)
    return list(found.values()) or [[]]


def _said(alert: Alert, infos: list[Info]) -> dict[str, Any]:
    info = infos[0] if infos else None
    message = _message(alert, info)
    level = max((_level(each)[0] for each in infos), default=0)
    if not level and message not in ENDING:
        raise Invalid("文件里看不出级别颜色。请改用“照原文录入”。")
    areas = list(dict.fromkeys(area for each in infos for area in each.areas))
    where = _where(areas)
    name = (info and info.sender_name) or alert.source or alert.sender
    doubts = [COLOURS_DIFFER] if message not in ENDING and any(_level(each)[1] for each in infos) else []
    return {
        "issuer_name": name,
        "sender": alert.sender,
        "event_type": _event_type(info) if info else "",
        "level": level,
        "named": where.named,
        "unknown": where.unknown,
        "is_drawn": where.is_drawn,
        "areas": "、".join(dict.fromkeys(area.description for area in areas)),
        "headline": (info and (info.headline or info.event)) or "",
        "description": (info and info.description) or "",
        "instruction": (info and info.instruction) or "",
        "issued_at": alert.sent,
        "expires_at": max((each.expires for each in infos if each.expires), default=None),
        "identifier": alert.identifier,
        "message": message,
        "references": " ".join(f"{r.sender},{r.identifier},{r.sent.isoformat()}" for r in alert.references),
        "polygon": where.rings,
        "status": alert.status.value,
        "doubts": doubts + where.doubts + ([] if _speaks(alert.sender, name) else [SENDER_DIFFERS]),
    }


def _is_chinese(info: Info) -> bool:
    said = f"{info.event}{info.headline or ''}{info.description or ''}"
    return info.spoken_language.lower().startswith("zh") or bool(HAN.search(said))


def _event_type(info: Info) -> str:
    return next((code.value for code in info.event_codes), "")


def _message(alert: Alert, info: Info | None) -> str:
    if info and ResponseType.ALL_CLEAR in info.response_types:
        return "all_clear"
    return {MsgType.UPDATE: "update", MsgType.CANCEL: "cancel"}.get(alert.msg_type, "alert")


def _level(info: Info) -> tuple[int, bool]:
    """The level, the highest of those that severity, parameter and headline say, and whether they differ; 0 when none says one."""
    said = mapping.colours_in(info.headline or "")
    named = [mapping.colour_named(p.value) for p in info.parameters if p.name == mapping.COLOUR]
    marked = {colour for colour in (mapping.colour_of(info.severity), *named) if colour}
    if len(said) > 1 and said & marked:  # 橙色升级为红色: the marks say which of them holds
        said &= marked
    found = sorted(said | marked, key=WORST)
    return (int(Grade.parse(found[-1].value)), len(found) > 1) if found else (0, False)


def _speaks(sender: str, name: str) -> bool:
    """Whether the sender's code fits the unit whose name stands beside it, as far as we know either."""
    found = speaking(sender, name)
    return not found or any(_fits(unit, sender, name) for unit in found)


def _fits(unit: Unit, sender: str, name: str) -> bool:
    if unit.unit_code:
        return unit.unit_code == sender and (unit.name in name or name in unit.name)
    home = atlas().by_path.get(unit.place_path)
    return home is None or not sender.isdecimal() or sender.startswith(home.code[:6])


# ---------- places ----------
@dataclass(frozen=True)
class Where:
    """The places of ours that areas name by code or cover by their lines; `is_drawn` when there was anything to go by."""

    named: list[str]
    unknown: list[str]
    rings: list[list[list[float]]]
    is_drawn: bool
    doubts: list[str]


def _where(areas: list[Area]) -> Where:
    """CAP 3.2.4: codes, polygons and circles of an area add up."""
    found: set[Place] = set()
    unknown: list[str] = []
    rings, doubts = [], []
    for area in areas:
        codes = {code.value: _known(code.value) for code in area.geocodes}
        unknown += [code for code, place in codes.items() if not place]
        coded = {place for place in codes.values() if place}
        lines = [*map(_pairs, area.polygons), *map(_round, area.circles)]
        drawn = _villages(lines)
        if (
            codes
            and lines
            and not any(v.path.startswith(p.path) for v in drawn for p in coded)
            and (drawn or coded)
        ):
            doubts.append(AREAS_APART)
        found |= coded | {v for v in drawn if not any(v.path.startswith(p.path) for p in coded)}
        rings += lines
    if any(atlas().city.code and code.startswith(atlas().city.code) for code in unknown):
        doubts.append(CODES_UNKNOWN)
    is_drawn = any(area.geocodes or area.polygons or area.circles for area in areas)
    whole = all(area.polygons or area.circles for area in areas)  # lines cut what is named: not what has none
    return Where(
        sorted(p.code for p in found), unknown, rings if whole else [], is_drawn, list(dict.fromkeys(doubts))
    )


def _known(code: str) -> Place | None:
    """The division of a code, its filling zeros and a spreadsheet's `.0` aside; the province that holds us names the city."""
    code = re.sub(r"\.0+$", "", tables.plain(code))
    sizes = [size for size in (12, 9, 6, 4) if code[size:].strip("0") == ""]
    found = next((place for size in sizes if (place := atlas().by_code.get(code[:size]))), None)
    city = atlas().city
    holds = len(code) in (6, 12) and code[2:].strip("0") == "" and city.code[:2] == code[:2]
    return found or (city if holds else None)


def _villages(lines: list[list[list[float]]]) -> set[Place]:
    """Villages with a home inside, or whose own point lies inside."""
    if not lines:
        return set()
    try:
        hits = targets.residents().index.in_polygon(
            [part for ring in lines for part in parts_of({"type": "Polygon", "coordinates": [ring]})]
        )
    except BadShape:
        raise Invalid("这份文件画的边界不成一个面，没有导入。请向发布单位核实，或照原文录入。") from None
    inside = {atlas().by_id[i] for i in set(hits.groups.tolist()) if i in atlas().by_id}
    area = shapely.union_all([shapely.make_valid(shapely.Polygon(ring)) for ring in lines])
    return inside | set(_at(area, atlas().walk(4)))


def _at(area: Any, villages: Iterable[Place]) -> list[Place]:
    every = list(villages)
    is_in = shapely.intersects_xy(area, [v.lon for v in every], [v.lat for v in every])
    return [village for village, yes in zip(every, is_in.tolist(), strict=True) if yes]


def _pairs(ring: cap.model.Ring) -> list[list[float]]:
    return [list(point) for point in ring]


def _round(circle: Circle) -> list[list[float]]:
    """A circle as a ring."""
    east, north = metres_per_degree(np.array([circle.centre.lat]))[0]
    disc = shapely.Point(0, 0).buffer(circle.radius_km * METRES)
    return [[circle.centre.lon + x / east, circle.centre.lat + y / north] for x, y in disc.exterior.coords]
