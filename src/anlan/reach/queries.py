"""What pages ask: lines with their state and queue, the last exchanges of one, and who was told of a call-down."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count

from anlan.foundation import crypto
from anlan.foundation.context import Ctx
from anlan.people import queries as people
from anlan.reach.kinds import Kind, kinds
from anlan.reach.models import Attempt, Line, Message
from anlan.reach.outbox import ON
from anlan.reach.rules.states import WAITING, MessageState

LAST = 50
DAY = timedelta(days=1)


@dataclass(frozen=True, kw_only=True)
class LineRow:
    line: Line
    kind: Kind | None
    lately: list[tuple[MessageState, int]]


def lines(ctx: Ctx) -> list[LineRow]:
    """All lines, those that are on first, each with what it sent in the last day by state."""
    rows = list(ctx.rows(Line).order_by("-state", "name"))
    counted: dict[int, dict[str, int]] = defaultdict(dict)
    lately = Attempt.objects.filter(line__in=rows, at__gt=ctx.now - DAY).values("line_id", "state").order_by()
    for each in lately.annotate(n=Count("pk")):
        counted[each["line_id"]][each["state"]] = each["n"]
    return [
        LineRow(
            line=row, kind=kinds().get(row.kind),
            lately=[(state, counted[row.pk][state]) for state in MessageState if state in counted[row.pk]],
        )
        for row in rows
    ]  # fmt: skip


def has_line() -> bool:
    """Whether any line is on."""
    return Line.objects.filter(state=ON).exists()


@dataclass(frozen=True, kw_only=True)
class Exchange:
    at: datetime
    to: str
    purpose: str
    subject: str
    state: MessageState
    why: str


def exchanges(ctx: Ctx, line: Line) -> list[Exchange]:
    """The last tries of a line, within scope, numbers masked."""
    rows = ctx.rows(Attempt).filter(line=line).select_related("message").order_by("-pk")[:LAST]
    masked = people.masked_numbers([row.message.contact for row in rows if row.message.contact])
    return [
        Exchange(
            at=row.at, to=_to(row.message, masked), purpose=row.message.purpose, subject=row.message.subject,
            state=MessageState(row.state), why=row.why,
        )
        for row in rows
    ]  # fmt: skip


def _to(message: Message, masked: dict[str, str]) -> str:
    if message.to_sealed:
        return crypto.mask_phone(crypto.unseal(message.to_sealed, message.key))
    return masked.get(message.contact, "")


def told(ctx: Ctx, subject: str) -> list[tuple[MessageState, int]]:
    """How many messages of a call-down or an alert stand in which state, within scope."""
    rows = ctx.rows(Message).filter(subject=subject, contact__gt="").values_list("state")
    counted = dict(rows.annotate(n=Count("pk")).values_list("state", "n"))
    return [(state, counted[state]) for state in MessageState if state in counted]


def waiting(ctx: Ctx) -> int:
    return Message.objects.filter(world_id=ctx.world.id, state__in=WAITING, expires_at__gt=ctx.now).count()
