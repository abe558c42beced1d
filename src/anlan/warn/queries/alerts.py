"""Reading alerts 预警: lists, one with its chain and who did what, and what the reader may do with it now."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from anlan.foundation import journal
from anlan.foundation.context import Ctx
from anlan.foundation.rules.grade import Grade
from anlan.foundation.words import w
from anlan.judge.queries import exceedances
from anlan.judge.queries.exceedances import Exceedance
from anlan.people.accounts import queries as accounts
from anlan.places.atlas import Place, atlas
from anlan.warn import alert_rows
from anlan.warn.actions.alerts.importing import NOT_VERIFIED
from anlan.warn.events import ALERT_ISSUED
from anlan.warn.models import Alert
from anlan.warn.queries import alert_signing as signing
from anlan.warn.queries.alert_signing import who
from anlan.warn.rules.alert import approval_label, open_to
from anlan.warn.rules.alert.shapes import Message, State

LIST_LIMIT = 200


@dataclass(frozen=True)
class Brief:
    """An alert in one line. `issuer` is the unit's ref, empty for an imported one; `place` as it is typed again;
    `unsigned` are the refs of units that issue it jointly and have not agreed."""

    ref: str
    state: str
    revision: int
    level: int
    issuer: str
    place: str
    path: str
    unsigned: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of the list and of a chain."""

    ref: str
    kind: str
    source: str
    level: str
    message: str
    state: str
    headline: str
    issuer_name: str
    named: tuple[Place, ...]
    at: datetime
    expires_at: datetime | None
    doubtful: str
    proposed: bool

    @property
    def names(self) -> str:
        return "、".join(p.name for p in self.named)

    @property
    def message_word(self) -> str:
        return Message(self.message).word

    @property
    def state_word(self) -> str:
        return w("有效") if self.source != "own" and self.state == State.ISSUED else State(self.state).word


@dataclass(frozen=True, kw_only=True)
class Step:
    """Who did what: `who` is a unit and post, `state` done, next or open."""

    word: str
    who: str | dict[str, str]
    at: datetime | None
    state: str


@dataclass(frozen=True, kw_only=True)
class Detail:
    """One alert with everything its page shows."""

    row: Alert
    line: Row
    place: Place
    steps: tuple[Step, ...]
    chain: tuple[Row, ...]
    may: frozenset[str]
    is_author: bool
    approval: tuple[str, str]
    to_wake: tuple[accounts.AccountInfo, ...]
    due_at: datetime | None
    needs_retyping: bool
    finding: Exceedance | None
    telephone: dict[str, Any]
    joint: tuple[signing.Joint, ...]
    lapsed_at: datetime | None
    """When a draft ran out that nobody issued."""


def brief(ctx: Ctx, ref: str) -> Brief:
    """Raises: NotFound."""
    row = row_of(ctx, ref)
    return Brief(
        ref=row.ref,
        state=row.state,
        revision=row.revision,
        level=row.level,
        issuer=row.issuer.ref if row.issuer else "",
        place=alert_rows.place_words(row),
        path=atlas().by_id[row.place_id].path,
        unsigned=tuple(each.unit for each in alert_rows.state_of(row).unsigned),
    )


def visible(ctx: Ctx) -> QuerySet[Alert]:
    """Alerts within scope, and what is out for a place that holds the reader's: a city's warning is every village's."""
    above = {path[:end] for path in ctx.scope.paths for end in range(4, len(path), 4)}
    over = Q(names__path__in=above) | Q(names=None, place__path__in=above)
    public = over & ~Q(issued_at=None)
    seen = ctx.rows(Alert).values_list("pk", flat=True)
    rows = Alert.objects.filter(world_id=ctx.world.id)
    return rows.filter(Q(pk__in=seen) | public).distinct()


def row_of(ctx: Ctx, ref: str) -> Alert:
    """The row of an alert within scope. Raises: NotFound."""
    return ctx.one(visible(ctx).select_related("issuer", "predecessor"), ref)


def listing(ctx: Ctx, *, which: str = "", open_only: bool = False) -> list[Row]:
    """Alerts newest first: `which` is own, imported or notice; `open_only` what is drafted or in force."""
    rows = visible(ctx)
    kinds = {
        "own": Q(source="own", kind="alert"),
        "imported": Q(source="imported"),
        "notice": Q(kind="notice"),
    }
    rows = rows.filter(kinds.get(which, Q()))
    if open_only:
        rows = rows.filter(state__in=[s.value for s in alert_rows.CURRENT])
    return _lines(rows.order_by("-drafted_at", "-pk")[:LIST_LIMIT])


def _lines(rows: Iterable[Alert]) -> list[Row]:
    found = list(rows)
    alert_rows.read_names(found)
    return [line_of(row) for row in found]


def line_of(row: Alert) -> Row:
    return Row(
        ref=row.ref,
        kind=row.kind,
        source=row.source,
        level=Grade(row.level).code,
        message=row.message,
        state=row.state,
        headline=row.headline,
        issuer_name=row.issuer_name,
        named=tuple(alert_rows.named(row)),
        at=row.issued_at or row.drafted_at,
        expires_at=row.expires_at,
        doubtful=row.doubtful,
        proposed=bool(row.cause),
    )


