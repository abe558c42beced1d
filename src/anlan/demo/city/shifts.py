"""值班: who is on watch. A function of the dates; adding a day changes no other day."""

from datetime import date, datetime, time, timedelta, timezone

from .model import City, DutyHolder, DutyShift

BEIJING = timezone(timedelta(hours=8))
CHANGE_AT = time(8, 0)
_LEADERS = ("party_head", "government_head", "deputy_in_charge", "department_head", "armed_forces")


def duty_shifts(city: City, *, first: date, last: date) -> tuple[DutyShift, ...]:
    """Shifts of 24 hours from 08:00 Beijing time, for every unit with officers, both dates included."""
    if last < first:
        raise ValueError(f"duty shifts need first <= last: got {first} … {last}")
    watches = [(unit.ref, *_watch(city, unit.ref)) for unit in city.organisations if unit.kind != "village"]
    found = []
    for n in range((last - first).days + 1):
        day = first + timedelta(days=n)
        starts_at = datetime.combine(day, CHANGE_AT, BEIJING)
        for turn, (unit, leaders, officers) in enumerate(watches):
            place = day.toordinal() + turn
            leader, officer = leaders[place % len(leaders)], officers[place % len(officers)]
            found.append(DutyShift(unit, starts_at, starts_at + timedelta(days=1), leader.ref, officer.ref))
    return tuple(found)


def _watch(city: City, unit: str) -> tuple[list[DutyHolder], list[DutyHolder]]:
    members = city.holders_of.get(unit, ())
    return [h for h in members if h.kind in _LEADERS], [h for h in members if h.kind == "duty_officer"]
