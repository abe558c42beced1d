"""A river gauge's own frames come in, a live cycle runs, and the run is held against them: it agrees, or it may not speak."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal

import numpy as np
import pytest

from anlan.foundation import journal, tasks
from anlan.judge.queries.foreseen import foreseen
from anlan.observe.actions.stations import load_stations
from anlan.observe.ingest.ingest import Ingest
from anlan.observe.ingest.shapes import Outcome
from anlan.places.atlas import atlas
from anlan.simulate import queries
from anlan.simulate.computing import folders, gauging
from anlan.simulate.models import Run
from anlan.simulate.running import ground, live, runner
from tests.support.city import GAUGE, NIGHT, TOWN, VILLAGE, Mini, make_city
from tests.support.grounds import valley
from tests.support.inline import Inline
from tests.support.stations import PASSWORD, report
from tests.support.stations import rain as tips

pytestmark = pytest.mark.django_db
MIN = timedelta(minutes=1)
REF = "liulin-own"
RIVER = "0042130101"
ZERO_M = 87.3
"""The gauge's own zero; the terrain knows nothing of it."""
MOMENTS = range(-180, 1, 10)


@dataclass
class Night:
    """A county's own ground with a river gauge in it, in hard rain; readings go in as a gateway would bring them."""

    mini: Mini
    ingest: Ingest

    def send(self, minute: int, *frames: bytes) -> None:
        taken = self.ingest.take(frames, known_at=NIGHT + minute * MIN)
        assert taken.count(Outcome.STORED) == len(frames), taken.reasons

    def weather(self, rises_m: Sequence[float] | None = None) -> None:
        """Three hours of hard rain, and every ten minutes the river above the gauge's zero; a silent gauge without."""
        for minute in range(-180, 1, 5):
            self.send(minute, tips(GAUGE, NIGHT + minute * MIN, 80, serial=minute + 181))
            if rises_m is not None and minute in MOMENTS:
                level = Decimal(f"{ZERO_M + rises_m[MOMENTS.index(minute)]:.3f}")
                self.send(minute, report(RIVER, NIGHT + minute * MIN, serial=minute + 181, x39=level))

    def cycle(self) -> Run:
        """One live cycle from its order to its verdict, by the engine's own due work."""
        live.start(self.mini.ctx(), ground_ref=REF, first=NIGHT)
        while (work := tasks.next_due(self.mini.world.pk, NIGHT + 9 * MIN)) is not None:
            assert tasks.run(work, self.mini.world)
            work.refresh_from_db()
            assert work.state == "done", work.error
        (run,) = queries.runs(self.mini.ctx())
        return run

    def told(self) -> list[str]:
        names = [entry.name for entry in journal.tail(self.mini.world.pk, 0)]
        return [name for name in names if name.startswith(("simulate.run.", "simulate.forecast."))]

    def page(self, ref: str) -> str:
        return self.mini.client("duty_officer").get(f"/w/{self.mini.world.key}/runs/{ref}").content.decode()


@pytest.fixture
def night() -> Iterator[Night]:
    mini = make_city().exercise()
    village = atlas().code(VILLAGE)
    columns = {
        "address": RIVER, "name": "浪河站", "kind": "stage", "place_id": village.id, "lon": village.lon, "lat": village.lat,
    }  # fmt: skip
    load_stations(mini.ctx(), [(columns, f"{PASSWORD:04x}", [])])
    ground.add(mini.ctx(), ref=REF, place=atlas().code(TOWN), terrain=valley(100.0))
    runner.use(Inline())
    ingest = Ingest(mini.ctx().world)
    yield Night(mini, ingest)
    ingest.close()
    runner.use(runner.InProcess())


def risen(night: Night) -> list[float]:
    """What the model says of the river at the gauge: asked of a night like this one, where the gauge is silent."""
    other = Night(night.mini.exercise(), night.ingest)
    other.ingest = Ingest(other.mini.ctx().world)
    other.weather()
    run = other.cycle()
    other.ingest.close()
    assert (run.state, [row["why"] for row in run.figures["gauges"]]) == ("accepted", ["silent"])
    with np.load(folders.folder(other.mini.world.key, run.ref) / gauging.NAME) as kept:
        levels = np.interp(MOMENTS, kept["minutes"], kept["metres"][:, 0])
    rises = [float(level - levels[0]) for level in levels]
    assert rises[-1] > 0.3, "a river that stands still proves nothing"
    return rises


def test_a_gauge_that_rose_with_the_model_lets_the_run_speak_and_is_told_with_it(night: Night) -> None:
    night.weather([rise + 0.2 * (n % 2) for n, rise in enumerate(risen(night))])
    run = night.cycle()
    (row,) = run.figures["gauges"]
    assert (row["address"], row["why"], row["agrees"]) == (RIVER, "", True)
    assert 0 < row["rmse_m"] <= 0.2
    assert night.told() == ["simulate.run.ordered", "simulate.run.accepted", "simulate.forecast.made"]
    found = foreseen(night.mini.ctx(at=run.known_at))
    assert found is not None
    assert VILLAGE in [village.place.code for village in found.villages]
    assert f"{RIVER} 相符：涨幅均方根差 {row['rmse_m']} 米" in night.page(run.ref)


def test_a_gauge_that_rose_by_more_than_the_band_refuses_the_run_and_warns_nobody(night: Night) -> None:
    night.weather([rise + n / 10 for n, rise in enumerate(risen(night))])
    run = night.cycle()
    assert run.state == "refused"
    (reason,) = run.reasons  # over the 170 minutes from the first moment that both know
    assert reason["values"] == {"gauge": RIVER, "off": "1.70", "band": "0.5"}
    assert night.told() == ["simulate.run.ordered", "simulate.run.refused"]
    assert queries.water(night.mini.ctx(), run) == []
    assert foreseen(night.mini.ctx(at=run.known_at)) is None
    page = night.page(run.ref)
    assert f"与水位站不符：{RIVER} 站的涨幅差 1.70 米，允许 0.5 米" in page
    assert f"{RIVER} 不符：" in page
    assert "模型峰值低 1.7 米" in page
    assert "这次结果拒用" in page


def test_what_came_in_after_the_moment_of_a_cycle_is_not_held_against_it(night: Night) -> None:
    night.weather(risen(night))
    night.send(5, report(RIVER, NIGHT - MIN, serial=90, x39=Decimal("99.000")))
    assert night.cycle().state == "accepted"


def test_a_level_that_no_river_has_refuses_nothing(night: Night) -> None:
    rises = risen(night)
    night.weather([*rises[:9], 9999.0 - ZERO_M, *rises[10:]])
    run = night.cycle()
    assert (run.state, run.figures["gauges"][0]["moments"]) == ("accepted", 18)
