"""Looks at a run at the end of each tick: maps of maxima, curves at points and lines, Froude shares, snapshots."""

import math
from collections.abc import Mapping
from typing import Any, get_args

import numpy as np

from anlan.science.flood import looks
from anlan.science.flood.domain import RING, Domain
from anlan.science.flood.errors import LeftValidity
from anlan.science.flood.outputs import Curve, FroudeShare, Line, MapName, Outputs, Snapshot
from anlan.science.flood.solver import Stepper
from anlan.science.flood.state import Layout, State
from anlan.science.jit import Floats, Int64s, Reals
from anlan.science.shares import RASTER_ROWS, in_shares

_MOST_SPEED = 60.0  # m/s; no flood on Earth runs so fast: the step or the terrain is broken
_COLUMNS = ("depth_m", "stage_m", "speed_m_s")


class Watch:
    """Everything a run keeps beside its state. ``arrays`` and ``saved`` carry it through a checkpoint."""

    def __init__(
        self,
        domain: Domain,
        state: State,
        outputs: Outputs,
        *,
        threads: int = 1,
        saved: Mapping[str, Any] | None = None,
    ) -> None:
        self._domain, self._state, self._outputs, self._threads = domain, state, outputs, threads
        saved = saved or {}
        self.maps: dict[str, Reals] = {name: _blank(name, domain) for name in outputs.maps}
        for name, field in self.maps.items():
            field[...] = saved.get(f"map.{name}", field)
        places = [domain.cell(p.x, p.y) for p in outputs.points]
        self._rows = np.array([r for r, _ in places], np.int64)
        self._columns = np.array([c for _, c in places], np.int64)
        discs = [domain.disc(p.x, p.y, p.radius_m) for p in outputs.points]
        self._discs = [np.divmod(c, domain.shape[1]) for c in (*discs, *(a.cells for a in outputs.areas))]
        self._sections = [_Section(domain, line) for line in outputs.lines]
        self._fast: Floats = np.array(saved.get("froude", np.zeros((1 + len(self._discs), 2))))
        self._seconds: list[float] = list(saved.get("series.seconds", ()))
        self._curves: list[Floats] = list(saved.get("series.points", ()))
        self._flows: list[Floats] = list(saved.get("series.lines", ()))
        self.snapshots = [
            Snapshot(float(t), d, v)
            for t, d, v in zip(
                *(saved.get(f"snapshots.{k}", ()) for k in ("seconds", "depth", "speed")), strict=True
            )
        ]

    def look(self, stepper: Stepper, span_s: float) -> None:
        """Bring maps and shares up to the state's time. Raises `LeftValidity`."""
        s, o = self._state, self._outputs
        none = np.zeros((0, 0), np.float32)
        maps = [self.maps.get(name, none) for name in get_args(MapName)]
        fields = (s.h, s.qx, s.qy, int(s.layout))
        wet = stepper.extents()
        seen: list[tuple[float, float, float]] = []

        def some(first: int, last: int) -> None:
            seen.append(
                looks.look(
                    first, last, *fields, wet.first, wet.last, s.time_s, span_s, o.wet_m, o.froude_depth_m,
                    _MOST_SPEED, maps[0], maps[1], maps[2], maps[3], maps[4], maps[5],
                )
            )  # fmt: skip

        in_shares(some, self._domain.shape[0], threads=self._threads, worth=RASTER_ROWS)
        deep, fast, over = (sum(part) for part in zip(*seen, strict=True))  # counts: exact in any order
        self._fast[0] += deep * span_s, fast * span_s
        for n, (rows, columns) in enumerate(self._discs, start=1):
            deep, fast = looks.count(*fields, rows, columns, o.froude_depth_m)
            self._fast[n] += deep * span_s, fast * span_s
        if over > 0:
            raise LeftValidity(f"water runs faster than {_MOST_SPEED:.0f} m/s", time_s=s.time_s)

    def note(self) -> None:
        """Add one row to every curve."""
        s = self._state
        self._seconds.append(s.time_s)
        rows, columns = self._rows, self._columns
        values = np.zeros((3, rows.size))
        values[0] = s.depth[rows, columns]
        values[1] = values[0] + self._domain.bed[rows, columns] + self._domain.datum
        looks.speeds(s.h, s.qx, s.qy, int(s.layout), rows, columns, values[2])
        self._curves.append(values)
        self._flows.append(np.array([section.flow(s) for section in self._sections]))

    def snap(self) -> None:
        """Keep the whole field."""
        depth: Reals = self._state.depth.astype(np.float32)
        self.snapshots.append(Snapshot(self._state.time_s, depth, looks.speed_of(self._state)))

    def points(self) -> tuple[Curve, ...]:
        """Depth, stage and speed at each point."""
        seconds = np.array(self._seconds)
        return tuple(
            Curve(p.name, _COLUMNS, seconds, np.array([v[:, n] for v in self._curves]))
            for n, p in enumerate(self._outputs.points)
        )

    def lines(self) -> tuple[Curve, ...]:
        """Discharge across each line."""
        seconds = np.array(self._seconds)
        return tuple(
            Curve(line.name, ("discharge_m3_s",), seconds, np.array([v[n : n + 1] for v in self._flows]))
            for n, line in enumerate(self._outputs.lines)
        )

    def froude(self) -> FroudeShare:
        """Shares so far; 0 where nothing was deep."""
        first, *rest = (float(fast / deep) if deep > 0 else 0.0 for deep, fast in self._fast)
        points, areas = self._outputs.points, self._outputs.areas
        around = dict(zip((p.name for p in points), rest, strict=False))
        return FroudeShare(
            first, around, dict(zip((a.name for a in areas), rest[len(points) :], strict=True))
        )

    def arrays(self) -> dict[str, Any]:
        """All of it for a checkpoint."""
        ny, nx = self._domain.shape
        out: dict[str, Any] = {f"map.{name}": field.copy() for name, field in self.maps.items()}
        out["froude"] = self._fast.copy()
        out["series.seconds"] = np.array(self._seconds)
        out["series.points"] = np.array(self._curves).reshape(len(self._curves), 3, self._rows.size)
        out["series.lines"] = np.array(self._flows).reshape(len(self._flows), len(self._sections))
        out["snapshots.seconds"] = np.array([s.seconds for s in self.snapshots])
        out["snapshots.depth"] = np.array([s.depth for s in self.snapshots], np.float32).reshape(-1, ny, nx)
        out["snapshots.speed"] = np.array([s.speed for s in self.snapshots], np.float32).reshape(-1, ny, nx)
        return out


