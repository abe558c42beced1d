"""What the journal tells of moves: counts and stage of a village, and the mark of each household."""

from collections.abc import Iterator

from anlan.foundation import journal
from anlan.foundation.context import WorldInfo
from anlan.foundation.edited import Edited, derives
from anlan.move.actions.moving import COUNTS
from anlan.move.models import Evacuation, HouseholdMove
from anlan.move.rules.evacuation import HouseholdState

UNMARKED = (HouseholdState.TO_MOVE, HouseholdState.MOVING)


@derives
def moves(world: WorldInfo) -> Iterator[Edited]:
    """The last entry of a move holds its counts; a household that nobody marked has not arrived."""
    last: dict[str, dict[str, object]] = {}
    marked: dict[tuple[str, str], str] = {}
    for entry in journal.of_names(world, ("warn.evacuation.", "warn.household.")):
        told = journal.read(entry)
        ref, body = told["refs"]["evacuation"], told["body"]
        last.setdefault(ref, {}).update(
            {key: body[key] for key in (*COUNTS, "households_to_move") if key in body}
        )
        if "household" in body:
            marked[ref, body["household"]] = body["state"]
    for row in Evacuation.objects.filter(world_id=world.id):
        for key, value in last.get(row.ref, {}).items():
            if getattr(row, key) != value:
                yield Edited(row.ref, key)
    rows = HouseholdMove.objects.filter(world_id=world.id)
    for ref, household, state in rows.values_list("evacuation__ref", "household__ref", "state"):
        if (said := marked.get((ref, household))) != state and (said is not None or state not in UNMARKED):
            yield Edited(f"{ref} {household}", "state")
