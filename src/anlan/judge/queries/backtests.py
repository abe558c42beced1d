"""Back-tests 回测 of a pack, or of all, the newest first."""

from django.db.models import QuerySet

from anlan.foundation.context import Ctx
from anlan.judge.models import BackTest


def of_pack(ctx: Ctx, pack: str = "") -> QuerySet[BackTest]:
    """Those within scope."""
    rows = ctx.rows(BackTest).order_by("-pk")
    return rows.filter(pack=pack) if pack else rows
