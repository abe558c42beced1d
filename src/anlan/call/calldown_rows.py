"""A call-down as one value, and the rows it is kept in: read whole, decide purely, write what changed."""

from collections import OrderedDict, defaultdict
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet

from anlan.call.models import Answer, Call, CallDown, CallLine
from anlan.call.rules.calldown import reduce, shapes
from anlan.foundation import channels
from anlan.foundation.context import Ctx
from anlan.foundation.rules.grade import Grade
from anlan.foundation.scope import Scope
from anlan.foundation.worlds import World, beijing
from anlan.people import queries as people
from anlan.people.holders import Holder, register
from anlan.places.atlas import Atlas, Place, atlas

RECENT_S = 3600


def seen(ctx: Ctx) -> QuerySet[CallDown]:
    """Call-downs of which the reader sees a part: the township, or one of the lines, lies within scope.

    A village secretary sees the own village, and still must be able to read and answer the township's call-down.
    """
    part = Exists(ctx.rows(CallLine).filter(call_down=OuterRef("pk")))
    rows = CallDown.objects.filter(world_id=ctx.world.id)
    return rows if ctx.scope.all else rows.filter(ctx.scope.q("place__path") | part)


def the_call_down(ctx: Ctx, ref: str, *, lock: bool = False) -> CallDown:
    """Raises: NotFound for one of which the reader sees nothing."""
    return ctx.one(seen(ctx), ref, lock=lock)


def place_seen(ctx: Ctx, row: CallDown) -> Place:
    """The township; for whoever sees less, what they see of it."""
    if ctx.scope.holds(atlas().by_id[row.place_id].path):
        return atlas().by_id[row.place_id]
    lines = ctx.rows(CallLine).filter(call_down=row)
    return atlas().common([atlas().by_id[pk] for pk in lines.values_list("place_id", flat=True)])


def everywhere(ctx: Ctx) -> Ctx:
    """The same context over all places, for decisions: a ladder seen through a village cadre's scope would lack people."""
    return replace(ctx, scope=Scope.everywhere())


KEPT_AT_MOST = 200
_kept: OrderedDict[tuple[int, int], tuple[tuple[object, ...], shapes.CallDown]] = OrderedDict()


def value_of(ctx: Ctx, row: CallDown) -> shapes.CallDown:
    """The call-down with its lines, calls and answers, whole, whoever asks.

    A value read or written before is taken from memory while the row's version, the hour and the register of duty
    holders are the same. Lock the row first when you mean to change it.
    """
    kept = _kept.get((row.world_id, row.pk))
    if kept is not None and kept[0] == _mark(ctx, row.version):
        return kept[1]
    value = _read(ctx, row)
    _keep(ctx, row, row.version, value)
    return value


def _mark(ctx: Ctx, version: int) -> tuple[object, ...]:
    return version, beijing(ctx.now).hour, register(), voice_channel(ctx)


def _keep(ctx: Ctx, row: CallDown, version: int, value: shapes.CallDown) -> None:
    _kept[(row.world_id, row.pk)] = (_mark(ctx, version), value)
    _kept.move_to_end((row.world_id, row.pk))
    while len(_kept) > KEPT_AT_MOST:
        _kept.popitem(last=False)


def touch(row: CallDown) -> None:
    """The rows of a call-down were changed past `save`: what is in memory is stale."""
    CallDown.objects.filter(pk=row.pk).update(version=F("version") + 1)
    row.version += 1


def _read(ctx: Ctx, row: CallDown) -> shapes.CallDown:
    places = atlas()
    lines = list(CallLine.objects.filter(call_down=row).order_by("pk"))
    holders = people.holders_by_ref(everywhere(ctx), sorted({ref for line in lines for ref in _refs(line)}))
    calls = Call.objects.filter(call_down=row).annotate(who=F("holder__ref")).order_by("pk")
    answers = Answer.objects.filter(call_down=row).annotate(who=F("holder__ref")).order_by("pk")
    return shapes.CallDown(
        ref=row.ref,
        place=places.by_id[row.place_id].path,
        grade=Grade(row.grade),
        opened_at=row.opened_at,
        lines=tuple(_line(line, holders, places, voice_channel(ctx)) for line in lines),
        calls=tuple(_call(call, row) for call in calls),
        answers=tuple(_answer(answer) for answer in answers),
    )


