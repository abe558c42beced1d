"""Real sockets, a real store: durable first, acknowledged then, and nothing ever brings it down."""

from collections.abc import Iterator

import pytest

from anlan.gateways.sl651.server import GatewayThread
from anlan.observe import store
from anlan.observe.ingest import Ingest, path_of
from anlan.wire.sl651 import Control, decode_frame, station_key
from tests.support.city import GAUGE, NIGHT, Mini, make_city
from tests.support.stations import Line, rain

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def mini() -> Mini:
    return make_city(with_accounts=False).exercise()


@pytest.fixture
def ingest(mini: Mini) -> Iterator[Ingest]:
    made = Ingest(mini.ctx().world)
    yield made
    made.close()


@pytest.fixture
def port(ingest: Ingest) -> Iterator[int]:
    gateway = GatewayThread(ingest, host="127.0.0.1", port=0, clock=lambda: NIGHT)
    yield gateway.start()
    gateway.stop()


def stored(mini: Mini, address: str = GAUGE) -> list[int]:
    """Five-minute rain of a station as the file holds it."""
    with store.Reader(path_of(mini.world.key)) as reader:
        try:
            until = int(NIGHT.timestamp() * 1000) + 86_400_000
            return reader.series_values(station_key(address), 0x22, 0, until).value.tolist()
        except store.UnknownSeries:
            return []


def test_a_report_is_stored_and_then_confirmed(mini: Mini, port: int) -> None:
    line = Line(port)
    line.send(rain(GAUGE, NIGHT, 35, serial=7))
    answer = decode_frame(line.answer())
    line.close()
    assert (answer.station, answer.end, answer.body[:2]) == (GAUGE, Control.ESC, b"\0\x07")
    assert stored(mini) == [35]
