"""The watch 研判: what stations measure now, held against every pack in force, all places at once.

A township is judged by the greatest sum among its rain gauges, a village by the gauge that serves it, a river by
its stage gauge. Places whose
level cannot have changed are left out by one pass over columns; the rest go one by one through the pure rules. Pure of the database.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from anlan.judge.rules.thresholds.evaluate import evaluate
from anlan.judge.rules.thresholds.matrix import MISSING, Matrix, Prior, Screen, compile_matrix
from anlan.judge.rules.thresholds.shapes import WETNESS, Change, Element, Rain, RuleSet, Snapshot, State
from anlan.science.windows.ring import LENGTHS_MIN


class Soil(Protocol):
    """How wet the ground of a subject is, and who says so."""

    @property
    def wetness(self) -> str | None: ...
    @property
    def source(self) -> str: ...


class Windows(Protocol):
    """What the watch needs of the rain windows."""

    def read(self, rows: NDArray[np.int32]) -> tuple[NDArray[np.int32], NDArray[np.int16]]: ...
    def slots(self) -> tuple[int, ...]: ...


Key = tuple[str, str, str]
"""Pack, its version, and the subject: a division's code or a stage gauge's address."""


@dataclass(frozen=True)
class RainSubject:
    """A township or village and the rows of the gauges that decide for it; `id` is its division's."""

    id: int
    code: str
    kind: str  # gauge, village
    rows: tuple[int, ...]


@dataclass(frozen=True)
class StageSubject:
    """A river or reservoir gauge; `id` is the division that it stands for."""

    id: int
    code: str
    kind: str  # river, reservoir
    station: str
    marks_mm: Mapping[str, int]
    rows: tuple[int, ...] = ()  # rain gauges of its township


@dataclass(frozen=True)
class Stages:
    """What stage gauges measure: the latest, and the rise by minutes; both by address, mm."""

    latest_mm: Mapping[str, int]
    rise_mm: Mapping[int, Mapping[str, int]]


@dataclass(frozen=True)
class Found:
    """A change, the division it belongs to, and the station that decided."""

    place: int
    station: str
    change: Change


