"""Townships out of contact 失联, with the step of their ladder that is due, or how it ended."""

from dataclasses import dataclass
from datetime import datetime

from anlan.call.events import CONTACT_LOST
from anlan.call.models import ContactLost
from anlan.call.rules import contact_lost as rules
from anlan.foundation import shelf
from anlan.foundation.context import Ctx
from anlan.foundation.journal import JournalEntry
from anlan.places.atlas import Place, atlas


@dataclass(frozen=True, kw_only=True)
class Lost:
    """One township out of contact."""

    ref: str
    place: Place
    since: datetime
    kind: str
    """`station` or `holder`: which silences decided it."""
    silent: tuple[str, ...]
    """The silent stations by address, or the silent villages by name."""
    step: rules.Step
    number: int
    of: int
    ladder: tuple[rules.Step, ...]
    deadline: datetime | None
    ended_at: datetime | None = None
    ended_by: str = ""
    """How contact was regained, in the words of whoever said so; `heard` where the silences ended by themselves."""


def lost_in(ctx: Ctx, path: str, at: datetime | None) -> list[Lost]:
    """Townships at or below a path that are out of contact now, or were at a past moment."""
    rows = ctx.rows(ContactLost).filter(place__path__startswith=path).order_by("since", "pk")
    if at is None:
        return [_lost(ctx, row) for row in rows.filter(ended_at=None)]
    told = ctx.rows(JournalEntry).filter(name=CONTACT_LOST, at__lte=at)
    declared = set(told.values_list("subject", flat=True))
    return [
        _lost(ctx, row) for row in rows if row.ref in declared and (row.ended_at is None or row.ended_at > at)
    ]


def the_lost(ctx: Ctx, ref: str) -> Lost:
    """One loss of contact, standing or ended. Raises: NotFound for a ref out of scope."""
    return _lost(ctx, ctx.one(ContactLost, ref))


def _lost(ctx: Ctx, row: ContactLost) -> Lost:
    place = atlas().by_id[row.place_id]
    settings = rules.ContactLostSettings.from_pack(shelf.the(ctx, "contact_lost", place.code).data)
    number = min(row.step, len(settings.ladder) - 1)
    return Lost(
        ref=row.ref,
        place=place,
        since=row.since,
        kind=row.why.get("kind", ""),
        silent=_names(row.why.get("silent", [])),
        step=settings.ladder[number],
        number=number + 1,
        of=len(settings.ladder),
        ladder=settings.ladder,
        deadline=row.step_deadline if row.ended_at is None else None,
        ended_at=row.ended_at,
        ended_by=row.ended_by,
    )


def _names(silent: list[str]) -> tuple[str, ...]:
    """Line keys as the names of their villages; addresses of stations as they are."""
    found = []
    for ref in silent:
        place = atlas().by_path.get(ref.split(":")[1]) if ref.startswith("village:") else None
        found.append(place.name if place else ref)
    return tuple(dict.fromkeys(found))
