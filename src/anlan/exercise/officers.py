"""An exercise's people who are not there 模拟: where the issuer is simulated, two persons of the issuing unit take a proposed
alert from draft to issue; of a unit that must issue it jointly, a third one agrees.

Everything is due work at fixed delays, so that one seed gives one journal. A person who sits at the desk may be
quicker: then the simulated ones find nothing left to do.
"""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from anlan.foundation import tasks, worlds
from anlan.foundation.context import Actor, Ctx
from anlan.foundation.events import on
from anlan.foundation.rules.grade import Grade
from anlan.people.queries.units import unit
from anlan.warn.actions.alerts import approving, cosigning, issuing
from anlan.warn.events import ALERT_PROPOSED
from anlan.warn.queries.alerts import Brief, brief

SUBMITTED_AFTER = timedelta(seconds=60)
APPROVED_AFTER = timedelta(seconds=120)
COSIGNED_AFTER = timedelta(seconds=60)
ISSUED_AFTER = timedelta(seconds=10)
FORECASTER = ("sim-forecaster", frozenset({"warn.view", "warn.draft", "warn.issue"}))
APPROVER = ("sim-approver", frozenset({"warn.view", "warn.review", "warn.approve", "warn.issue"}))
COSIGNER = ("sim-cosigner", APPROVER[1])


@on(ALERT_PROPOSED)
def simulate_issuer(ctx: Ctx, told: dict[str, Any]) -> None:
    """The forecaster submits a minute later."""
    if _has_simulated_issuer(ctx):
        work = {"ref": told["refs"]["alert"], "revision": told["body"]["revision"]}
        _later(ctx, "submit", work, SUBMITTED_AFTER)


def _has_simulated_issuer(ctx: Ctx) -> bool:
    if ctx.world.is_live:
        return False
    return bool(worlds.get(ctx.world.key).settings.get("simulated_issuer"))


def _later(ctx: Ctx, step: str, work: dict[str, Any], delay: timedelta) -> None:
    key = f"exercise-alert:{work['ref']}:{work['revision']}:{step}"
    tasks.schedule(ctx, f"exercise.alert.{step}", key=key, due_at=ctx.now + delay, payload=work)


def _standing(ctx: Ctx, work: dict[str, Any], state: str) -> Brief | None:
    """The alert, if it still stands as the simulated person last saw it."""
    row = brief(ctx, work["ref"])
    return row if (row.state, row.revision) == (state, work["revision"]) else None


def _as(ctx: Ctx, row: Brief, who: tuple[str, frozenset[str]]) -> Ctx:
    """The same moment as a simulated person of the issuing unit."""
    ref, permissions = who
    home = unit(row.issuer)
    actor = Actor(
        ref=ref,
        role="simulated",
        permissions=permissions,
        unit=row.issuer,
        organisation=home.name if home else "",
    )
    return replace(ctx, actor=actor)


@tasks.task("exercise.alert.submit")
def _submit(ctx: Ctx, work: dict[str, Any]) -> None:
    if row := _standing(ctx, work, "draft"):
        approving.submit(_as(ctx, row, FORECASTER), ref=row.ref)
        _later(ctx, "approve", work, APPROVED_AFTER)


@tasks.task("exercise.alert.approve")
def _approve(ctx: Ctx, work: dict[str, Any]) -> None:
    """The second person types place and level again by hand."""
    if row := _standing(ctx, work, "review"):
        second = _as(ctx, row, APPROVER)
        approving.approve(second, ref=row.ref, retyped_place=row.place, retyped_level=Grade(row.level).word)
        if row.unsigned:
            _later(ctx, "cosign", work, COSIGNED_AFTER)
        else:
            _later(ctx, "issue", work, ISSUED_AFTER)


@tasks.task("exercise.alert.cosign")
def _cosign(ctx: Ctx, work: dict[str, Any]) -> None:
    """One person of each unit that issues it jointly agrees; nobody does so for two."""
    if row := _standing(ctx, work, "approved"):
        for n, unit_ref in enumerate(row.unsigned):
            third = _as(ctx, replace(row, issuer=unit_ref), (f"{COSIGNER[0]}{n or ''}", COSIGNER[1]))
            cosigning.cosign(third, ref=row.ref, retyped_place=row.place, retyped_level=Grade(row.level).word)
        _later(ctx, "issue", work, ISSUED_AFTER)


@tasks.task("exercise.alert.issue", slow=True)
def _issue(ctx: Ctx, work: dict[str, Any]) -> None:
    """Outside a transaction, for the first signature draws a key; issued already, there is nothing to do."""
    if row := _standing(ctx, work, "approved"):
        issuing.issue(_as(ctx, row, FORECASTER), ref=row.ref)
