"""敲门核实: who goes to a silent village's door, and what is done where nobody may be sent.

Nobody is sent through an observed or predicted flood area, nor into an area that closes before they are out again.
The proposal says who goes, how far, when there, and of everyone else why not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from anlan.call.rules.doorcheck.geometry import LonLat, way_length_m, way_touches
from anlan.foundation.rules.errors import NotDispatched
from anlan.foundation.rules.pack import minutes, number, strings, table
from anlan.foundation.words import Sentence, say

GROUP_ON_HIGH_GROUND = "next_group_on_high_ground"


class Busy(StrEnum):
    """What a person is doing now."""

    FREE = "free"
    BUSY = "busy"
    MOVING_PEOPLE = "moving_people"


class AreaKind(StrEnum):
    """What is known of an area."""

    OBSERVED = "observed"
    PREDICTED = "predicted"
    CLOSING = "closing"
    """Dry, but cut off from `closing_at`: a ford, a low bridge, a valley road."""


@dataclass(frozen=True, kw_only=True)
class FloodArea:
    """Water, or a way that water will cut. `rings` are (lon, lat), the first one the outline."""

    ref: str
    kind: AreaKind
    rings: tuple[tuple[LonLat, ...], ...]
    closing_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Knocker:
    """Someone who might go. `way` is their known way to the door, empty where only a straight line is known."""

    ref: str
    role: str
    at: LonLat | None
    busy: Busy = Busy.FREE
    answered: bool = False
    m_per_min: int | None = None
    """Their speed with a vehicle; None on foot."""
    way: tuple[LonLat, ...] = ()


@dataclass(frozen=True, kw_only=True)
class DoorTarget:
    """The door: a village, or a group of households in it."""

    ref: str
    at: LonLat


@dataclass(frozen=True, kw_only=True)
class HighGround:
    """A group on high ground that has answered and can go, shout or take people in."""

    ref: str
    at: LonLat


@dataclass(frozen=True, kw_only=True)
class Proposal:
    """This person can go."""

    who: str
    distance_m: int
    arrives_at: datetime
    back_out_at: datetime
    straight_line: bool
    """No known way: the distance is as the crow flies and says so on screen."""


@dataclass(frozen=True, kw_only=True)
class NotSent:
    """This person is not sent, and why."""

    who: str
    why: str
    says: Sentence
    area: str = ""


@dataclass(frozen=True, kw_only=True)
class Instead:
    """What is done where nobody may be sent: gongs, hand sirens, loudspeakers, the next group on high ground."""

    key: str
    group: str = ""


@dataclass(frozen=True, kw_only=True)
class DoorCheckPlan:
    """Ranked proposals, and of everyone else why not. `instead` is set only where nobody can go."""

    target: str
    proposals: tuple[Proposal, ...]
    not_sent: tuple[NotSent, ...]
    instead: tuple[Instead, ...]
    report_by: datetime


@dataclass(frozen=True, kw_only=True)
class DoorCheckSettings:
    """Who goes, how far, how fast, how much earlier out."""

    roles: tuple[str, ...]
    farthest_m: int
    walking_m_per_min: int
    knocking: timedelta
    margin: timedelta
    report_within: timedelta
    flood_buffer_m: int
    instead: tuple[str, ...]

    @classmethod
    def from_pack(cls, data: Mapping[str, object]) -> DoorCheckSettings:
        """Read `[door_check]` of the pack."""
        part = table(data, "door_check")
        return cls(
            roles=strings(part, "roles"),
            farthest_m=number(part, "farthest_m", 3000, least=1),
            walking_m_per_min=number(part, "walking_m_per_min", 60, least=1),
            knocking=minutes(part, "knocking_min", 5),
            margin=minutes(part, "margin_min", 10),
            report_within=minutes(part, "report_within_min", 30),
            flood_buffer_m=number(part, "flood_buffer_m", 50),
            instead=strings(part, "instead", ("gong", "hand_siren", "loudspeaker", GROUP_ON_HIGH_GROUND)),
        )


def propose(
    *,
    target: DoorTarget,
    people: Sequence[Knocker],
    areas: Sequence[FloodArea],
    now: datetime,
    settings: DoorCheckSettings,
    high_ground: Sequence[HighGround] = (),
) -> DoorCheckPlan:
    """Rank who can go: soonest first, then by the pack's order of roles, then by reference."""
    proposals: list[tuple[datetime, int, str, Proposal]] = []
    not_sent: list[NotSent] = []
    for person in people:
        found = _judge(person, target=target, areas=areas, now=now, settings=settings)
        if isinstance(found, NotSent):
            not_sent.append(found)
        else:
            order = settings.roles.index(person.role)
            proposals.append((found.arrives_at, order, person.ref, found))
    ranked = tuple(proposal for *_, proposal in sorted(proposals, key=lambda row: row[:3]))
    return DoorCheckPlan(
        target=target.ref,
        proposals=ranked,
        not_sent=tuple(sorted(not_sent, key=lambda person: person.who)),
        instead=() if ranked else _instead(target, areas, high_ground, settings),
        report_by=now + settings.report_within,
    )


