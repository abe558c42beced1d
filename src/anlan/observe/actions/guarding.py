"""What the gateway noticed about who sends: a password that is tried, a station that comes from elsewhere. Facts only."""

from collections.abc import Sequence
from dataclasses import dataclass

from anlan.foundation import journal
from anlan.foundation.actions import action
from anlan.foundation.context import Ctx
from anlan.foundation.journal import Note
from anlan.observe.models import Station
from anlan.places.atlas import atlas

TRIED, MOVED = "observe.station.tried", "observe.station.peer_changed"


@dataclass(frozen=True, slots=True)
class Noticed:
    """Of one station: `name` of the fact, the peer it is about, and the peer it came from before."""

    name: str
    address: str
    peer: str
    before: str = ""


def tell(ctx: Ctx, noticed: Sequence[Noticed]) -> None:
    """Write down what was noticed, in its order."""
    with action(ctx, "observe.guard"):
        known = Station.objects.in_bulk({each.address for each in noticed}, field_name="address")
        notes = [_note(each, known[each.address]) for each in noticed if each.address in known]
        if notes:
            journal.append_many(ctx, notes)


def _note(each: Noticed, station: Station) -> Note:
    place = atlas().by_id[station.place_id]
    body = {"peer": each.peer, "before": each.before}
    return Note(each.name, {"station": each.address, "place": place.code}, body, place.path)
