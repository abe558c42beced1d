"""From a finding of our own to a draft for the lawful issuer. A finding is an assessment; only the issuer's people
make a signal of it.

One chain runs for an issuer, an event type and a township: a higher finding makes an update, not a second alert.
"""

from typing import Any

from anlan.foundation import shelf, tasks
from anlan.foundation.actions import action
from anlan.foundation.context import Ctx
from anlan.foundation.rules.grade import Grade
from anlan.foundation.rules.stage import Stage
from anlan.foundation.words import Sentence, say
from anlan.judge.queries import exceedances
from anlan.judge.queries.exceedances import Exceedance
from anlan.judge.rules import plainwords
from anlan.judge.rules.plainwords import Facts
from anlan.people.queries.units import Unit, over
from anlan.places.atlas import Place, atlas
from anlan.warn import alert_rows
from anlan.warn.actions.alerts.approving import take_back
from anlan.warn.actions.alerts.common import note
from anlan.warn.actions.alerts.drafting import Text, rewrite, write_new
from anlan.warn.events import ALERT_RENEW
from anlan.warn.models import Alert
from anlan.warn.rules import issuers
from anlan.warn.rules.alert.shapes import Message

HAZARDS = {
    "rainstorm": say("山洪"),
    "extreme_rain": say("山洪"),
    "flash_flood": say("山洪"),
    "river_flood": say("洪水"),
    "reservoir": say("洪水"),
}


def propose(ctx: Ctx, *, exceedance: str) -> str | None:
    """Draft, or raise, the lawful issuer's alert for what a finding says; the ref, or None when nothing is to be done:
    below orange, from an example pack, no unit set up that may issue it, or already warned of at this level.
    """
    with action(ctx, "warn.draft"):
        finding = exceedances.of_world(ctx).filter(ref=exceedance).first()
        if (
            finding is None
            or finding.stage
            or finding.level < Grade.ORANGE
            or finding.quantity == "neighbour"
        ):
            return None
        return _propose(ctx, finding, again=False)


def renew(ctx: Ctx, *, ref: str) -> str | None:
    """Shortly before an alert runs out: while its finding stands, draft its prolongation."""
    with action(ctx, "warn.draft"):
        row = Alert.objects.select_related("issuer").get(world_id=ctx.world.id, ref=ref)
        finding = exceedances.of_world(ctx).filter(ref=row.cause, ended_at=None).first()
        if row.state != "issued" or finding is None:
            return None
        return _propose(ctx, finding, again=True)


@tasks.task(ALERT_RENEW)
def _renew(ctx: Ctx, payload: dict[str, str]) -> None:
    renew(ctx, ref=payload["ref"])


def _propose(ctx: Ctx, finding: Exceedance, *, again: bool) -> str | None:
    pack = shelf.get(ctx, finding.pack)
    threshold = pack.data.get("threshold", {})
    events = threshold.get("event_types", ())
    if pack.example or not events:
        return None
    township = atlas().township(atlas().by_id[finding.place_id])
    found = _issuer(ctx, township, events[0], Grade(finding.level))
    if found is None:
        return None
    unit, others = found
    text = _text(ctx, finding, township, threshold.get("hazard", ""), others)
    last = _last(ctx, unit, events[0], township)
    return _put(ctx, finding, township, unit, events[0], text, last, again=again)


def _put(
    ctx: Ctx,
    finding: Exceedance,
    township: Place,
    unit: Unit,
    event_type: str,
    text: Text,
    last: Alert | None,
    *,
    again: bool,
) -> str | None:
    if last and last.state != "issued":
        if last.level >= finding.level:
            return None  # a draft for this level is already on somebody's desk
        if last.state in ("review", "approved"):
            take_back(ctx, last)
        last.cause = finding.ref
        rewrite(ctx, last, text, [township])
        row = last
    elif last and last.level >= finding.level and not again:
        return None
    else:
        row = write_new(
            ctx,
            issuer=unit,
            event_type=event_type,
            text=text,
            places=[township],
            message=Message.UPDATE if last else Message.ALERT,
            predecessor=last,
            cause=finding.ref,
        )
    refs: dict[str, str] = {"exceedance": finding.ref}
    if row.predecessor:
        refs["predecessor"] = row.predecessor.ref
    note(ctx, row, "proposed", refs=refs, pack=finding.pack, expires_at=row.expires_at)
    return row.ref


def _issuer(ctx: Ctx, township: Place, event_type: str, grade: Grade) -> tuple[Unit, list[str]] | None:
    """The unit that leads, set up closest to the place, and the refs of those that must join; None when one lacks."""
    rules = alert_rows.issuer_packs(ctx, township.code)
    organs = issuers.organs_of(rules, event_type)
    chosen = [_set_up(township, kind, leads=n == 0) for n, kind in enumerate(organs)]
    if not chosen or any(unit is None for unit in chosen):
        return None
    if not issuers.may_issue(rules, org_kind=organs[0], event_type=event_type, grade=grade).allowed:
        return None
    lead, *others = [unit for unit in chosen if unit is not None]
    return lead, [unit.ref for unit in others]


def _set_up(township: Place, kind: str, *, leads: bool) -> Unit | None:
    """The closest unit of a kind over a township; the one that leads must be set up to sign."""
    return next((u for u in over(township.path, kind) if u.unit_code or not leads), None)


def _last(ctx: Ctx, unit: Unit, event_type: str, township: Place) -> Alert | None:
    """The last link of the chain that runs here: an open draft before what is issued."""
    rows = Alert.objects.select_for_update(of=("self",)).filter(
        world_id=ctx.world.id, issuer_id=unit.id, event_type=event_type, kind="alert", names=township.id
    )
    running = rows.filter(state__in=[s.value for s in alert_rows.CURRENT])
    running = running.exclude(message__in=(Message.ALL_CLEAR, Message.CANCEL))
    return running.select_related("predecessor", "issuer").order_by("-pk").first()


def _text(ctx: Ctx, finding: Exceedance, township: Place, hazard: str, joint_with: list[str]) -> Text:
    """Plain words made from the finding's own figures."""
    words = plainwords.resident_words(
        Facts(
            caller="",
            place=township.name,
            hazard=HAZARDS.get(hazard, say("险情")),
            stage=Stage.MOVE if finding.level == Grade.RED else Stage.PREPARE,
            exercise=not ctx.world.is_live,
            cause=_cause(finding, township),
        )
    )
    return Text(
        level=finding.level,
        named=[township.code],
        description=words.what.zh,
        instruction=words.where.zh,
        by_when=words.when.zh,
        joint_with=joint_with,
    )


def _cause(finding: Exceedance, township: Place) -> Sentence | None:
    if finding.quantity == "rain" and finding.window_min:
        return plainwords.rain_cause(
            place=township.name,
            rain_tenths_mm=finding.value,
            over_minutes=finding.window_min,
            still_raining=True,
        )
    if finding.quantity == "stage":
        metres: Any = f"{finding.value // 100}.{finding.value % 100:02d}"
        return say("{name}河水涨到{metres}米", name=township.name, metres=metres)
    return None
