"""The rule packs that rooms go by, read for a day and a place, as this installation has switched them."""

from collections import defaultdict
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Any

from anlan.foundation import packs
from anlan.foundation.context import Ctx
from anlan.foundation.home import home
from anlan.foundation.kept import Kept
from anlan.foundation.models import PackSwitch
from anlan.foundation.packs.pack import Pack, PackNotInForce
from anlan.foundation.worlds import beijing


@dataclass(frozen=True)
class Own:
    """What this county laid down by itself, in a register or on a page: packs that stand beside those of the shelf, before them."""

    packs: tuple[Pack, ...] = ()
    whole: tuple[Pack, ...] = ()  # as pages show them
    left: Mapping[str, frozenset[str]] = field(default_factory=dict)
    """By hazard: subjects that other packs leave to these."""


_own: dict[str, Callable[[date], Own]] = {}


def brings(kind: str, read: Callable[[date], Own]) -> None:
    """A room keeps packs of this kind in a table; `read` gives those of a day, the same object while nothing changed."""
    _own[kind] = read


def own(kind: str, on: date) -> Own:
    return _own[kind](on) if kind in _own else Own()


def get(ctx: Ctx, id: str) -> Pack:
    """The pack that bears an id, also the county's own. Raises: PackNotFound."""
    mine = (pack for kind in _own for pack in own(kind, today(ctx)).whole)
    return next((pack for pack in mine if pack.id == id), None) or packs.get(id, home=home())


def mark(ctx: Ctx) -> Any:
    """Another mark, another state of the shelf: the day, the switches, what the county laid down."""
    return today(ctx), switches(), [read(today(ctx)) for read in _own.values()]


def today(ctx: Ctx) -> date:
    """The day by a Chinese wall clock, on which a pack must be in force."""
    return beijing(ctx.now).date()


def in_force(ctx: Ctx, kind: str, code: str = "") -> tuple[Pack, ...]:
    """The packs of a kind that act at a place today (an empty code: somewhere), the closest to it first.

    In the live world an example that starts something acts only where the county adopted it, and none acts where it was
    switched off; in an exercise all of them act. What the county laid down by itself comes first, and of the same hazard
    rules alone where it does.
    """
    mine = own(kind, today(ctx))
    found = packs.in_force(kind, on=today(ctx), division=code, exercise=not ctx.world.is_live, home=home())
    switched = [as_switched(pack) for pack in found] if ctx.world.is_live else list(found)
    if mine.left:
        switched = [replace(p, left=mine.left.get(p.hazard, frozenset())) for p in switched]
    first = [p for p in mine.packs if not code or p.specificity(code) >= 0]
    both = (
        [*first, *switched] if not code else sorted([*first, *switched], key=lambda p: -p.specificity(code))
    )
    return tuple(p for p in both if (p.acts_at(code) if code else p.is_on or any(on for _, on in p.switches)))


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
