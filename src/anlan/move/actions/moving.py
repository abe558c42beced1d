"""Moving people 转移避险: order a village's stages, and count households in. Reached never counts as moved."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q

from anlan.foundation import journal, shelf
from anlan.foundation.actions import action, next_refs
from anlan.foundation.context import Ctx
from anlan.foundation.errors import Conflict, Invalid, NotFound
from anlan.foundation.journal import JournalEntry, Note
from anlan.foundation.rules.stage import Stage
from anlan.move.events import (
    EVACUATION_COUNTED,
    EVACUATION_ORDERED,
    EVACUATION_SET_OUT,
    EVACUATION_STAYED,
    EVACUATION_TAKEN_BACK,
    HOUSEHOLD_MARKED,
)
from anlan.move.models import Evacuation, HouseholdMove
from anlan.move.rules import evacuation as rules
from anlan.move.rules.evacuation import HouseholdEvent, HouseholdState
from anlan.people import queries as people
from anlan.places.atlas import Place, atlas


@dataclass(frozen=True)
class Recorded:
    """What was written down, by its entry, and how all stood before: enough to take it back."""

    seq: int
    before: dict[str, Any]


def order_stage(
    ctx: Ctx, *, village: Place, stage: str, by: str, tier: str, call_down: str = "", basis: str = ""
) -> str:
    """Order a stage for one village and return the evacuation's ref; the same stage again changes nothing.

    Raises: RuleError with the next step when the stage cannot follow or the tier may not order it.
    """
    found = order_stages(
        ctx, villages=[village], stage=stage, by=by, tier=tier, call_down=call_down, basis=basis
    )
    return found[village.code]


def order_stages(
    ctx: Ctx,
    *,
    villages: Sequence[Place],
    stage: str,
    by: str,
    tier: str,
    call_down: str = "",
    basis: str = "",
) -> dict[str, str]:
    """The same for many villages at once: village code → ref of its evacuation."""
    with action(ctx, "warn.move"):
        for village in villages:
            if not ctx.scope.holds(village.path):
                raise NotFound("{village}不在您的范围内。", village=village.name)
        wanted = Stage(stage)
        present = _latest(ctx, villages)
        behind = [v for v in villages if not _stands(present.get(v.id), wanted)]
        orders = {v.id: _order(ctx, v, present.get(v.id), wanted, by, tier, basis) for v in behind}
        rows = present | _begin(ctx, [v for v in behind if _is_new(present.get(v.id))], wanted, by, call_down)
        notes = [_ordered(ctx, v, rows[v.id], orders[v.id], tier, basis) for v in behind]
        if notes:
            journal.append_many(ctx, notes)
        return {v.code: rows[v.id].ref for v in villages}


def _latest(ctx: Ctx, villages: Sequence[Place]) -> dict[int, Evacuation]:
    """By division: its last evacuation, locked."""
    rows = ctx.rows(Evacuation).select_for_update(of=("self",)).filter(place_id__in=[v.id for v in villages])
    return {row.place_id: row for row in rows.order_by("pk")}


def _stands(row: Evacuation | None, wanted: Stage) -> bool:
    """Whether the village is at that stage, or already further than an automatic `prepare`."""
    return row is not None and (row.stage == wanted or _is_behind(Stage(row.stage), wanted))


def _is_new(row: Evacuation | None) -> bool:
    """After the all-clear a new move counts everybody anew."""
    return row is None or row.stage == Stage.RETURN


def _order(
    ctx: Ctx, village: Place, row: Evacuation | None, wanted: Stage, by: str, tier: str, basis: str
) -> rules.StageOrder:
    settings = rules.EvacuationSettings.from_pack(shelf.the(ctx, "evacuation", village.code).data)
    return rules.order_stage(
        present=Stage(row.stage) if row else None,
        to=wanted,
        by=rules.Orderer(ref=by, tier=tier),
        now=ctx.now,
        settings=settings,
        basis=basis,
    )


def _ordered(
    ctx: Ctx, village: Place, row: Evacuation, order: rules.StageOrder, tier: str, basis: str
) -> Note:
    """Put the order into the row; returns the journal's words."""
    if (row.stage, row.ordered_by) != (order.stage.value, order.by) or row.stage_at != ctx.now:
        row.stage, row.stage_at, row.ordered_by = order.stage.value, ctx.now, order.by
        row.save(update_fields=["stage", "stage_at", "ordered_by"])
    told = {
        "stage": order.stage.value,
        "by": order.by,
        "tier": tier,
        "basis": basis,
        "report_due_at": order.report_due_at,
        "households_to_move": row.households_to_move,
        "people_to_move": row.people_to_move,
        "households_moved": row.households_moved,
        "households_moving": row.households_moving,
    }
    return Note(EVACUATION_ORDERED, {"evacuation": row.ref, "village": village.code}, told, village.path)


