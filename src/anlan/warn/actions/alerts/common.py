"""What the acts on alerts share: the row under a lock, the decision, the entry."""

from dataclasses import replace
from typing import Any

from anlan.foundation import journal
from anlan.foundation.context import SYSTEM, Ctx
from anlan.foundation.errors import Forbidden, NotFound
from anlan.foundation.rules.errors import AlertRefused
from anlan.foundation.rules.life import Refusal
from anlan.foundation.scope import Scope
from anlan.foundation.words import say
from anlan.people.queries.units import Unit, unit
from anlan.places.atlas import Place, atlas
from anlan.warn import alert_rows
from anlan.warn.models import Alert
from anlan.warn.rules.alert import decide
from anlan.warn.rules.alert.shapes import Event, Evidence, Transition


def locked(ctx: Ctx, ref: str) -> Alert:
    """The alert for whoever changes it. Raises: NotFound, also outside the scope."""
    return ctx.one(ctx.rows(Alert).select_related("issuer", "predecessor"), ref, lock=True)


def locked_of_unit(ctx: Ctx, ref: str) -> Alert:
    """The same for our own alert: only people of the issuing unit write, approve and issue it."""
    row = locked(ctx, ref)
    if row.source != "own" or row.issuer is None:
        raise AlertRefused(
            "imported", say("这是引用的预警，只能由发布单位更改。可以据此叫应，或发风险提示。")
        )
    if (
        "*" not in ctx.actor.permissions and ctx.actor.unit != row.issuer.ref
    ):  # the system does its due work for all
        raise Forbidden("这份预警由{unit}编发，请该单位的人来办。", unit=row.issuer_name)
    return row


def locked_for_both(ctx: Ctx, ref: str) -> Alert:
    """The same for people of the issuing unit and of those that issue it jointly: they agree to it, or send it back."""
    row = locked(ctx, ref)
    if row.source == "own" and row.kind == "alert" and ctx.actor.unit in row.joint_with:
        return row
    return locked_of_unit(ctx, ref)


def unit_of(ctx: Ctx) -> Unit:
    """The actor's own unit. Raises: Forbidden."""
    found = unit(ctx.actor.unit)
    if found is None:
        raise Forbidden("您的账号不属于任何单位，不能编发预警。请联系管理员。")
    return found


def places_of(ctx: Ctx, codes: list[str]) -> list[Place]:
    """The divisions of these codes, in path order, all within scope. Raises: NotFound."""
    found = sorted({atlas().code(code) for code in codes}, key=lambda p: p.path)
    if any(not ctx.scope.holds(p.path) for p in found):
        raise NotFound("所选地点不在您的范围内。")
    return found


def move(ctx: Ctx, row: Alert, event: Event, evidence: Evidence | None = None) -> Transition:
    """Decide and write; raises AlertRefused with the name of the no."""
    place = atlas().by_id[row.place_id]
    found = decide(
        alert=alert_rows.state_of(row),
        event=event,
        actor=alert_rows.actor_of(ctx),
        now=ctx.now,
        evidence=evidence or Evidence(),
        settings=alert_rows.settings(ctx, place.code),
    )
    if isinstance(found, Refusal):
        raise AlertRefused(found.name, found.says)
    alert_rows.write_state(row, found.alert)
    return found


def note(ctx: Ctx, row: Alert, verb: str, *, refs: dict[str, str] | None = None, **more: Any) -> None:
    """Journal what became of the alert; last in the action."""
    journal.append(
        ctx,
        f"warn.alert.{verb}",
        refs={"alert": row.ref, **(refs or {})},
        body=alert_rows.told(row, **more),
        place=atlas().by_id[row.place_id].path,
    )


def follow(ctx: Ctx, after: Alert, before: Alert | None = None) -> None:
    """The link before an issued update, all-clear or cancel ends with it; `before` is another that it ends as well."""
    before = before or after.predecessor
    if before is None or before.state != "issued":
        return  # it had expired: an update may still follow
    before = Alert.objects.select_for_update(of=("self",)).select_related("predecessor").get(pk=before.pk)
    event = {"update": Event.UPDATE, "all_clear": Event.ALL_CLEAR, "cancel": Event.CANCEL}[after.message]
    system = ctx if "*" in ctx.actor.permissions else as_system(ctx)
    link = replace(alert_rows.link_of(after), predecessor=before.ref)
    move(system, before, event, Evidence(successor=link))
    before.save()
    verb = {"update": "updated", "all_clear": "all_clear", "cancel": "cancelled"}[after.message]
    note(ctx, before, verb, refs={"successor": after.ref})


def as_system(ctx: Ctx) -> Ctx:
    """The same moment, as the system: for what follows from an act by itself."""
    return replace(ctx, actor=SYSTEM, scope=Scope.everywhere())
