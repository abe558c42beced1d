"""Call-down 叫应: open it for a township, let it go on, take in what was heard.

Each function is one transaction: read the call-down as a value, decide (rules.calldown), write what changed, journal, and set the
clock for the next step. Calls stand in `sending` when the transaction ends; `warn.sending` hands them to a channel afterwards.
"""

from collections.abc import Callable, Iterable
from dataclasses import replace
from datetime import timedelta
from typing import Any

from anlan.call import calldown_rows, ladders
from anlan.call.events import (
    CALL_ENDED,
    CALL_LAID,
    CALL_PLACED,
    CALLDOWN_CLOSED,
    CALLDOWN_GO_ON,
    CALLDOWN_HELD,
    CALLDOWN_JOINED,
    CALLDOWN_OPENED,
    CALLDOWN_RELEASED,
    LINE_ANSWERED,
    LINE_ESCALATED,
    LINE_SILENT,
)
from anlan.call.models import CallDown, CallLine
from anlan.call.rules.calldown import opening, reduce, shapes
from anlan.call.shelf import call_settings
from anlan.foundation import journal, tasks
from anlan.foundation.actions import action, next_ref, reason_in
from anlan.foundation.context import Ctx
from anlan.foundation.errors import Conflict, NotFound
from anlan.foundation.journal import Note
from anlan.foundation.rules.grade import Grade
from anlan.places.atlas import Place, atlas

Change = Callable[[shapes.CallDown], shapes.CallDown]


def open_calldown(
    ctx: Ctx,
    *,
    township: Place,
    villages: Iterable[Place],
    grade: Grade,
    stage: str,
    cause: str,
    order_no: str,
) -> str:
    """Call a township's offices and the given villages at once; returns the ref.

    One that already runs at this grade or higher takes in the villages it lacks; one at a lower grade gives way,
    and its villages are called anew at the higher grade.
    """
    with action(ctx, "warn.call"):
        running = _running(ctx, township)
        wanted = {v.code: v for v in villages}
        if running and running.grade >= grade:
            _join(ctx, running, list(wanted.values()))
            return running.ref
        if running:
            for line in CallLine.objects.filter(call_down=running, kind="village"):
                place = atlas().by_id[line.place_id]
                wanted.setdefault(place.code, place)
            _stand_down(ctx, running, "superseded")
        row = CallDown.objects.create(
            world_id=ctx.world.id,
            ref=next_ref(ctx, "C"),
            place_id=township.id,
            grade=int(grade),
            stage=stage,
            cause=cause,
            order_no=order_no,
            opened_at=ctx.now,
        )
        lines = _lines(ctx, row, [*ladders.offices(ctx, township), *ladders.villages(ctx, wanted.values())])
        calldown_rows.insert_lines(ctx, row, lines)
        told = {
            "grade": grade.code,
            "stage": stage,
            "order_no": order_no,
            "cause": cause,
            "lines": sorted(line.key for line in lines),
            "replaces": running.ref if running else None,
        }
        journal.append(ctx, CALLDOWN_OPENED, refs={"call_down": row.ref}, body=told, place=township.path)
        go_on_with(ctx, row)
        return row.ref


def _running(ctx: Ctx, township: Place) -> CallDown | None:
    rows = ctx.rows(CallDown).select_for_update().filter(place_id=township.id, closed_at=None)
    return rows.order_by("-grade", "-pk").first()


def _lines(ctx: Ctx, row: CallDown, addressees: Iterable[opening.Addressee]) -> tuple[shapes.Line, ...]:
    township = atlas().by_id[row.place_id]
    return opening.open_lines(
        ref=row.ref,
        place=township.path,
        grade=Grade(row.grade),
        at=ctx.now,
        addressees=addressees,
        settings=call_settings(ctx, township.code),
    ).lines


def _join(ctx: Ctx, row: CallDown, villages: list[Place]) -> None:
    """Let more villages into a call-down that already runs."""
    present = set(CallLine.objects.filter(call_down=row).values_list("key", flat=True))
    lines = _lines(ctx, row, ladders.villages(ctx, villages))
    fresh = [line for line in lines if line.key not in present]
    if not fresh:
        return
    calldown_rows.insert_lines(ctx, row, fresh)
    township = atlas().by_id[row.place_id]
    told = {"lines": sorted(line.key for line in fresh)}
    journal.append(ctx, CALLDOWN_JOINED, refs={"call_down": row.ref}, body=told, place=township.path)
    go_on_with(ctx, row)


def go_on(ctx: Ctx, ref: str) -> None:
    """Take every step that is due now: calls to place, rungs to open, doors to send to."""
    with action(ctx, "warn.call"):
        row = _locked(ctx, ref)
        if row.closed_at is None and row.held_at is None:
            go_on_with(ctx, row)