def voice_channel(ctx: Ctx) -> str:
    """Who dials: the automatic voice where the world has one that works, else the officer at the call desk.

    The engine alone holds the line, but pages decide the next steps too and must decide alike: an exercise with a
    simulated telephone network says so in its settings, and the engine writes there which lines the live world has.
    """
    is_open = channels.resolve(ctx.world, "voice") is not None
    if is_open and not ctx.world.is_live:
        return "voice"
    told = _settings(ctx)
    if "voice" in told.get(LINES_DOWN, {}):
        return "desk"
    return "voice" if is_open or "network" in told or "voice" in told.get("lines", {}) else "desk"


LINES_DOWN = "lines_down"
"""In a world's settings: the channels that take nothing now, each with since when."""


def line_down_since(ctx: Ctx, channel: str = "voice") -> datetime | None:
    """Since when a line of the live world is dead; None while it works, or where there is none."""
    told = _settings(ctx)
    since = told.get(LINES_DOWN, {}).get(channel) if channel in told.get("lines", {}) else None
    return datetime.fromisoformat(since) if since else None


def _settings(ctx: Ctx) -> dict[str, Any]:
    return World.objects.filter(pk=ctx.world.id).values_list("settings", flat=True).first() or {}


def _refs(line: CallLine) -> list[str]:
    return [ref for rung in line.rungs for ref in rung["holders"]]


def _line(line: CallLine, holders: dict[str, Holder], places: Atlas, voice: str) -> shapes.Line:
    return shapes.Line(
        key=line.key,
        kind=shapes.LineKind(line.kind),
        place=places.by_id[line.place_id].path,
        rungs=tuple(
            shapes.Rung(
                key=rung["key"],
                holders=tuple(holder_shape(holders[ref], voice) for ref in rung["holders"] if ref in holders),
                timeout=timedelta(seconds=rung["timeout_s"]),
                stands_for_place=rung["stands_for_place"],
            )
            for rung in line.rungs
        ),
        wanted=line.wanted,
        opened_at=line.opened_at,
        state=shapes.LineState(line.state),
        rung=line.rung,
        rung_opened_at=line.rung_opened_at,
        door_check_at=line.door_check_at,
        settled_at=line.settled_at,
        closed_why=line.closed_why,
    )


def holder_shape(holder: Holder, voice: str) -> shapes.Holder:
    contacts = tuple(
        shapes.Contact(
            ref=c.ref, channel="satellite" if c.kind.startswith("satellite") and voice == "desk" else voice
        )
        for c in holder.contacts
    )
    return shapes.Holder(ref=holder.ref, contacts=contacts, role=holder.kind)


def _call(call: Call, row: CallDown) -> shapes.Call:
    return shapes.Call(
        key=call.key,
        call_down=row.ref,
        holder=call.who,  # type: ignore[attr-defined]
        contact=call.contact,
        channel=call.channel,
        grade=Grade(call.grade),
        round=call.round,
        placed_at=call.placed_at,
        deadline=call.deadline,
        state=shapes.CallState(call.state),
        ended_at=call.ended_at,
    )


def _answer(answer: Answer) -> shapes.Answer:
    return shapes.Answer(
        holder=answer.who,  # type: ignore[attr-defined]
        kind=shapes.AnswerKind(answer.kind),
        at=answer.at,
        channel=answer.channel,
        call=answer.call_key,
        households=answer.households,
        people=answer.people,
        words=answer.words,
    )


def calls_elsewhere(ctx: Ctx, row: CallDown, value: shapes.CallDown) -> tuple[shapes.Call, ...]:
    """Recent calls of other call-downs to the same people, for the quiet time.

    Village people are called by their own township alone; office holders stand in many townships' call-downs.
    """
    offices = {
        holder.ref
        for line in value.lines
        if line.kind is not shapes.LineKind.VILLAGE
        for rung in line.rungs
        for holder in rung.holders
    }
    rows = (
        Call.objects.filter(world_id=ctx.world.id, placed_at__gte=ctx.now - timedelta(seconds=RECENT_S))
        .exclude(call_down=row)
        .filter(Q(call_down__place_id=row.place_id) | Q(holder__ref__in=offices))
        .order_by("pk")
        .values_list(
            "key",
            "call_down__ref",
            "holder__ref",
            "contact",
            "channel",
            "grade",
            "round",
            "placed_at",
            "deadline",
            "state",
            "ended_at",
        )
    )
    return tuple(
        shapes.Call(
            key=key,
            call_down=ref,
            holder=who,
            contact=contact,
            channel=channel,
            grade=Grade(grade),
            round=round_,
            placed_at=placed_at,
            deadline=deadline,
            state=shapes.CallState(state),
            ended_at=ended_at,
        )
        for key, ref, who, contact, channel, grade, round_, placed_at, deadline, state, ended_at in rows
    )


