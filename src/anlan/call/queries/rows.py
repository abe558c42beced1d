"""Call-downs 叫应 for the rooms after this one: rows to filter further, never to write through."""

from django.db.models import QuerySet

from anlan.call.models import CallDown, CallLine
from anlan.foundation.context import Ctx


def call_downs(ctx: Ctx, path: str) -> QuerySet[CallDown]:
    """Those within scope at or below a path."""
    return ctx.rows(CallDown).filter(place__path__startswith=path)


def lines(ctx: Ctx, path: str) -> QuerySet[CallLine]:
    """Lines within scope at or below a path."""
    return ctx.rows(CallLine).filter(place__path__startswith=path)
