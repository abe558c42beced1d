"""Before the first night: gauges that are registered, and heard."""

from anlan.foundation.context import Ctx
from anlan.foundation.words import Sentence, w
from anlan.observe import queries
from anlan.observe.ingest.shapes import millis
from anlan.observe.models import Station
from anlan.observe.store.errors import StoreMissing
from anlan.places.atlas import atlas
from anlan.ui.onset import NOTHING_TO_JUDGE, Step, left, none
from anlan.wire.sl651.batch import station_key

DAY_MS = 86_400_000


def _stations(ctx: Ctx) -> Sentence | None:
    return none(w("还没有测站"), Station.objects.exists())


def _heard(ctx: Ctx) -> Sentence | None:
    stations = {station_key(station.address) for station in queries.stations(ctx)}
    if not stations:
        return NOTHING_TO_JUDGE
    try:
        with queries.readings(ctx) as reader:
            found = reader.latest(lookback=DAY_MS)
    except StoreMissing:
        heard = set()
    else:
        heard = set(found.station[found.at >= millis(ctx.now) - DAY_MS].tolist())
    return left(w("{n} 个测站一天里没来过数"), len(stations - heard))


def _served(ctx: Ctx) -> Sentence | None:
    villages = {place.id for place in atlas().walk(4)}
    if not villages:
        return NOTHING_TO_JUDGE
    served = set(Station.serves.through._default_manager.values_list("division_id", flat=True))
    return left(w("{n} 个村没有哪个测站替它作判据"), len(villages - served))


STEPS = (
    Step(13, w("测站"), "registers/stations", _stations),
    Step(14, w("测站来数"), "stations", _heard),
    Step(15, w("测站管哪些村"), "registers/stations", _served),
)
