"""The map's data as GeoJSON: a base that only changes with the divisions, and the state of a moment, cut by scope.

Both are kept ready: the base once for the installation, the state for as long as nothing new has been told.
"""

import gzip
import hashlib
import json
from collections import OrderedDict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from threading import Lock
from typing import Any

from anlan.call.queries.villages import VillageState, village_states
from anlan.foundation import journal
from anlan.foundation.context import Ctx
from anlan.foundation.words import t, w
from anlan.observe.queries.moments import GaugeNow, gauges
from anlan.places import queries as places
from anlan.places.atlas import Atlas, Place, atlas
from anlan.places.layers import Shown, shown
from anlan.places.mapfiles.cleaned import Rings, parts_of
from anlan.warn.queries.situation import Finding, InForce, findings_at, floods_at, in_force

LAYERS = {1: "land", 2: "county", 3: "township", 4: "village"}
KEPT = 48
MOST_BUILDINGS = 20_000
"""On the living map, which a phone loads whole; the rest stands on drawings alone."""
STATE_SECONDS = 5
URGENT = ("lost", "silent", "help", "moving", "moved", "answered", "calling", "refused", "prepare")
USUAL = ("calling", "answered", "prepare", "moving", "moved", "silent", "help", "lost", "refused")
Feature = dict[str, Any]


@dataclass(frozen=True)
class Packed:
    """A collection as it goes out, plain and compressed, with its tag."""

    body: bytes
    zipped: bytes
    etag: str


def pack(features: Iterable[Feature], **more: Any) -> Packed:
    text = json.dumps(
        {"type": "FeatureCollection", **more, "features": list(features)},
        ensure_ascii=False,
        separators=(",", ":"),
    )
    body = text.encode()
    return Packed(body, gzip.compress(body, 5, mtime=0), f'"{hashlib.sha256(body).hexdigest()[:20]}"')


def feature(layer: str, geometry: str, coordinates: Any, /, **properties: Any) -> Feature:
    told = {key: value for key, value in properties.items() if value not in (None, "")}
    return {
        "type": "Feature",
        "geometry": {"type": geometry, "coordinates": coordinates},
        "properties": {"layer": layer, **told},
    }


def area(layer: str, rings: Rings, **properties: Any) -> Feature:
    """A feature of flat rings: one polygon, or many where the place has parts."""
    parts = [[_ring(ring) for ring in part] for part in parts_of(rings)]
    if len(parts) == 1:
        return feature(layer, "Polygon", parts[0], **properties)
    return feature(layer, "MultiPolygon", parts, **properties)


# ---------- base ----------
_base: tuple[tuple[Atlas, Shown], Packed] | None = None


def base() -> Packed:
    """Land, counties, townships, villages, streams and roads, with names; public to whoever has signed in."""
    global _base
    mark = atlas(), shown()  # others are read when a division was added, or a layer
    if _base is None or any(was is not now for was, now in zip(_base[0], mark, strict=True)):
        _base = (mark, pack(_base_features()))
    return _base[1]


def _base_features() -> Iterator[Feature]:
    for tier, layer in LAYERS.items():
        for place, rings in places.outlines(tier):
            if rings:
                yield area(layer, rings, name=place.name, ref=place.path, url=place_url(place))
    for kind in ("stream", "road"):
        for line in places.lines(kind):
            width = max(1, 4 - line.rank) if kind == "stream" else None
            yield feature(kind, "LineString", _ring(line.points), name=line.name, width=width)
    for ring in shown().buildings[:MOST_BUILDINGS]:
        yield feature("building", "Polygon", [[[round(c, 6) for c in point] for point in ring]])


def _ring(points: Iterable[Iterable[float]]) -> list[list[float]]:
    return [[round(c, 4) for c in point] for point in points]


def place_url(place: Place) -> str:
    """The fragment beside the map; read from any page directly below the world."""
    return f"map/place/{place.path}"


def bounds_of(place: Place) -> str:
    """west,south,east,north of a place's outline, for the map element."""
    found = next(
        (rings for p, rings in places.outlines(place.tier, place.path) if p.id == place.id and rings), None
    )
    if found is None:
        half = 0.05
        return f"{place.lon - half:.4f},{place.lat - half:.4f},{place.lon + half:.4f},{place.lat + half:.4f}"
    lons, lats = zip(*[(x, y) for ring in found for x, y in ring], strict=True)
    return f"{min(lons):.4f},{min(lats):.4f},{max(lons):.4f},{max(lats):.4f}"


# ---------- state ----------
_states: OrderedDict[tuple[Any, ...], Packed] = OrderedDict()
_lock = Lock()


