"""Which place a boundary belongs to: by code, else by name, told apart by who lies within; and whether the map looks shifted."""

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import shapely

from anlan.foundation.words import Sentence, say
from anlan.places.mapfiles import shifted
from anlan.places.mapfiles.cleaned import DEGREE_M, Fault
from anlan.places.mapfiles.features import Feature
from anlan.wire import tables

COMMITTEE = re.compile(r"(村民|居民)?(村|居)?委(员)?会$")
LEAST_M, MOST_M = 100, 900
FEW = 3


@dataclass(frozen=True)
class Known:
    """A place that a boundary may be of; `centre` is the middle of the boundary that it has already."""

    id: int
    code: str
    name: str
    lon: float
    lat: float
    above: tuple[str, ...] = ()
    centre: tuple[float, float] | None = None


@dataclass
class Matched:
    """Shapes by place id; `column` is the attribute that told the place, `choices` those that would, with how many."""

    column: str = ""
    choices: list[tuple[str, int]] = field(default_factory=list)
    shapes: dict[int, Any] = field(default_factory=dict)
    missed: list[Fault] = field(default_factory=list)
    notes: list[Sentence] = field(default_factory=list)


def match(features: Sequence[Feature], known: Iterable[Known], *, column: str = "") -> Matched:
    """Give each shape its place by one attribute: the one that is named, else the one that tells most places."""
    book = _Book(known)
    columns = dict.fromkeys(name for each in features for name in each.told)
    counts = {name: sum(bool(book.named(each, name)) for each in features) for name in columns}
    choices = sorted(
        ((n, c) for n, c in counts.items() if c),
        key=lambda pair: (-pair[1], not book.is_code(features, pair[0])),
    )
    found = Matched(column or (choices[0][0] if choices else ""), choices)
    shapes: dict[int, list[Any]] = defaultdict(list)
    for each in features:
        text, meant = each.told.get(found.column, ""), book.named(each, found.column)
        if len(meant) == 1:
            shapes[meant[0].id].append(each.shape)
        elif meant:
            found.missed.append(
                Fault(each.number, say("“{text}”有 {n} 个同名的地方，分不清", text=text, n=len(meant)))
            )
        else:
            found.missed.append(Fault(each.number, say("“{text}”不是这里的地方", text=text or "—")))
    found.shapes = {
        id: parts[0] if len(parts) == 1 else shapely.union_all(parts) for id, parts in shapes.items()
    }
    many = sum(len(parts) > 1 for parts in shapes.values())
    if many:
        found.notes.append(say("{n} 个地方在文件里分成几个面，已合成一个。", n=many))
    found.notes += _outside(found.shapes, book.by_id)
    if (seen := _suspicion(found.shapes, book.by_id)) is not None:
        found.notes.append(seen)
    return found


class _Book:
    def __init__(self, known: Iterable[Known]) -> None:
        self.by_id = {each.id: each for each in known}
        self._by_code = {each.code: each for each in self.by_id.values() if each.code}
        self._by_name: dict[str, list[Known]] = defaultdict(list)
        for each in self.by_id.values():
            self._by_name[_plain(each.name)].append(each)

    def named(self, feature: Feature, column: str) -> list[Known]:
        """The places that the attribute may mean."""
        text = feature.told.get(column, "")
        if not text:
            return []
        if (coded := self._coded(text)) is not None:
            return [coded]
        meant = self._by_name.get(_plain(text), [])
        if len(meant) > 1:
            words = set(feature.told.values())
            meant = [each for each in meant if words & set(each.above)] or meant
        if len(meant) > 1:
            meant = [
                each for each in meant if shapely.contains_xy(feature.shape, each.lon, each.lat)
            ] or meant
        return meant

    def is_code(self, features: Sequence[Feature], column: str) -> bool:
        return any(self._coded(each.told.get(column, "")) for each in features)

    def _coded(self, text: str) -> Known | None:
        try:
            code = tables.code(text)
        except tables.Unclear:
            return None
        for size in (12, 9, 6, 4):
            if code[:size] in self._by_code and not code[size:].strip("0"):
                return self._by_code[code[:size]]
        return None


def _plain(name: str) -> str:
    """A name without spaces and without the committee that runs the village."""
    text = tables.plain(name).replace(" ", "")
    return COMMITTEE.sub(
        lambda m: "村" if "村" in m[0] and not text[: m.start()].endswith("村") else "", text
    )


def _outside(shapes: Mapping[int, Any], known: Mapping[int, Known]) -> list[Sentence]:
    names = [
        known[id].name
        for id, shape in shapes.items()
        if not shapely.contains_xy(shape, known[id].lon, known[id].lat)
    ]
    if not names:
        return []
    return [
        say(
            "{n} 个地方登记的点不在自己的界内：{names}。",
            n=len(names),
            names="、".join(names[:8]) + ("…" if len(names) > 8 else ""),
        )
    ]


def _suspicion(shapes: Mapping[int, Any], known: Mapping[int, Known]) -> Sentence | None:
    """Whether all lies off the same way, and whether that is the way of web maps; told, not decided."""
    pairs = [(known[id].centre, shapely.centroid(shape)) for id, shape in shapes.items() if known[id].centre]
    if len(pairs) >= FEW:
        old = np.array([centre for centre, _ in pairs])
        off = (np.array([(p.x, p.y) for _, p in pairs]) - old) * _metres(old)
        middle = np.median(off, axis=0)
        spread = float(np.median(np.hypot(*(off - middle).T)))
        far = float(np.hypot(*middle))
        if LEAST_M <= far <= MOST_M and spread < far / 4:
            web = (np.column_stack(shifted.to_gcj02(*old.T)) - old) * _metres(old)
            like = float(np.hypot(*(np.median(web, axis=0) - middle))) < far / 4
            if like:
                return say(
                    "与现有边界整体错开约 {metres} m，正像 GCJ-02（网络地图）的偏移：请选 GCJ-02 再看一次。",
                    metres=round(far, -1),
                )
            return say("与现有边界整体错开约 {metres} m：请核对坐标系。", metres=round(far, -1))
    return _by_points(shapes, known)


def _by_points(shapes: Mapping[int, Any], known: Mapping[int, Known]) -> Sentence | None:
    """Where the points of places fit clearly better once they are shifted as web maps are."""
    here = sum(bool(shapely.contains_xy(shape, known[id].lon, known[id].lat)) for id, shape in shapes.items())
    there = sum(
        bool(shapely.contains_xy(shape, *map(float, shifted.to_gcj02(known[id].lon, known[id].lat))))
        for id, shape in shapes.items()
    )
    if there - here < max(FEW, len(shapes) * 0.15):
        return None
    return say(
        "登记的点照网络地图的偏移挪动后更合（{there} 个在界内，现在 {here} 个）：像是 GCJ-02，请选它再看一次。",
        there=there,
        here=here,
    )


def _metres(lonlat: Any) -> Any:
    return np.column_stack([DEGREE_M * np.cos(np.radians(lonlat[:, 1])), np.full(len(lonlat), DEGREE_M)])
