"""Between an alert's row and the value that its life cycle is decided on; and the packs that it goes by."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Prefetch, prefetch_related_objects

from anlan.foundation import packs, shelf
from anlan.foundation.context import Ctx
from anlan.foundation.home import home
from anlan.foundation.packs.pack import Pack
from anlan.foundation.rules.grade import Grade
from anlan.foundation.rules.pack import minutes, table
from anlan.foundation.words import say
from anlan.people.queries.units import Unit, units
from anlan.places.atlas import Place, atlas
from anlan.warn.models import Alert
from anlan.warn.rules import issuers
from anlan.warn.rules.alert import TABLE
from anlan.warn.rules.alert.shapes import (
    Actor,
    AlertSettings,
    AlertState,
    CoSigner,
    IssuerVerdict,
    Link,
    Message,
    State,
    VerbalApproval,
)

EVERY_PERMISSION = frozenset(row.permission for row in TABLE)
CURRENT = (State.DRAFT, State.REVIEW, State.APPROVED, State.ISSUED)
NO_MARK = 1
"""Level kept with a risk notice, for its deadlines alone: it wears no colour and no mark."""


def state_of(row: Alert) -> AlertState:
    """The row as the life cycle sees it."""
    return AlertState(
        ref=row.ref,
        state=State(row.state),
        message=Message(row.message),
        grade=Grade(row.level),
        place=place_words(row),
        authors=frozenset({row.drafted_by, *row.edited_by}),
        revision=row.revision,
        expires_at=row.expires_at,
        predecessor=row.predecessor.ref if row.predecessor else "",
        submitted_at=row.submitted_at,
        reviewed_by=row.reviewed_by,
        approved_by=row.approved_by,
        approved_at=row.approved_at,
        approved_revision=row.approved_revision,
        verbal=_verbal(row.verbal),
        countersign_due_at=row.countersign_by,
        countersigned_at=row.countersigned_at,
        cosigners=cosigners(row),
        issued_at=row.issued_at,
        ended_at=row.ended_at,
    )


def write_state(row: Alert, after: AlertState) -> None:
    """Put the decided value back; the telephone approval's own words are written by its action."""
    row.state = after.state.value
    row.revision = after.revision
    row.edited_by = sorted(after.authors - {row.drafted_by})
    row.submitted_at = after.submitted_at
    row.reviewed_by = after.reviewed_by
    row.approved_by = after.approved_by
    row.approved_at = after.approved_at
    row.approved_revision = after.approved_revision
    row.countersign_by = after.countersign_due_at
    row.countersigned_at = after.countersigned_at
    row.issued_at = after.issued_at
    row.ended_at = after.ended_at
    row.verbal = _confirmed(row.verbal, after.verbal)
    row.cosigned = {each.unit: _agreement(row, each) for each in after.cosigners if each.by}
    row.approval = "" if not after.approved_by else "verbal" if after.verbal else "signed"


def cosigners(row: Alert) -> tuple[CoSigner, ...]:
    """The units that issue it as well, and what each of them has agreed to."""
    return tuple(_cosigner(unit, row.cosigned.get(unit.ref, {})) for unit in joint(row))


def _cosigner(unit: Unit, told: dict[str, Any]) -> CoSigner:
    if not told:
        return CoSigner(unit=unit.ref, name=unit.name)
    return CoSigner(
        unit=unit.ref,
        name=unit.name,
        by=told["by"],
        at=_moment(told["at"]),
        revision=told["revision"],
        verbal=_verbal(told["verbal"]),
        countersign_due_at=_moment(told["countersign_by"]),
        countersigned_at=_moment(told["countersigned_at"]),
    )


def _agreement(row: Alert, each: CoSigner) -> dict[str, Any]:
    """What is kept of an agreement; what was said on the telephone is put in by its action, sealed."""
    return {
        "by": each.by,
        "at": _told(each.at),
        "revision": each.revision,
        "verbal": _confirmed(row.cosigned.get(each.unit, {}).get("verbal", {}), each.verbal),
        "countersign_by": _told(each.countersign_due_at),
        "countersigned_at": _told(each.countersigned_at),
    }


def _confirmed(kept: dict[str, str], verbal: VerbalApproval | None) -> dict[str, str]:
    """What is kept of a telephone approval, with who confirmed it; its own words were put in by its action."""
    if verbal is None or not kept:
        return {}
    return {**kept, "confirmed_by": verbal.confirmed_by, "confirmed_at": _told(verbal.confirmed_at)}