def state(ctx: Ctx, *, lang: str, path: str = "", at: datetime | None = None) -> Packed:
    """Everything that has happened by a moment, as it was known then; the same for all who see the same places."""
    moment = (at,) if at else (int(ctx.now.timestamp()) // STATE_SECONDS,)
    seen = (ctx.scope.paths, ctx.scope.all, ctx.may("warn.view"), ctx.may("observe.view"))
    key = (ctx.world.id, seen, path, lang, journal.head(ctx.world).seq, *moment)
    with _lock:
        if key in _states:
            _states.move_to_end(key)
            return _states[key]
    made = pack(_state_features(ctx, lang, path, at), at=(at or ctx.now).isoformat())
    with _lock:
        _states[key] = made
        while len(_states) > KEPT:
            _states.popitem(last=False)
    return made


def legend(present: Iterable[str], most: int) -> tuple[str, ...]:
    """Which states a legend explains: the most urgent that are on the map, then the usual ones; in the usual order."""
    shown = set(present)
    first = [code for code in URGENT if code in shown] + [code for code in URGENT if code not in shown]
    return tuple(code for code in USUAL if code in first[:most])


def forget() -> None:
    """Let go of every state kept ready: the records were replaced underneath (a restore, a test)."""
    with _lock:
        _states.clear()


def _state_features(ctx: Ctx, lang: str, path: str, at: datetime | None) -> Iterator[Feature]:
    if ctx.may("warn.view"):
        yield from _alerts(in_force(ctx, at=at))
        for area in floods_at(ctx, path=path, at=at):
            yield feature("flood", "Polygon", [_ring(area.ring)], ref=area.ref, name=area.name)
        called = village_states(ctx, path=path, at=at)
        yield from (_call(lang, each) for each in sorted(called.values(), key=lambda s: s.order))
        yield from _findings(findings_at(ctx, path=path, at=at), called)
    if ctx.may("observe.view"):
        yield from (_gauge(lang, each) for each in gauges(ctx, at=at, path=path))


def _alerts(found: list[InForce]) -> Iterator[Feature]:
    shapes: dict[str, list[list[list[float]]]] = {}
    for tier in {p.tier for each in found if not each.rings for p in each.names}:
        shapes |= {p.path: rings for p, rings in places.outlines(tier)}
    for each in found:
        told = {"level": each.grade.code, "ref": each.ref, "url": f"alerts/{each.ref}", "name": each.headline}
        if each.rings:
            yield feature("alert", "Polygon", [_ring(r) for r in each.rings], **told)
        for named in each.names if not each.rings else ():
            if shapes.get(named.path):
                yield area("alert", shapes[named.path], **told)


def _call(lang: str, each: VillageState) -> Feature:
    label = ""
    if each.move is not None and each.move.to_move:
        label = t(lang, w("{moved}／{to_move} 户"), moved=each.move.moved, to_move=each.move.to_move)
    place = each.place
    return feature(
        "call",
        "Point",
        _at(place.lon, place.lat),
        state=each.state,
        name=place.name,
        label=label,
        ref=place.path,
        url=place_url(place),
        order=each.order,
    )


def _findings(found: list[Finding], called: dict[int, VillageState]) -> Iterator[Feature]:
    """A village that is being called shows its call; the others show what was found there."""
    for each in found:
        if each.place.id not in called:
            yield feature(
                "exceedance",
                "Point",
                _at(each.place.lon, each.place.lat),
                level=each.grade.code,
                ref=each.place.path,
                url=place_url(each.place),
                order=int(each.grade),
            )


def _gauge(lang: str, each: GaugeNow) -> Feature:
    kind = "silent" if each.silent_since else each.kind
    return feature(
        "gauge",
        "Point",
        _at(each.lon, each.lat),
        kind=kind,
        label=gauge_label(lang, each),
        name=each.name,
        ref=each.address,
        url=f"stations/{each.address}",
    )


def gauge_label(lang: str, each: GaugeNow) -> str:
    """85.3 mm/h, 110.89 m ↑, 无报; a gauge without a reading has none."""
    if each.silent_since:
        return t(lang, w("无报"))
    if each.rain_1h is not None:
        return f"{each.rain_1h / 10:.1f} mm/h"
    if each.stage_mm is None:
        return ""
    arrow = "" if each.rise_mm is None or abs(each.rise_mm) <= 10 else " ↑" if each.rise_mm > 0 else " ↓"
    return f"{each.stage_mm / 1000:.2f} m{arrow}"


def _at(lon: float, lat: float) -> list[float]:
    return [round(lon, 5), round(lat, 5)]
