"""Layers of the county's own map: a file becomes shapes fit to be kept, each with its place; and what the map shows now."""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from datetime import date
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import shapely

from anlan.foundation.errors import Invalid
from anlan.foundation.kept import Kept
from anlan.foundation.scope import Scope
from anlan.foundation.words import Sentence
from anlan.places.atlas import Atlas, Place, atlas, distance_km
from anlan.places.mapfiles import cleaned, crs, opening
from anlan.places.mapfiles.cleaned import AREA, LINE, Rings
from anlan.places.mapfiles.features import Feature
from anlan.places.mapfiles.matching import Known, Matched, match
from anlan.places.models import Division, MapLayer, MapLine

Kind, State = MapLayer.Kind, MapLayer.State
WANT = {Kind.BOUNDARY: AREA, Kind.STREAM: LINE, Kind.ROAD: LINE, Kind.BUILDING: AREA}
TOLERANCE_M = {Kind.BOUNDARY: 10.0, Kind.STREAM: 5.0, Kind.ROAD: 5.0, Kind.BUILDING: 0.5}
NAMES = ("name", "名称", "mc", "xzqmc", "河流名称", "道路名称", "hlmc", "dlmc", "rvnm", "title", "label")
RANKS_KM = (30, 10)
"""A stream or road of that length, all its parts together, is of the first rank, of the second; else of the third."""
FAULTS_KEPT = 200


@dataclass(frozen=True)
class ReadAs:
    """How a file is to be read, as far as somebody said so."""

    layer: str = ""
    crs: str = ""
    column: str = ""
    mend: bool = False


@dataclass(frozen=True)
class Prepared:
    """A file as it would be taken: nothing of it is saved."""

    kind: str
    file_name: str
    digest: str
    read_as: ReadAs
    told: dict[str, Any]
    shapes: str


@dataclass(frozen=True)
class Line:
    """A stream or road: of an own layer, or of the schematic map."""

    name: str
    rank: int
    points: list[list[float]]
    synthetic: bool = False


@dataclass(frozen=True)
class Shown:
    """What own layers bring to the map: boundaries by division, lines by kind, outlines of buildings, and the layers themselves."""

    layers: list[MapLayer] = field(default_factory=list)
    outlines: dict[int, Rings] = field(default_factory=dict)
    lines: dict[str, list[Line]] = field(default_factory=dict)
    buildings: list[list[list[float]]] = field(default_factory=list)

    def of(self, kind: str) -> list[MapLayer]:
        return [each for each in self.layers if each.kind == kind]


# ---------- a file ----------
def prepare(kind: str, name: str, data: bytes, *, read_as: ReadAs, scope: Scope) -> Prepared:
    """Read, place, check and match a file, outside any transaction. Raises: MapFileWrong, Invalid."""
    if kind not in WANT:
        raise Invalid("没有这种图层：{kind}。请写 boundary、stream、road 或 building。", kind=kind[:20])
    chosen = Kind(kind)
    home = atlas().city if atlas().places else None
    read = opening.read(data, layer=read_as.layer)
    lying = crs.placed(read, declared=read_as.crs, home=(home.lon, home.lat) if home else None)
    clean = cleaned.cleaned(
        lying.features, want=WANT[chosen], tolerance_m=TOLERANCE_M[chosen], mend=read_as.mend
    )
    notes, faults = [*read.notes, *lying.notes, *clean.notes], list(clean.faults)
    told: dict[str, Any] = {}
    if chosen is Kind.BOUNDARY:
        found = match(clean.features, _known(scope), column=read_as.column)
        shapes, notes, faults = _boundaries(found), notes + found.notes, faults + found.missed
        told = {"column": found.column, "choices": found.choices, "tiers": _tiers(found)}
    else:
        column = read_as.column or _name_column(read.columns)
        shapes = _lines(clean.features, column) if WANT[chosen] == LINE else _buildings(clean.features)
        told = {"column": column, "choices": [[each, 0] for each in read.columns]}
    told |= {
        "format": read.format, "encoding": read.encoding, "crs": lying.crs, "features": len(read.features), "taken": len(shapes),
        "before": clean.before, "after": clean.after, "notes": [_kept(each) for each in notes], "wrong": len(faults),
        "faults": [[each.number, *_kept(each.says)] for each in faults[:FAULTS_KEPT]],
        "crossings": clean.crossed,
    }  # fmt: skip
    return Prepared(
        kind=kind, file_name=Path(name).name[-120:], digest=hashlib.sha256(data).hexdigest(), read_as=read_as, told=told,
        shapes=json.dumps(shapes, ensure_ascii=False, separators=(",", ":")),
    )  # fmt: skip


def kind_of(data: bytes, *, layer: str = "") -> str:
    """What a file most likely is: boundaries where it has areas, else streams. Raises: MapFileWrong."""
    kinds = shapely.get_type_id([each.shape for each in opening.read(data, layer=layer).features])
    return Kind.BOUNDARY if np.isin(kinds, cleaned.TYPES[AREA]).any() else Kind.STREAM


def _kept(sentence: Sentence) -> list[Any]:
    return [sentence.text, {key: str(value) for key, value in sentence.values.items()}]


def said(kept: list[Any]) -> Sentence:
    """A sentence as it was kept."""
    return Sentence(kept[0], kept[1])


def _known(scope: Scope) -> list[Known]:
    """Places within scope, with the middle of the boundary that each has now."""
    book, centres = atlas(), _centres()
    return [
        Known(p.id, p.code, p.name, p.lon, p.lat, tuple(a.name for a in _above(book, p)), centres.get(p.id))
        for p in book.places
        if scope.holds(p.path)
    ]


