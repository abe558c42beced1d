"""One pack, one place, one moment: three-valued logic, duration, hysteresis."""

from collections.abc import Iterable
from datetime import datetime

from anlan.judge.rules.thresholds.shapes import (
    All,
    Change,
    Condition,
    Element,
    Evidence,
    Knowledge,
    Line,
    Move,
    Outcome,
    Rule,
    RuleSet,
    Snapshot,
    State,
    lines_of,
)

Truth = bool | None
"""None is unknown: not met, not excluded."""


def evaluate(rules: RuleSet, snapshot: Snapshot, previous: State | None) -> Outcome:
    """The level of a place now, and what changed against `previous` (None: never looked at before).

    The same snapshot again gives no change and the same state.
    """
    before = previous or State()
    soil = rules.soil(snapshot.wetness)
    mine = [(number, rule) for number, rule in enumerate(rules.rules) if rule.wetness in ("", soil)]
    raw = {number: _truth(rule.when, snapshot, holding=False) for number, rule in mine}
    pending = _pending(mine, raw, dict(before.pending), snapshot.at)
    met = {number: _lasting(rule, raw[number], pending.get(number), snapshot.at) for number, rule in mine}
    level = _level(mine, met, before.level, snapshot)
    knowledge = _knowledge(mine, met, level)
    state = State(
        level=level,
        onset=(before.onset or snapshot.at) if level else None,
        since=(snapshot.at if level != before.level else before.since) if level else None,
        knowledge=knowledge,
        pending=tuple(sorted(pending.items())),
    )
    move = _move(before, state)
    if move is None:
        return Outcome(None, state)
    change = Change(
        pack=rules.pack,
        version=rules.version,
        place=snapshot.place,
        scale=rules.scale,
        hazard=rules.hazard,
        move=move,
        level=level,
        was=before.level,
        at=snapshot.at,
        onset=state.onset or before.onset,
        basis=snapshot.basis,
        knowledge=knowledge,
        evidence=_evidence(mine, met, move, before.level, level, snapshot),
        soil=soil if rules.reads_soil else "",
        soil_from=(snapshot.wetness_from if snapshot.wetness else "unknown") if rules.reads_soil else "",
    )
    return Outcome(change, state)


def _level(mine: list[tuple[int, Rule]], met: dict[int, Truth], before: int, snapshot: Snapshot) -> int:
    """Rises on what is met; falls only past levels whose hold line is surely left."""
    up = max((rule.level for number, rule in mine if met[number]), default=0)
    held = (
        rule.level
        for _, rule in mine
        if up < rule.level <= before and _truth(rule.when, snapshot, holding=True) is not False
    )
    kept = max(held, default=0)
    return max(up, kept) if mine else before


def _knowledge(mine: list[tuple[int, Rule]], met: dict[int, Truth], level: int) -> Knowledge:
    if all(met[number] is None for number, _ in mine):
        return Knowledge.NONE
    if any(met[number] is None and rule.level > level for number, rule in mine):
        return Knowledge.PARTIAL
    return Knowledge.FULL


def _move(before: State, after: State) -> Move | None:
    if after.level > before.level:
        return Move.RAISED
    if after.level < before.level:
        return Move.LOWERED if after.level else Move.CLEARED
    was_lost, is_lost = (state.knowledge is Knowledge.NONE for state in (before, after))
    if was_lost == is_lost:
        return None
    return Move.DATA_LOST if is_lost else Move.DATA_BACK


def _pending(
    mine: list[tuple[int, Rule]], raw: dict[int, Truth], before: dict[int, datetime], now: datetime
) -> dict[int, datetime]:
    """Since when each rule with a duration is met. A gap in the data neither confirms nor resets it."""
    since: dict[int, datetime] = {}
    for number, rule in mine:
        if not rule.held or raw[number] is False:
            continue
        if raw[number]:
            since[number] = before.get(number, now)
        elif number in before:
            since[number] = before[number]
    return since


def _lasting(rule: Rule, raw: Truth, since: datetime | None, now: datetime) -> Truth:
    if not rule.held or not raw or since is None:
        return raw
    return now - since >= rule.held


def _truth(condition: Condition, snapshot: Snapshot, *, holding: bool) -> Truth:
    if isinstance(condition, Line):
        return _line_truth(condition, snapshot, holding=holding)
    parts = [_truth(part, snapshot, holding=holding) for part in condition.parts]
    return every(parts) if isinstance(condition, All) else some(parts)


def every(parts: Iterable[Truth]) -> Truth:
    """AND: false beats unknown beats true."""
    seen = set(parts)
    return False if False in seen else (None if None in seen else True)


def some(parts: Iterable[Truth]) -> Truth:
    """OR: true beats unknown beats false."""
    seen = set(parts)
    return True if True in seen else (None if None in seen else False)


def _line_truth(line: Line, snapshot: Snapshot, *, holding: bool) -> Truth:
    reading = read(line, snapshot, holding=holding)
    if reading is None:
        return None
    if reading.value >= reading.threshold:
        return not line.below
    return None if reading.partial else line.below


def read(line: Line, snapshot: Snapshot, *, holding: bool = False) -> Evidence | None:
    """The value that a line looks at beside its threshold there; None when either is unknown."""
    offset = line.hold if holding else line.line
    base = snapshot.marks_mm.get(line.reference) if line.reference else 0
    partial = False
    value: int | None
    match line.element:
        case Element.RAIN:
            rain = snapshot.rain.get(line.window_minutes)
            value, partial = (None, False) if rain is None else (rain.tenths, not rain.full)
        case Element.STAGE:
            value = snapshot.stage_mm
        case Element.RISE:
            value = snapshot.rise_mm.get(line.window_minutes)
    if value is None or base is None:
        return None
    return Evidence(
        element=line.element,
        window_minutes=line.window_minutes,
        value=value,
        threshold=base + offset,
        partial=partial,
    )


def _evidence(
    mine: list[tuple[int, Rule]],
    met: dict[int, Truth],
    move: Move,
    before: int,
    level: int,
    snapshot: Snapshot,
) -> Evidence | None:
    """On a rise the first line that was crossed; on a fall the first line of the level that was left."""
    if move is Move.RAISED:
        crossed = [rule for number, rule in mine if rule.level == level and met[number]]
        lines = [line for rule in crossed for line in lines_of(rule.when)]
        lines = [line for line in lines if _line_truth(line, snapshot, holding=False)]
    elif move in (Move.LOWERED, Move.CLEARED):
        lines = [line for _, rule in mine if rule.level == before for line in lines_of(rule.when)]
    else:
        return None
    readings = (read(line, snapshot) for line in lines)
    return next((reading for reading in readings if reading is not None), None)