def detail(ctx: Ctx, ref: str) -> Detail:
    """Raises: NotFound."""
    row = row_of(ctx, ref)
    state = alert_rows.state_of(row)
    settings = alert_rows.settings(ctx, atlas().by_id[row.place_id].code)
    within = settings.approve_within.get(state.grade)
    waits = row.state == State.REVIEW and row.submitted_at and within
    issuer = row.issuer.ref if row.issuer else ""
    waking = issuer and ctx.may("warn.draft") and row.state in (State.REVIEW, State.APPROVED, State.DRAFT)
    return Detail(
        row=row,
        line=line_of(row),
        place=atlas().by_id[row.place_id],
        steps=tuple(_steps(ctx, row)),
        chain=tuple(_lines(_chain(ctx, row))),
        may=frozenset(_may(ctx, row)),
        is_author=ctx.actor.ref in state.authors,
        approval=approval_label(alert=state, now=ctx.now),
        to_wake=tuple(_to_wake(ctx, row, issuer)) if waking else (),
        due_at=row.submitted_at + within if waits and row.submitted_at and within else None,
        needs_retyping=row.kind == "alert" and state.grade >= settings.retype_from,
        finding=_finding(ctx, row),
        telephone=signing.telephone(row, row.verbal, countersign_by=row.countersign_by),
        joint=tuple(signing.joint(ctx, row)),
        lapsed_at=row.expires_at if alert_rows.has_lapsed(row, ctx.now) else None,
    )


def _may(ctx: Ctx, row: Alert) -> list[str]:
    """The buttons of this reader: never an approval of one's own text."""
    if row.source == "imported" and row.doubtful.startswith(NOT_VERIFIED) and ctx.may("warn.import"):
        return ["confirm_source"]
    if row.source != "own" or row.issuer is None or not _holds(ctx, row):
        return []
    if ctx.actor.unit != row.issuer.ref and (row.kind != "alert" or ctx.actor.unit not in row.joint_with):
        return []
    settings = alert_rows.settings(ctx, atlas().by_id[row.place_id].code)
    state, actor = alert_rows.state_of(row), alert_rows.actor_of(ctx)
    found = [event.value for event in open_to(alert=state, actor=actor, now=ctx.now, settings=settings)]
    if ctx.actor.unit != row.issuer.ref:
        return found
    last = not Alert.objects.filter(predecessor=row).exclude(state="expired").exists()
    if row.state == State.ISSUED and row.message in ("alert", "update") and ctx.may("warn.draft") and last:
        found.append("follow_up")
    return found


def _holds(ctx: Ctx, row: Alert) -> bool:
    return ctx.scope.holds(atlas().by_id[row.place_id].path)


def _to_wake(ctx: Ctx, row: Alert, issuer: str) -> list[accounts.AccountInfo]:
    """Approvers of the unit who did not write the text."""
    authors = alert_rows.state_of(row).authors
    return [a for a in accounts.who_may(ctx, unit=issuer, permission="warn.approve") if a.ref not in authors]


def _chain(ctx: Ctx, row: Alert) -> list[Alert]:
    """All links of the row's chain, the newest first; and what other issuers said of its places before."""
    links: dict[int, Alert] = {}
    back: Alert | None = row
    while back is not None:
        links[back.pk] = back
        back = back.predecessor
    ahead = [row.pk]
    while ahead:
        after = list(Alert.objects.filter(predecessor_id__in=ahead).select_related("predecessor"))
        links |= {a.pk: a for a in after}
        ahead = [a.pk for a in after]
    return sorted(links.values(), key=lambda a: a.pk, reverse=True)


def others_said(ctx: Ctx, row: Alert) -> list[Row]:
    """Imported warnings of the same kind that were out when this one was written: what had been said already."""
    rows = visible(ctx).filter(
        source="imported", event_type=row.event_type, issued_at__lte=row.issued_at or ctx.now
    )
    return _lines(rows.exclude(pk=row.pk).order_by("-issued_at", "-pk")[:5])


def _finding(ctx: Ctx, row: Alert) -> Exceedance | None:
    if not row.cause:
        return None
    return exceedances.in_scope(ctx).filter(ref=row.cause).select_related("place").first()


def _steps(ctx: Ctx, row: Alert) -> list[Step]:
    """起草 → 复核 → 批准 → 签发, each with unit and post of who did it."""
    last = {entry["name"]: entry["actor"] for entry in journal.story(ctx, row.ref)}
    if row.source == "imported":
        return [
            Step(word=w("发布单位签发"), who=row.issuer_name, at=row.issued_at, state="done"),
            Step(word=w("导入"), who=who(row.drafted_by), at=row.drafted_at, state="done"),
        ]
    steps: list[tuple[str, str, datetime | None]] = [
        (w("起草"), row.drafted_by, row.drafted_at),
        (w("送审"), last.get("warn.alert.submitted", ""), row.submitted_at),
        (w("批准"), row.approved_by, row.approved_at),
        (w("签发"), last.get(ALERT_ISSUED, ""), row.issued_at),
    ]
    if row.reviewed_by:
        steps.insert(2, (w("复核"), row.reviewed_by, row.reviewed_at))
    steps[-1:-1] = [(w("会签"), each.by or each.name, each.at) for each in alert_rows.cosigners(row)]
    if row.approval == "verbal":
        steps.append((w("补签"), row.verbal.get("leader", ""), row.countersigned_at))
    steps += [
        (w("补签"), each.by, each.countersigned_at) for each in alert_rows.cosigners(row) if each.verbal
    ]
    found: list[Step] = []
    has_lapsed = alert_rows.has_lapsed(row, ctx.now)
    for word, ref, at in steps:
        is_next = at is None and not has_lapsed and all(s.state == "done" for s in found)
        state = "done" if at else "next" if is_next else "open"
        named = at or word in (w("补签"), w("会签"))
        found.append(Step(word=word, who=who(ref) if named else "", at=at, state=state))
    return found
