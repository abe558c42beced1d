"""转移避险: stages of moving people, states of households, counts.

A household is moved when it was counted in at its site, and never before: a telephone answer “moved” is a claim,
shown beside the count. Source: the five stages in public documents of the flood season; the list of 四个紧急撤离
is 待核实.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from anlan.foundation.rules.errors import IllegalStage, NotCounted, NotOrdered
from anlan.foundation.rules.life import Code, Life, Refusal, Step
from anlan.foundation.rules.pack import minutes, strings, table, tables, text
from anlan.foundation.rules.stage import Stage
from anlan.foundation.words import Worded, say, w


class HouseholdState(Worded):
    """Where a household stands."""

    TO_MOVE = "to_move", w("没动")
    MOVING = "moving", w("转移中")
    MOVED = "moved", w("已转移")
    REFUSED = "refused", w("不肯走")
    UNREACHABLE = "unreachable", w("找不到")
    RETURNED = "returned", w("已带回")


class HouseholdEvent(Worded):
    """What happens to a household."""

    SET_OUT = "set_out", w("出发")
    COUNTED_IN = "counted_in", w("点到")
    REFUSED = "refused", w("不肯走")
    NOT_FOUND = "not_found", w("找不到")
    SLIPPED_BACK = "slipped_back", w("擅自返回")
    """Left the site without leave: to be moved again."""
    WENT_HOME = "went_home", w("已带回")
    CALLED_AGAIN = "called_again", w("重新转移")


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
class HouseholdCase:
    """What is looked at when something happens to a household."""

    now: datetime
    stage: Stage | None = None
    count: Count | None = None


def counted(case: HouseholdCase) -> Refusal | None:
    """Somebody counted them at a site."""
    count = case.count
    if count is not None and count.people >= 0 and count.site and count.by:
        return None
    return Refusal(name="not_counted", says=say("算“已转移”要有清点：几个人、在哪个安置点、谁点的名。"))


def return_ordered(case: HouseholdCase) -> Refusal | None:
    """Nobody is led home before it is safe."""
    if case.stage is Stage.RETURN:
        return None
    return Refusal(name="no_return", says=say("这一户现在不能这样登记；没有下“解除返回”，不登记返回。"))


_H, _V = HouseholdState, HouseholdEvent
_LEFT = (_H.TO_MOVE, _H.MOVING, _H.REFUSED, _H.UNREACHABLE)


def _steps(
    event: HouseholdEvent,
    sources: tuple[HouseholdState, ...],
    target: HouseholdState,
    *guards: Callable[[HouseholdCase], Refusal | None],
) -> Iterable[Step[HouseholdState, HouseholdEvent, HouseholdCase]]:
    return (Step(event=event, source=source, target=target, guards=guards) for source in sources)


HOUSEHOLD_LIFE = Life[HouseholdState, HouseholdEvent, HouseholdCase](
    start=_H.TO_MOVE,
    steps=(
        *_steps(_V.SET_OUT, (_H.TO_MOVE, _H.REFUSED, _H.UNREACHABLE), _H.MOVING),
        *_steps(_V.COUNTED_IN, (*_LEFT, _H.MOVED), _H.MOVED, counted),
        *_steps(_V.REFUSED, _LEFT, _H.REFUSED),
        *_steps(_V.NOT_FOUND, (_H.TO_MOVE, _H.MOVING, _H.UNREACHABLE), _H.UNREACHABLE),
        *_steps(_V.SLIPPED_BACK, (_H.MOVED,), _H.TO_MOVE),
        *_steps(_V.WENT_HOME, (_H.MOVED,), _H.RETURNED, return_ordered),
        *_steps(_V.CALLED_AGAIN, (_H.RETURNED,), _H.TO_MOVE),
    ),
    hiding=frozenset({return_ordered}),
)


@dataclass(frozen=True, kw_only=True)
class Orderer:
    """Who orders a stage; `tier` is county, township, village or group."""

    ref: str
    tier: str


@dataclass(frozen=True, kw_only=True)
class StageCase:
    """What is looked at when a stage is ordered."""

    now: datetime
    to: Stage
    by: Orderer
    settings: EvacuationSettings
    basis: str


def may_order(case: StageCase) -> Refusal | None:
    """The tier may order this stage."""
    if case.by.tier in case.settings.may_order.get(case.to, frozenset()):
        return None
    says = say("“{stage}”不能由这一级下令，请报上一级。", stage=say(case.to.word))
    return Refusal(name="not_this_tier", says=says)


def founded(case: StageCase) -> Refusal | None:
    """Somebody made sure that it is safe to return."""
    if case.basis.strip():
        return None
    return Refusal(name="no_basis", says=say("解除返回要写明依据（谁核实已经安全）。"))


def report_due(case: StageCase) -> datetime | None:
    """By when an order given first is reported after."""
    first = case.by.tier in case.settings.first_report_after
    return case.now + case.settings.report_within if first else None


NOT_BEGUN = Code("", w("未开始"))
STAGE_LIFE = Life[str, Stage, StageCase](
    start=NOT_BEGUN,
    steps=tuple(
        Step(
            event=to,
            source=source,
            target=to,
            guards=(may_order, founded) if to is Stage.RETURN else (may_order,),
            due=report_due,
        )
        for source, after in (
            (NOT_BEGUN, (Stage.PREPARE, Stage.MOVE)),
            (Stage.PREPARE, (Stage.MOVE, Stage.RETURN)),
            (Stage.MOVE, (Stage.COUNT,)),
            (Stage.COUNT, (Stage.STAY_OUT, Stage.MOVE)),
            (Stage.STAY_OUT, (Stage.RETURN, Stage.MOVE)),
            (Stage.RETURN, (Stage.PREPARE, Stage.MOVE)),
        )
        for to in after
    ),
)
"""Which stage may follow which. Water that rises again leads back to MOVE from anywhere."""


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
    case = StageCase(now=now, to=to, by=by, settings=settings, basis=basis)
    step = STAGE_LIFE.decide(present or NOT_BEGUN, to, case)
    if isinstance(step, Refusal):
        kind = IllegalStage if step.name == "not_now" else NotOrdered
        raise kind(step.says.text, **step.says.values)
    return StageOrder(stage=to, by=by.ref, at=now, report_due_at=report_due(case))


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
    step = HOUSEHOLD_LIFE.decide(household.state, event, HouseholdCase(now=now, stage=stage, count=count))
    if isinstance(step, Refusal):
        kind = NotCounted if step.name == "not_counted" else IllegalStage
        raise kind(step.says.text, **step.says.values)
    if event is HouseholdEvent.COUNTED_IN and count is not None:
        state = step.target if count.people >= household.people else HouseholdState.MOVING
        return replace(household, state=state, counted=count.people, site=count.site, at=now)
    if event in (HouseholdEvent.SLIPPED_BACK, HouseholdEvent.CALLED_AGAIN):
        return replace(household, state=step.target, counted=0, site="", at=now)
    return replace(household, state=step.target, at=now)


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
