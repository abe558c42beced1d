"""No rule goes by a doubtful reading: not in the stages, not in a rise, not in the rain, not after a restart."""

from datetime import timedelta
from decimal import Decimal

import pytest

from anlan.foundation.models import World
from anlan.observe.ingest.ingest import Ingest
from anlan.observe.ingest.typed import Typed
from anlan.observe.models import Station
from tests.support.city import GAUGE, NIGHT, Mini
from tests.support.stations import report

STEP = timedelta(minutes=5)


@pytest.fixture
def river(mini: Mini) -> str:
    """The gauge of the town as a stage gauge of its reservoir."""
    Station.objects.filter(address=GAUGE).update(kind="stage", object_ref="RES-1")
    return GAUGE


def sent(ingest: Ingest, n: int, **values: str) -> None:
    ingest.take([report(GAUGE, NIGHT + STEP * n, serial=n + 1, **values)], known_at=NIGHT + STEP * n)


def again(mini: Mini, ingest: Ingest, n: int) -> Ingest:
    ingest.close()
    World.objects.filter(pk=mini.world.pk).update(now=NIGHT + STEP * n)
    return Ingest(mini.ctx().world)


def test_a_stage_out_of_range_never_rules(mini: Mini, river: str) -> None:
    ingest = Ingest(mini.ctx().world)
    sent(ingest, 0, x39="61.350")
    sent(ingest, 1, x39="9999.999")
    sent(ingest, 2, x39="9999.998")
    assert ingest.stages_mm() == {GAUGE: 61_350}
    anew = again(mini, ingest, 2)
    assert anew.stages_mm() == {GAUGE: 61_350}
    anew.close()


def test_a_single_zero_makes_no_rise(mini: Mini, river: str) -> None:
    ingest = Ingest(mini.ctx().world)
    for n, stage in enumerate(["61.350", "61.352", "0.000", "61.356"] + ["61.360"] * 5):
        sent(ingest, n, x39=stage)
    assert ingest.stages_mm() == {GAUGE: 61_360}
    assert ingest.rises_mm(30) == {GAUGE: 8}
    anew = again(mini, ingest, 8)
    assert anew.rises_mm(30) == {GAUGE: 8}
    anew.close()


def test_an_officer_bears_a_leap_out(mini: Mini, river: str) -> None:
    ingest = Ingest(mini.ctx().world)
    sent(ingest, 0, x39="50.000")
    sent(ingest, 1, x39="58.000")
    assert ingest.stages_mm() == {GAUGE: 50_000}
    said = [Typed(GAUGE, "39", NIGHT + STEP, Decimal("58.000"))]
    assert ingest.type_in(said, known_at=NIGHT + STEP).all()
    assert ingest.stages_mm() == {GAUGE: 58_000}
    sent(ingest, 2, x39="58.200")
    assert ingest.stages_mm() == {GAUGE: 58_200}
    ingest.close()


def test_a_reservoirs_own_level_hides_the_rivers_only_while_it_is_new(mini: Mini, river: str) -> None:
    ingest = Ingest(mini.ctx().world)
    sent(ingest, 0, x3B="80.000", x39="61.000")
    sent(ingest, 12, x39="61.500")
    assert ingest.stages_mm() == {GAUGE: 80_000}
    sent(ingest, 36, x39="62.000")
    assert ingest.stages_mm() == {GAUGE: 62_000}
    ingest.close()
