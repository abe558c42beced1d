"""Where residents live 住处: one household moved, and the points that targeting asks about."""

from collections.abc import Iterable

from django.db.models import Max

from anlan.foundation import journal
from anlan.foundation.actions import action
from anlan.foundation.context import Ctx
from anlan.foundation.errors import Invalid, NotFound
from anlan.people.events import HOUSEHOLD_MOVED
from anlan.people.models import Household, Resident

Point = tuple[int, float, float, int, bool]
"""Resident id, longitude, latitude, division id, at home."""


def move_household(ctx: Ctx, *, ref: str, lon: float, lat: float) -> None:
    """Correct where a household lives. Raises: NotFound; Invalid for a place not on earth."""
    with action(ctx, "people.manage"):
        row = (
            ctx.rows(Household)
            .select_for_update(of=("self",))
            .select_related("place")
            .filter(ref=ref)
            .first()
        )
        if row is None:
            raise NotFound("没有编号为 {ref} 的户，或不在您的范围内。", ref=ref)
        if not (-180 <= lon <= 180 and -90 <= lat <= 90):
            raise Invalid("经纬度不对。先经度后纬度，单位是度。")
        row.lon, row.lat = lon, lat
        row.save(update_fields=["lon", "lat"])
        refs = {"household": row.ref}
        journal.append(ctx, HOUSEHOLD_MOVED, refs=refs, body={}, place=row.place.path)


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
