"""Exceedances 超警 for the rooms after this one: rows to filter further, never to write through."""

from typing import Any

from django.db.models import QuerySet

from anlan.foundation.context import Ctx
from anlan.foundation.rules.grade import Grade
from anlan.judge.models import Exceedance
from anlan.places.atlas import atlas


def in_scope(ctx: Ctx) -> QuerySet[Exceedance]:
    """What the reader may see."""
    return ctx.rows(Exceedance)


def of_world(ctx: Ctx) -> QuerySet[Exceedance]:
    """All of this world, for decisions that are not cut by who caused them."""
    return Exceedance.objects.filter(world_id=ctx.world.id)


def replayed(ctx: Ctx) -> list[dict[str, Any]]:
    """Every finding: pack, level (or stage), place by code, time of the reading."""
    rows = ctx.rows(Exceedance).order_by("onset", "pk")
    return [
        {
            "ref": row.ref,
            "pack": row.pack,
            "level": row.stage or Grade(row.level).code,
            "place": atlas().by_id[row.place_id].code,
            "at": row.onset,
        }
        for row in rows
    ]