class Watch:
    """Subjects and packs of one world, with the state of each pair."""

    def __init__(
        self,
        packs: Sequence[RuleSet],
        rain: Sequence[RainSubject],
        stages: Sequence[StageSubject],
        states: Mapping[Key, State],
        stations: Sequence[str],
    ) -> None:
        self._rain = list(rain)
        self._stages = list(stages)
        self._stations = stations
        self.states = dict(states)
        self._numbers: dict[str, list[int]] = {}
        for number, subject in enumerate(self._rain):
            self._numbers.setdefault(subject.code, []).append(number)
        self._packs = [(p, compile_matrix(p), self._mine(p), self._gauged(p)) for p in packs]
        self._gauges = _padded([s.rows for s in self._rain])

    def rain(self, windows: Windows, at: datetime, soil: Mapping[int, Soil] | None = None) -> list[Found]:
        """What the rain windows of this moment change, in order of pack and place; states move on.

        `soil` by the subject's id; a subject that is not in it is of unknown wetness.
        """
        if not self._rain:
            return []
        sums, full, best = self._sums(windows)
        found = []
        for pack, screen, mine, _ in self._packs:
            if pack.windows and mine.size:
                ground = soil or {} if pack.reads_soil else {}
                found += self._judge_rain(pack, screen, mine, sums, full, best, at, ground)
        return found

    def _mine(self, pack: RuleSet) -> NDArray[np.int64]:
        """Numbers of the subjects that a pack is made for; a city may have a pack for each village."""
        near = [i for code in sorted(pack.only) for i in self._numbers.get(code, ())]
        numbers = sorted(near) if pack.only else range(len(self._rain))
        subjects = ((i, self._rain[i]) for i in numbers)
        mine = [i for i, s in subjects if pack.concerns(kind=s.kind, division=s.code)]
        return np.array(mine, np.int64)

    def _gauged(self, pack: RuleSet) -> list[StageSubject]:
        """The stage gauges that a pack is made for."""
        return [s for s in self._stages if pack.concerns(kind=s.kind, division=s.code, gauge=s.station)]

    def _sums(self, windows: Windows) -> tuple[NDArray[np.int64], NDArray[np.bool_], NDArray[np.int32]]:
        """Per window and subject: the greatest sum of its gauges, whether it is whole, and that gauge's row."""
        flat, seen = windows.read(self._gauges.ravel().astype(np.int32))
        shape = (len(LENGTHS_MIN), *self._gauges.shape)
        sums = flat.reshape(shape)
        whole = seen.reshape(shape) >= np.array(windows.slots())[:, None, None]
        best = sums.argmax(axis=2)
        take = best[:, :, None]
        known = np.take_along_axis(seen.reshape(shape), take, 2)[:, :, 0] > 0
        top = np.take_along_axis(sums, take, 2)[:, :, 0].astype(np.int64)
        rows = np.take_along_axis(np.broadcast_to(self._gauges, shape), take, 2)[:, :, 0]
        return (
            np.where(known, top, MISSING),
            np.take_along_axis(whole, take, 2)[:, :, 0],
            rows.astype(np.int32),
        )

    def _judge_rain(
        self,
        pack: RuleSet,
        screen: Screen,
        mine: NDArray[np.int64],
        sums: NDArray[np.int64],
        full: NDArray[np.bool_],
        best: NDArray[np.int32],
        at: datetime,
        soil: Mapping[int, Soil],
    ) -> list[Found]:
        columns = {minutes: w for w, minutes in enumerate(LENGTHS_MIN) if minutes in pack.windows}
        matrix = Matrix(
            count=mine.size,
            rain={m: sums[w, mine] for m, w in columns.items()},
            rain_full={m: full[w, mine] for m, w in columns.items()},
            wetness=np.array([_class(soil.get(self._rain[i].id)) for i in mine], np.int8) if soil else None,
        )
        prior = Prior.of([self.states.get(_key(pack, self._rain[i].code)) for i in mine])
        found = []
        for i in mine[screen.may_change(matrix, prior)]:
            rain = {
                m: Rain(int(sums[w, i]), bool(full[w, i]))
                for m, w in columns.items()
                if sums[w, i] != MISSING
            }
            subject = self._rain[i]
            ground = soil.get(subject.id)
            snapshot = Snapshot(
                place=subject.code,
                kind=subject.kind,
                at=at,
                rain=rain,
                wetness=ground.wetness if ground else None,
                wetness_from=ground.source if ground else "",
            )
            change = self._evaluate(pack, snapshot, subject.code)
            if change:
                found.append(Found(subject.id, self._deciding(change, columns, best[:, i]), change))
        return found

    def _deciding(self, change: Change, columns: Mapping[int, int], best: NDArray[np.int32]) -> str:
        window = change.evidence.window_minutes if change.evidence else min(columns)
        return self._stations[int(best[columns.get(window, 0)])]

    def on_the_ground(self) -> list[RainSubject]:
        """Subjects that some pack judges by how wet the ground is."""
        mine = {int(i) for pack, _, mine, _ in self._packs if pack.reads_soil for i in mine}
        return [self._rain[i] for i in sorted(mine)]

    @property
    def rise_minutes(self) -> tuple[int, ...]:
        """Over how many minutes the packs ask for a rise."""
        lines = (line for pack, *_ in self._packs for line in pack.lines())
        return tuple(sorted({line.window_minutes for line in lines if line.element is Element.RISE}))

    def stages(self, windows: Windows, stages: Stages, at: datetime) -> list[Found]:
        """What the stages change; a gauge that has never reported is left as it stands."""
        found = []
        for pack, _, _, gauged in self._packs:
            for subject in gauged:
                if subject.station in stages.latest_mm:
                    change = self._evaluate(
                        pack, _stage_snapshot(subject, pack, windows, stages, at), subject.station
                    )
                    if change:
                        found.append(Found(subject.id, subject.station, change))
        return found

    def _evaluate(self, pack: RuleSet, snapshot: Snapshot, subject: str) -> Change | None:
        outcome = evaluate(pack, snapshot, self.states.get(_key(pack, subject)))
        self.states[_key(pack, subject)] = outcome.state
        return outcome.change


def _class(soil: Soil | None) -> int:
    return WETNESS.index(soil.wetness) if soil and soil.wetness else -1


def _key(pack: RuleSet, subject: str) -> Key:
    return pack.pack, pack.version, subject


def _stage_snapshot(
    subject: StageSubject, pack: RuleSet, windows: Windows, stages: Stages, at: datetime
) -> Snapshot:
    rise = {m: by[subject.station] for m, by in stages.rise_mm.items() if subject.station in by}
    return Snapshot(
        place=subject.code,
        kind=subject.kind,
        at=at,
        rain=_rain_at(subject, windows) if pack.windows else {},
        stage_mm=stages.latest_mm[subject.station],
        rise_mm=rise,
        marks_mm=subject.marks_mm,
    )


def _rain_at(subject: StageSubject, windows: Windows) -> dict[int, Rain]:
    """The greatest rain among the gauges of the stage gauge's township."""
    if not subject.rows:
        return {}
    sums, seen = windows.read(np.array(subject.rows, np.int32))
    best = sums.argmax(axis=1)
    return {
        minutes: Rain(int(sums[w, best[w]]), bool(seen[w, best[w]] >= slots))
        for w, (minutes, slots) in enumerate(zip(LENGTHS_MIN, windows.slots(), strict=True))
        if seen[w, best[w]]
    }


def _padded(rows: Iterable[tuple[int, ...]]) -> NDArray[np.int64]:
    """Gauge rows as a rectangle; a subject with fewer gauges repeats its first, which changes no maximum."""
    listed = list(rows)
    width = max((len(r) for r in listed), default=1)
    return np.array([[*r, *([r[0]] * (width - len(r)))] for r in listed], np.int64).reshape(
        len(listed), width
    )
