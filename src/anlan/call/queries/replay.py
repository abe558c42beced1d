"""What an exercise found, in order: for the replay's report."""

from datetime import datetime
from typing import Any

from anlan.foundation.context import Ctx
from anlan.places.queries import atlas
from anlan.warn.models import Alert, Call, Exceedance
from anlan.warn.rules.calldown import BY_HAND, CallState
from anlan.warn.rules.grade import Grade


def exceedances(ctx: Ctx) -> list[dict[str, Any]]:
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


def alerts(ctx: Ctx) -> list[dict[str, Any]]:
    """Every warning that was issued or came in: id, level, time, who approved (a post, or the issuer)."""
    rows = ctx.rows(Alert).exclude(issued_at=None).order_by("issued_at", "pk").distinct()
    return [
        {
            "id": row.ref,
            "level": Grade(row.level).code,
            "issued_at": row.issued_at,
            "approved_by": row.approved_by or row.issuer_name,
            "source": row.source,
            "headline": row.headline,
        }
        for row in rows
    ]


def first_red_naming(ctx: Ctx, path: str) -> datetime | None:
    """When the first red warning that names this very place was issued, ours or imported."""
    rows = ctx.rows(Alert).filter(
        level=int(Grade.RED), kind="alert", message__in=("alert", "update"), names__path__startswith=path
    )
    return rows.exclude(issued_at=None).order_by("issued_at").values_list("issued_at", flat=True).first()


def first_call_at(ctx: Ctx, path: str) -> datetime | None:
    """When the first call to anybody of this place was placed; what lies on the desk undialled is none."""
    rows = ctx.rows(Call).filter(place__path__startswith=path)
    rows = rows.exclude(channel__in=BY_HAND, state=CallState.SENDING.value)
    return rows.order_by("placed_at").values_list("placed_at", flat=True).first()
