"""The values of the threshold rules: what goes in, what is kept, what comes out.

Rain is in tenths of a millimetre, stages and rises are in millimetres, all whole numbers, so that sums and
comparisons are exact.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import IntEnum, StrEnum


class Scale(StrEnum):
    """What the level numbers of a pack mean."""

    SIGNAL = "signal"
    """1 blue, 2 yellow, 3 orange, 4 red (see `Grade`)."""
    STAGE = "stage"
    """1 准备转移 prepare, 2 立即转移 immediate."""


STAGES = {"prepare": 1, "immediate": 2}
STAGE_NAMES = {level: name for name, level in STAGES.items()}
SIGNAL_NAMES = {1: "blue", 2: "yellow", 3: "orange", 4: "red"}
WETNESS = ("dry", "normal", "wet")


class Basis(StrEnum):
    """Whether the figures were measured or are expected. Signals have a branch for each."""

    OBSERVED = "observed"
    FORECAST = "forecast"


class Element(StrEnum):
    """What a line is drawn across."""

    RAIN = "rain"
    STAGE = "stage"
    RISE = "rise"


class Knowledge(IntEnum):
    """How much of a pack could be decided."""

    NONE = 0
    """无数据: no rule could be decided. Never shown as fine."""
    PARTIAL = 1
    """A level above the present one could not be excluded."""
    FULL = 2


class Move(StrEnum):
    """What a change is."""

    RAISED = "raised"
    LOWERED = "lowered"
    CLEARED = "cleared"
    DATA_LOST = "data_lost"
    """The level stands where it was because nothing can be decided any more."""
    DATA_BACK = "data_back"


@dataclass(frozen=True, slots=True)
class Rain:
    """Rain of a window in tenths of a millimetre; `full` is false when part of the window is not known."""

    tenths: int
    full: bool = True


@dataclass(frozen=True, kw_only=True)
class Snapshot:
    """All that is known of one watched place at one moment. What is absent is unknown."""

    place: str
    """Ref of the watched place: a gauge address, a division path, an object's ref."""
    kind: str
    """gauge, village, river or reservoir."""
    at: datetime
    basis: Basis = Basis.OBSERVED
    rain: Mapping[int, Rain] = field(default_factory=dict)
    """By window in minutes, ending at `at`."""
    stage_mm: int | None = None
    rise_mm: Mapping[int, int] = field(default_factory=dict)
    """Stage now less stage then, by window in minutes."""
    marks_mm: Mapping[str, int] = field(default_factory=dict)
    """The place's own marks: warning 警戒, guarantee 保证, record 历史最高; flood_limit 汛限, design 设计, check 校核."""
    wetness: str | None = None
    """dry, normal or wet; None when nobody knows."""
    wetness_from: str = ""
    """Who says so: rain, set, assumed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What one pack holds of one place between two evaluations."""

    level: int = 0
    onset: datetime | None = None
    """When the episode began, i.e. the level left 0; with rule version and place it names an exceedance."""
    since: datetime | None = None
    """When the present level was reached."""
    knowledge: Knowledge = Knowledge.FULL
    pending: tuple[tuple[int, datetime], ...] = ()
    """Rules with a duration that are met but not yet long enough: (number of the rule, met since)."""

    def to_record(self) -> dict[str, object]:
        """Plain values for a JSON column."""
        return {
            "level": self.level,
            "onset": self.onset and self.onset.isoformat(),
            "since": self.since and self.since.isoformat(),
            "knowledge": int(self.knowledge),
            "pending": [[number, since.isoformat()] for number, since in self.pending],
        }

    @classmethod
    def from_record(cls, record: Mapping[str, object]) -> State:
        """The inverse of `to_record`."""
        pending = record["pending"]
        if not isinstance(pending, list):
            raise ValueError(f"pending must be a list as State.to_record writes it, not {pending!r}")
        return cls(
            level=int(str(record["level"])),
            onset=_time(record["onset"]),
            since=_time(record["since"]),
            knowledge=Knowledge(int(str(record["knowledge"]))),
            pending=tuple((int(number), datetime.fromisoformat(since)) for number, since in pending),
        )