def _is_behind(present: Stage | None, wanted: Stage) -> bool:
    """An automatic `prepare` never takes back a village that is already told to move."""
    return wanted is Stage.PREPARE and present not in (None, Stage.PREPARE, Stage.RETURN)


def _running(ctx: Ctx, village: Place) -> Evacuation | None:
    rows = ctx.rows(Evacuation).select_for_update().filter(place_id=village.id)
    return rows.order_by("-pk").first()


def _begin(
    ctx: Ctx, villages: Sequence[Place], stage: Stage, by: str, call_down: str
) -> dict[int, Evacuation]:
    """New evacuations with their lists of households, by division."""
    if not villages:
        return {}
    listed = people.households_in_danger(ctx, [v.id for v in villages])
    refs = next_refs(ctx, "E", len(villages))
    rows = [
        Evacuation(
            world_id=ctx.world.id,
            ref=ref,
            place_id=village.id,
            call_down=call_down,
            stage=stage.value,
            stage_at=ctx.now,
            began_at=ctx.now,
            ordered_by=by,
            households_to_move=len(listed.get(village.id, ())),
            people_to_move=sum(h.at_home for h in listed.get(village.id, ())),
            destination=next((h.destination for h in listed.get(village.id, ()) if h.destination), ""),
        )
        for village, ref in zip(villages, refs, strict=True)
    ]
    Evacuation.objects.bulk_create(rows)
    HouseholdMove.objects.bulk_create(
        HouseholdMove(
            world_id=ctx.world.id,
            evacuation=row,
            household_id=h.pk,
            state=HouseholdState.TO_MOVE.value,
            at=ctx.now,
            by=by,
        )
        for row in rows
        for h in listed.get(row.place_id, ())
    )
    return {row.place_id: row for row in rows}


def stay(ctx: Ctx, *, village: Place, by: str, since: datetime) -> None:
    """What somebody's word since a moment had put on the way is not on the way: the word was taken back."""
    with action(ctx, "warn.move"):
        row = _running(ctx, village)
        if row is None:
            return
        gone = HouseholdMove.objects.filter(evacuation=row, state=HouseholdState.MOVING, by=by, at__gte=since)
        if count := gone.update(state=HouseholdState.TO_MOVE.value, at=ctx.now):
            _recount(row)
            _note(ctx, row, village, EVACUATION_STAYED, {"households": count, "by": by})


def set_out(ctx: Ctx, *, village: Place, by: str) -> None:
    """The village's people are on the way: whoever had not set out, has now."""
    with action(ctx, "warn.move"):
        row = _running(ctx, village)
        if row is None or row.stage not in (Stage.PREPARE, Stage.MOVE):
            return
        waiting = HouseholdMove.objects.filter(evacuation=row, state=HouseholdState.TO_MOVE)
        moved = waiting.update(state=HouseholdState.MOVING.value, at=ctx.now, by=by)
        if moved:
            _recount(row)
            _note(ctx, row, village, EVACUATION_SET_OUT, {"households": moved, "by": by})


def count_in(ctx: Ctx, *, village: Place, households: int, people_in: int, site: str, by: str) -> Recorded:
    """Count so many households and people in at a site. A headcount names nobody: the list stays as it is.

    Raises: NotFound when no move was ordered for the village; Invalid for numbers that cannot be.
    """
    with action(ctx, "warn.move"):
        row = _running(ctx, village)
        if row is None:
            raise NotFound("{village}还没有下达转移，请先下达再清点。", village=village.name)
        left = row.households_to_move - row.households_moved
        if households < 0 or people_in < 0 or households > left:
            raise Invalid(
                "清点 {n} 户不对：名册上还没转移的有 {left} 户。请核对后再报。",
                n=households,
                left=left,
            ).at("households")
        before = _kept(row, COUNTED)
        row.households_counted = row.households_moved + households
        row.people_counted = row.people_moved + people_in
        _recount(row)
        if row.stage == Stage.MOVE and row.households_moved == row.households_to_move:
            row.stage, row.stage_at, row.counted_at = Stage.COUNT.value, ctx.now, ctx.now
            row.save(update_fields=["stage", "stage_at", "counted_at"])
        told = {"households": households, "people": people_in, "site": site, "by": by}
        return Recorded(_note(ctx, row, village, EVACUATION_COUNTED, told), before)


