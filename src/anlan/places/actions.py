"""Loading places: divisions with their codes, grids, watched objects, and the lines of the base map.

Reference data comes in whole files (the demo's generator, a deployment's own), so each function takes many rows and is one transaction.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from anlan.foundation.actions import action
from anlan.foundation.context import Ctx
from anlan.foundation.errors import Conflict, Invalid
from anlan.foundation.scope import STEP
from anlan.foundation.words import w
from anlan.places.models import (
    CommunityGrid,
    Division,
    DivisionAlias,
    DivisionChange,
    DivisionCode,
    FloodArea,
    Flow,
    MapLine,
    WatchedObject,
)


@dataclass(frozen=True)
class DivisionRow:
    """One division to load; `key` names it within the file, `parent` the one above (empty for the city)."""

    key: str
    parent: str
    tier: int
    name: str
    kind: str
    lon: float
    lat: float
    outline: list[Any]
    synthetic: bool
    statistical: bool
    residents: int
    at_home: int
    households: int
    codes: list[tuple[str, str, date, date | None]]
    aliases: list[str] = field(default_factory=list)


TOLD = (
    "name", "kind", "lon", "lat", "outline", "synthetic", "statistical", "residents", "at_home", "households",
)  # fmt: skip
"""What a division takes from its row as it stands."""


def load_divisions(ctx: Ctx, rows: Iterable[DivisionRow]) -> dict[str, int]:
    """Store divisions, parents first, and return their ids by key. Paths follow the order of the rows."""
    rows = list(rows)
    with action(ctx, "admin.manage"):
        paths: dict[str, str] = {}
        last: dict[str, int] = {}
        ids: dict[str, int] = {}
        for tier in sorted({row.tier for row in rows}):
            made = [_division(row, paths, last, ids) for row in rows if row.tier == tier]
            Division.objects.bulk_create(made)
            ids.update(dict(zip((r.key for r in rows if r.tier == tier), (d.pk for d in made), strict=True)))
        DivisionCode.objects.bulk_create(
            DivisionCode(division_id=ids[row.key], system=s, code=c, valid_from=since, valid_to=until)
            for row in rows
            for s, c, since, until in row.codes
        )
        DivisionAlias.objects.bulk_create(
            DivisionAlias(division_id=ids[row.key], name=name) for row in rows for name in row.aliases
        )
        return ids


def make_root(ctx: Ctx, *, code: str, name: str, lon: float, lat: float, on: date) -> None:
    """The county or city that all else lies in, where there is none yet. Raises: Invalid for a code that is neither's."""
    tier = 1 if code[4:].strip("0") == "" else 2
    if not (code.isdecimal() and len(code) in (4, 6)):
        raise Invalid(w("区划代码是 6 位数字，例如 429981。"))
    if Division.objects.exists():
        raise Conflict(w("已经有区划了。请在区划名册里改。"))
    code = code[:4] if tier == 1 else code
    load_divisions(
        ctx,
        [
            DivisionRow(
                code, "", tier, name, "", lon, lat, [], False, False, 0, 0, 0, [("nbs", code, on, None)]
            )
        ],
    )


def _division(row: DivisionRow, paths: dict[str, str], last: dict[str, int], ids: dict[str, int]) -> Division:
    if row.parent and row.parent not in paths:
        raise Invalid("{name} 的上级 {parent} 不在文件里，或排在它后面。", name=row.name, parent=row.parent)
    last[row.parent] = last.get(row.parent, 0) + 1
    paths[row.key] = paths.get(row.parent, "") + str(last[row.parent]).zfill(STEP)
    return Division(
        path=paths[row.key],
        tier=row.tier,
        parent_id=ids.get(row.parent),
        valid_from=min((since for _, _, since, _ in row.codes), default=date(2000, 1, 1)),
        **{name: getattr(row, name) for name in TOLD},
    )


def load_objects(ctx: Ctx, rows: Iterable[tuple[Mapping[str, Any], list[int]]]) -> None:
    """Store watched objects: (columns, division ids downstream)."""
    with action(ctx, "admin.manage"):
        rows = list(rows)
        made = WatchedObject.objects.bulk_create(WatchedObject(**columns) for columns, _ in rows)
        through = WatchedObject.downstream.through
        through._default_manager.bulk_create(
            through(watchedobject_id=made_row.pk, division_id=division)
            for made_row, (_, below) in zip(made, rows, strict=True)
            for division in below
        )


def load_map(
    ctx: Ctx,
    *,
    lines: Iterable[Mapping[str, Any]],
    flood_areas: Iterable[Mapping[str, Any]],
    grids: Iterable[Mapping[str, Any]],
    flows: Iterable[tuple[int, int]] = (),
) -> None:
    """Store the lines of the base map, the strips that may flood, community grids, and which village drains to which."""
    with action(ctx, "admin.manage"):
        MapLine.objects.bulk_create(MapLine(**row) for row in lines)
        FloodArea.objects.bulk_create(FloodArea(**row) for row in flood_areas)
        CommunityGrid.objects.bulk_create(CommunityGrid(**row) for row in grids)
        Flow.objects.bulk_create(Flow(upper_id=upper, lower_id=lower) for upper, lower in flows)


def split(ctx: Ctx, *, division: int, into: list[DivisionRow], on: date) -> list[int]:
    """Split a division on a day: the old one ends, the new ones begin beside it and remember where they come from."""
    with action(ctx, "admin.manage"):
        old = _ending(division, on)
        made = [_beside(old, row, on) for row in into]
        DivisionChange.objects.bulk_create(
            DivisionChange(kind="split", before=old, after=new, on=on) for new in made
        )
        return [new.pk for new in made]


def merge(ctx: Ctx, *, divisions: list[int], into: DivisionRow, on: date) -> int:
    """Merge divisions on a day into one new one, which stands where the first stood."""
    with action(ctx, "admin.manage"):
        old = [_ending(division, on) for division in divisions]
        new = _beside(old[0], into, on)
        DivisionChange.objects.bulk_create(
            DivisionChange(kind="merge", before=before, after=new, on=on) for before in old
        )
        return new.pk


def _ending(division: int, on: date) -> Division:
    old = Division.objects.select_for_update().get(pk=division)
    if old.valid_to is not None:
        raise Invalid("{name} 已在 {on} 撤销，不能再拆并。", name=old.name, on=str(old.valid_to))
    if Division.objects.filter(parent=old, valid_to=None).exists():
        raise Invalid("{name} 还有下级区划，请先拆并下级。", name=old.name)
    old.valid_to = on
    old.save(update_fields=["valid_to"])
    DivisionCode.objects.filter(division=old, valid_to=None).update(valid_to=on)
    return old


def _beside(old: Division, row: DivisionRow, on: date) -> Division:
    """A new division under the same parent, on the next free path."""
    parent = old.path[:-STEP]
    siblings = Division.objects.filter(path__startswith=parent, tier=old.tier)
    last = max(int(path[-STEP:]) for path in siblings.values_list("path", flat=True))
    new = Division.objects.create(
        path=parent + str(last + 1).zfill(STEP),
        tier=old.tier,
        parent_id=old.parent_id,
        valid_from=on,
        **{name: getattr(row, name) for name in TOLD},
    )
    DivisionCode.objects.bulk_create(
        DivisionCode(division=new, system=s, code=c, valid_from=since, valid_to=until)
        for s, c, since, until in row.codes
    )
    return new
