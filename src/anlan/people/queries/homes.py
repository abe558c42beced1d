"""Where residents live 住处: the points that targeting asks about."""

from collections.abc import Iterable

from django.db.models import Max

from anlan.foundation.context import Ctx
from anlan.people.models import Household, Resident

Point = tuple[int, float, float, int, bool]
"""Resident id, longitude, latitude, division id, at home."""


def newest() -> int:
    """The id of the resident row that was added last."""
    return Resident.objects.aggregate(last=Max("pk"))["last"] or 0


def points(*, after: int = 0, households: Iterable[str] | None = None) -> list[Point]:
    """Residents added after an id, or those of the given households; everybody's, for the index and never for a page."""
    rows = (
        Resident.objects.filter(pk__gt=after)
        if households is None
        else Resident.objects.filter(household__ref__in=list(households))
    )
    columns = ("pk", "household__lon", "household__lat", "household__place_id", "at_home")
    return list(rows.order_by("pk").values_list(*columns))


def exposed(ctx: Ctx, *, under: str) -> list[tuple[int, float, float, int]]:
    """Homes within scope below a place's path: division id, longitude, latitude, members. Counts alone, nobody's name."""
    rows = ctx.rows(Household).filter(place__path__startswith=under)
    return list(rows.order_by("pk").values_list("place_id", "lon", "lat", "members"))