def _locked(ctx: Ctx, ref: str) -> CallDown:
    return ctx.one(CallDown, ref, lock=True)


def _inside(ctx: Ctx, ref: str) -> CallDown:
    """The call-down, locked, for an effect of another action that has checked its own scope."""
    return CallDown.objects.select_for_update().get(world_id=ctx.world.id, ref=ref)


def go_on_with(
    ctx: Ctx, row: CallDown, change: Change | None = None, notes: list[Note] | None = None
) -> None:
    """Apply a change if any, advance, write, journal, and set the alarm for the next step."""
    before = calldown_rows.value_of(ctx, row)
    changed = change(before) if change else before
    settings = call_settings(ctx, atlas().by_id[row.place_id].code)
    if row.closed_at is None and row.held_at is None:
        elsewhere = calldown_rows.calls_elsewhere(ctx, row, changed)
        after, steps = reduce.advance(call_down=changed, now=ctx.now, settings=settings, elsewhere=elsewhere)
    else:
        after, steps = reduce.on_timeout(call_down=changed, now=ctx.now), ()
    calldown_rows.save(ctx, row, before, after)
    journal_notes = [*(notes or []), *_timed_out(row, changed, after), *_told(row, steps, after)]
    if journal_notes:
        journal.append_many(ctx, journal_notes)
    waits = [step.until for step in steps if isinstance(step, shapes.Wait) and step.until]
    if waits:
        due = min(waits)
        tasks.schedule(
            ctx,
            CALLDOWN_GO_ON,
            key=f"{row.ref}:{journal.utc(due)}",
            due_at=due,
            payload={"ref": row.ref},
        )


@tasks.task(CALLDOWN_GO_ON)
def _alarm(ctx: Ctx, payload: dict[str, Any]) -> None:
    go_on(ctx, payload["ref"])


def _timed_out(row: CallDown, before: shapes.CallDown, after: shapes.CallDown) -> list[Note]:
    """Calls that ended by their deadline alone."""
    old = {call.key: call for call in before.calls}
    place = atlas().by_id[row.place_id].path
    ended = [c for c in after.calls if c.key in old and old[c.key].state.is_live and not c.state.is_live]
    if not ended:
        return []
    told = {"calls": [{"call": c.key, "outcome": c.state.value} for c in ended]}
    return [Note(CALL_ENDED, {"call_down": row.ref}, told, place)]


def _told(row: CallDown, steps: tuple[shapes.Step, ...], after: shapes.CallDown) -> list[Note]:
    """The journal's words for the steps taken. A call that lies on the desk is laid, not placed: nobody has dialled it."""
    township = atlas().by_id[row.place_id].path
    refs = {"call_down": row.ref}
    notes: list[Note] = []
    placed = [step for step in steps if isinstance(step, shapes.PlaceCall)]
    for name, calls in (
        (CALL_PLACED, [s for s in placed if s.channel not in shapes.BY_HAND]),
        (CALL_LAID, [s for s in placed if s.channel in shapes.BY_HAND]),
    ):
        if calls:
            told = {"calls": [{"call": s.key, "channel": s.channel, "lines": list(s.lines)} for s in calls]}
            notes.append(Note(name, refs, told, township))
    for step in steps:
        if isinstance(step, shapes.Wait | shapes.PlaceCall):
            continue
        line = next(line for line in after.lines if line.key == step.line)
        notes.append(_line_note(row, line, step))
    return notes


def _line_note(row: CallDown, line: shapes.Line, step: shapes.Step) -> Note:
    refs = {"call_down": row.ref, "line": line.key}
    match step:
        case shapes.Escalate():
            told: dict[str, Any] = {"to_rung": step.to_rung, "why": step.why}
            return Note(LINE_ESCALATED, refs, told, line.place)
        case shapes.OrderDoorCheck():
            return Note(LINE_SILENT, refs, {"silent": list(step.silent), "why": step.why}, line.place)
        case shapes.Close():
            told = {"state": step.state.value, "by": list(step.by)}
            return Note(LINE_ANSWERED, refs, told, line.place)
    raise TypeError(step)


def dial_by_hand(ctx: Ctx, *, call_down: str, holder: str, contact: str) -> str:
    """The officer dials this number now; returns the call's key. A call of this person that still waits is that call.

    No quiet time holds an officer's own hand. Raises: NotFound for a person or number that is not on the ladder.
    """
    with action(ctx, "warn.call"):
        row = _locked(ctx, call_down)
        if row.closed_at is not None:
            raise Conflict("叫应 {ref} 已经结束。", ref=call_down)
        before = calldown_rows.value_of(ctx, row)
        waiting = [
            c for c in before.calls if c.holder == holder and c.state.is_live and c.channel in shapes.BY_HAND
        ]
        if waiting:
            return waiting[-1].key
        lines = [line for line in before.lines if _stands_on(line, holder, contact)]
        if not lines:
            raise NotFound("这个号码不在叫应阶梯上。请从叫应台选人。")
        call = _dialled(ctx, before, holder, contact)
        calldown_rows.save(ctx, row, before, replace(before, calls=(*before.calls, call)))
        journal.append_many(ctx, [dialled(row, call, [line.key for line in lines])])
        return call.key


