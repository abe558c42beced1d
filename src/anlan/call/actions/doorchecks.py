"""Door checks 敲门核查: silence sends the nearest free person, never into water; a gong where nobody may go."""

from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from anlan.call import calldown_rows
from anlan.call.actions import calldown
from anlan.call.events import DOORCHECK_DONE, DOORCHECK_ORDERED, DOORCHECK_OVERDUE, DOORCHECK_OVERDUE_DUE
from anlan.call.models import Answer, CallLine, DoorCheck
from anlan.call.rules import doorcheck as rules
from anlan.foundation import journal, shelf, tasks
from anlan.foundation.actions import action, next_ref
from anlan.foundation.context import Ctx
from anlan.foundation.errors import Conflict, Invalid, NotFound
from anlan.judge.queries import exceedances, foreseen
from anlan.people import queries as people
from anlan.people.holders import Holder
from anlan.places import queries as places
from anlan.places.atlas import Place, atlas

PERSON = "person"
AT_THE_DOOR = ("reached", "nobody_home")
"""Somebody stood there. A gong heard from afar is no door check."""
OUTCOMES = (*AT_THE_DOOR, "warned_from_afar", "turned_back")


def order(ctx: Ctx, *, call_down: str, line: str, who: str = "") -> str:
    """Order the door check of a silent line: a person if one can go, else the first thing of the chain.

    `who` sends this person in place of whoever is on the way. Raises: NotDispatched with the reason why not.
    """
    with action(ctx, "warn.doorcheck"):
        row = _line(ctx, call_down, line)
        open_check = DoorCheck.objects.filter(line=row, state=DoorCheck.State.ORDERED).first()
        if open_check and not who:
            return open_check.ref
        plan = propose(ctx, row)
        done = [c.means for c in DoorCheck.objects.filter(line=row)]
        best = plan.proposals[0] if plan.proposals else None
        if who:
            best = rules.require_sendable(plan=plan, who=who)
            _give_way(ctx, open_check)
        instead = None if best else rules.next_instead(plan=plan, done=done)
        means = PERSON if best else (instead.key if instead else "neighbouring_township")
        sent = people.holders_by_ref(calldown_rows.everywhere(ctx), [best.who])[best.who] if best else None
        check = DoorCheck.objects.create(
            world_id=ctx.world.id,
            ref=next_ref(ctx, "D"),
            call_down_id=row.call_down_id,
            line=row,
            place_id=row.place_id,
            holder_id=sent.id if sent else None,
            means=means,
            why=_told(plan),
            ordered_at=ctx.now,
            due_at=plan.report_by,
        )
        village = atlas().by_id[row.place_id]
        tasks.schedule(
            ctx,
            DOORCHECK_OVERDUE_DUE,
            key=f"{check.ref}:overdue",
            due_at=check.due_at,
            payload={"ref": check.ref},
        )
        told = {
            "means": means,
            "by": best.who if best else "",
            "distance_m": best.distance_m if best else None,
            "arrives_at": best.arrives_at if best else None,
            "due_at": check.due_at,
        }
        refs = {"door_check": check.ref, "call_down": call_down, "line": line, "village": village.code}
        journal.append(ctx, DOORCHECK_ORDERED, refs=refs, body=told, place=village.path)
        return check.ref


def _give_way(ctx: Ctx, check: DoorCheck | None) -> None:
    """Whoever was on the way is replaced by the person whom the officer chose."""
    if check is not None:
        check.state = DoorCheck.State.CANCELLED
        check.save(update_fields=["state"])
        tasks.cancel(ctx, f"{check.ref}:")


def _line(ctx: Ctx, call_down: str, line: str) -> CallLine:
    row = ctx.rows(CallLine).select_for_update().filter(call_down__ref=call_down, key=line).first()
    if row is None:
        raise NotFound("没有这条叫应线（{line}）。请从叫应板里选择。", line=line)
    return row


def propose(ctx: Ctx, row: CallLine) -> rules.DoorCheckPlan:
    """Who could go to this line's village now, and of everyone else why not."""
    village = atlas().by_id[row.place_id]
    settings = rules.DoorCheckSettings.from_pack(shelf.the(ctx, "door_check", village.code).data)
    nearby = people.holders(
        calldown_rows.everywhere(ctx), path=atlas().township(village).path, exact=False, kinds=settings.roles
    )
    return rules.propose(
        target=rules.DoorTarget(ref=village.path, at=(village.lon, village.lat)),
        people=_knockers(ctx, nearby, row),
        areas=flood_areas(ctx, atlas().township(village)),
        now=ctx.now,
        settings=settings,
        high_ground=[
            rules.HighGround(ref=h.ref, at=(h.lon, h.lat))
            for h in nearby
            if h.high_ground and h.level == "group"
        ],
    )


