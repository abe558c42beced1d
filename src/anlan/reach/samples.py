"""What the walk of pages opens: a line within scope."""

from anlan.foundation.context import Ctx
from anlan.reach.models import Line


def samples(ctx: Ctx) -> dict[tuple[str, str], str]:
    row = ctx.rows(Line).order_by("pk").first()
    return {("lines", "ref"): row.ref} if row is not None else {}
