"""The stations as ingest needs them: read from the records once, held as columns."""

from anlan.foundation import crypto
from anlan.observe.ingest.roster import Gauge, Roster
from anlan.observe.models import Station
from anlan.places.atlas import atlas


def roster() -> Roster:
    """Every station that may send, with the password of its frames. Never for a page."""
    return Roster(
        [
            Gauge(
                address=s.address,
                kind=s.kind,
                password=int(crypto.unseal(s.password_sealed, s.address), 16),
                is_reservoir=bool(s.object_ref),
                township=atlas().township_path(s.place.path),
            )
            for s in Station.objects.select_related("place").order_by("address")
        ]
    )