def _above(book: Atlas, place: Place) -> list[Place]:
    found = []
    while (parent := book.parent(place)) is not None:
        found.append(parent)
        place = parent
    return found


def _centres() -> dict[int, tuple[float, float]]:
    rows = Division.objects.filter(valid_to=None, synthetic=False).values_list("id", "outline")
    rings = {id: outline for id, outline in rows if outline} | shown().outlines
    return {id: cleaned.centre_of(outline) for id, outline in rings.items()}


def _boundaries(found: Matched) -> list[dict[str, Any]]:
    return [
        {"place": id, "rings": cleaned.rings_of(shapely.orient_polygons(shape))}
        for id, shape in found.shapes.items()
    ]


def _tiers(found: Matched) -> dict[str, list[int]]:
    """How many places of each tier have a boundary in the file, of how many there are."""
    places = [atlas().by_id[id] for id in found.shapes]
    return {
        str(tier): [sum(p.tier == tier for p in places), len(list(atlas().walk(tier)))]
        for tier in sorted({p.tier for p in places})
    }


def _name_column(columns: Iterable[str]) -> str:
    known = {each.lower(): each for each in columns}
    return next((known[name] for name in NAMES if name in known), "")


def _lines(features: list[Feature], column: str) -> list[dict[str, Any]]:
    parts = [
        (each.told.get(column, "")[:60], line) for each in features for line in cleaned.lines_of(each.shape)
    ]
    lengths: dict[str, float] = {}
    for name, line in parts:
        lengths[name] = lengths.get(name, 0.0) + _km(line)
    return [
        {
            "name": name,
            "rank": 1 + sum((lengths[name] if name else _km(line)) < km for km in RANKS_KM),
            "points": line,
        }
        for name, line in parts
    ]


def _km(line: list[list[float]]) -> float:
    return sum(distance_km(*a, *b) for a, b in pairwise(line))


def _buildings(features: list[Feature]) -> list[dict[str, Any]]:
    return [{"rings": [ring]} for each in features for ring in cleaned.rings_of(each.shape)[:1]]


# ---------- the map now ----------
def _read() -> Shown:
    rows = list(MapLayer.objects.filter(state=State.SHOWN).order_by("shown_at", "pk"))
    found = Shown([_without_shapes(row) for row in rows])
    for row, shapes in (
        (row, json.loads(text)) for row, text in zip(found.layers, [row.shapes for row in rows], strict=True)
    ):
        if row.kind == Kind.BOUNDARY:
            found.outlines.update({each["place"]: each["rings"] for each in shapes})
        elif row.kind == Kind.BUILDING:
            found.buildings.extend(each["rings"][0] for each in shapes)
        else:
            lines = [Line(each["name"], each["rank"], each["points"]) for each in shapes]
            found.lines.setdefault(row.kind, []).extend(sorted(lines, key=lambda line: line.rank))
    return found


def _without_shapes(row: MapLayer) -> MapLayer:
    return MapLayer(
        **{name: value for name, value in row.__dict__.items() if not name.startswith("_")} | {"shapes": ""}
    )


shown = Kept(_read, "places_maplayer")
"""`shown()` gives what own layers bring to the map."""


def is_generated() -> bool:
    """Whether the schematic map of a generated city lies in the records; its points are GeoNames', who want to be named."""
    return MapLine.objects.filter(synthetic=True).exists()


@dataclass(frozen=True)
class Provenance:
    """Whence one kind of the map's content comes: the county's own layers, the schematic map, or both."""

    kind: str
    word: str
    layers: list[MapLayer]
    schematic: bool


def provenance() -> list[Provenance]:
    """Of boundaries, streams and roads, and of buildings where there are any; for the foot of each map."""
    now, found = shown(), []
    drawn = set(MapLine.objects.values_list("kind", flat=True).distinct())
    for kind in Kind:
        own = now.of(kind)
        schematic = is_schematic() if kind is Kind.BOUNDARY else not own and kind in drawn
        if own or schematic:
            found.append(Provenance(kind, str(kind.label), own, schematic))
    return found


def is_schematic() -> bool:
    """Whether a division is drawn by an outline that is not the county's own."""
    drawn = Division.objects.filter(valid_to=None).exclude(outline=[]).values_list("id", flat=True)
    return any(id not in shown().outlines for id in drawn)


def is_shown(digest: str) -> bool:
    """Whether the map shows this very file already."""
    return MapLayer.objects.filter(digest=digest, state=State.SHOWN).exists()


def about(prepared: Prepared) -> dict[str, Any]:
    """What a program is told of a file: `anlan map … --json`."""
    told = {key: value for key, value in prepared.told.items() if key not in ("notes", "faults")}
    sentences = [said(each).en for each in prepared.told["notes"]]
    faults = [{"number": n, "says": said([text, values]).en} for n, text, values in prepared.told["faults"]]
    return {
        "kind": prepared.kind, "file": prepared.file_name, "sha256": prepared.digest, **told, "read_as": asdict(prepared.read_as),
        "notes": sentences, "faults": faults,
    }  # fmt: skip


def day_of(text: str) -> date | None:
    """A day as typed, None for none. Raises: Invalid."""
    try:
        return date.fromisoformat(text.strip()) if text.strip() else None
    except ValueError:
        raise Invalid("日期 {text} 看不懂。请写成 2024-06-30。", text=text[:20]) from None
