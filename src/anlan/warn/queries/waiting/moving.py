"""Of moving people: villages that must be counted, and households that do not want to go."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from anlan.foundation.context import Ctx
from anlan.places.queries import atlas
from anlan.warn import shelf
from anlan.warn.models import HouseholdMove
from anlan.warn.queries.moves import moving_takes
from anlan.warn.queries.villages import VillageState
from anlan.warn.queries.waiting.shape import Wait
from anlan.warn.rules.evacuation import EvacuationSettings, HouseholdState, Stage


def counts(ctx: Ctx, at: datetime | None, states: Mapping[int, VillageState]) -> Iterator[Wait]:
    """清点: told to move, heard, and not counted in whole. A silent village must be reached first."""
    for state in states.values():
        move = state.move
        if move is None or move.is_complete or not move.to_move or state.is_under_way:
            continue
        if move.stage not in (Stage.MOVE, Stage.COUNT):
            continue
        facts = {"move": move, "call_down": state.call_down}
        due = move.stage_at + moving_takes(ctx, state.place)
        yield Wait(
            kind="count",
            key=f"count:{move.ref}",
            place=state.place,
            since=move.stage_at,
            due_at=due,
            facts=facts,
        )


def refusals(ctx: Ctx, at: datetime | None, path: str) -> Iterator[Wait]:
    """不肯走: households that refused; their township's leader goes to them in person."""
    rows = ctx.rows(HouseholdMove).filter(
        state=HouseholdState.REFUSED, evacuation__place__path__startswith=path
    )
    if at is not None:
        rows = rows.filter(at__lte=at)
    by_village: dict[int, list[tuple[datetime, str]]] = {}
    for place_id, when, ref in rows.order_by("at").values_list(
        "evacuation__place_id", "at", "evacuation__ref"
    ):
        by_village.setdefault(place_id, []).append((when, ref))
    places = atlas()
    for place_id, found in by_village.items():
        place = places.by_id[place_id]
        settings = EvacuationSettings.from_pack(shelf.the(ctx, "evacuation", place.code).data)
        since, ref = found[0]
        facts = {"households": len(found), "evacuation": ref}
        yield Wait(
            kind="refusal",
            key=f"refusal:{ref}",
            place=place,
            since=since,
            due_at=since + settings.refusal_within,
            facts=facts,
        )
