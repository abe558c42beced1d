"""Sending: hand calls that stand in `sending` to their channel, and take in what the channel heard.

A call's key is committed before the request leaves. A call that was committed but not handed over (we fell in
between) is handed over again by the same key: a channel rings nobody twice for one key.

Keys: a call's own key (it holds `/`); `door:<ref>` for a door check's errand; `count:<village code>` for households
counted in at a site.
"""

import logging
from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from anlan.call import calldown_rows
from anlan.call.actions import doorchecks, hearing, lines
from anlan.call.models import Call, DoorCheck
from anlan.call.rules.calldown.shapes import CallState
from anlan.foundation import channels, cursors
from anlan.foundation.context import Ctx
from anlan.foundation.errors import AnlanError
from anlan.foundation.kept import once
from anlan.foundation.writing import writing
from anlan.move.actions import moving
from anlan.move.queries.moves import to_move_of_world
from anlan.people import queries as people
from anlan.places.atlas import atlas

log = logging.getLogger(__name__)
VOICE = "voice"
PATIENCE = timedelta(seconds=15)
"""A line that fails is asked again for so long before its calls move to the desk; within what a call may take."""
HEARD_AT_ONCE = 5
REST = timedelta(seconds=60)
"""A line that died is trusted again after so long at the earliest."""


@once()
def send(ctx: Ctx, channel: channels.Channel) -> int:
    """Hand over everything that waits for this line; returns how many requests left."""
    try:
        sent = _send_calls(ctx, channel)
        if channel.name == VOICE:
            sent += _send_errands(ctx, channel)
    except channels.ChannelDown:
        _is_down(ctx, channel, "ChannelDown")
        return 0
    except LineFault as fault:
        _is_down(ctx, channel, str(fault))
        raise
    if sent:
        _failing.pop((ctx.world.id, channel.name), None)
    return sent


class LineFault(Exception):
    """A channel fell over by a fault of its own; only the fault's name is told, its words may hold a number."""


_failing: dict[tuple[int, str], datetime] = {}
"""World and line → since when it has taken nothing."""


def _is_down(ctx: Ctx, channel: channels.Channel, why: str) -> None:
    """Ask it again for a moment by the same keys; then the officer dials. An exercise's line is always asked again."""
    since = _failing.setdefault((ctx.world.id, channel.name), ctx.now)
    log.warning("the line %s is down (%s); what waits for it stays in `sending`", channel.name, why)
    if ctx.world.is_live and ctx.now - since >= PATIENCE:
        is_dead(ctx, channel, why)


def is_dead(ctx: Ctx, channel: channels.Channel, why: str) -> None:
    """What the line was handed moves to the desk."""
    _failing.pop((ctx.world.id, channel.name), None)
    moved = lines.failed(ctx, channel=channel.name, why=why)
    log.error("the line %s is dead (%s): %d calls moved to the call desk", channel.name, why, moved)


def _hand_over(channel: channels.Channel, requests: Sequence[channels.Request]) -> None:
    """A provider's own fault is a dead line as well."""
    try:
        channel.place(requests)
    except channels.ChannelDown:
        raise
    except Exception as error:
        raise LineFault(type(error).__name__) from error


def _send_calls(ctx: Ctx, channel: channels.Channel) -> int:
    waiting = Call.objects.filter(world_id=ctx.world.id, sent=False, channel=channel.name, state="sending")
    calls = list(waiting.select_related("call_down", "holder").order_by("pk"))
    if not calls:
        return 0
    numbers = people.numbers([call.contact for call in calls])
    listed = to_move_of_world(ctx)
    known = [call for call in calls if call.contact in numbers]
    _hand_over(channel, [_request(ctx, call, numbers[call.contact], listed) for call in known])
    with writing():
        calldown_rows.mark_sent(ctx, calls)
    return len(calls)


def _request(
    ctx: Ctx, call: Call, line: tuple[str, str], listed: dict[int, tuple[int, int]]
) -> channels.Request:
    """It rings when it is handed over: what was laid by hand between two ticks of an exercise rings no earlier than its clock."""
    households, residents = listed.get(call.place_id, (0, 0))
    facts: dict[str, Any] = {
        "place": atlas().by_id[call.place_id].code,
        "holder": call.holder.ref,
        "role": call.holder.kind,
        "grade": call.grade,
        "stage": call.call_down.stage,
        "households": households,
        "people": residents,
        "line": line[1],
        "deadline": call.deadline.isoformat(),
    }
    return channels.Request(call.key, line[0], max(call.placed_at, ctx.now), "叫应", facts)


