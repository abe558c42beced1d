"""Reading the journal as a person may: cut by world and scope, by name, subject and time."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet

from anlan.foundation import journal
from anlan.foundation.context import Ctx
from anlan.foundation.errors import NotFound
from anlan.foundation.models import JournalEntry
from anlan.foundation.paging import Cut, Part, take


@dataclass(frozen=True)
class Entry:
    """日志条目: one thing that happened, with its place in the chain."""

    seq: int
    at: datetime
    name: str
    actor: str
    subject: str
    place_path: str
    refs: dict[str, str]
    body: dict[str, Any]
    hash: str
    text: str


def entries(
    ctx: Ctx,
    *,
    name: str = "",
    subject: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    after: int | None = None,
    newest_first: bool = True,
    cut: Cut | None = None,
) -> Part[Entry]:
    """Entries within scope: `name` is a beginning (`warn.alert.`), `subject` a whole ref, `after` a sequence number."""
    wanted: dict[str, Any] = {
        "name__startswith": name,
        "subject": subject,
        "at__gte": since,
        "at__lt": until,
        "seq__gt": after,
    }
    asked = {key: value for key, value in wanted.items() if value not in (None, "")}
    rows = ctx.rows(JournalEntry).filter(**asked).order_by("-seq" if newest_first else "seq")
    return take(rows, _read, cut)


def rows(ctx: Ctx) -> QuerySet[JournalEntry]:
    """Entries within scope as rows, for a query that filters further and reads only what it needs."""
    return ctx.rows(JournalEntry)


def entry(ctx: Ctx, seq: int) -> Entry:
    """One entry. Raises: NotFound when there is none within scope."""
    row = ctx.rows(JournalEntry).filter(seq=seq).first()
    if row is None:
        raise NotFound("日志里没有第 {seq} 条，或不在您的范围内。", seq=seq)
    return _read(row)


def _read(row: JournalEntry) -> Entry:
    told = journal.read(row)
    return Entry(
        seq=row.seq,
        at=row.at,
        name=row.name,
        actor=told["actor"],
        subject=row.subject,
        place_path=row.place,
        refs=told["refs"],
        body=told["body"],
        hash=row.hash,
        text=row.text,
    )


def marks_of(world_id: int, subject: str, names: Collection[str], limit: int) -> list[datetime]:
    """By the wall's clock, when the newest entries of these names about a thing were written."""
    rows = JournalEntry.objects.filter(world_id=world_id, subject=subject, name__in=names).order_by("-seq")
    return list(rows.values_list("written_at", flat=True)[:limit])


def standing(
    world_id: int, *, at: datetime | None = None, seq: int | None = None
) -> tuple[int, datetime] | None:
    """Number and moment of the last entry up to a number, or up to an hour of the wall's clock; None before the first."""
    rows = JournalEntry.objects.filter(world_id=world_id).order_by("-seq")
    rows = rows.filter(written_at__lte=at) if at else rows
    rows = rows.filter(seq__lte=seq) if seq is not None else rows
    return rows.values_list("seq", "at").first()


def kinds(ctx: Ctx) -> list[str]:
    """The names that occur within scope, for the filter."""
    return list(ctx.rows(JournalEntry).order_by("name").values_list("name", flat=True).distinct())
