"""An ensemble's life: ordered, computed beside, taken in as one run with shares, or refused without a word of any village."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from anlan.foundation import journal
from anlan.foundation.errors import Forbidden, Invalid, NotFound
from anlan.places.atlas import atlas
from anlan.simulate import queries
from anlan.simulate.actions import ensembles
from anlan.simulate.actions.runs import cancel
from anlan.simulate.models import Run, VillageWater
from anlan.simulate.running import jobs, ordered, runner
from tests.simulate.test_live import rain as rain_at_gauge
from tests.support.city import NIGHT, VILLAGE, Mini, make_city
from tests.support.grounds import REF, keep_valley
from tests.support.inline import Inline

pytestmark = pytest.mark.django_db
DESIGN = {"kind": "design", "mm_h": 70.0, "minutes": 60}
STATIONS = {"kind": "stations", "until": NIGHT.isoformat(), "back_min": 60, "nowcast": "persistence"}


@pytest.fixture
def night() -> Iterator[Mini]:
    mini = make_city().exercise()
    keep_valley(mini)
    runner.use(Inline())
    yield mini
    runner.use(runner.InProcess())


def order(mini: Mini, role: str = "duty_officer", **other: Any) -> str:
    told: dict[str, Any] = {
        "title": "",
        "ground_ref": REF,
        "minutes": 60,
        "rain": DESIGN,
        "members": 10,
        **other,
    }
    return ensembles.order_ensemble(mini.ctx(role), **told)


def computed(mini: Mini, **other: Any) -> Run:
    ref = order(mini, **other)
    while not queries.run(mini.ctx(), ref).is_over:
        ordered.look()
    return queries.run(mini.ctx(), ref)


def told(mini: Mini, run: Run) -> dict[str, VillageWater]:
    known = atlas().by_id
    return {known[row.place_id].code: row for row in VillageWater.objects.filter(run=run)}


def test_an_ensemble_is_one_run_with_its_members_seed_and_spread(night: Mini) -> None:
    run = queries.run(night.ctx(), order(night, members=12, seed=99))
    assert (run.kind, run.state, run.seed, run.params["members"]) == ("ensemble", "queued", 99, 12)
    assert set(run.params["spread"]) == {"amount_percent", "shift_m", "timing_min", "excluded_percent"}
    assert Run.objects.count() == 1


def test_members_and_seed_are_of_the_pack_and_the_world_unless_given(night: Mini) -> None:
    run = queries.run(night.ctx(), order(night, members=None))
    assert (run.params["members"], run.seed) == (50, night.world.seed)


@pytest.mark.parametrize(
    ("wrong", "word"),
    [
        ({"members": 9}, "成员数"),
        ({"members": 201}, "成员数"),
        ({"seed": -1}, "种子"),
        ({"minutes": 5}, "时长"),
    ],
)
def test_what_cannot_be_drawn_is_not_ordered(night: Mini, wrong: dict[str, Any], word: str) -> None:
    with pytest.raises(Invalid, match=word):
        order(night, **wrong)
    assert not Run.objects.exists()


def test_only_who_may_run_orders_and_only_over_their_own_ground(night: Mini) -> None:
    with pytest.raises(Forbidden):
        order(night, "village_cadre")
    with pytest.raises(NotFound):
        order(night, "foreign")


def test_what_members_say_together_is_told_of_each_village(night: Mini) -> None:
    run = computed(night, title="柳林集合")
    assert run.state == "accepted", run.log
    row = told(night, run)[VILLAGE]
    assert row.low_cm <= row.depth_cm <= row.high_cm  # type: ignore[operator]
    assert row.share_percent is not None
    assert (run.figures["members"], run.figures["excluded"]) == (10, 0)
    (entry,) = [e for e in journal.tail(night.world.pk, 0) if e.name == "simulate.run.accepted"]
    for each in journal.read(entry)["body"]["villages"]:
        assert 0 < each["share_percent"] <= 100


def test_the_same_seed_says_the_same_and_another_something_else(night: Mini) -> None:
    runs = [computed(night, seed=seed) for seed in (5, 5, 6)]
    first, again, other = (
        [(r.depth_cm, r.share_percent, r.low_cm) for r in told(night, run).values()] for run in runs
    )
    assert first == again
    assert first != other


def test_members_begin_where_the_rain_that_fell_left_the_ground(night: Mini) -> None:
    rain_at_gauge(night, range(-60, 1, 5), 60)
    asked = jobs.ensemble_of(night.ctx(), queries.run(night.ctx(), order(night, rain=STATIONS)))
    assert asked.fallen == 12
    assert asked.tenths.shape[1] == 24
    assert np.nanmean(asked.tenths[:, 12:]) == pytest.approx(60)
    run = computed(night, rain=STATIONS)
    assert run.state == "accepted", run.log


def test_without_a_gauge_that_reported_it_fails_with_the_mend(night: Mini) -> None:
    run = computed(night, rain=STATIONS)
    assert run.state == "failed"
    assert "请改用设计雨" in run.log


def test_too_many_members_that_refuse_themselves_refuse_the_ensemble(
    night: Mini, monkeypatch: pytest.MonkeyPatch
) -> None:
    from anlan.science.flood.errors import NotFinite
    from anlan.simulate.computing import members

    run_one = members._run

    def broken(asked: Any, member: Any) -> Any:
        if member.number <= 3:
            raise NotFinite("a depth is no number", time_s=0.0)
        return run_one(asked, member)

    monkeypatch.setattr(members, "_run", broken)
    run = computed(night)
    assert run.state == "refused"
    assert run.reasons[0]["values"] == {"n": 3, "members": 10, "most": 20}
    assert told(night, run) == {}


def test_a_cancelled_ensemble_is_not_taken_in(night: Mini) -> None:
    ref = order(night)
    ordered.look()
    cancel(night.ctx("duty_officer"), ref=ref)
    ordered.look()
    assert queries.run(night.ctx(), ref).state == "cancelled"