def _told(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""


def _moment(text: str) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def _verbal(told: dict[str, str]) -> VerbalApproval | None:
    """What the life cycle needs of a telephone approval; number and words stay sealed."""
    if not told:
        return None
    at = datetime.fromisoformat(told["at"])
    return VerbalApproval(
        leader=told["leader"],
        leader_permissions=frozenset(),
        number="sealed",
        at=at,
        words="sealed",
        recorded_by=told["recorded_by"],
        confirmed_by=told["confirmed_by"],
        confirmed_at=_moment(told["confirmed_at"]),
    )


def link_of(row: Alert) -> Link:
    return Link(
        ref=row.ref,
        state=State(row.state),
        message=Message(row.message),
        predecessor=row.predecessor.ref if row.predecessor else "",
    )


def actor_of(ctx: Ctx) -> Actor:
    """Who acts; the system holds every permission, also those that nobody else has."""
    held = ctx.actor.permissions
    permissions = EVERY_PERMISSION if "*" in held else held
    return Actor(ref=ctx.actor.ref, permissions=permissions, unit=ctx.actor.unit)


def named(row: Alert) -> list[Place]:
    """The divisions that the alert names, in path order; read once for a row."""
    read_names([row])
    return sorted((atlas().by_id[each.pk] for each in row.names.all()), key=lambda place: place.path)


def read_names(rows: Sequence[Alert]) -> None:
    """What the rows name, for all in one query; a row that has it is not asked again."""
    prefetch_related_objects(rows, Prefetch("names", Alert.names.field.related_model.objects.only("id")))


def place_words(row: Alert) -> str:
    """The place as it is said, and typed again for a red: the named places, or the one that holds them all."""
    places = named(row) if row.pk else []
    return "、".join(p.name for p in places) if 0 < len(places) <= 3 else atlas().by_id[row.place_id].name


def settings(ctx: Ctx, code: str) -> AlertSettings:
    return AlertSettings.from_pack(shelf.the(ctx, "approval", code).data)


def valid_for(ctx: Ctx, code: str, level: int) -> timedelta:
    """How long an alert holds when nobody says otherwise."""
    part = table(shelf.the(ctx, "approval", code).data, "approval")
    return minutes(table(part, "valid_minutes"), Grade(level).code, 180)


def renew_before(ctx: Ctx, code: str) -> timedelta:
    part = table(shelf.the(ctx, "approval", code).data, "approval")
    return minutes(part, "renew_before_minutes", 30)


def issuer_packs(ctx: Ctx, code: str) -> tuple[Pack, ...]:
    return packs.in_force("issuers", on=shelf.today(ctx), division=code, home=home())


def verdict(ctx: Ctx, row: Alert) -> IssuerVerdict:
    """Whether the alert's unit may lawfully issue it: a signal by the issuer pack, a risk notice by its deeds."""
    assert row.issuer is not None
    place = atlas().by_id[row.place_id]
    rules = issuer_packs(ctx, place.code)
    if row.kind == "notice":
        may = issuers.may_do(rules, org_kind=row.issuer.kind, deed="risk_notice")
        return IssuerVerdict(lawful=may, says=say("本单位不能发风险提示。"))
    found = issuers.may_issue(
        rules, org_kind=row.issuer.kind, event_type=row.event_type, grade=Grade(row.level)
    )
    if not found.allowed:
        return IssuerVerdict(lawful=False, says=found.reason)
    with_us = {unit.kind for unit in joint(row) if place.path.startswith(unit.place_path)}
    return IssuerVerdict(lawful=set(found.jointly_with) <= with_us, says=found.reason)


def event_title(ctx: Ctx, code: str) -> dict[str, str]:
    """暴雨 / rainstorm: what an event type is called; the code itself when no pack names it."""
    return event_titles(ctx).get(code, {"zh": code, "en": code})


def event_titles(ctx: Ctx) -> dict[str, dict[str, str]]:
    """Event type → its title, also under its other codes."""
    found = {}
    for event in shelf.the(ctx, "event_types").data["event"]:
        for code in (event["code"], *event.get("also", ())):
            found[code] = dict(event["title"])
    return found


def sender_name(row: Alert) -> str:
    """随县水利局、随县气象台联合: who speaks, as the headline says it."""
    if not row.joint_with:
        return row.issuer_name
    return "、".join([row.issuer_name, *(unit.name for unit in joint(row))]) + "联合"


def joint(row: Alert) -> list[Unit]:
    """The units that issue it together with its own: each of them has to agree before it goes out."""
    return units(row.joint_with)


def has_lapsed(row: Alert, now: datetime) -> bool:
    """A draft of ours whose time ran out before it was issued: nobody can approve or issue it any more."""
    over = row.expires_at is not None and row.expires_at <= now
    return row.source == "own" and row.issued_at is None and (over or row.state == "expired")


def calls_out(*, kind: str, message: str, level: int, **_: Any) -> bool:
    """Whether an alert of this kind calls people out: a first one or an update at orange or red, no all-clear."""
    return kind == "alert" and message in ("alert", "update") and level >= Grade.ORANGE


def told(row: Alert, **more: Any) -> dict[str, Any]:
    """What every entry about an alert tells."""
    return {
        "kind": row.kind,
        "source": row.source,
        "message": row.message,
        "event_type": row.event_type,
        "level": row.level,
        "named": codes(named(row)),
        "revision": row.revision,
        "state": row.state,
        **more,
    }


def codes(places: Iterable[Place]) -> list[str]:
    return sorted(p.code for p in places)
