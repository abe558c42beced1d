"""Who is on duty 值班: now, and in a month, unit by unit; names masked."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from anlan.foundation import crypto
from anlan.foundation.context import Ctx
from anlan.foundation.words import w
from anlan.foundation.worlds import BEIJING, beijing
from anlan.people.models import DutyShift, Organisation

ROLES = {"leader": w("带班领导"), "officer": w("值班员")}
CHANGE_AT = time(8, 0)
"""A day of a month grid begins and ends here, unless it says otherwise."""


@dataclass(frozen=True)
class OnDuty:
    """One shift: whose, in which role, who. `holder` is empty and the name too where nobody has taken it."""

    unit: str
    role: str
    seat: int
    starts_at: datetime
    ends_at: datetime
    holder: str
    name: str
    title: str

    @property
    def word(self) -> str:
        return ROLES.get(self.role, self.role)


def on_duty(ctx: Ctx, *, units: Iterable[str] = ()) -> list[OnDuty]:
    """Who is on duty at this moment, of these units or of all within scope."""
    rows = ctx.rows(DutyShift).filter(starts_at__lte=ctx.now, ends_at__gt=ctx.now).exclude(holder=None)
    return _told(rows.filter(organisation__ref__in=list(units)) if units else rows)


@dataclass(frozen=True)
class Day:
    """One day of a month: who takes over on it, by role."""

    date: date
    shifts: dict[str, list[OnDuty]]

    @property
    def is_empty(self) -> bool:
        return not any(each.name for shifts in self.shifts.values() for each in shifts)


def month(ctx: Ctx, unit: str, first: date) -> list[Day]:
    """The days of a month in one unit, also those on which nobody stands."""
    until = (first.replace(day=28) + timedelta(days=4)).replace(day=1)
    since, end = (datetime.combine(day, time(), BEIJING) for day in (first, until))
    rows = ctx.rows(DutyShift).filter(organisation__ref=unit, starts_at__gte=since, starts_at__lt=end)
    days = [Day(first + timedelta(days=n), {role: [] for role in ROLES}) for n in range((until - first).days)]
    for each in _told(rows):
        days[beijing(each.starts_at).day - 1].shifts.setdefault(each.role, []).append(each)
    return days


def units(ctx: Ctx) -> list[tuple[str, str]]:
    """Units within scope that have a roster, as (ref, name)."""
    kept = ctx.rows(DutyShift).values("organisation")
    return list(
        Organisation.objects.filter(pk__in=kept).order_by("place__path", "name").values_list("ref", "name")
    )


def _told(rows: Iterable[DutyShift]) -> list[OnDuty]:
    found: Sequence[DutyShift] = rows.select_related("organisation", "holder__person").order_by(  # type: ignore[attr-defined]
        "organisation__ref", "starts_at", "role", "seat"
    )
    return [
        OnDuty(
            unit=row.organisation.name, role=row.role, seat=row.seat, starts_at=row.starts_at, ends_at=row.ends_at,
            holder=row.holder.ref if row.holder else "", title=row.holder.title if row.holder else "",
            name=crypto.mask_name(crypto.unseal(row.holder.person.name_sealed, row.holder.person.ref)) if row.holder else "",
        )
        for row in found
    ]  # fmt: skip
