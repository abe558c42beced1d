"""Of moving people: villages that must be counted, and households that do not want to go."""

from collections.abc import Iterator
from datetime import datetime

from anlan.foundation import shelf
from anlan.foundation.context import Ctx
from anlan.move.models import HouseholdMove
from anlan.move.rules.evacuation import EvacuationSettings, HouseholdState
from anlan.places.atlas import atlas
from anlan.ui.due import Wait


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