def dialled(row: CallDown, call: shapes.Call, lines: list[str]) -> Note:
    """The entry of a call that somebody dialled."""
    told = {"calls": [{"call": call.key, "channel": call.channel, "lines": lines}]}
    return Note(CALL_PLACED, {"call_down": row.ref}, told, atlas().by_id[row.place_id].path)


def lines_of(value: shapes.CallDown, holder: str) -> list[str]:
    """The lines on whose ladder a person stands."""
    return [
        line.key for line in value.lines if any(h.ref == holder for rung in line.rungs for h in rung.holders)
    ]


def _stands_on(line: shapes.Line, holder: str, contact: str) -> bool:
    return any(
        h.ref == holder and any(c.ref == contact for c in h.contacts)
        for rung in line.rungs
        for h in rung.holders
    )


def _dialled(ctx: Ctx, value: shapes.CallDown, holder: str, contact: str) -> shapes.Call:
    """The next call to a number by the officer's hand; its rounds go on where the ladder's own have ended."""
    rounds = [c.round for c in value.calls if c.holder == holder and c.contact == contact]
    number = max(rounds, default=0) + 1
    return shapes.Call(
        key=f"{value.ref}/{holder}/{contact}/{number}",
        call_down=value.ref,
        holder=holder,
        contact=contact,
        channel="desk",
        grade=value.grade,
        round=number,
        placed_at=ctx.now,
        deadline=ctx.now + timedelta(minutes=2),
        state=shapes.CallState.RINGING,
    )


def door_checked(ctx: Ctx, *, call_down: str, line: str) -> None:
    """Someone stood at the door of this line's village. Called inside the door check's own action."""
    row = _inside(ctx, call_down)
    go_on_with(ctx, row, lambda v: reduce.on_door_checked(call_down=v, line=line, at=ctx.now))


def contact_lost(ctx: Ctx, *, call_down: str) -> None:
    """The township counts as lost. Called inside the action that declares it."""
    row = _inside(ctx, call_down)
    go_on_with(ctx, row, lambda v: reduce.on_contact_lost(call_down=v))


def hold(ctx: Ctx, *, ref: str, reason: str) -> None:
    """Hold a running call-down; it calls nobody until released. A reason is wanted and stays in the journal."""
    with action(ctx, "warn.hold"):
        row = _locked(ctx, ref)
        if row.held_at or row.closed_at:
            raise Conflict("叫应 {ref} 已经暂缓或结束，不用再暂缓。", ref=ref)
        row.held_at, row.held_by, row.held_reason = ctx.now, ctx.actor.ref, reason_in(reason)
        row.save(update_fields=["held_at", "held_by", "held_reason"])
        _note(ctx, row, CALLDOWN_HELD, {"reason": row.held_reason})


def release(ctx: Ctx, *, ref: str) -> None:
    """Let a held call-down go on at once."""
    with action(ctx, "warn.hold"):
        row = _locked(ctx, ref)
        if row.held_at is None:
            raise Conflict("叫应 {ref} 没有暂缓。", ref=ref)
        row.held_at, row.held_by = None, ""
        row.save(update_fields=["held_at", "held_by"])
        _note(ctx, row, CALLDOWN_RELEASED, {})
        go_on_with(ctx, row)


def stand_down(ctx: Ctx, *, ref: str, why: str) -> None:
    """End a call-down: nobody is called any more. Raises Conflict when it has ended already, Invalid without a reason."""
    with action(ctx, "warn.call"):
        row = _locked(ctx, ref)
        if row.closed_at is not None:
            raise Conflict("叫应 {ref} 已经结束。", ref=ref)
        _stand_down(ctx, row, reason_in(why, most=60))


def _stand_down(ctx: Ctx, row: CallDown, why: str) -> None:
    before = calldown_rows.value_of(ctx, row)
    calldown_rows.save(ctx, row, before, reduce.close(call_down=before, why=why, at=ctx.now))
    row.closed_at = ctx.now
    row.save(update_fields=["closed_at"])
    tasks.cancel(ctx, f"{row.ref}:")
    _note(ctx, row, CALLDOWN_CLOSED, {"why": why})


def _note(ctx: Ctx, row: CallDown, name: str, body: dict[str, Any]) -> None:
    place = atlas().by_id[row.place_id].path
    journal.append(ctx, name, refs={"call_down": row.ref}, body=body, place=place)
