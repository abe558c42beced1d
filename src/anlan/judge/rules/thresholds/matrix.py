"""The same judgement for thousands of places at once: which of them must go through `evaluate`.

`Screen.may_change` never misses a place whose state would change; without durations it names exactly those.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from anlan.judge.rules.thresholds.shapes import (
    WETNESS,
    All,
    Condition,
    Element,
    Knowledge,
    Line,
    Rule,
    RuleSet,
    Snapshot,
    State,
)

Ints = NDArray[np.int64]
Mask = NDArray[np.bool_]
MISSING = -(2**62)
"""Stands in an integer column for a value that nobody knows."""


@dataclass(frozen=True, kw_only=True)
class Matrix:
    """Snapshots as columns of length n. A column that is left out is unknown everywhere."""

    count: int
    rain: Mapping[int, Ints] = field(default_factory=dict)
    """Tenths of a millimetre by window in minutes."""
    rain_full: Mapping[int, Mask] = field(default_factory=dict)
    stage_mm: Ints | None = None
    rise_mm: Mapping[int, Ints] = field(default_factory=dict)
    marks_mm: Mapping[str, Ints] = field(default_factory=dict)
    wetness: NDArray[np.int8] | None = None
    """Index into dry, normal, wet; -1 when nobody knows."""

    @classmethod
    def of(cls, snapshots: Sequence[Snapshot], rules: RuleSet) -> Matrix:
        """The columns that a rule set reads, from single snapshots."""
        lines = rules.lines()
        rises = {line.window_minutes for line in lines if line.element is Element.RISE}
        marks = {line.reference for line in lines if line.reference}
        return cls(
            count=len(snapshots),
            rain={
                window: _column(s.rain[window].tenths if window in s.rain else None for s in snapshots)
                for window in rules.windows
            },
            rain_full={
                window: np.array([window in s.rain and s.rain[window].full for s in snapshots], np.bool_)
                for window in rules.windows
            },
            stage_mm=_column(s.stage_mm for s in snapshots),
            rise_mm={window: _column(s.rise_mm.get(window) for s in snapshots) for window in rises},
            marks_mm={mark: _column(s.marks_mm.get(mark) for s in snapshots) for mark in marks},
            wetness=np.array([WETNESS.index(s.wetness) if s.wetness else -1 for s in snapshots], np.int8),
        )


@dataclass(frozen=True, kw_only=True)
class Prior:
    """The states before, as columns of length n."""

    level: NDArray[np.int8]
    knowledge: NDArray[np.int8]
    busy: Mask
    """Never looked at before, or a duration is running: goes through `evaluate` in any case."""

    @classmethod
    def of(cls, states: Sequence[State | None]) -> Prior:
        """Columns from single states; None has never been looked at."""
        known = [state or State() for state in states]
        return cls(
            level=np.array([state.level for state in known], np.int8),
            knowledge=np.array([state.knowledge for state in known], np.int8),
            busy=np.array([state is None or bool(state.pending) for state in states], np.bool_),
        )


@dataclass(frozen=True)
class Screen:
    """A rule set ready for columns."""

    rules: RuleSet

    def may_change(self, matrix: Matrix, prior: Prior) -> Mask:
        """Which places must go through `evaluate`: their level or knowledge differs, or a duration is at work."""
        nobody = np.zeros(matrix.count, np.bool_)
        up = np.zeros(matrix.count, np.int8)
        kept = up.copy()
        decided, concerned, lasting = nobody.copy(), nobody.copy(), nobody.copy()
        unknown_level = up.copy()
        for rule in self.rules.rules:
            mine = self._mine(rule, matrix)
            met, known = _truth(rule.when, matrix, holding=False)
            if rule.held:
                lasting |= mine & (met | ~known)
            level = np.int8(rule.level)
            np.maximum(up, np.where(mine & met, level, 0), out=up)
            if (prior.level >= level).any():
                held, held_known = _truth(rule.when, matrix, holding=True)
                standing = mine & (held | ~held_known) & (prior.level >= level)
                np.maximum(kept, np.where(standing, level, 0), out=kept)
            np.maximum(unknown_level, np.where(mine & ~known, level, 0), out=unknown_level)
            decided |= mine & known
            concerned |= mine
        now = np.where(concerned, np.maximum(up, kept), prior.level)
        knowledge = np.where(unknown_level > now, Knowledge.PARTIAL, Knowledge.FULL)
        knowledge = np.where(decided, knowledge, Knowledge.NONE)
        changed: Mask = (now != prior.level) | (knowledge != prior.knowledge)
        return changed | lasting | prior.busy

    def _mine(self, rule: Rule, matrix: Matrix) -> Mask:
        """Where the rule's soil row is the one to read."""
        if not rule.wetness:
            return np.ones(matrix.count, np.bool_)
        assumed = rule.wetness == self.rules.wetness_if_unknown
        if matrix.wetness is None:
            return np.full(matrix.count, assumed)
        wanted: Mask = matrix.wetness == WETNESS.index(rule.wetness)
        nobody_knows: Mask = matrix.wetness < 0
        return wanted | nobody_knows if assumed else wanted


def compile_matrix(rules: RuleSet) -> Screen:
    """The bulk twin of `evaluate` for one rule set."""
    return Screen(rules)


def _column(values: Iterable[int | None]) -> Ints:
    return np.array([MISSING if value is None else value for value in values], np.int64)


def _truth(condition: Condition, matrix: Matrix, *, holding: bool) -> tuple[Mask, Mask]:
    """(surely met, decided); met is false wherever it is not decided."""
    if isinstance(condition, Line):
        return _line_truth(condition, matrix, holding=holding)
    parts = [_truth(part, matrix, holding=holding) for part in condition.parts]
    met = np.stack([part for part, _ in parts])
    refuted = np.stack([known & ~part for part, known in parts])
    yes: Mask
    no: Mask
    if isinstance(condition, All):
        yes, no = np.all(met, axis=0), np.any(refuted, axis=0)
    else:
        yes, no = np.any(met, axis=0), np.all(refuted, axis=0)
    return yes, yes | no


def _line_truth(line: Line, matrix: Matrix, *, holding: bool) -> tuple[Mask, Mask]:
    nobody = np.zeros(matrix.count, np.bool_)
    value, whole = _values(line, matrix)
    mark = matrix.marks_mm.get(line.reference) if line.reference else None
    if value is None or (line.reference and mark is None):
        return nobody, nobody
    offset = line.hold if holding else line.line
    there = value != MISSING
    threshold: Ints | int = offset
    if mark is not None:
        there = there & (mark != MISSING)
        threshold = mark + offset
    reached = there & (value >= threshold)
    known = reached | (there & whole)
    return (known & ~reached if line.below else reached), known


def _values(line: Line, matrix: Matrix) -> tuple[Ints | None, Mask]:
    """The column that a line looks at, and where it is whole rather than a lower bound."""
    whole = np.ones(matrix.count, np.bool_)
    match line.element:
        case Element.RAIN:
            return matrix.rain.get(line.window_minutes), matrix.rain_full.get(line.window_minutes, whole)
        case Element.STAGE:
            return matrix.stage_mm, whole
        case Element.RISE:
            return matrix.rise_mm.get(line.window_minutes), whole
