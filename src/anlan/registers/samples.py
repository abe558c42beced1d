"""What the walk of pages opens: an entry of each register."""

from anlan.foundation.context import Ctx
from anlan.registers.all import registers


def samples(ctx: Ctx) -> dict[tuple[str, str], str]:
    found = {("file", "upload"): "F-none"}
    for name, register in registers().items():
        row = register.rows(ctx).order_by("pk").first()
        if row is not None:
            found[name, "ref"] = register.ref_of(row)
    return found
