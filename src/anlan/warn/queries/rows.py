"""Alerts 预警 for the rooms after this one: rows to filter further, never to write through."""

from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet

from anlan.foundation.context import Ctx
from anlan.foundation.rules.grade import Grade
from anlan.warn.models import Alert


def by_ref(ctx: Ctx, ref: str) -> Alert | None:
    """One alert of this world."""
    return Alert.objects.filter(world_id=ctx.world.id, ref=ref).first()


def speaking(ctx: Ctx) -> QuerySet[Alert]:
    """Warnings within scope that tell people something: first ones and updates."""
    return ctx.rows(Alert).filter(kind="alert", message__in=("alert", "update"))


def named_by(rows: QuerySet[Alert]) -> QuerySet[Alert, tuple[int, str]]:
    """Pairs of an alert's key and the path of a place that it names."""
    return Alert.names.through.objects.filter(alert__in=rows).values_list("alert_id", "division__path")


def stood_at_red(ctx: Ctx) -> list[int]:
    """Divisions that a red warning named which was in force just before this moment.

    A moment that is judged again after a fall must not see what came in or ended since.
    """
    known = Alert.objects.filter(
        world_id=ctx.world.id, level=Grade.RED, kind="alert", issued_at__lt=ctx.now, drafted_at__lt=ctx.now
    )
    rows = known.filter(Q(state="issued") | Q(ended_at__gte=ctx.now)).order_by("pk")
    return [division for row in rows for division in sorted(row.names.values_list("id", flat=True))]


def replayed(ctx: Ctx) -> list[dict[str, Any]]:
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
