"""`PointIndex`: who is inside a polygon, near a stream, in a box; kept current by moves without rebuilding."""

from collections.abc import Callable
from dataclasses import dataclass
from threading import RLock

import numpy as np

from anlan.science.fields import Field, science
from anlan.science.jit import Bools, Floats, Int32s, Int64s, Keys
from anlan.science.lookup import CodeTable, has_twice
from anlan.science.spatial import morton, walks
from anlan.science.spatial.shapes import BadShape, Parts, edges_of_line, edges_of_part, metres_per_degree

_SOURCE = "own; Morton (1966) order, even-odd rule"
_LON_LAT = (Field("lon", "float64", ("n",), "degree, EPSG:4490"), Field("lat", "float64", ("n",), "degree"))
_HITS = (
    Field("return.ids", "int64", ("hit",), "id", "out"),
    Field("return.groups", "int32", ("hit",), "group", "out"),
)


class BadPoints(ValueError):
    """Points without a place on earth, or an id twice in one batch; the message says which."""


class UnknownPoint(KeyError):
    """An id that is not in the index. Place it first, or load the index again from the records."""


@dataclass(frozen=True, slots=True)
class Hits:
    """The points found, each once, in no promised order: ids, and the group (a village, say) of each."""

    ids: Int64s
    groups: Int32s

    @science(
        Field("return", "int64", ("group",), "points", "out"),
        source="own",
    )
    def counts(self, groups: int) -> Int64s:
        """How many were found of each of the groups 0 … ``groups`` - 1.

        >>> Hits(np.array([7, 8]), np.array([2, 2], np.int32)).counts(3)
        array([0, 0, 2])
        """
        return np.bincount(self.groups, minlength=groups).astype(np.int64)


Walk = Callable[["_Sorted", Int32s], int]


class _Sorted:
    """Points in Morton order within the square that holds them."""

    def __init__(self, ids: Int64s, lon: Floats, lat: Floats, groups: Int32s) -> None:
        self.west = float(lon.min()) if lon.size else 0.0
        self.south = float(lat.min()) if lat.size else 0.0
        span = max(float(np.ptp(lon)), float(np.ptp(lat)), 1e-6) if lon.size else 1.0
        self.cell = span * (1.0 + 1e-9) / (1 << morton.LEVELS)
        keys, rows = np.empty(lon.size, np.uint64), np.empty(0, np.int32)
        if lon.size:  # nothing needs no kernels: a process starts a second sooner
            morton.encode(lon, lat, self.west, self.south, self.cell, keys)
            rows = morton.order(keys)
        self.keys: Keys = keys[rows]
        self.lon: Floats = lon[rows]
        self.lat: Floats = lat[rows]
        self.ids: Int64s = ids[rows]
        self.groups: Int32s = groups[rows]
        self.live: Bools = np.ones(lon.size, np.bool_)
        self.dead = 0
        # Kept, since fresh memory costs a page fault every few hits.
        self._room = np.empty((lon.size, 2), np.int32)

    def kill(self, rows: Int32s) -> None:
        self.live[rows] = False
        self.dead = self.live.size - int(np.count_nonzero(self.live))

    def answer(self, questions: list[Walk]) -> tuple[Int64s, Int32s]:
        """The ids and groups of the living points that any of the walks finds."""
        found = self._room[:0]
        if self.ids.size and len(questions) == 1:
            found = self._room[: questions[0](self, self._room)]
        elif self.ids.size and questions:
            found = np.concatenate([self._room[: walk(self, self._room)].copy() for walk in questions])
            found = found[np.argsort(found[:, 0], kind="stable")]
            found = found[: walks.join(found)]
        return walks.gather(found, self.live, self.dead == 0, self.ids, self.groups)

    def walk_polygon(self, edges: Floats, out: Int32s) -> int:
        return walks.in_polygon(self.keys, self.lon, self.lat, self.west, self.south, self.cell, edges, out)

    def walk_line(self, edges: Floats, scales: Floats, metres: float, out: Int32s) -> int:
        square = (self.west, self.south, self.cell)
        return walks.near_line(self.keys, self.lon, self.lat, *square, edges, scales, metres, out)


_NOTHING = _Sorted(np.empty(0, np.int64), np.empty(0), np.empty(0), np.empty(0, np.int32))


