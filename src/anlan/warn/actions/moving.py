"""Moving people 转移避险: order a village's stages, and count households in. Reached never counts as moved."""

from collections.abc import Sequence

from anlan.foundation import journal
from anlan.foundation.actions import action, next_ref
from anlan.foundation.context import Ctx
from anlan.foundation.errors import Invalid, NotFound
from anlan.foundation.journal import Note
from anlan.people import queries as people
from anlan.places.queries import Place, atlas
from anlan.warn import shelf
from anlan.warn.models import CallDown, Evacuation, HouseholdMove
from anlan.warn.rules import evacuation as rules
from anlan.warn.rules.evacuation import HouseholdEvent, HouseholdState, Stage


def order_stage(
    ctx: Ctx, *, village: Place, stage: str, by: str, tier: str, call_down: str = "", basis: str = ""
) -> str:
    """Order a stage for one village and return the evacuation's ref; the same stage again changes nothing.

    Raises: rules.errors with the next step when the stage cannot follow or the tier may not order it.
    """
    with action(ctx, "warn.move"):
        if not ctx.scope.holds(village.path):
            raise NotFound("{village}不在您的范围内。", village=village.name)
        row = _running(ctx, village)
        present = Stage(row.stage) if row else None
        wanted = Stage(stage)
        if row and (present is wanted or _is_behind(present, wanted)):
            return row.ref
        settings = rules.EvacuationSettings.from_pack(shelf.the(ctx, "evacuation", village.code).data)
        order = rules.order_stage(
            present=present,
            to=wanted,
            by=rules.Orderer(ref=by, tier=tier),
            now=ctx.now,
            settings=settings,
            basis=basis,
        )
        if row is None or present is Stage.RETURN:  # after the all-clear a new move counts everybody anew
            row = _begin(ctx, village, wanted, by, call_down)
        row.stage, row.stage_at, row.ordered_by = wanted.value, ctx.now, by
        row.save(update_fields=["stage", "stage_at", "ordered_by"])
        told = {
            "stage": wanted.value,
            "by": by,
            "tier": tier,
            "basis": basis,
            "report_due_at": order.report_due_at,
            "households_to_move": row.households_to_move,
            "people_to_move": row.people_to_move,
            "households_moved": row.households_moved,
            "households_moving": row.households_moving,
        }
        refs = {"evacuation": row.ref, "village": village.code}
        journal.append(ctx, "warn.evacuation.ordered", refs=refs, body=told, place=village.path)
        return row.ref


def _is_behind(present: Stage | None, wanted: Stage) -> bool:
    """An automatic `prepare` never takes back a village that is already told to move."""
    return wanted is Stage.PREPARE and present not in (None, Stage.PREPARE, Stage.RETURN)


def _running(ctx: Ctx, village: Place) -> Evacuation | None:
    rows = ctx.rows(Evacuation).select_for_update().filter(place_id=village.id)
    return rows.order_by("-pk").first()


def _begin(ctx: Ctx, village: Place, stage: Stage, by: str, call_down: str) -> Evacuation:
    households = people.households_in_danger(ctx, village.path)
    row = Evacuation.objects.create(
        world_id=ctx.world.id,
        ref=next_ref(ctx, "E"),
        place_id=village.id,
        call_down=CallDown.objects.filter(world_id=ctx.world.id, ref=call_down).first(),
        stage=stage.value,
        stage_at=ctx.now,
        began_at=ctx.now,
        ordered_by=by,
        households_to_move=len(households),
        people_to_move=sum(h.at_home for h in households),
        destination=next((h.destination for h in households if h.destination), ""),
    )
    HouseholdMove.objects.bulk_create(
        HouseholdMove(
            world_id=ctx.world.id,
            evacuation=row,
            household_id=h.pk,
            state=HouseholdState.TO_MOVE.value,
            at=ctx.now,
            by=by,
        )
        for h in households
    )
    return row


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
            _note(ctx, row, village, "warn.evacuation.set_out", {"households": moved, "by": by})


def count_in(ctx: Ctx, *, village: Place, households: int, people_in: int, site: str, by: str) -> None:
    """Count households in at a site: the next so many of the list, in its order, as the keeper ticks them.

    Raises: NotFound when no move was ordered for the village; Invalid for numbers that cannot be.
    """
    with action(ctx, "warn.move"):
        row = _running(ctx, village)
        if row is None:
            raise NotFound("{village}还没有下达转移，请先下达再清点。", village=village.name)
        open_rows = [
            move
            for move in HouseholdMove.objects.filter(evacuation=row)
            .select_related("household")
            .order_by("household__ref")
            if move.state not in (HouseholdState.MOVED, HouseholdState.RETURNED)
        ]
        if households < 0 or people_in < 0 or households > len(open_rows):
            raise Invalid(
                "清点 {n} 户不对：名册上还没转移的有 {left} 户。请核对后再报。",
                n=households,
                left=len(open_rows),
            )
        counted = open_rows[:households]
        for move in counted:
            move.state, move.at, move.by = HouseholdState.MOVED.value, ctx.now, by
        HouseholdMove.objects.bulk_update(counted, ["state", "at", "by"])
        _recount(row)
        if row.stage == Stage.MOVE and row.households_moved == row.households_to_move:
            row.stage, row.stage_at, row.counted_at = Stage.COUNT.value, ctx.now, ctx.now
            row.save(update_fields=["stage", "stage_at", "counted_at"])
        told = {"households": households, "people": people_in, "site": site, "by": by}
        _note(ctx, row, village, "warn.evacuation.counted", told)


def mark_household(ctx: Ctx, *, evacuation: str, household: str, event: str, note: str = "") -> None:
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
        move.state, move.at, move.by, move.note = after.state.value, ctx.now, ctx.actor.ref, note[:100]
        move.save(update_fields=["state", "at", "by", "note"])
        _recount(row)
        told = {"household": household, "event": event, "state": after.state.value, "by": ctx.actor.ref}
        _note(ctx, row, village, "warn.household.marked", told)


def _household(move: HouseholdMove) -> rules.Household:
    return rules.Household(
        ref=move.household.ref,
        group=str(move.household.group),
        people=move.household.at_home,
        state=HouseholdState(move.state),
        at=move.at,
    )


def _recount(row: Evacuation) -> None:
    moves: Sequence[HouseholdMove] = HouseholdMove.objects.filter(evacuation=row).select_related("household")
    moved = [m for m in moves if m.state in (HouseholdState.MOVED, HouseholdState.RETURNED)]
    row.households_moved = len(moved)
    row.people_moved = sum(m.household.at_home for m in moved)
    row.households_moving = sum(m.state == HouseholdState.MOVING for m in moves)
    row.households_refused = sum(m.state == HouseholdState.REFUSED for m in moves)
    row.save(update_fields=["households_moved", "people_moved", "households_moving", "households_refused"])


def _note(ctx: Ctx, row: Evacuation, village: Place, name: str, told: dict[str, object]) -> None:
    told = {
        **told,
        "households_moved": row.households_moved,
        "households_to_move": row.households_to_move,
        "households_moving": row.households_moving,
        "households_refused": row.households_refused,
        "people_moved": row.people_moved,
    }
    refs = {"evacuation": row.ref, "village": village.code}
    journal.append_many(ctx, [Note(name, refs, told, village.path)])