def require_sendable(*, plan: DoorCheckPlan, who: str) -> Proposal:
    """The proposal for this person. Raises NotDispatched with the reason where they may not be sent."""
    for proposal in plan.proposals:
        if proposal.who == who:
            return proposal
    for person in plan.not_sent:
        if person.who == who:
            raise NotDispatched(person.says.text, **person.says.values)
    raise NotDispatched("没有算过这个人的路，请先重新提出人选。")


def next_instead(*, plan: DoorCheckPlan, done: Sequence[str]) -> Instead | None:
    """The next thing to do in the chain; None when the chain is at its end and contact counts as lost."""
    return next((step for step in plan.instead if step.key not in done), None)


def _judge(
    person: Knocker,
    *,
    target: DoorTarget,
    areas: Sequence[FloodArea],
    now: datetime,
    settings: DoorCheckSettings,
) -> Proposal | NotSent:
    """Can this person go, and if not, the first reason why not."""
    unfit = _unfit(person, settings)
    if unfit is not None:
        return unfit
    assert person.at is not None
    way = _way(person, target)
    distance_m = way_length_m(way)
    if distance_m > settings.farthest_m:
        return _no(person, "too_far", say("太远，{m} 米。", m=round(distance_m)))
    walking = timedelta(minutes=distance_m / (person.m_per_min or settings.walking_m_per_min))
    back_out_at = now + walking + settings.knocking + walking
    blocked = _blocked(person, way, areas, back_out_at, settings)
    if blocked is not None:
        return blocked
    return Proposal(
        who=person.ref,
        distance_m=round(distance_m),
        arrives_at=now + walking,
        back_out_at=back_out_at,
        straight_line=not person.way,
    )


def _unfit(person: Knocker, settings: DoorCheckSettings) -> NotSent | None:
    if person.role not in settings.roles:
        return _no(person, "role", say("不在敲门人员之列。"))
    if not person.answered:
        return _no(person, "silent", say("本人还没应答。"))
    if person.busy is Busy.MOVING_PEOPLE:
        return _no(person, "moving_people", say("正在转移群众。"))
    if person.busy is Busy.BUSY:
        return _no(person, "busy", say("另有任务。"))
    if person.at is None:
        return _no(person, "position_unknown", say("不知道人在哪里。"))
    return None


def _way(person: Knocker, target: DoorTarget) -> tuple[LonLat, ...]:
    """The whole way from where the person stands to the door, whatever part of it was given."""
    assert person.at is not None
    way = person.way or (person.at, target.at)
    start = () if way[0] == person.at else (person.at,)
    end = () if way[-1] == target.at else (target.at,)
    return (*start, *way, *end)


def _blocked(
    person: Knocker,
    way: Sequence[LonLat],
    areas: Sequence[FloodArea],
    back_out_at: datetime,
    settings: DoorCheckSettings,
) -> NotSent | None:
    for area in areas:
        if not way_touches(way, area.rings, buffer_m=settings.flood_buffer_m):
            continue
        if area.kind is AreaKind.OBSERVED:
            return _no(person, "observed_water", say("路上已有水。"), area.ref)
        if area.kind is AreaKind.PREDICTED:
            return _no(person, "predicted_water", say("路上预计要进水。"), area.ref)
        if area.closing_at is None or back_out_at > area.closing_at - settings.margin:
            return _no(person, "closes", say("断路之前来不及撤出。"), area.ref)
    return None


def _no(person: Knocker, why: str, says: Sentence, area: str = "") -> NotSent:
    return NotSent(who=person.ref, why=why, says=says, area=area)


def _instead(
    target: DoorTarget,
    areas: Sequence[FloodArea],
    high_ground: Sequence[HighGround],
    settings: DoorCheckSettings,
) -> tuple[Instead, ...]:
    """The chain in the pack's order; the group is the nearest one that stands dry."""
    dry = [
        (way_length_m((group.at, target.at)), group.ref)
        for group in high_ground
        if not any(way_touches((group.at,), area.rings, buffer_m=settings.flood_buffer_m) for area in areas)
    ]
    nearest = min(dry, default=(0.0, ""))[1]
    return tuple(
        Instead(key=key, group=nearest if key == GROUP_ON_HIGH_GROUND else "")
        for key in settings.instead
        if key != GROUP_ON_HIGH_GROUND or nearest
    )
