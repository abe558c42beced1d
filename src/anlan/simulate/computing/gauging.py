"""水位站对比: how far the model's river rose up to minute 0, against what the gauges in its domain saw. No database.

Rise is compared, each from the first moment that both know: a gauge's zero and a terrain's need not be the same.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from anlan.science.flood.domain import RING
from anlan.science.flood.objective import compare_stage
from anlan.simulate.computing.shapes import Floats, Gauge, Job, Terrain

EVERY_MIN = 10
NEAR_CELLS = 2
"""A gauge on the bank belongs to the stream beside it."""
GAP_MIN = 30.0
"""Between reports further apart nothing is assumed."""
LEAST = 4
"""Moments that both must know before anything is said."""
NAME = "gauges.npz"


@dataclass(frozen=True, kw_only=True)
class Check:
    """One gauge: how far modelled and observed rise lie apart, or why they were not compared (silent, short)."""

    address: str
    why: str = ""
    moments: int = 0
    rmse_m: float = 0.0
    peak_m: float = 0.0
    late_min: int = 0
    agrees: bool = True

    @property
    def off_m(self) -> float:
        return max(self.rmse_m, abs(self.peak_m))

    def as_row(self) -> dict[str, Any]:
        return {
            "address": self.address,
            "why": self.why,
            "moments": self.moments,
            "rmse_m": round(self.rmse_m, 2),
            "peak_m": round(self.peak_m, 2),
            "late_min": self.late_min,
            "agrees": self.agrees,
        }


class Levels:
    """The model's level at each gauge, taken on its way to minute 0; it goes on from what the run before took."""

    def __init__(self, job: Job, terrain: Terrain) -> None:
        self._terrain, self._first = terrain, job.first_min
        self._cells = [stream_cell(terrain, gauge.x, gauge.y) for gauge in job.gauges]
        self._channels = np.full(terrain.bed.shape, -1)
        streams = (terrain.width > 0) & np.isfinite(terrain.bed)
        self._channels[streams] = np.arange(int(streams.sum()))
        self.minutes: list[float] = []
        self.metres: list[list[float]] = []
        before = Path(job.start).with_name(NAME) if job.start else None
        if before is not None and before.exists():
            with np.load(before) as kept:
                if kept["metres"].shape[1] == len(job.gauges):
                    self.minutes = (kept["minutes"] + job.first_min).tolist()
                    self.metres = kept["metres"].tolist()

    def take(self, arrays: Mapping[str, Any]) -> None:
        """One moment of the run, as its checkpoint holds it."""
        minute = round(float(arrays["time_s"]) / 60 + self._first, 3)
        if not self.minutes or minute > self.minutes[-1]:
            self.minutes.append(minute)
            self.metres.append([self._level(arrays, row, column) for row, column in self._cells])

    def _level(self, arrays: Mapping[str, Any], row: int, column: int) -> float:
        """Above the cell's own bed: of the water over it, else of its stream below the bank."""
        depth, number = float(arrays["h"][row + RING, column + RING]), self._channels[row, column]
        if depth > 0 or number < 0 or "channel" not in arrays:
            return depth
        width = min(float(self._terrain.width[row, column]), self._terrain.dx)
        in_stream = float(arrays["channel"][number]) / (width * self._terrain.dx)
        return in_stream - float(self._terrain.depth[row, column])

    def keep(self, folder: Path, *, span_min: float) -> None:
        """For the next cycle."""
        near = [n for n, minute in enumerate(self.minutes) if minute >= -span_min]
        metres = np.array([self.metres[n] for n in near]).reshape(len(near), len(self._cells))
        scratch = folder / "gauges.new.npz"
        np.savez(scratch, minutes=np.array([self.minutes[n] for n in near]), metres=metres)
        scratch.rename(folder / NAME)

    def checks(self, gauges: Sequence[Gauge], *, band_m: float) -> list[Check]:
        """Each gauge against the model."""
        minutes = np.array(self.minutes)
        metres = np.array(self.metres).reshape(minutes.size, len(self._cells))
        return [compare(gauge, minutes, metres[:, n], band_m=band_m) for n, gauge in enumerate(gauges)]


def stream_cell(terrain: Terrain, x: float, y: float) -> tuple[int, int]:
    """The cell whose water a gauge reads: beside it the widest stream, else the lowest ground."""
    ny, nx = terrain.bed.shape
    row, column = (int(each[0]) for each in terrain.cells(np.array([x]), np.array([y])))
    top, left = max(row - NEAR_CELLS, 0), max(column - NEAR_CELLS, 0)
    near = np.s_[top : min(row + NEAR_CELLS + 1, ny), left : min(column + NEAR_CELLS + 1, nx)]
    width = np.where(np.isfinite(terrain.bed[near]), terrain.width[near], -1.0)
    best = width.argmax() if width.max() > 0 else np.nan_to_num(terrain.bed[near], nan=np.inf).argmin()
    down, right = divmod(int(best), width.shape[1])
    return top + down, left + right


def compare(gauge: Gauge, minutes: Floats, metres: Floats, *, band_m: float) -> Check:
    """The rise that a gauge saw against the model's, at the model's moments."""
    if not gauge.minutes:
        return Check(address=gauge.address, why="silent")
    seen = at_moments(np.array(gauge.minutes), np.array(gauge.metres), minutes)
    known = np.isfinite(seen)
    if known.sum() < LEAST:
        return Check(address=gauge.address, why="short", moments=int(known.sum()))
    first = int(known.argmax())
    told = compare_stage(minutes, seen - seen[first], metres - metres[first], band_m=band_m)
    return Check(
        address=gauge.address,
        moments=told.n,
        rmse_m=told.rmse_m,
        peak_m=told.peak_error_m,
        late_min=round(told.peak_late_min),
        agrees=told.agrees,
    )


def at_moments(minutes: Floats, metres: Floats, wanted: Floats) -> Floats:
    """A series at other moments, straight between its values; NaN outside them and within a gap."""
    found = np.interp(wanted, minutes, metres, left=np.nan, right=np.nan)
    after = np.clip(np.searchsorted(minutes, wanted, side="left"), 0, minutes.size - 1)
    before = np.clip(np.searchsorted(minutes, wanted, side="right") - 1, 0, minutes.size - 1)
    found[minutes[after] - minutes[before] > GAP_MIN] = np.nan
    return np.asarray(found)
