"""Moving people as pages read it: by village now, or as it was known at a past moment; household by household."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from anlan.foundation import journal, shelf
from anlan.foundation.context import Ctx
from anlan.foundation.journal import JournalEntry
from anlan.foundation.kept import asked_once
from anlan.foundation.rules.pack import minutes, table
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
from anlan.move.rules.evacuation import HouseholdState
from anlan.people import queries as people
from anlan.places.atlas import Place, atlas

TOLD_BY = (
    EVACUATION_ORDERED,
    EVACUATION_SET_OUT,
    EVACUATION_STAYED,
    EVACUATION_COUNTED,
    EVACUATION_TAKEN_BACK,
    HOUSEHOLD_MARKED,
)


@dataclass(frozen=True, kw_only=True)
class Move:
    """One village's move: households told to move, on the way, counted in. Counted in alone is moved."""

    ref: str
    place: Place
    stage: Stage
    stage_at: datetime
    to_move: int
    people_to_move: int
    moving: int
    moved: int
    people_moved: int
    refused: int
    destination: str = ""
    ordered_by: str = ""
    call_down: str = ""
    named: int = 0
    """Of those moved, counted in by name; the rest were counted and not named."""

    @property
    def is_complete(self) -> bool:
        return self.to_move > 0 and self.moved >= self.to_move

    @property
    def unnamed(self) -> int:
        """Households that were counted at a site and whose names nobody has ticked yet."""
        return self.moved - self.named

    @property
    def still(self) -> int:
        """Households that have not set out."""
        return max(0, self.to_move - self.moved - self.moving)

    @property
    def state(self) -> str:
        """The palette's code."""
        if self.is_complete:
            return "moved"
        if self.refused and not self.moving:
            return "refused"
        if self.moving or self.moved:
            return "moving"
        return "prepare" if self.stage is Stage.PREPARE else "idle"


@asked_once
def moves(ctx: Ctx, path: str, at: datetime | None = None) -> dict[int, Move]:
    """The latest move of each village at or below a path, by division id."""
    if at is not None:
        return _moves_then(ctx, path, at)
    rows = ctx.rows(Evacuation).filter(place__path__startswith=path).order_by("pk")
    return {row.place_id: _of_row(row) for row in rows}


def _of_row(row: Evacuation) -> Move:
    return Move(
        ref=row.ref,
        place=atlas().by_id[row.place_id],
        stage=Stage(row.stage),
        stage_at=row.stage_at,
        to_move=row.households_to_move,
        people_to_move=row.people_to_move,
        moving=row.households_moving,
        moved=row.households_moved,
        people_moved=row.people_moved,
        refused=row.households_refused,
        destination=row.destination,
        ordered_by=row.ordered_by,
        call_down=row.call_down,
        named=row.households_named,
    )


def _moves_then(ctx: Ctx, path: str, at: datetime) -> dict[int, Move]:
    """What the journal had told by then."""
    entries = ctx.rows(JournalEntry).filter(name__in=TOLD_BY, place__startswith=path, at__lte=at)
    found: dict[int, Move] = {}
    for entry in entries.order_by("seq"):
        place = atlas().by_path[entry.place]
        told = journal.read(entry)
        body, before = told["body"], found.get(place.id)
        stage = Stage(body["stage"]) if "stage" in body else (before.stage if before else Stage.PREPARE)
        found[place.id] = Move(
            ref=told["refs"]["evacuation"],
            place=place,
            stage=stage,
            stage_at=entry.at if "stage" in body or before is None else before.stage_at,
            to_move=body["households_to_move"],
            people_to_move=body.get("people_to_move", before.people_to_move if before else 0),
            moving=body.get("households_moving", 0),
            moved=body.get("households_moved", 0),
            people_moved=body.get("people_moved", 0),
            named=body.get("households_named", before.named if before else 0),
            refused=body.get("households_refused", before.refused if before else 0),
        )
    return found


def to_move_of_world(ctx: Ctx) -> dict[int, tuple[int, int]]:
    """By village of this world: households and people to move, which the voice says."""
    rows = Evacuation.objects.filter(world_id=ctx.world.id).order_by("pk")
    return {r.place_id: (r.households_to_move, r.people_to_move) for r in rows}


def household_states(ctx: Ctx, path: str) -> list[tuple[str, str]]:
    """Ref and state of every household on a list at or below a path, whoever asks."""
    rows = HouseholdMove.objects.filter(
        evacuation__world_id=ctx.world.id, evacuation__place__path__startswith=path
    )
    return list(rows.order_by("household__ref").values_list("household__ref", "state"))


def moving_takes(ctx: Ctx, place: Place) -> timedelta:
    """How long a village has to move and be counted, by the pack in force there."""
    return minutes(table(shelf.the(ctx, "evacuation", place.code).data, "evacuation"), "count_within_min", 30)


def the_move(ctx: Ctx, ref: str) -> Move:
    """Raises: NotFound for a ref out of scope."""
    return _of_row(ctx.one(Evacuation, ref))


@dataclass(frozen=True, kw_only=True)
class HouseholdRow:
    """One household of the list, with whoever helps it; no names of residents."""

    ref: str
    number: str
    """How it is spoken of: group and the number on the list."""
    group: int
    people: int
    frail: bool
    helper: str
    helper_title: str
    destination: str
    state: HouseholdState
    at: datetime
    note: str
    refusal_due: datetime | None


def households(ctx: Ctx, ref: str) -> list[HouseholdRow]:
    """The name list of a move, by group and number."""
    move = the_move(ctx, ref)
    settings = rules.EvacuationSettings.from_pack(shelf.the(ctx, "evacuation", move.place.code).data)
    rows = (
        ctx.rows(HouseholdMove)
        .filter(evacuation__ref=ref)
        .select_related("household__helper")
        .order_by("household__group", "household__ref")
    )
    helpers = people.masked_names(ctx, [r.household.helper.ref for r in rows if r.household.helper])
    return [
        HouseholdRow(
            ref=r.household.ref,
            number=f"{r.household.group}-{n:02d}",
            group=r.household.group,
            people=r.household.at_home,
            frail=r.household.frail,
            helper=helpers.get(r.household.helper.ref, "") if r.household.helper else "",
            helper_title=r.household.helper.title if r.household.helper else "",
            destination=r.household.destination,
            state=HouseholdState(r.state),
            at=r.at,
            note=r.note,
            refusal_due=r.at + settings.refusal_within if r.state == HouseholdState.REFUSED else None,
        )
        for n, r in enumerate(rows, 1)
    ]


def may_follow(move: Move) -> tuple[Stage, ...]:
    """The stages that may be ordered now."""
    return tuple(step.event for step in rules.STAGE_LIFE.after(move.stage))


def may_happen(state: HouseholdState, case: rules.HouseholdCase) -> tuple[rules.HouseholdEvent, ...]:
    """What can be marked for a household in this state now, that changes anything; called again it is by an order."""
    return tuple(
        step.event
        for step in rules.HOUSEHOLD_LIFE.open_to(state, case)
        if step.target != state and step.event is not rules.HouseholdEvent.CALLED_AGAIN
    )
