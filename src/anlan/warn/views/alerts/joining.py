"""联合发布 in the composer: the units that a type must be issued with are ticked, whatever was ticked before."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.http import QueryDict

from anlan.foundation.context import Ctx
from anlan.people.queries.units import Unit, over, unit
from anlan.places.atlas import atlas
from anlan.warn import alert_rows
from anlan.warn.rules import issuers


def units_by_type(ctx: Ctx, types: Sequence[str]) -> dict[str, list[Unit]]:
    """By type: the units that must sign it with the reader's."""
    mine = unit(ctx.actor.unit)
    if mine is None or not mine.place_path:
        return {}
    rules = alert_rows.issuer_packs(ctx, atlas().by_path[mine.place_path].code)
    kinds = {code: set(issuers.organs_of(rules, code)) - {mine.kind} for code in types}
    closest = {kind: over(mine.place_path, kind)[:1] for kind in sorted(set().union(*kinds.values()))}
    return {code: [u for kind in sorted(those) for u in closest[kind]] for code, those in kinds.items()}


def ticked_for(
    joint: Mapping[str, Sequence[Unit]], given: QueryDict | None, initial: Mapping[str, Any]
) -> tuple[QueryDict | None, str, list[str]]:
    """The form with those units ticked, the type, and all that is ticked; what only the type before needed is not."""
    kind, ticked = initial.get("event_type") or next(iter(joint), ""), initial.get("joint_with", [])
    if given is not None:
        given, kind = given.copy(), given.get("event_type", "")
        before = {u.ref for u in joint.get(given.get("joint_for", ""), [])}
        ticked = [ref for ref in given.getlist("joint_with") if ref not in before]
    ticked = sorted({*ticked, *(u.ref for u in joint.get(kind, []))})
    if given is not None:
        given.setlist("joint_with", ticked)
    return given, kind, ticked