def save(ctx: Ctx, row: CallDown, before: shapes.CallDown, after: shapes.CallDown) -> None:
    """Write what changed between two values: lines moved on, calls placed or ended."""
    if after != before:
        touch(row)
        version = row.version
        transaction.on_commit(lambda: _keep(ctx, row, version, after))
    old_lines = {line.key: line for line in before.lines}
    for line in after.lines:
        if old_lines.get(line.key) != line:
            CallLine.objects.filter(call_down=row, key=line.key).update(
                state=line.state.value,
                rung=line.rung,
                rung_opened_at=line.rung_opened_at,
                door_check_at=line.door_check_at,
                settled_at=line.settled_at,
                closed_why=line.closed_why,
            )
    _save_calls(ctx, row, before, after)


def _save_calls(ctx: Ctx, row: CallDown, before: shapes.CallDown, after: shapes.CallDown) -> None:
    known = {call.key: call for call in before.calls}
    fresh = [call for call in after.calls if call.key not in known]
    ended: dict[tuple[str, datetime | None], list[str]] = defaultdict(list)
    for call in after.calls:
        if call.key in known and known[call.key] != call:
            ended[(call.state.value, call.ended_at)].append(call.key)
    for (state, at), keys in ended.items():
        Call.objects.filter(world_id=ctx.world.id, key__in=keys).update(state=state, ended_at=at)
    if fresh:
        _insert(ctx, row, fresh, after)


def insert_lines(ctx: Ctx, row: CallDown, lines: Iterable[shapes.Line]) -> None:
    """Store the lines of a call-down that has just opened, or that others join."""
    touch(row)
    places = atlas()
    CallLine.objects.bulk_create(
        CallLine(
            world_id=ctx.world.id,
            call_down=row,
            key=line.key,
            kind=line.kind.value,
            place_id=places.by_path[line.place].id,
            rungs=[
                {
                    "key": rung.key,
                    "holders": [holder.ref for holder in rung.holders],
                    "timeout_s": int(rung.timeout.total_seconds()),
                    "stands_for_place": rung.stands_for_place,
                }
                for rung in line.rungs
            ],
            wanted=line.wanted,
            state=line.state.value,
            opened_at=line.opened_at,
            rung_opened_at=line.rung_opened_at,
        )
        for line in lines
    )


def _insert(ctx: Ctx, row: CallDown, fresh: list[shapes.Call], after: shapes.CallDown) -> None:
    holders = people.holders_by_ref(everywhere(ctx), sorted({call.holder for call in fresh}))
    place_of = {
        h.ref: line.place for line in reversed(after.lines) for rung in line.rungs for h in rung.holders
    }
    places = atlas()
    Call.objects.bulk_create(
        Call(
            world_id=ctx.world.id,
            call_down=row,
            place_id=places.by_path[place_of[call.holder]].id,
            key=call.key,
            holder_id=holders[call.holder].id,
            contact=call.contact,
            channel=call.channel,
            grade=int(call.grade),
            round=call.round,
            placed_at=call.placed_at,
            deadline=call.deadline,
            state=call.state.value,
        )
        for call in fresh
    )


def mark_sent(ctx: Ctx, calls: list[Call]) -> None:
    """The channel has taken these calls: they ring."""
    keys = [call.key for call in calls]
    downs = list(CallDown.objects.select_for_update().filter(pk__in={call.call_down_id for call in calls}))
    rows = Call.objects.filter(world_id=ctx.world.id, key__in=keys)
    rows.filter(state=shapes.CallState.SENDING.value).update(state=shapes.CallState.RINGING.value)
    rows.update(sent=True)
    for row in downs:
        kept = _kept.get((row.world_id, row.pk))
        known = kept[1] if kept is not None and kept[0] == _mark(ctx, row.version) else None
        touch(row)
        if known is not None:
            for key in keys:
                if any(call.key == key for call in known.calls):
                    known = reduce.on_sent(call_down=known, call=key)
            _keep(ctx, row, row.version, known)
