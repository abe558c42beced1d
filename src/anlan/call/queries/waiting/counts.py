"""Of moving people: villages that must be counted."""

from collections.abc import Iterator, Mapping
from datetime import datetime

from anlan.call.queries.villages import VillageState
from anlan.foundation.context import Ctx
from anlan.foundation.rules.stage import Stage
from anlan.move.queries.moves import moving_takes
from anlan.ui.due import Wait


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