def _knockers(ctx: Ctx, nearby: list[Holder], row: CallLine) -> list[rules.Knocker]:
    """Each holder with what they are doing now, as their answers tell.

    Who was sent to this very door before and never reported is not sent again: the next person goes.
    """
    since = ctx.now - timedelta(hours=6)
    said = Answer.objects.filter(world_id=ctx.world.id, holder_id__in=[h.id for h in nearby], at__gte=since)
    latest = dict(said.order_by("at", "pk").values_list("holder_id", "kind"))
    out = set(
        DoorCheck.objects.filter(world_id=ctx.world.id, state=DoorCheck.State.ORDERED).values_list(
            "holder_id", flat=True
        )
    )
    out |= set(DoorCheck.objects.filter(line=row).values_list("holder_id", flat=True))
    return [
        rules.Knocker(
            ref=h.ref,
            role=h.kind,
            at=(h.lon, h.lat),
            busy=_busy(latest.get(h.id), h.id in out),
            answered=h.id in latest,
        )
        for h in nearby
    ]


def _busy(answer: int | None, is_out: bool) -> rules.Busy:
    if answer == 3:
        return rules.Busy.MOVING_PEOPLE
    return rules.Busy.BUSY if is_out or answer == 5 else rules.Busy.FREE


def flood_areas(ctx: Ctx, township: Place) -> list[rules.FloodArea]:
    """The township's strips along streams, closing some time after the village's line for moving was crossed.

    Where the model says that water comes sooner, it closes then. A strip whose closing time is over counts as predicted
    water: nobody is sent through it.
    """
    onsets, coming = _immediate_onsets(ctx, township), foreseen.arrivals(ctx, path=township.path)
    areas = []
    for area in places.flood_areas(township.path):
        onset = onsets.get(area.place_id)
        after_line = onset + timedelta(minutes=area.closes_after_min) if onset else None
        closing = min(filter(None, (after_line, coming.get(area.place_id))), default=None)
        if closing is None:
            continue
        kind = rules.AreaKind.PREDICTED if closing <= ctx.now else rules.AreaKind.CLOSING
        ring = tuple((float(lon), float(lat)) for lon, lat in area.ring)
        areas.append(rules.FloodArea(ref=area.ref, kind=kind, rings=(ring,), closing_at=closing))
    return areas


def _immediate_onsets(ctx: Ctx, township: Place) -> dict[int, datetime]:
    """By village: when the line for moving at once was first crossed within the last day."""
    rows = exceedances.of_world(ctx).filter(
        place__path__startswith=township.path,
        stage="immediate",
        onset__gte=ctx.now - timedelta(hours=24),
    )
    return dict(rows.order_by("-onset").values_list("place_id", "onset"))


def _told(plan: rules.DoorCheckPlan) -> dict[str, Any]:
    """What the page shows of the plan; kept with the order, so that it can be answered for."""
    return {
        "proposals": [
            {"who": p.who, "distance_m": p.distance_m, "arrives_at": journal.utc(p.arrives_at)}
            for p in plan.proposals[:3]
        ],
        "not_sent": [
            {"who": n.who, "why": n.why, "zh": n.says.zh, "en": n.says.en} for n in plan.not_sent[:8]
        ],
        "instead": [asdict(i) for i in plan.instead],
    }


def report(ctx: Ctx, *, ref: str, outcome: str, households: int | None = None) -> None:
    """Someone stood at the door, or sounded what there was: `reached`, `warned_from_afar`, `nobody_home`, `turned_back`."""
    with action(ctx, "warn.doorcheck"):
        check = ctx.one(ctx.rows(DoorCheck).select_related("line", "call_down"), ref, lock=True)
        if outcome not in OUTCOMES:
            raise Invalid("敲门结果 {outcome} 认不出。请从列表里选。", outcome=outcome)
        if check.state in (DoorCheck.State.DONE, DoorCheck.State.CANCELLED):
            raise Conflict("敲门核查 {ref} 已经报过结果。", ref=ref)
        check.state, check.done_at = DoorCheck.State.DONE, ctx.now
        check.outcome, check.households = outcome, households
        check.save(update_fields=["state", "done_at", "outcome", "households"])
        tasks.cancel(ctx, f"{ref}:")
        village = atlas().by_id[check.place_id]
        refs = {
            "door_check": ref,
            "call_down": check.call_down.ref,
            "line": check.line.key,
            "village": village.code,
        }
        told = {"outcome": outcome, "households": households, "means": check.means}
        journal.append(ctx, DOORCHECK_DONE, refs=refs, body=told, place=village.path)
        if outcome in AT_THE_DOOR:
            calldown.door_checked(ctx, call_down=check.call_down.ref, line=check.line.key)
        elif check.line.settled_at is None:  # who turned back, and a gong heard from afar, prove nothing
            order(ctx, call_down=check.call_down.ref, line=check.line.key)


@tasks.task(DOORCHECK_OVERDUE_DUE)
def _overdue(ctx: Ctx, payload: dict[str, Any]) -> None:
    """Nobody reported in time: the next person or the next thing of the chain."""
    check = DoorCheck.objects.select_related("line", "call_down").get(
        world_id=ctx.world.id, ref=payload["ref"]
    )
    if check.state != DoorCheck.State.ORDERED:
        return
    DoorCheck.objects.filter(pk=check.pk).update(state=DoorCheck.State.OVERDUE)
    village = atlas().by_id[check.place_id]
    refs = {
        "door_check": check.ref,
        "call_down": check.call_down.ref,
        "line": check.line.key,
        "village": village.code,
    }
    journal.append(ctx, DOORCHECK_OVERDUE, refs=refs, body={"means": check.means}, place=village.path)
    if check.line.settled_at is None:
        order(ctx, call_down=check.call_down.ref, line=check.line.key)
