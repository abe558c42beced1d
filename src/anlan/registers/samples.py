"""What the walk of pages opens: an entry of each register, below the root where there is one."""

from anlan.foundation.context import Ctx
from anlan.foundation.scope import STEP
from anlan.registers.all import registers


def samples(ctx: Ctx) -> dict[tuple[str, str], str]:
    found = {("file", "upload"): "F-none", ("views", "number"): "1", ("files", "digest"): "0" * 64}
    for name, register in registers().items():
        rows = list(register.load(register.rows(ctx).order_by("pk")[:20]))
        row = next((row for row in rows if len(register.path_of(row)) > STEP), rows[0] if rows else None)
        if row is not None:
            found[name, "ref"] = register.ref_of(row)
    return found
