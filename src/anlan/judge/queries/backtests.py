"""Back-tests 回测 of a pack, the newest first."""

from django.db.models import QuerySet

from anlan.foundation.context import Ctx
from anlan.judge.models import BackTest


def of_pack(ctx: Ctx, pack: str) -> QuerySet[BackTest]:
    """Those within scope."""
    return ctx.rows(BackTest).filter(pack=pack).order_by("-pk")
