"""What waits for a person now, or waited at a past moment: one thing for each next step, as plain facts.

`call/due.py` makes sentences of them; here only rows are read. Who may not see warnings sees none of it.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime, timedelta

from anlan.call.queries.villages import VillageState, village_states
from anlan.call.queries.waiting.calls import held, helps, lines, losses, sheets
from anlan.call.queries.waiting.counts import counts
from anlan.call.queries.waiting.forecasts import forecasts
from anlan.call.queries.waiting.refused import refused_call_outs
from anlan.foundation.context import Ctx
from anlan.foundation.rules.stage import Stage
from anlan.judge.queries.foreseen import foreseen
from anlan.judge.rules.urgency import Thing, harm_of
from anlan.move.queries.moves import moving_takes
from anlan.ui.due import Wait


def waiting(ctx: Ctx, *, at: datetime | None = None, path: str = "") -> list[Wait]:
    """Everything of this room that waits, each with its class of harm, in no order."""
    if not ctx.may("warn.view"):
        return []
    states = village_states(ctx, path=path, at=at)
    said = foreseen(ctx, at=at, path=path) if ctx.may("simulate.view") else None
    water = {v.place.id: v.arrives_at for v in said.villages if v.arrives_at} if said else {}
    found = [
        *losses(ctx, at, path),
        *lines(ctx, at, path),
        *helps(ctx, at, path),
        *counts(ctx, at, states),
        *refused_call_outs(ctx, at, path),
        *held(ctx, at, path),
        *sheets(ctx, at, path),
        *forecasts(said, states),
    ]
    return [replace(each, harm=harm_of(_thing(ctx, each, at or ctx.now, states, water))) for each in found]


def _thing(
    ctx: Ctx,
    it: Wait,
    now: datetime,
    states: Mapping[int, VillageState],
    water: Mapping[int, datetime],
) -> Thing:
    move = states[it.place.id].move if it.place.id in states else None
    water_at = it.due_at if it.kind == "forecast" else water.get(it.place.id)
    return Thing(
        kind=it.kind,
        now=now,
        grade=it.facts.get("grade"),
        is_village=it.facts.get("line_kind", "village") == "village",
        is_told_to_move=move is not None and move.stage in (Stage.MOVE, Stage.COUNT),
        water_at=water_at,
        moving_takes=moving_takes(ctx, it.place) if water_at else timedelta(0),
    )