def mark_household(ctx: Ctx, *, evacuation: str, household: str, event: str, note: str = "") -> Recorded:
    """One household of the list: set out, counted in, refused, not found, went home. Refusal goes to the leader.

    Raises: NotFound; rules.errors when the event cannot happen now.
    """
    with action(ctx, "warn.move"):
        row = ctx.rows(Evacuation).select_for_update().filter(ref=evacuation).first()
        move = (
            HouseholdMove.objects.filter(evacuation=row, household__ref=household)
            .select_related("household")
            .first()
        )
        if row is None or move is None:
            raise NotFound("名册里没有这一户（{household}）。请从名册里选择。", household=household)
        village = atlas().by_id[row.place_id]
        after = rules.on_household(
            household=_household(move),
            event=HouseholdEvent(event),
            now=ctx.now,
            count=rules.Count(
                people=move.household.at_home, site=row.destination or "安置点", by=ctx.actor.ref
            ),
            stage=Stage(row.stage),
        )
        before = {"household": household, **_kept(move, MARK)}
        move.state, move.at, move.by, move.note = after.state.value, ctx.now, ctx.actor.ref, note[:100]
        move.save(update_fields=["state", "at", "by", "note"])
        _recount(row)
        told = {"household": household, "event": event, "state": after.state.value, "by": ctx.actor.ref}
        return Recorded(_note(ctx, row, village, HOUSEHOLD_MARKED, told), before)


def take_back(ctx: Ctx, *, evacuation: str, seq: int, before: dict[str, Any]) -> None:
    """Undo the mark or the count that was recorded last for a village, entry `seq`: all is as it was `before`.

    Raises: NotFound out of scope; Conflict when something else was recorded since.
    """
    with action(ctx, "warn.move"):
        row = ctx.one(Evacuation, evacuation, lock=True)
        village = atlas().by_id[row.place_id]
        later = ctx.rows(JournalEntry).filter(place=village.path, seq__gt=seq)
        if later.filter(Q(name__startswith="warn.evacuation.") | Q(name=HOUSEHOLD_MARKED)).exists():
            raise Conflict("这一条已经不能撤销：后面又记过。请登记正确的结果，后一条为准。")
        told: dict[str, object] = {"seqs": [seq]}
        if household := before.get("household"):
            move = HouseholdMove.objects.get(evacuation=row, household__ref=household)
            _put_back(move, MARK, before)
            told |= {"household": household, "state": move.state}
        else:
            _put_back(row, COUNTED, before)
        _recount(row)
        _note(ctx, row, village, EVACUATION_TAKEN_BACK, told)


MARK = ("state", "at", "by", "note")
COUNTED = ("households_counted", "people_counted", "stage", "stage_at", "counted_at")


def _kept(row: Evacuation | HouseholdMove, names: Sequence[str]) -> dict[str, Any]:
    found = {name: getattr(row, name) for name in names}
    return {name: it.isoformat() if isinstance(it, datetime) else it for name, it in found.items()}


def _put_back(row: Evacuation | HouseholdMove, names: Sequence[str], before: dict[str, Any]) -> None:
    for name in names:
        it = before[name]
        setattr(row, name, datetime.fromisoformat(it) if it and name.endswith("at") else it)
    row.save(update_fields=names)


def _household(move: HouseholdMove) -> rules.Household:
    return rules.Household(
        ref=move.household.ref,
        group=str(move.household.group),
        people=move.household.at_home,
        state=HouseholdState(move.state),
        at=move.at,
    )


COUNTS = ("households_moved", "households_named", "households_moving", "households_refused", "people_moved")
"""What every entry about a move tells of it, and what `anlan journal verify` holds its row to."""


def _recount(row: Evacuation) -> None:
    moves: Sequence[HouseholdMove] = HouseholdMove.objects.filter(evacuation=row).select_related("household")
    named = [m for m in moves if m.state in (HouseholdState.MOVED, HouseholdState.RETURNED)]
    row.households_named = len(named)
    row.households_moved = max(len(named), row.households_counted)
    row.people_moved = max(sum(m.household.at_home for m in named), row.people_counted)
    moving = sum(m.state == HouseholdState.MOVING for m in moves)
    row.households_moving = max(0, moving - (row.households_moved - row.households_named))
    row.households_refused = sum(m.state == HouseholdState.REFUSED for m in moves)
    row.save(update_fields=[*COUNTS, "households_counted", "people_counted"])


def _note(ctx: Ctx, row: Evacuation, village: Place, name: str, told: dict[str, object]) -> int:
    told = {
        **told,
        "households_to_move": row.households_to_move,
        **{key: getattr(row, key) for key in COUNTS},
    }
    refs = {"evacuation": row.ref, "village": village.code}
    return journal.append_many(ctx, [Note(name, refs, told, village.path)])