def _blank(name: str, domain: Domain) -> Reals:
    return np.full(domain.shape, np.nan if name == "arrival_s" else 0.0, np.float32)


class _Section:
    """The stair of faces between cells left and right of a line."""

    def __init__(self, domain: Domain, line: Line) -> None:
        self._dx = domain.dx
        rows, columns = _window(domain, line)
        side = _side(domain, line, rows, columns)
        self._x = _faces(side, rows, columns, domain, line, axis=1)
        self._y = _faces(side, rows, columns, domain, line, axis=0)
        if domain.porosity is not None:  # a face passes over the smaller of the open shares beside it
            self._x = _open(self._x, domain.porosity, (0, 1))
            self._y = _open(self._y, domain.porosity, (1, 0))

    def flow(self, state: State) -> float:
        """m³/s from left to right."""
        total = 0.0
        for q, (rows, columns, sign), back in ((state.qx, self._x, (0, 1)), (state.qy, self._y, (1, 0))):
            value = q[rows + RING, columns + RING].astype(np.float64)
            if state.layout is Layout.CENTRES:
                value = 0.5 * (value + q[rows + RING - back[0], columns + RING - back[1]])
            total += float((sign * value).sum())
        return total * self._dx


def _window(domain: Domain, line: Line) -> tuple[Int64s, Int64s]:
    """Rows and columns around a line, two more on each side."""
    ny, nx = domain.shape
    x = [(v - domain.west) / domain.dx for v in (line.x0, line.x1)]
    y = [(domain.north - v) / domain.dx for v in (line.y0, line.y1)]
    rows = np.arange(max(math.floor(min(y)) - 2, 0), min(math.ceil(max(y)) + 2, ny))
    columns = np.arange(max(math.floor(min(x)) - 2, 0), min(math.ceil(max(x)) + 2, nx))
    return rows, columns


def _side(domain: Domain, line: Line, rows: Int64s, columns: Int64s) -> Any:
    """True where a cell's centre is left of the line."""
    x = domain.west + (columns[None, :] + 0.5) * domain.dx - line.x0
    y = domain.north - (rows[:, None] + 0.5) * domain.dx - line.y0
    return (line.x1 - line.x0) * y - (line.y1 - line.y0) * x > 0


def _faces(
    side: Any, rows: Int64s, columns: Int64s, domain: Domain, line: Line, *, axis: int
) -> tuple[Any, Any, Any]:
    """(row, column, sign) of the west (axis 1) or north (axis 0) faces that the line passes between."""
    before, after = (side[:, :-1], side[:, 1:]) if axis else (side[:-1], side[1:])
    j, i = np.nonzero(before != after)
    row, column = rows[j + (1 - axis)], columns[i + axis]
    x = domain.west + (column + (0.0 if axis else 0.5)) * domain.dx
    y = domain.north - (row + (0.5 if axis else 0.0)) * domain.dx
    along = (line.x1 - line.x0) * (x - line.x0) + (line.y1 - line.y0) * (y - line.y0)
    length = (line.x1 - line.x0) ** 2 + (line.y1 - line.y0) ** 2
    on = (along >= 0) & (along < length)
    sign = np.where(before[j, i], 1.0, -1.0)
    return row[on], column[on], sign[on]


def _open(faces: tuple[Any, Any, Any], share: Floats, back: tuple[int, int]) -> tuple[Any, Any, Any]:
    """Faces with the width that buildings leave."""
    row, column, sign = faces
    before = share[np.maximum(row - back[0], 0), np.maximum(column - back[1], 0)]
    return row, column, sign * np.minimum(before, share[row, column])
