"""Contact lost 失联: two silent stations or holders in one township are treated as the worst case."""

from typing import Any

from django.db.models import Q

from anlan.call.actions import calldown
from anlan.call.events import CONTACT_LOST, CONTACT_REGAINED, CONTACT_STEP, CONTACT_STEP_DUE
from anlan.call.models import Call, CallDown, CallLine, ContactLost
from anlan.call.rules import contact_lost as rules
from anlan.call.rules.calldown.shapes import BY_HAND, CallState, LineState
from anlan.foundation import journal, shelf, tasks
from anlan.foundation.actions import action, next_ref, reason_in
from anlan.foundation.context import Ctx
from anlan.foundation.errors import NotFound
from anlan.observe import queries as observe
from anlan.places.atlas import Place, atlas


def look(ctx: Ctx, *, township: Place) -> str | None:
    """Declare the township lost when its silences are enough, regained when they no longer are.

    Returns the ref of a new declaration.
    """
    settings = _settings(ctx, township)
    found = rules.detect(silences=_silences(ctx, township), settings=settings)
    standing = ContactLost.objects.filter(world_id=ctx.world.id, place_id=township.id, ended_at=None).first()
    if standing is not None and not found:
        regained(ctx, ref=standing.ref, how="heard")
    if standing is not None or not found:
        return None
    with action(ctx, "warn.call"):
        lost = found[0]
        row = ContactLost.objects.create(
            world_id=ctx.world.id,
            ref=next_ref(ctx, "L"),
            place_id=township.id,
            since=lost.at,
            why={"kind": lost.kind.value, "silent": list(lost.silent)},
            step_deadline=ctx.now + settings.step_timeout,
        )
        _alarm(ctx, row)
        told = {
            "kind": lost.kind.value,
            "silent": list(lost.silent),
            "since": lost.at,
            "step": settings.ladder[0].key,
        }
        refs = {"contact_lost": row.ref, "township": township.code}
        journal.append(ctx, CONTACT_LOST, refs=refs, body=told, place=township.path)
        for running in CallDown.objects.filter(world_id=ctx.world.id, place_id=township.id, closed_at=None):
            calldown.contact_lost(ctx, call_down=running.ref)
        return row.ref


def _settings(ctx: Ctx, township: Place) -> rules.ContactLostSettings:
    return rules.ContactLostSettings.from_pack(shelf.the(ctx, "contact_lost", township.code).data)


def _silences(ctx: Ctx, township: Place) -> list[rules.Silence]:
    """Silent stations of the township, and villages whose whole ladder has stayed silent.

    A village that nobody has dialled yet (its calls still lie on the desk) is unheard, and gets its door check, but
    is no sign of lost contact.
    """
    quiet = (LineState.DOOR_CHECK.value, LineState.CONTACT_LOST.value)
    lines = CallLine.objects.filter(
        world_id=ctx.world.id, kind="village", state__in=quiet, place__path__startswith=township.path
    ).filter(call_down__closed_at=None)
    holders = [
        rules.Silence(
            ref=line.key,
            kind=rules.SilentKind.HOLDER,
            township=township.path,
            since=line.door_check_at or line.opened_at,
        )
        for line in _tried(list(lines.order_by("pk")))
    ]
    stations = [
        rules.Silence(ref=address, kind=rules.SilentKind.STATION, township=township.path, since=since)
        for address, since in observe.silent_since(ctx, township.path)
    ]
    return [*stations, *holders]


def _tried(lines: list[CallLine]) -> list[CallLine]:
    """Without those whose every call waits for a hand, or was handed to a line of ours that died."""
    calls = Call.objects.filter(call_down_id__in={line.call_down_id for line in lines})
    waiting = calls.filter(
        Q(state=CallState.SENDING.value, channel__in=BY_HAND) | Q(state=CallState.UNKNOWN.value)
    )
    undialled = set(waiting.values_list("call_down_id", "holder__ref"))
    if not undialled:
        return lines
    dialled = set(calls.exclude(pk__in=waiting.values("pk")).values_list("call_down_id", "holder__ref"))
    found = []
    for line in lines:
        people = {(line.call_down_id, ref) for rung in line.rungs for ref in rung["holders"]}
        if people & dialled or not people & undialled:
            found.append(line)
    return found


def _alarm(ctx: Ctx, row: ContactLost) -> None:
    if row.step_deadline:
        key = f"{row.ref}:step:{row.step}"
        tasks.schedule(ctx, CONTACT_STEP_DUE, key=key, due_at=row.step_deadline, payload={"ref": row.ref})


@tasks.task(CONTACT_STEP_DUE)
def _next_step(ctx: Ctx, payload: dict[str, Any]) -> None:
    """Nobody reported contact in time: the next step of the ladder; the last one is repeated until contact."""
    row = ContactLost.objects.select_for_update().get(world_id=ctx.world.id, ref=payload["ref"])
    if row.ended_at is not None:
        return
    township = atlas().by_id[row.place_id]
    settings = _settings(ctx, township)
    row.step += 1
    row.step_deadline = ctx.now + settings.step_timeout
    row.save(update_fields=["step", "step_deadline"])
    _alarm(ctx, row)
    step = settings.ladder[min(row.step, len(settings.ladder) - 1)]
    refs = {"contact_lost": row.ref, "township": township.code}
    journal.append(ctx, CONTACT_STEP, refs=refs, body={"step": step.key}, place=township.path)


def regained(ctx: Ctx, *, ref: str, how: str) -> None:
    """Someone in the township was reached again, by whatever way."""
    with action(ctx, "warn.call"):
        row = ctx.rows(ContactLost).select_for_update().filter(ref=ref, ended_at=None).first()
        if row is None:
            raise NotFound("没有编号为 {ref} 的失联，或已经恢复。", ref=ref)
        row.ended_at, row.ended_by = ctx.now, reason_in(how, most=60)
        row.save(update_fields=["ended_at", "ended_by"])
        tasks.cancel(ctx, f"{ref}:")
        township = atlas().by_id[row.place_id]
        refs = {"contact_lost": ref, "township": township.code}
        journal.append(ctx, CONTACT_REGAINED, refs=refs, body={"how": row.ended_by}, place=township.path)
