"""Of the call-downs: townships out of contact, silent and calling lines, calls for help, what is held, the next sheet."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from anlan.call.events import CONTACT_LOST, CONTACT_STEP
from anlan.call.models import Call, CallDown, CallLine, ContactLost, DoorCheck
from anlan.call.queries.villages import asking, lost_rows, running
from anlan.call.rules import contact_lost
from anlan.call.rules.calldown.settings import CallSettings
from anlan.call.rules.calldown.shapes import LineState
from anlan.call.shelf import call_settings
from anlan.foundation import journal_reading, shelf
from anlan.foundation.context import Ctx
from anlan.foundation.rules.grade import Grade
from anlan.places.atlas import Place, atlas
from anlan.ui.due import Wait

HOUR = timedelta(hours=1)
DONE = (LineState.ANSWERED.value, LineState.DOOR_CHECKED.value, LineState.CLOSED.value)


def losses(ctx: Ctx, at: datetime | None, path: str) -> Iterator[Wait]:
    """失联: the step of the township's ladder that is due."""
    places = atlas()
    for row in lost_rows(ctx, at):
        place = places.by_id[row.place_id]
        if not place.path.startswith(path):
            continue
        settings = contact_lost.ContactLostSettings.from_pack(shelf.the(ctx, "contact_lost", place.code).data)
        number, due = (row.step, row.step_deadline) if at is None else _step_then(ctx, row, at, settings)
        last = len(settings.ladder) - 1
        facts = {
            "kind": row.why.get("kind", ""),
            "silent": _names(row.why.get("silent", [])),
            "step": settings.ladder[min(number, last)],
            "next": settings.ladder[min(number + 1, last)],
            "is_last": number >= last,
            "ref": row.ref,
        }
        yield Wait(kind="lost", key=row.ref, place=place, since=row.since, due_at=due, facts=facts)


def _step_then(
    ctx: Ctx, row: ContactLost, at: datetime, settings: contact_lost.ContactLostSettings
) -> tuple[int, datetime]:
    """The journal knows when each step was taken."""
    told = journal_reading.rows(ctx).filter(
        subject=row.ref, name__in=(CONTACT_LOST, CONTACT_STEP), at__lte=at
    )
    times = list(told.order_by("seq").values_list("at", flat=True))
    return len(times) - 1, times[-1] + settings.step_timeout


def _names(silent: list[str]) -> list[str]:
    """Line keys as names of their places; addresses of stations as they are."""
    known = atlas().by_path
    found = [
        known[ref.split(":")[1]].name if ref.split(":")[1:2] and ref.split(":")[1] in known else ref
        for ref in silent
    ]
    return list(dict.fromkeys(found))


def lines(ctx: Ctx, at: datetime | None, path: str) -> Iterator[Wait]:
    """Lines that nobody has answered: someone is on the way to the door, or the next step falls due."""
    downs = {row.pk: row for row in running(ctx, at=at)}
    rows = ctx.rows(CallLine).filter(call_down__in=downs, place__path__startswith=path).order_by("pk")
    if at is None:
        open_lines = list(rows.exclude(state__in=DONE))
    else:
        rows = rows.filter(opened_at__lte=at)
        open_lines = [row for row in rows if row.settled_at is None or row.settled_at > at]
    if not open_lines:
        return
    checks, called = _checks(ctx, open_lines, at), _called(downs, at)
    for line in open_lines:
        yield _line(ctx, line, downs[line.call_down_id], checks.get(line.pk, []), called, at)


Called = dict[tuple[int, str], list[datetime]]


def _called(downs: dict[int, CallDown], at: datetime | None) -> Called:
    """When each person was called, by call-down."""
    rows = Call.objects.filter(call_down__in=downs).order_by("placed_at", "pk")
    if at is not None:
        rows = rows.filter(placed_at__lte=at)
    found: Called = {}
    for call_down, holder, placed in rows.values_list("call_down_id", "holder__ref", "placed_at"):
        found.setdefault((call_down, holder), []).append(placed)
    return found


def _checks(ctx: Ctx, open_lines: list[CallLine], at: datetime | None) -> dict[int, list[DoorCheck]]:
    """Door checks of each line as they stood, oldest first."""
    rows = ctx.rows(DoorCheck).filter(line__in=open_lines).select_related("holder").order_by("pk")
    if at is not None:
        rows = rows.filter(ordered_at__lte=at)
    found: dict[int, list[DoorCheck]] = {}
    for check in rows:
        if at is not None and (check.done_at is None or check.done_at > at):
            check.outcome, check.done_at = "", None
            check.state = DoorCheck.State.ORDERED if check.due_at > at else DoorCheck.State.OVERDUE
        found.setdefault(check.line_id, []).append(check)
    return found


