"""长效指令: what a red or orange import, or a village exceedance, starts by itself.

The headquarters signed the order beforehand; so the internal call-out waits for nobody. An officer may hold it, but only
with a reason. What goes to the public is not decided here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from anlan.foundation.rules.errors import BadPack
from anlan.foundation.rules.grade import Grade
from anlan.foundation.rules.pack import flag, strings, table, tables, text
from anlan.foundation.rules.stage import Stage
from anlan.foundation.words import Sentence, say


@dataclass(frozen=True, kw_only=True)
class Trigger:
    """What has come in. `on`: imported, assessment, neighbour or contact_lost, as in the pack.

    `places` are the division paths that the warning names, or the one place of an exceedance; `township` is the
    township of that place.
    """

    on: str
    ref: str
    places: tuple[str, ...]
    township: str = ""
    level: Grade | None = None
    stage: str = ""
    hazard: str = ""
    event_type: str = ""


@dataclass(frozen=True, kw_only=True)
class Start:
    """One `[[start]]` row: which triggers it takes, and what it starts."""

    key: str
    on: str
    event_types: frozenset[str]
    hazards: frozenset[str]
    levels: frozenset[Grade]
    stages: frozenset[str]
    places: str
    grade: Grade
    evacuation: Stage | None

    def takes(self, trigger: Trigger) -> bool:
        """Whether the trigger meets every condition that the row states."""
        return (
            self.on == trigger.on
            and (not self.event_types or trigger.event_type in self.event_types)
            and (not self.hazards or trigger.hazard in self.hazards)
            and (not self.levels or trigger.level in self.levels)
            and (not self.stages or trigger.stage in self.stages)
        )


@dataclass(frozen=True, kw_only=True)
class StandingOrder:
    """The order with its signature."""

    document_no: str
    signed_by: str
    signed_at: datetime | None
    expires_at: datetime | None
    officer_may_hold: bool
    demo: bool
    starts: tuple[Start, ...]

    @classmethod
    def from_pack(cls, data: Mapping[str, object]) -> StandingOrder:
        """Read `[order]` and `[[start]]` of the pack. An unsigned order loads, and starts nothing."""
        part = table(data, "order")
        return cls(
            document_no=text(part, "document_no", "无文号"),
            signed_by=str(part.get("signed_by", "")),
            signed_at=_moment(part, "signed_at"),
            expires_at=_moment(part, "expires_at"),
            officer_may_hold=flag(part, "officer_may_hold", True),
            demo=flag(part, "demo", False),
            starts=tuple(map(_start, tables(data, "start"))),
        )


def _moment(data: Mapping[str, object], key: str) -> datetime | None:
    value = data.get(key)
    if value is None:
        return None
    if not isinstance(value, datetime) or value.tzinfo is None:
        raise BadPack(key=f"order.{key}", problem=f"{value!r} is not a time with its offset")
    return value


def _start(data: Mapping[str, object]) -> Start:
    places = text(data, "places")
    if places not in ("named", "place", "township"):
        raise BadPack(key="start.places", problem=f"{places!r} is none of named, place, township")
    return Start(
        key=text(data, "key"),
        on=text(data, "on"),
        event_types=frozenset(strings(data, "event_types", ())),
        hazards=frozenset(strings(data, "hazards", ())),
        levels=frozenset(map(Grade.parse, strings(data, "levels", ()))),
        stages=frozenset(strings(data, "stages", ())),
        places=places,
        grade=Grade.parse(text(data, "grade")),
        evacuation=Stage(text(data, "evacuation")) if "evacuation" in data else None,
    )


@dataclass(frozen=True, kw_only=True)
class Hold:
    """An officer holds the call-out for a place, with a reason, until a time."""

    by: str
    reason: str
    at: datetime
    until: datetime
    place: str
    """Division path; holds everything below it."""


@dataclass(frozen=True, kw_only=True)
class OpenCallDown:
    """A call-down that is running."""

    ref: str
    place: str
    grade: Grade


@dataclass(frozen=True, kw_only=True)
class CallOut:
    """Call these places out now."""

    key: str
    """Row of the order that started it."""
    trigger: str
    document_no: str
    grade: Grade
    places: tuple[str, ...]
    evacuation: Stage | None
    supersedes: tuple[str, ...]
    """Running call-downs of a lower grade, which give way."""
    demo: bool


@dataclass(frozen=True, kw_only=True)
class NoCallOut:
    """Nothing is called out for these places, and why."""

    name: str
    places: tuple[str, ...]
    says: Sentence


def decide(
    *,
    trigger: Trigger,
    order: StandingOrder,
    now: datetime,
    holds: Iterable[Hold] = (),
    running: Iterable[OpenCallDown] = (),
    demo_acts: bool = True,
) -> tuple[CallOut | NoCallOut, ...]:
    """What the trigger starts: at most one CallOut, and a named NoCallOut for each place or reason left out.

    `demo_acts`: whether a demonstration order counts here: in an exercise, or once it was adopted.
    """
    invalid = _invalid(order, trigger, now, demo_acts)
    if invalid is not None:
        return (invalid,)
    rows = [start for start in order.starts if start.takes(trigger)]
    if not rows:
        return (
            NoCallOut(
                name="not_covered",
                places=trigger.places,
                says=say("长效指令没有写这种情况，请值班员决定是否叫应。"),
            ),
        )
    row = max(rows, key=lambda start: start.grade)
    return _by_place(trigger, row, order, now, tuple(holds), tuple(running))


def _invalid(order: StandingOrder, trigger: Trigger, now: datetime, demo_acts: bool) -> NoCallOut | None:
    if order.demo and not demo_acts:
        return NoCallOut(
            name="order_is_a_demo",
            places=trigger.places,
            says=say("长效指令是演示文件，不能叫真人；请值班员马上人工叫应，并报请签发本级文件。"),
        )
    if not order.signed_by.strip() or order.signed_at is None or order.signed_at > now:
        return NoCallOut(
            name="order_not_signed",
            places=trigger.places,
            says=say("长效指令还没签发，不能自动叫应；请值班员马上人工叫应，并报请签发。"),
        )
    if order.expires_at is not None and order.expires_at <= now:
        return NoCallOut(
            name="order_expired",
            places=trigger.places,
            says=say("长效指令已过期，不能自动叫应；请值班员马上人工叫应，并报请续签。"),
        )
    return None


def _by_place(
    trigger: Trigger,
    row: Start,
    order: StandingOrder,
    now: datetime,
    holds: tuple[Hold, ...],
    running: tuple[OpenCallDown, ...],
) -> tuple[CallOut | NoCallOut, ...]:
    wanted = (trigger.township,) if row.places == "township" and trigger.township else trigger.places
    called: list[str] = []
    refused: list[NoCallOut] = []
    for place in wanted:
        refusal = _held(place, holds, order, now) or _running(place, row.grade, running)
        if refusal is None:
            called.append(place)
        else:
            refused.append(refusal)
    if not called:
        return tuple(refused)
    weaker = [open_ for open_ in running if open_.grade < row.grade]
    call_out = CallOut(
        key=row.key,
        trigger=trigger.ref,
        document_no=order.document_no,
        grade=row.grade,
        places=tuple(called),
        evacuation=row.evacuation,
        supersedes=tuple(
            open_.ref for open_ in weaker if any(_covers(place, open_.place) for place in called)
        ),
        demo=order.demo,
    )
    return (call_out, *refused)


def _held(place: str, holds: tuple[Hold, ...], order: StandingOrder, now: datetime) -> NoCallOut | None:
    """A hold without a reason holds nothing."""
    for hold in holds:
        in_time = hold.at <= now < hold.until
        if order.officer_may_hold and hold.reason.strip() and in_time and _covers(hold.place, place):
            return NoCallOut(
                name="held",
                places=(place,),
                says=say(
                    "值班员已按住叫应，理由：{reason}。到时自动恢复，也可现在放开。", reason=hold.reason
                ),
            )
    return None


def _running(place: str, grade: Grade, running: tuple[OpenCallDown, ...]) -> NoCallOut | None:
    for open_ in running:
        if open_.grade >= grade and _covers(open_.place, place):
            return NoCallOut(
                name="already_called",
                places=(place,),
                says=say("{ref} 正在以同级或更高级别叫应这里。", ref=open_.ref),
            )
    return None


def _covers(outer: str, inner: str) -> bool:
    """Division paths: an outer place's path begins the path of all below it."""
    return inner.startswith(outer)