def _time(text: object) -> datetime | None:
    return datetime.fromisoformat(str(text)) if text else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The measured value beside the line that it crossed; `partial` means the value is a lower bound."""

    element: Element
    window_minutes: int
    value: int
    threshold: int
    partial: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """系统研判的变化: a place rose, fell, was cleared, or can no longer be judged. Never a 预警信号."""

    pack: str
    version: str
    place: str
    scale: Scale
    hazard: str
    move: Move
    level: int
    was: int
    at: datetime
    onset: datetime | None
    """Beginning of the episode, also on the change that ends it."""
    basis: Basis
    knowledge: Knowledge
    evidence: Evidence | None
    soil: str = ""
    """The soil row that was read: dry, normal, wet; empty where the pack has none."""
    soil_from: str = ""
    """Who says so: rain, set, assumed; unknown: nobody does, the pack's own row for that was read."""

    @property
    def level_name(self) -> str:
        """blue … red, or prepare / immediate; none at level 0."""
        names = SIGNAL_NAMES if self.scale is Scale.SIGNAL else STAGE_NAMES
        return names.get(self.level, "none")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What `evaluate` found: a change or None, and the state to keep."""

    change: Change | None
    state: State


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """One comparison. `line` counts from the mark `reference` of the place, or from zero when that is empty."""

    element: Element
    window_minutes: int = 0
    line: int
    hold: int
    """A level that stands falls only below this."""
    reference: str = ""
    below: bool = False
    """Met when the value is < line, instead of ≥."""


@dataclass(frozen=True, slots=True)
class All:
    """Every part is met."""

    parts: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Any:
    """At least one part is met."""

    parts: tuple[Condition, ...]


Condition = Line | All | Any


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One level and what it takes; `wetness` empty means any soil."""

    level: int
    when: Condition
    wetness: str = ""
    held: timedelta = timedelta(0)
    """So long it must have been met without a break."""


@dataclass(frozen=True, kw_only=True)
class RuleSet:
    """A threshold pack, compiled. `rules` run from the highest level down."""

    pack: str
    version: str
    scale: Scale
    hazard: str
    event_types: tuple[str, ...]
    subjects: frozenset[str]
    bases: frozenset[Basis]
    applies_to: tuple[str, ...]
    wetness_if_unknown: str
    rules: tuple[Rule, ...]
    acts_at: Callable[[str, str], bool] = field(
        default=lambda division, gauge: True, compare=False, repr=False
    )
    only: frozenset[str] = field(default=frozenset(), compare=False)
    """The subjects that it is drawn for; none: all that it applies to."""

    def concerns(self, *, kind: str, division: str, gauge: str = "", basis: Basis = Basis.OBSERVED) -> bool:
        """Whether the pack is made for such a place (or such a gauge there), on such figures."""
        here = any(code == "*" or division.startswith(code) for code in self.applies_to)
        return here and kind in self.subjects and basis in self.bases and self.acts_at(division, gauge)

    def soil(self, wetness: str | None) -> str:
        """The wetness row to read; empty when it is unknown and the pack names none."""
        return wetness or self.wetness_if_unknown

    @property
    def reads_soil(self) -> bool:
        """Whether some of its rules are for one soil only."""
        return any(rule.wetness for rule in self.rules)

    @property
    def windows(self) -> tuple[int, ...]:
        """Rain windows in minutes that the rules read, ascending."""
        return tuple(sorted({line.window_minutes for line in self.lines() if line.element is Element.RAIN}))

    def lines(self) -> tuple[Line, ...]:
        """Every comparison of every rule."""
        return tuple(line for rule in self.rules for line in lines_of(rule.when))


def lines_of(condition: Condition) -> tuple[Line, ...]:
    """The comparisons of a condition, in the order in which they stand."""
    if isinstance(condition, Line):
        return (condition,)
    return tuple(line for part in condition.parts for line in lines_of(part))
