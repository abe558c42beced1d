"""What this room does when something has happened: a finding becomes a draft on the lawful issuer's desk."""

from typing import Any

from anlan.foundation.context import Ctx
from anlan.foundation.events import on
from anlan.foundation.rules.grade import Grade
from anlan.judge.events import EXCEEDANCE_OPENED
from anlan.warn.actions.alerts import proposing

Told = dict[str, Any]


@on(EXCEEDANCE_OPENED)
def propose_alert(ctx: Ctx, told: Told) -> None:
    """A finding of signal scale at orange or red becomes a draft on the lawful issuer's desk."""
    if not told["body"]["stage"] and told["body"]["level"] >= Grade.ORANGE:
        proposing.propose(ctx, exceedance=told["refs"]["exceedance"])
