"""The rule packs that rooms go by, read for a day and a place, as this installation has switched them."""

from collections import defaultdict
from dataclasses import replace
from datetime import date

from anlan.foundation import packs
from anlan.foundation.context import Ctx
from anlan.foundation.home import home
from anlan.foundation.kept import Kept
from anlan.foundation.models import PackSwitch
from anlan.foundation.packs.pack import Pack, PackNotInForce
from anlan.foundation.worlds import beijing


def today(ctx: Ctx) -> date:
    """The day by a Chinese wall clock, on which a pack must be in force."""
    return beijing(ctx.now).date()


def in_force(ctx: Ctx, kind: str, code: str = "") -> tuple[Pack, ...]:
    """The packs of a kind that act at a place today (an empty code: somewhere), the closest to it first.

    In the live world an example that starts something acts only where the county adopted it, and none acts where it was
    switched off; in an exercise all of them act.
    """
    found = packs.in_force(kind, on=today(ctx), division=code, exercise=not ctx.world.is_live, home=home())
    switched = [as_switched(pack) for pack in found] if ctx.world.is_live else list(found)
    return tuple(
        p for p in switched if (p.acts_at(code) if code else p.is_on or any(on for _, on in p.switches))
    )


def the(ctx: Ctx, kind: str, code: str = "") -> Pack:
    """The pack of a kind that governs a place today. Raises: PackNotInForce."""
    found = in_force(ctx, kind, code)
    if not found:
        raise PackNotInForce(f"no pack of kind {kind!r} acts on {today(ctx)} for division {code or '*'}")
    return found[0]


def as_switched(pack: Pack) -> Pack:
    """The pack as it acts in the live world."""
    return replace(
        pack,
        is_on=not (pack.example and pack.starts_something),
        switches=tuple(switches().get(pack.id, ())),
    )


def _read_switches() -> dict[str, list[tuple[str, bool]]]:
    found: dict[str, list[tuple[str, bool]]] = defaultdict(list)
    for row in PackSwitch.objects.order_by("pack", "code"):
        found[row.pack].append((row.code, row.on))
    return found


switches = Kept(_read_switches, PackSwitch._meta.db_table)
"""By pack: where it was switched on or off."""


def refused(ctx: Ctx) -> tuple[Pack, ...]:
    """Packs that would hold today but for their made-up ground: they are for exercises."""
    if not ctx.world.is_live:
        return ()
    found = packs.load_all(home=home()).packs
    return tuple(pack for pack in found if pack.synthetic and pack.is_in_force(today(ctx)))