def _send_errands(ctx: Ctx, channel: channels.Channel) -> int:
    waiting = DoorCheck.objects.filter(world_id=ctx.world.id, sent=False, state=DoorCheck.State.ORDERED)
    checks = list(waiting.select_related("holder").order_by("pk"))
    if not checks:
        return 0
    requests = []
    listed = to_move_of_world(ctx)
    for check in checks:
        first = check.why.get("proposals") or [{}]
        facts = {
            "errand": check.means,
            "place": atlas().by_id[check.place_id].code,
            "holder": check.holder.ref if check.holder else "",
            "arrives_at": first[0].get("arrives_at", ""),
            "households": listed.get(check.place_id, (0, 0))[0],
            "people": listed.get(check.place_id, (0, 0))[1],
            "deadline": check.due_at.isoformat(),
        }
        requests.append(
            channels.Request(f"door:{check.ref}", "", max(check.ordered_at, ctx.now), "敲门核查", facts)
        )
    _hand_over(channel, requests)
    DoorCheck.objects.filter(pk__in=[check.pk for check in checks]).update(sent=True)
    return len(checks)


def receive(ctx: Ctx, channel: channels.Channel) -> int:
    """Take in what a channel of the live world heard since we last asked; returns how many reports.

    The effect of a few and the reader's step are one transaction.
    """
    try:
        reports = channel.reports(after=cursors.mark(ctx.world, channel.name), until=ctx.now)
    except channels.ChannelDown:
        log.warning("the channel %s is down; what it heard is taken in when it is back", channel.name)
        return 0
    _has_returned(ctx, channel)
    for start in range(0, len(reports), HEARD_AT_ONCE):
        few = reports[start : start + HEARD_AT_ONCE]
        with writing():
            cursors.move(ctx.world, channel.name, few[-1].mark)
            hear(ctx, few)
    return len(reports)


def _has_returned(ctx: Ctx, channel: channels.Channel) -> None:
    """It answers again, and has rested long enough not to flicker: new calls go by it."""
    since = calldown_rows.line_down_since(ctx, channel.name)
    if since is not None and ctx.now - since >= REST:
        lines.returned(ctx, channel=channel.name)


@once()
def hear(ctx: Ctx, reports: Sequence[channels.Report]) -> None:
    """Take in all that the channel heard at one moment. Call it in the transaction that moves the channel's cursor."""
    for piece in pieces(ctx, reports):
        piece()


def pieces(ctx: Ctx, reports: Sequence[channels.Report]) -> list[Callable[[], object]]:
    """The same in its parts, in their order: what one call-down heard is one, and so is each report from the field."""
    calls = _calls(ctx, [report.key for report in reports])
    by_call_down: dict[str, list[hearing.Heard]] = {}
    for report in reports:
        if report.key in calls:
            call_down, holder = calls[report.key]
            by_call_down.setdefault(call_down, []).append(_heard(report, holder))
    field = [partial(_noise_is_kept_out, _hear_field, ctx, each) for each in reports if each.key not in calls]
    return [*(partial(_hear_calls, ctx, ref, heard) for ref, heard in by_call_down.items()), *field]


def _hear_calls(ctx: Ctx, call_down: str, heard: list[hearing.Heard]) -> None:
    if not _noise_is_kept_out(hearing.hear, ctx, call_down=call_down, heard=heard) and len(heard) > 1:
        for one in heard:  # what cannot be must not take the others of its moment with it
            _noise_is_kept_out(hearing.hear, ctx, call_down=call_down, heard=[one])


def _calls(ctx: Ctx, keys: list[str]) -> dict[str, tuple[str, str]]:
    """Call key → ref of the call-down, ref of the holder."""
    rows = Call.objects.filter(world_id=ctx.world.id, key__in=keys)
    return {
        key: (ref, holder) for key, ref, holder in rows.values_list("key", "call_down__ref", "holder__ref")
    }


def _heard(report: channels.Report, holder: str) -> hearing.Heard:
    if report.outcome != hearing.ANSWERED:
        return hearing.Heard(call=report.key, outcome=report.outcome)
    if report.digit is None:  # somebody, or an answering machine, lifted the receiver
        return hearing.Heard(call=report.key, outcome=CallState.PICKED_UP.value)
    return hearing.Heard(
        call=report.key,
        holder=holder,
        key=f"{report.key}#{report.sequence}",
        kind=report.digit,
        channel=VOICE,
        households=report.households,
        people=report.people,
    )


def _noise_is_kept_out(take: Callable[..., None], *args: Any, **kwargs: Any) -> bool:
    """What cannot be (a second report of a door check, a count beyond the list) changes nothing and is logged."""
    try:
        with writing():
            take(*args, **kwargs)
    except AnlanError as error:
        log.info("taken as noise: %s", error)
        return False
    return True


def _hear_field(ctx: Ctx, report: channels.Report) -> None:
    kind, _, ref = report.key.partition(":")
    if kind == "door":
        doorchecks.report(ctx, ref=ref, outcome=report.outcome, households=report.households)
    elif kind == "count":
        moving.count_in(
            ctx,
            village=atlas().code(ref),
            households=report.households or 0,
            people_in=report.people or 0,
            site="安置点",
            by="site-keeper",
        )
    else:
        log.warning("a report for a call that nobody placed: %s", report.key)
