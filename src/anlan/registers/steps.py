"""办理: the steps of entries, by the life of their register: which are open to whom, and taking one, of one entry or of many."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from anlan.foundation import journal
from anlan.foundation.actions import reason_in
from anlan.foundation.context import Ctx
from anlan.foundation.errors import Forbidden, RuleError
from anlan.foundation.rules.life import Refusal, Step
from anlan.registers import saving
from anlan.registers.columns import chunks
from anlan.registers.events import LATE, STEPPED
from anlan.registers.judging import LACKS, judge
from anlan.registers.models import Deadline, Revision
from anlan.registers.register import Register

WHY = "why"


class StepRefused(RuleError):
    """The life of the register says no, by name."""

    def __init__(self, no: Refusal, of: str) -> None:
        super().__init__("{of}：{why}", of=of, why=no.says)
        self.name = no.name


@dataclass(frozen=True)
class Case:
    """What a guard of a register's life looks at. `by`: who took which step last ("" added the entry)."""

    now: datetime
    row: Any
    actor: str
    by: Mapping[str, str] = field(default_factory=dict)
    given: Mapping[str, str] = field(default_factory=dict)


def door(register: Register, event: str) -> str:
    """The permission of a step's page; where it differs by state, the step itself refuses."""
    assert register.life is not None
    found = {step.permission or register.keep for step in register.life.steps if step.event == event}
    return found.pop() if len(found) == 1 else register.view


def open_to(ctx: Ctx, register: Register, row: Any) -> list[Step[Any, Any, Any]]:
    """The steps that may be offered now, of an entry that lies within the actor's scope."""
    if register.life is None or not register.can_change(ctx, row):
        return []
    case = _cases(ctx, register, [row], {})[0]
    found = register.life.open_to(_state(register, row), case, _held(ctx, register))
    return [step for step in found if ctx.may(step.permission or register.keep)]


def take(
    ctx: Ctx,
    register: Register,
    rows: Sequence[Any],
    event: str,
    cells: Mapping[str, str],
    *,
    why: str = "",
    version: str = "",
) -> int:
    """Take the step of all these entries, or of none. Raises: StepRefused, Forbidden, NotRead, Stale."""
    assert register.life is not None
    if WHY in register.asks.get(event, ()):
        why = reason_in(why)
    if version and any(version != register.version_of(row) for row in rows):
        raise saving.Stale
    cases = _cases(ctx, register, rows, cells)
    taken = [
        _decided(ctx, register, row, event, case, _held(ctx, register)) for row, case in zip(rows, cases, strict=True)
    ]  # fmt: skip
    decided = [
        {"state": str(step.target), "due": register.due_after(step, case)}
        for step, case in zip(taken, cases, strict=True)
    ]
    asked = {name: cells.get(name, "") for name in register.asks.get(event, ()) if name != WHY}
    if lacking := {name: LACKS for name in asked if not asked[name].strip()}:
        raise saving.NotRead(lacking)
    judged = judge(ctx, register, [(n, asked) for n in range(1, len(rows) + 1)], about=rows, decided=decided)
    for line in judged.of("wrong"):
        raise saving.NotRead(line.wrong)
    doors = {step.permission or register.keep for step in taken}
    for permission in doors:
        ctx.require(permission)
    saving.save(
        ctx, register, judged.changes, why=why, verb=STEPPED, event=str(event), permission=doors.pop()
    )
    return len(rows)


def _decided(
    ctx: Ctx, register: Register, row: Any, event: str, case: Case, held: frozenset[str]
) -> Step[Any, Any, Any]:
    assert register.life is not None
    known = next((each for each in register.events if each == event), event)
    found = register.life.decide(_state(register, row), known, case, held)
    if not isinstance(found, Refusal):
        return found
    if found.name == "not_permitted":
        raise Forbidden("{why}", why=found.says)
    raise StepRefused(found, register.ref_of(row))


def _state(register: Register, row: Any) -> Any:
    """As the life's own code, with its word."""
    assert register.life is not None
    state = register.column("state").of(row)
    return next((each for each in register.life.states if each == state), state)


def _held(ctx: Ctx, register: Register) -> frozenset[str]:
    """What the actor may, of what the steps want; a step without a permission of its own wants `keep`."""
    assert register.life is not None
    return frozenset(
        step.permission for step in register.life.steps if ctx.may(step.permission or register.keep)
    )


def _cases(ctx: Ctx, register: Register, rows: Sequence[Any], given: Mapping[str, str]) -> list[Case]:
    by: dict[str, dict[str, str]] = {}
    for some in chunks([register.ref_of(row) for row in rows]):
        mine = Revision.objects.filter(
            world_id=ctx.world.id, register=register.name, ref__in=some, taken_back=False
        )
        for ref, event, who, is_new in mine.order_by("pk").values_list("ref", "event", "by", "is_new"):
            if event or is_new:
                by.setdefault(ref, {})[event] = who
    return [Case(ctx.now, row, ctx.actor.ref, by.get(register.ref_of(row), {}), given) for row in rows]


def late(ctx: Ctx, register: Register, ref: str) -> None:
    """The deadline has passed: told once, as long as it still stands."""
    found = Deadline.objects.filter(
        world_id=ctx.world.id, register=register.name, ref=ref, due_at__lte=ctx.now, is_told=False
    ).first()
    if found is None:
        return
    Deadline.objects.filter(pk=found.pk).update(is_told=True)
    body = {"state": found.stands, "due": found.due_at}
    journal.append(ctx, LATE, refs={register.name: ref}, body=body, place=found.place)
