"""Reading places: search, outlines, lines, what lies upstream, watched objects."""

from anlan.foundation.context import Ctx
from anlan.foundation.crypto import normal_name
from anlan.foundation.kept import asked_once
from anlan.places.atlas import Place, atlas
from anlan.places.layers import Line, shown
from anlan.places.models import Division, DivisionAlias, FloodArea, Flow, MapLine, WatchedObject
from anlan.wire import tables


def search(text: str, limit: int = 12) -> list[Place]:
    """Divisions whose name, alias or code holds the text."""
    text, name = tables.plain(text), normal_name(text)
    if not text:
        return []
    aliased = set(DivisionAlias.objects.filter(name__contains=text).values_list("division_id", flat=True))
    found = [
        p
        for p in atlas().places
        if name in normal_name(p.name) or p.id in aliased or (text.isdigit() and p.code.startswith(text))
    ]
    return found[:limit]


@asked_once
def outlines(tier: int, path: str = "") -> list[tuple[Place, list[list[list[float]]]]]:
    """Outlines of a tier below a path, the county's own before schematic ones: place and flat rings (`cleaned.parts_of`)."""
    rows = (
        Division.objects.filter(tier=tier, path__startswith=path)
        .order_by("path")
        .values_list("id", "outline")
    )
    known, own = atlas().by_id, shown().outlines
    return [(known[i], own.get(i, rings)) for i, rings in rows if i in known]


def lines(kind: str) -> list[Line]:
    """Streams or roads, the largest first: the county's own layer, else the schematic map."""
    if shown().of(kind):
        return shown().lines.get(kind, [])
    rows = MapLine.objects.filter(kind=kind).order_by("rank", "pk")
    return [Line(row.name, row.rank, row.points, row.synthetic) for row in rows]


def flood_areas(path: str = "") -> list[FloodArea]:
    return list(
        FloodArea.objects.filter(place__path__startswith=path).select_related("place").order_by("ref")
    )


def upstream() -> dict[str, frozenset[str]]:
    """By village: the paths of all villages whose water comes down to it, and of their townships."""
    above: dict[str, set[str]] = {}
    for upper, lower in Flow.objects.values_list("upper__path", "lower__path"):
        above.setdefault(lower, set()).add(upper)
    return {path: _closure(path, above) for path in above}


def _closure(path: str, above: dict[str, set[str]]) -> frozenset[str]:
    found: set[str] = set()
    waiting = list(above.get(path, ()))
    while waiting:
        upper = waiting.pop()
        if upper not in found:
            found.add(upper)
            waiting += above.get(upper, ())
    found.discard(path)
    town = atlas().township_path
    return frozenset(found | {town(upper) for upper in found} - {town(path)})


def objects(ctx: Ctx, kind: str = "", path: str = "") -> list[WatchedObject]:
    """Watched objects within scope, by kind and below a path."""
    rows = ctx.rows(WatchedObject).filter(place__path__startswith=path).select_related("place")
    return list((rows.filter(kind=kind) if kind else rows).order_by("ref"))
