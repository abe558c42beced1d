"""Who stands on the lines of a township's call-down: the people of the place, as the ladders want them."""

from collections.abc import Iterable

from anlan.call.calldown_rows import everywhere, holder_shape, voice_channel
from anlan.call.rules.calldown.opening import Addressee
from anlan.call.rules.calldown.shapes import LineKind
from anlan.foundation.context import Ctx
from anlan.people import queries as people
from anlan.people.holders import Holder
from anlan.places.atlas import Place, atlas

DEPARTMENT = "department_"


def offices(ctx: Ctx, township: Place) -> list[Addressee]:
    """The offices of a township: county leaders, township heads, and one line for each department."""
    known = _holders(ctx, township, atlas().county(township))
    units = sorted({h.organisation for h in known if h.kind.startswith(DEPARTMENT)})
    return [
        _addressee(ctx, LineKind.COUNTY, township, known),
        _addressee(ctx, LineKind.TOWNSHIP, township, known),
        *(
            _addressee(ctx, LineKind.DEPARTMENT, township, [h for h in known if _serves(h, unit)], unit)
            for unit in units
        ),
    ]


def villages(ctx: Ctx, places: Iterable[Place]) -> list[Addressee]:
    """One line a village, with the township's officers above its own people."""
    return [
        _addressee(ctx, LineKind.VILLAGE, place, _holders(ctx, place, atlas().township(place)))
        for place in places
    ]


def _serves(holder: Holder, unit: str) -> bool:
    return holder.organisation == unit or not holder.kind.startswith(DEPARTMENT)


def _holders(ctx: Ctx, *places: Place) -> list[Holder]:
    """Holders who cover the nearer place come first; one person once."""
    found: dict[str, Holder] = {}
    for place in places:
        for holder in people.holders(everywhere(ctx), path=place.path):
            found.setdefault(holder.ref, holder)
    return list(found.values())


def _addressee(ctx: Ctx, kind: LineKind, place: Place, known: list[Holder], name: str = "") -> Addressee:
    voice = voice_channel(ctx)
    shapes = tuple(holder_shape(holder, voice) for holder in known)
    return Addressee(kind=kind, place=place.path, holders=shapes, name=name)
