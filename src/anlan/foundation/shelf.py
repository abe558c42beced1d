"""The rule packs that rooms go by, read for a day and a place."""

from datetime import date

from anlan.foundation import packs
from anlan.foundation.context import Ctx
from anlan.foundation.home import home
from anlan.foundation.worlds import beijing


def today(ctx: Ctx) -> date:
    """The day by a Chinese wall clock, on which a pack must be in force."""
    return beijing(ctx.now).date()


def the(ctx: Ctx, kind: str, code: str = "") -> packs.Pack:
    """The pack of a kind that governs a place today."""
    return packs.load_all(home=home()).the(kind, on=today(ctx), division=code)


def refused(ctx: Ctx) -> tuple[packs.Pack, ...]:
    """Packs that would hold today but for their made-up ground: they are for exercises."""
    if not ctx.world.is_live:
        return ()
    found = packs.load_all(home=home()).packs
    return tuple(pack for pack in found if pack.synthetic and pack.is_in_force(today(ctx)))
