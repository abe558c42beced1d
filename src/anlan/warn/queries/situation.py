"""What hung over a place at a moment: findings that stood, warnings in force, strips that water may take."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q

from anlan.foundation.context import Ctx
from anlan.foundation.rules.grade import Grade
from anlan.judge.queries import exceedances
from anlan.places import queries as places
from anlan.places.atlas import Atlas, Place, atlas
from anlan.warn.models import Alert

FLOOD_STANDS = timedelta(hours=24)


@dataclass(frozen=True, kw_only=True)
class Finding:
    """研判: a line of a pack that stood crossed at a place."""

    ref: str
    place: Place
    station: str
    lon: float
    lat: float
    grade: Grade
    stage: str
    onset: datetime


@dataclass(frozen=True, kw_only=True)
class InForce:
    """预警: a lawful warning that was in force, with the areas that it named."""

    ref: str
    grade: Grade
    headline: str
    issuer: str
    issued_at: datetime
    doubtful: str
    names: tuple[Place, ...]
    rings: tuple[list[list[float]], ...]


def findings_at(ctx: Ctx, *, path: str = "", at: datetime | None = None) -> list[Finding]:
    """The gravest standing finding of each place; the neighbours' own calls are in the call-down."""
    rows = exceedances.in_scope(ctx).filter(place__path__startswith=path).exclude(quantity="neighbour")
    if at is None:
        rows = rows.filter(ended_at=None)
    else:
        rows = rows.filter(known_at__lte=at).filter(Q(ended_at=None) | Q(ended_at__gt=at))
    columns = (
        "ref",
        "place_id",
        "station__address",
        "station__lon",
        "station__lat",
        "level",
        "stage",
        "onset",
    )
    known, gravest = atlas().by_id, {}
    for ref, place_id, station, lon, lat, level, stage, onset in rows.order_by("level", "pk").values_list(
        *columns
    ):
        place = known[place_id]
        gravest[place_id] = Finding(
            ref=ref,
            place=place,
            station=station or "",
            lon=place.lon if lon is None else lon,
            lat=place.lat if lat is None else lat,
            grade=Grade(level),
            stage=stage,
            onset=onset,
        )
    return list(gravest.values())


def in_force(ctx: Ctx, *, at: datetime | None = None) -> list[InForce]:
    """Warnings issued by then and neither ended, replaced nor expired; the gravest last, so that it lies on top."""
    now = at or ctx.now
    rows = (
        Alert.objects.filter(pk__in=ctx.rows(Alert).values("pk"), kind="alert", issued_at__lte=now)
        .filter(Q(ended_at=None) | Q(ended_at__gt=now))
        .filter(Q(expires_at=None) | Q(expires_at__gt=now))
        .exclude(message__in=("cancel", "all_clear"))
        .prefetch_related("names")
    )
    known = atlas().by_id
    return [
        InForce(
            ref=row.ref,
            grade=Grade(row.level),
            headline=row.headline,
            issuer=row.issuer_name,
            issued_at=row.issued_at or now,
            doubtful=row.doubtful,
            names=tuple(known[n.pk] for n in row.names.all() if n.pk in known),
            rings=tuple(row.polygon),
        )
        for row in rows.order_by("level", "issued_at", "pk")
    ]


def floods_at(ctx: Ctx, *, path: str = "", at: datetime | None = None) -> list[places.FloodArea]:
    """Strips along streams of villages whose line for moving at once was crossed within the last day."""
    now = at or ctx.now
    rows = exceedances.in_scope(ctx).filter(
        place__path__startswith=path, stage="immediate", known_at__lte=now, onset__gte=now - FLOOD_STANDS
    )
    threatened = set(rows.values_list("place_id", flat=True))
    return [area for area in _strips() if area.place_id in threatened] if threatened else []


_known_strips: tuple[Atlas, list[places.FloodArea]] | None = None


def _strips() -> list[places.FloodArea]:
    """All strips, read once for each atlas: they come with the map and have long outlines."""
    global _known_strips
    mark = atlas()
    if _known_strips is None or _known_strips[0] is not mark:
        _known_strips = (mark, places.flood_areas())
    return _known_strips[1]


def gravest(found: Iterable[Finding]) -> Grade | None:
    return max((f.grade for f in found), default=None)
