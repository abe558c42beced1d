"""What waits for a person now, or waited at a past moment: one thing for each next step, as plain facts.

The desk makes sentences of them and sorts them by deadline; here only rows are read. Who may not see warnings sees
none of it.
"""

from datetime import datetime

from anlan.call.queries.villages import village_states
from anlan.call.queries.waiting.calls import held, helps, lines, losses, sheets
from anlan.call.queries.waiting.counts import counts
from anlan.call.queries.waiting.forecasts import forecasts
from anlan.foundation.context import Ctx
from anlan.judge.queries.waiting import Wait
from anlan.move.queries.waiting import refusals
from anlan.warn.queries.waiting import alerts_waiting, refused_call_outs

__all__ = ["Wait", "waiting"]


def waiting(ctx: Ctx, *, at: datetime | None = None, path: str = "") -> list[Wait]:
    """Everything of this room that waits, in no order."""
    states = village_states(ctx, path=path, at=at)
    return [
        *losses(ctx, at, path),
        *lines(ctx, at, path),
        *helps(ctx, at, path),
        *counts(ctx, at, states),
        *refusals(ctx, at, path),
        *alerts_waiting(ctx, at, path),
        *refused_call_outs(ctx, at, path),
        *held(ctx, at, path),
        *sheets(ctx, at, path),
        *forecasts(ctx, at, path, states),
    ]