class PointIndex:
    """Points by id with a place and a group, asked by shape. Safe to share between threads.

    Boundary rule: a polygon is closed, so a point on an edge, on a vertex or on the rim of a hole is inside
    (the person on the line is called, too). Sides are taken in float64; a point within some 1e-13° of a slanting
    edge may fall on either side of it. Rings follow the even-odd rule, several parts are joined: where two drawn
    parts overlap everybody is inside.

    Changes go to a small sorted delta that every query asks as well; `compact` folds it in.
    """

    def __init__(self, ids: Int64s, lon: Floats, lat: Floats, groups: Int32s | None = None) -> None:
        self._lock = RLock()
        self._base = self._delta = _NOTHING
        self._load(ids, lon, lat, _groups(groups, ids))

    def __len__(self) -> int:
        return self._base.ids.size - self._base.dead + self._delta.ids.size

    @property
    def delta_size(self) -> int:
        """How many points a `compact` would fold in."""
        return self._delta.ids.size

    @science(
        Field("ids", "int64", ("n",), "id"),
        *_LON_LAT,
        Field("groups", "int32", ("n",), "group"),
        source="own",
    )
    def place(self, ids: Int64s, lon: Floats, lat: Floats, groups: Int32s | None = None) -> None:
        """Move points, or insert those that are new. Raises `BadPoints`, with nothing changed.

        >>> index = PointIndex(np.array([1]), np.array([113.0]), np.array([31.0]))
        >>> index.place(np.array([1, 2]), np.array([113.5, 113.6]), np.array([31.0, 31.0]))
        >>> len(index), index.delta_size
        (2, 2)
        """
        given = _groups(groups, ids)
        _check(ids, lon, lat, given)
        with self._lock:
            kept = self._delta
            stay = np.isin(kept.ids, ids, invert=True)
            self._delta = _Sorted(
                np.concatenate([kept.ids[stay], ids]),
                np.concatenate([kept.lon[stay], lon]),
                np.concatenate([kept.lat[stay], lat]),
                np.concatenate([kept.groups[stay], given]),
            )
            rows = self._table.rows(ids)
            self._base.kill(rows[rows >= 0])

    @science(Field("ids", "int64", ("n",), "id"), source="own")
    def remove(self, ids: Int64s) -> None:
        """Take points out. Raises `UnknownPoint`, with nothing changed.

        >>> index = PointIndex(np.array([1, 2]), np.array([113.0, 113.1]), np.array([31.0, 31.0]))
        >>> index.remove(np.array([1]))
        >>> len(index)
        1
        """
        with self._lock:
            rows = self._table.rows(ids)
            inside = (rows >= 0) & self._base.live[rows] if self._base.ids.size else rows >= 0
            missing = ~inside & ~np.isin(ids, self._delta.ids)
            if missing.any():
                raise UnknownPoint(f"Point {int(ids[missing][0])} is not in the index: place it first.")
            kept = self._delta
            stay = np.isin(kept.ids, ids, invert=True)
            self._delta = _Sorted(kept.ids[stay], kept.lon[stay], kept.lat[stay], kept.groups[stay])
            self._base.kill(rows[rows >= 0])

    def compact(self) -> None:
        """Fold the changes into the base (a second for two million points); answers stay the same."""
        with self._lock:
            base, delta, live = self._base, self._delta, self._base.live
            self._load(
                np.concatenate([base.ids[live], delta.ids]),
                np.concatenate([base.lon[live], delta.lon]),
                np.concatenate([base.lat[live], delta.lat]),
                np.concatenate([base.groups[live], delta.groups]),
            )

    @science(*_HITS, source=_SOURCE)
    def in_polygon(self, parts: Parts) -> Hits:
        """The points that any part covers. Raises `BadShape`.

        >>> index = PointIndex(np.array([5, 6]), np.array([0.5, 3.0]), np.array([0.5, 0.5]))
        >>> index.in_polygon([[np.array([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])]]).ids
        array([5])
        """
        edges = [edges_of_part(rings) for rings in parts]
        return self._find([lambda s, out, e=e: s.walk_polygon(e, out) for e in edges])  # type: ignore[misc]

    @science(*_HITS, source=_SOURCE)
    def in_box(self, west: float, south: float, east: float, north: float) -> Hits:
        """The points of a box, its rim included. Raises `BadShape`.

        >>> index = PointIndex(np.array([5, 6]), np.array([0.5, 3.0]), np.array([0.5, 0.5]))
        >>> index.in_box(0.0, 0.0, 1.0, 1.0).ids
        array([5])
        """
        return self.in_polygon([[np.array([[west, south], [east, south], [east, north], [west, north]])]])

    @science(
        Field("line", "float64", ("point", 2), "degree"),
        *_HITS,
        source="own; flat metres at the middle latitude of each edge",
    )
    def near(self, line: Floats, metres: float) -> Hits:
        """The points at most ``metres`` from a line (or from a single point). Raises `BadShape`.

        Distances are measured on the plane of each edge, with the ellipsoid's metres a degree at the edge's middle
        latitude: within 0.5 % up to 20 km and 45° of latitude, for edges up to 20 km.

        >>> index = PointIndex(np.array([5, 6]), np.array([113.0, 113.1]), np.array([31.0, 31.0]))
        >>> index.near(np.array([[113.0, 31.0]]), 9_000.0).ids
        array([5])
        """
        if not (np.isfinite(metres) and metres >= 0):
            raise BadShape(f"A distance of {metres} m: give metres, 0 or more.")
        edges = edges_of_line(line)
        scales = metres_per_degree((edges[:, 1] + edges[:, 3]) / 2)
        return self._find([lambda s, out: s.walk_line(edges, scales, float(metres), out)])

    def _find(self, questions: list[Walk]) -> Hits:
        with self._lock:
            if not self._delta.ids.size:
                return Hits(*self._base.answer(questions))
            found = [layer.answer(questions) for layer in (self._base, self._delta)]
        ids, groups = zip(*found, strict=True)
        return Hits(np.concatenate(ids), np.concatenate(groups))

    def _load(self, ids: Int64s, lon: Floats, lat: Floats, groups: Int32s) -> None:
        _check(ids, lon, lat, groups)
        self._base = _Sorted(ids, lon, lat, groups)
        self._table = CodeTable(self._base.ids)
        self._delta = _NOTHING


def _groups(groups: Int32s | None, ids: Int64s) -> Int32s:
    return np.zeros(ids.size, np.int32) if groups is None else groups


def _check(ids: Int64s, lon: Floats, lat: Floats, groups: Int32s) -> None:
    if not ids.size == lon.size == lat.size == groups.size:
        raise BadPoints("Ids, longitudes, latitudes and groups differ in length.")
    if not (np.isfinite(lon) & np.isfinite(lat) & (np.abs(lon) <= 180) & (np.abs(lat) <= 90)).all():
        raise BadPoints("A point has no place on earth: mend its longitude and latitude before loading.")
    if has_twice(ids):
        raise BadPoints("An id stands twice in the batch: give each point one place.")