def _line(
    ctx: Ctx, line: CallLine, down: CallDown, checks: list[DoorCheck], called: Called, at: datetime | None
) -> Wait:
    place = atlas().by_id[line.place_id]
    tried = {ref for rung in line.rungs for ref in rung["holders"] if (down.pk, ref) in called}
    facts: dict[str, Any] = {
        "call_down": down.ref,
        "line": line.key,
        "line_kind": line.kind,
        "grade": Grade(down.grade),
        "tried": len(tried),
        "tries": sum(len(called[(down.pk, ref)]) for ref in tried),
        "held": down.held_at is not None,
    }
    if line.door_check_at is not None and (at is None or line.door_check_at <= at):
        return _silent(ctx, line, place, checks, facts)
    settings = call_settings(ctx, place.code)
    number, opened = (line.rung, line.rung_opened_at) if at is None else _rung_then(line, down, called)
    return _calling(line, place, number, opened or line.opened_at, settings, facts)


def _silent(ctx: Ctx, line: CallLine, place: Place, checks: list[DoorCheck], facts: dict[str, Any]) -> Wait:
    """Silent: wait for the report from the door; when it is over, or nothing was ordered, somebody must be sent."""
    assert line.door_check_at is not None
    last = checks[-1] if checks else None
    out = (
        last
        if last is not None and last.state in (DoorCheck.State.ORDERED, DoorCheck.State.OVERDUE)
        else None
    )
    facts |= {
        "check": out.ref if out else "",
        "means": out.means if out else "",
        "who": out.holder.ref if out and out.holder else "",
        "plan": last.why if last else {},
        "done": [(c.means, c.outcome) for c in checks if c.outcome],
    }
    due = out.due_at if out else (last.done_at or last.due_at if last else line.door_check_at)
    return Wait(
        kind="silent",
        key=f"{facts['call_down']}:{line.key}",
        place=place,
        since=line.door_check_at,
        due_at=due,
        facts=facts,
    )


def _rung_then(line: CallLine, down: CallDown, called: Called) -> tuple[int, datetime]:
    """A rung counts as opened once somebody who stands on it, and on none below, was called."""
    number, opened, below = 0, line.opened_at, set[str]()
    for n, rung in enumerate(line.rungs):
        times = [
            called[(down.pk, ref)][0]
            for ref in rung["holders"]
            if ref not in below and (down.pk, ref) in called
        ]
        if n and times:
            number, opened = n, max(line.opened_at, min(times))
        below |= set(rung["holders"])
    return number, opened


def _calling(
    line: CallLine, place: Place, number: int, opened: datetime, settings: CallSettings, facts: dict[str, Any]
) -> Wait:
    silence = line.opened_at + settings.silence_limit
    following = line.rungs[number + 1] if number + 1 < len(line.rungs) else None
    over = opened + timedelta(seconds=line.rungs[number]["timeout_s"]) if line.rungs else silence
    titles = {r.key: {"zh": r.zh, "en": r.en} for ladder in settings.ladders.values() for r in ladder.rungs}
    goes_up = following is not None and over < silence
    facts |= {
        "rung": titles.get(line.rungs[number]["key"], "") if line.rungs else "",
        "next": titles.get(following["key"], "") if goes_up and following else "",
    }
    due = over if goes_up else min(over, silence)
    return Wait(
        kind="calling",
        key=f"{facts['call_down']}:{line.key}",
        place=place,
        since=line.opened_at,
        due_at=due,
        facts=facts,
    )


def helps(ctx: Ctx, at: datetime | None, path: str) -> Iterator[Wait]:
    """求援: somebody asked for help and has said nothing else since. It is due when it is asked."""
    downs = {row.pk: row for row in running(ctx, at=at)}
    for call_down, places in asking(ctx, path=path, at=at).items():
        for place_id, since in places.items():
            if call_down in downs:
                row = downs[call_down]
                facts = {"call_down": row.ref, "grade": Grade(row.grade)}
                yield Wait(
                    kind="help",
                    key=f"help:{row.ref}:{place_id}",
                    place=atlas().by_id[place_id],
                    since=since,
                    due_at=since,
                    facts=facts,
                )


def held(ctx: Ctx, at: datetime | None, path: str) -> Iterator[Wait]:
    """A call-down that an officer holds calls nobody: it must be let go or ended."""
    places = atlas()
    for row in running(ctx, at=at):
        place = places.by_id[row.place_id]
        if row.held_at is not None and (at is None or row.held_at <= at) and place.path.startswith(path):
            facts = {"call_down": row.ref, "reason": row.held_reason, "grade": Grade(row.grade)}
            yield Wait(
                kind="held",
                key=f"held:{row.ref}",
                place=place,
                since=row.held_at,
                due_at=row.held_at,
                facts=facts,
            )


def sheets(ctx: Ctx, at: datetime | None, path: str) -> Iterator[Wait]:
    """叫应一张纸: under orange and red each township's sheet is made anew each hour."""
    now = at or ctx.now
    coming = now.replace(minute=0, second=0, microsecond=0) + HOUR
    places = atlas()
    towns = {row.place_id: row for row in running(ctx, at=at) if row.grade >= Grade.ORANGE}
    for place_id, row in towns.items():
        place = places.by_id[place_id]
        if place.path.startswith(path):
            facts = {"call_down": row.ref}
            yield Wait(
                kind="sheet",
                key=f"sheet:{place.path}",
                place=place,
                since=row.opened_at,
                due_at=coming,
                facts=facts,
            )
