"""转移避险: stages of moving people, states of households, counts.

A household is moved when it was counted in at its site, and never before: a telephone answer “moved” is a claim,
shown beside the count. Source: the five stages in public documents of the flood season; the list of 四个紧急撤离
is 待核实.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from anlan.foundation.rules.errors import IllegalStage, NotCounted, NotOrdered
from anlan.foundation.rules.pack import minutes, strings, table, tables, text
from anlan.foundation.rules.stage import Stage
from anlan.foundation.words import say

FOLLOWS: Mapping[Stage | None, tuple[Stage, ...]] = {
    None: (Stage.PREPARE, Stage.MOVE),
    Stage.PREPARE: (Stage.MOVE, Stage.RETURN),
    Stage.MOVE: (Stage.COUNT,),
    Stage.COUNT: (Stage.STAY_OUT, Stage.MOVE),
    Stage.STAY_OUT: (Stage.RETURN, Stage.MOVE),
    Stage.RETURN: (Stage.PREPARE, Stage.MOVE),
}
"""Which stage may follow which. Water that rises again leads back to MOVE from anywhere."""


class HouseholdState(StrEnum):
    """Where a household stands."""

    TO_MOVE = "to_move"
    MOVING = "moving"
    MOVED = "moved"
    REFUSED = "refused"
    UNREACHABLE = "unreachable"
    RETURNED = "returned"


class HouseholdEvent(StrEnum):
    """What happens to a household."""

    SET_OUT = "set_out"
    COUNTED_IN = "counted_in"
    REFUSED = "refused"
    NOT_FOUND = "not_found"
    SLIPPED_BACK = "slipped_back"
    """Left the site without leave: to be moved again."""
    WENT_HOME = "went_home"
    CALLED_AGAIN = "called_again"


_H, _V = HouseholdState, HouseholdEvent
HOUSEHOLD_TABLE: Mapping[tuple[HouseholdEvent, HouseholdState], HouseholdState] = {
    **{(_V.SET_OUT, state): _H.MOVING for state in (_H.TO_MOVE, _H.REFUSED, _H.UNREACHABLE)},
    **{
        (_V.COUNTED_IN, state): _H.MOVED
        for state in (_H.TO_MOVE, _H.MOVING, _H.REFUSED, _H.UNREACHABLE, _H.MOVED)
    },
    **{(_V.REFUSED, state): _H.REFUSED for state in (_H.TO_MOVE, _H.MOVING, _H.UNREACHABLE, _H.REFUSED)},
    **{(_V.NOT_FOUND, state): _H.UNREACHABLE for state in (_H.TO_MOVE, _H.MOVING, _H.UNREACHABLE)},
    (_V.SLIPPED_BACK, _H.MOVED): _H.TO_MOVE,
    (_V.WENT_HOME, _H.MOVED): _H.RETURNED,
    (_V.CALLED_AGAIN, _H.RETURNED): _H.TO_MOVE,
}


@dataclass(frozen=True, kw_only=True)
class Household:
    """A household on the list. `people` are those at home now; `counted` those counted in at the site."""

    ref: str
    group: str
    people: int
    state: HouseholdState = HouseholdState.TO_MOVE
    counted: int = 0
    site: str = ""
    at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class Count:
    """清点: who was counted in where, by whom."""

    people: int
    site: str
    by: str


@dataclass(frozen=True, kw_only=True)
class RefusalTask:
    """A refusal goes to the township leader, to be settled face to face."""

    household: str
    goes_to: str
    due_at: datetime


@dataclass(frozen=True, kw_only=True)
class Orderer:
    """Who orders a stage; `tier` is county, township, village or group."""

    ref: str
    tier: str


@dataclass(frozen=True, kw_only=True)
class StageOrder:
    """An order given. `report_due_at` is set where it was given first and is reported after."""

    stage: Stage
    by: str
    at: datetime
    report_due_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class EvacuationSettings:
    """Who may order which stage, and what is due afterwards."""

    may_order: Mapping[Stage, frozenset[str]]
    first_report_after: frozenset[str]
    report_within: timedelta
    refusal_goes_to: str
    refusal_within: timedelta

    @classmethod
    def from_pack(cls, data: Mapping[str, object]) -> EvacuationSettings:
        """Read `[evacuation]` and `[[stage]]` of the pack."""
        part = table(data, "evacuation")
        return cls(
            may_order={
                Stage(text(stage, "code")): frozenset(strings(stage, "may_order"))
                for stage in tables(data, "stage")
            },
            first_report_after=frozenset(strings(part, "order_first_report_after", ("village", "group"))),
            report_within=minutes(part, "report_after_within_min", 30),
            refusal_goes_to=text(part, "refusal_goes_to", "township_leader"),
            refusal_within=minutes(part, "refusal_within_min", 10),
        )


def order_stage(
    *,
    present: Stage | None,
    to: Stage,
    by: Orderer,
    now: datetime,
    settings: EvacuationSettings,
    basis: str = "",
) -> StageOrder:
    """Give the order for a stage. `basis` says why it is safe, and is needed for the return.

    Raises IllegalStage, NotOrdered.
    """
    if to not in FOLLOWS[present]:
        raise IllegalStage(
            "现在是“{now}”，不能直接“{to}”，接下来可以：{after}。",
            now=say(present.zh if present else "未开始"),
            to=say(to.zh),
            after=tuple(say(stage.zh) for stage in FOLLOWS[present]),
        )
    if by.tier not in settings.may_order.get(to, frozenset()):
        raise NotOrdered("“{stage}”不能由这一级下令，请报上一级。", stage=say(to.zh))
    if to is Stage.RETURN and not basis.strip():
        raise NotOrdered("解除返回要写明依据（谁核实已经安全）。")
    due = now + settings.report_within if by.tier in settings.first_report_after else None
    return StageOrder(stage=to, by=by.ref, at=now, report_due_at=due)


def on_household(
    *,
    household: Household,
    event: HouseholdEvent,
    now: datetime,
    count: Count | None = None,
    stage: Stage | None = None,
) -> Household:
    """What becomes of a household. Counted short, it stays on the move until the rest are found.

    Raises IllegalStage where the event cannot happen now, NotCounted where `moved` comes without a count.
    """
    target = HOUSEHOLD_TABLE.get((event, household.state))
    if target is None or (event is HouseholdEvent.WENT_HOME and stage is not Stage.RETURN):
        raise IllegalStage("这一户现在不能这样登记；没有下“解除返回”，不登记返回。")
    if event is HouseholdEvent.COUNTED_IN:
        return _counted_in(household, count, now)
    if event in (HouseholdEvent.SLIPPED_BACK, HouseholdEvent.CALLED_AGAIN):
        return replace(household, state=target, counted=0, site="", at=now)
    return replace(household, state=target, at=now)


def _counted_in(household: Household, count: Count | None, now: datetime) -> Household:
    if count is None or count.people < 0 or not count.site or not count.by:
        raise NotCounted("算“已转移”要有清点：几个人、在哪个安置点、谁点的名。")
    complete = count.people >= household.people
    state = HouseholdState.MOVED if complete else HouseholdState.MOVING
    return replace(household, state=state, counted=count.people, site=count.site, at=now)


def refusal_task(*, household: Household, now: datetime, settings: EvacuationSettings) -> RefusalTask | None:
    """The task that a refusal makes; None for a household that did not refuse."""
    if household.state is not HouseholdState.REFUSED:
        return None
    return RefusalTask(
        household=household.ref, goes_to=settings.refusal_goes_to, due_at=now + settings.refusal_within
    )


@dataclass(frozen=True, kw_only=True)
class Tally:
    """Counts of one village or of all. Reached households stand nowhere in it."""

    households: int
    people: int
    by_state: Mapping[HouseholdState, int]
    households_moved: int
    people_moved: int

    @property
    def is_complete(self) -> bool:
        """Everybody on the list was counted in, or has since been let home."""
        done = self.by_state[HouseholdState.MOVED] + self.by_state[HouseholdState.RETURNED]
        return self.households == done


def tally(households: Iterable[Household]) -> Tally:
    """Count households and people; a household that returned was moved."""
    rows = tuple(households)
    by_state = {state: sum(1 for row in rows if row.state is state) for state in HouseholdState}
    moved = (HouseholdState.MOVED, HouseholdState.RETURNED)
    return Tally(
        households=len(rows),
        people=sum(row.people for row in rows),
        by_state=by_state,
        households_moved=sum(by_state[state] for state in moved),
        people_moved=sum(row.counted for row in rows if row.state in moved),
    )
