"""Live mode: cycles wake with hard rain, a forecast is known no sooner than its cost, and only from what was known."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from anlan.foundation import journal, tasks
from anlan.foundation.errors import Conflict, Forbidden, NotFound
from anlan.foundation.models import Task
from anlan.observe.ingest.ingest import path_of
from anlan.observe.ingest.shapes import millis
from anlan.observe.models import Station
from anlan.observe.rules.rain import RAIN_5MIN
from anlan.observe.store.batch import NO_FRAMES, Batch
from anlan.observe.store.writer import Writer
from anlan.places.atlas import atlas
from anlan.science.flood.domain import RING
from anlan.simulate import queries
from anlan.simulate.actions import runs
from anlan.simulate.computing import states
from anlan.simulate.computing.shapes import NOW, Terrain
from anlan.simulate.models import Ground, Run
from anlan.simulate.running import ground, jobs, live, runner
from anlan.simulate.views.facts import facts_of
from anlan.wire.sl651.batch import station_key
from tests.support.city import FOREIGN_VILLAGE, GAUGE, NIGHT, TOWN, VILLAGE, VILLAGE_2, Mini, make_city
from tests.support.grounds import REF, keep_valley, valley
from tests.support.inline import Inline

pytestmark = pytest.mark.django_db
MIN = timedelta(minutes=1)
COST = timedelta(minutes=5)


@pytest.fixture
def night() -> Any:
    mini = make_city().exercise()
    keep_valley(mini)
    runner.use(Inline())
    yield mini
    runner.use(runner.InProcess())


def rain(mini: Mini, minutes: range, tenths: int) -> None:
    """Five-minute tips at Liulin's gauge."""
    with Writer(path_of(mini.world.key)) as writer:
        for minute in minutes:
            at = millis(NIGHT + minute * MIN)
            writer.write(
                Batch(
                    at, np.full(1, station_key(GAUGE), np.int64), np.full(1, RAIN_5MIN, np.int32), np.full(1, at),
                    np.full(1, tenths, np.int64), np.full(1, 1, np.int8), np.zeros(1, np.int16), np.full(1, -1, np.int32),
                    NO_FRAMES,
                )
            )  # fmt: skip


def play(mini: Mini, until: int) -> None:
    """Do all due work up to a minute, as the driver does: each at its moment."""
    while (work := tasks.next_due(mini.world.pk, NIGHT + until * MIN)) is not None:
        assert tasks.run(work, mini.world)
        work.refresh_from_db()
        assert work.state == "done", work.error


def told(mini: Mini) -> list[tuple[str, dict[str, Any]]]:
    entries = journal.tail(mini.world.pk, 0)
    return [
        (e.name, journal.read(e))
        for e in entries
        if e.name.startswith(("simulate.run.", "simulate.forecast"))
    ]


def switches(mini: Mini) -> list[str]:
    return [e.name for e in journal.tail(mini.world.pk, 0) if e.name.startswith("simulate.live.")]


def test_without_rain_no_cycle_runs(night: Mini) -> None:
    live.start(night.ctx(), ground_ref=REF, first=NIGHT)
    play(night, 35)
    assert told(night) == []


def test_hard_rain_wakes_the_cycles_and_each_forecast_is_known_after_its_cost(night: Mini) -> None:
    rain(night, range(-60, 1, 5), 80)
    live.start(night.ctx(), ground_ref=REF, first=NIGHT)
    play(night, 4)
    assert [name for name, _ in told(night)] == ["simulate.run.ordered"]
    assert queries.forecast(night.ctx(at=NIGHT + 4 * MIN)) is None
    play(night, 5)
    assert [name for name, _ in told(night)][1:] == ["simulate.run.accepted", "simulate.forecast.made"]
    found = queries.forecast(night.ctx(at=NIGHT + COST))
    assert found is not None
    assert found.known_at == NIGHT + COST


def test_the_forecast_names_the_village_on_the_valley_floor(night: Mini) -> None:
    rain(night, range(-120, 1, 5), 100)
    live.start(night.ctx(), ground_ref=REF, first=NIGHT)
    play(night, 5)
    body = told(night)[-1][1]["body"]
    assert VILLAGE in [row["place"] for row in body["villages"]]
    assert all(isinstance(row["depth_cm"], int) for row in body["villages"])
    assert body["synthetic"] is True


def test_the_forecast_tells_of_which_villages_it_says_nothing(night: Mini) -> None:
    rain(night, range(-120, 1, 5), 100)
    live.start(night.ctx(), ground_ref=REF, first=NIGHT)
    play(night, 5)
    body = told(night)[-1][1]["body"]
    known = {row.place.code for row in queries.water(night.ctx(), queries.runs(night.ctx())[0])}
    assert set(body["unmodelled"]) | known == {VILLAGE, VILLAGE_2}
    assert not set(body["unmodelled"]) & known
    assert body["unsaid"] == []


def test_a_cycle_goes_on_from_the_last_accepted_one(night: Mini) -> None:
    rain(night, range(-60, 11, 5), 80)
    live.start(night.ctx(), ground_ref=REF, first=NIGHT)
    play(night, 15)
    second, first = queries.runs(night.ctx())
    assert first.before is None
    assert second.before == first


def test_a_cycle_does_not_go_on_from_a_state_of_other_models(
    night: Mini, monkeypatch: pytest.MonkeyPatch
) -> None:
    """After an update streams may be joined otherwise: what was kept does not fit, and the ground is warmed up afresh."""
    rain(night, range(-60, 11, 5), 80)
    live.start(night.ctx(), ground_ref=REF, first=NIGHT)
    play(night, 8)
    monkeypatch.setattr(states, "VERSION", "later")
    play(night, 15)
    second, first = queries.runs(night.ctx())
    assert first.state == second.state == "accepted"
    assert (second.version, second.before) == ("later", None)


def facts(mini: Mini, lang: str = "zh") -> str:
    return dict(facts_of(queries.runs(mini.ctx())[0], lang))["基流" if lang == "zh" else "Base flow"]


def test_over_a_ground_that_states_its_rivers_the_first_cycle_begins_with_them_and_the_next_goes_on(
    night: Mini,
) -> None:
    land = valley(100.0)
    river = {
        "base_x": land.west + 2_050,
        "base_y": land.north - 150,
        "base_radius_m": 100.0,
        "base_m3_s": 2.5,
    }
    stated = replace(land, **{name: np.array([value]) for name, value in river.items()})
    ground.add(night.ctx(), ref="own", place=atlas().code(TOWN), terrain=stated)
    rain(night, range(-60, 11, 5), 10)
    live.start(night.ctx(), ground_ref="own", first=NIGHT)
    play(night, 15)
    second, first = queries.runs(night.ctx())
    assert (first.state, second.state, second.before) == ("accepted", "accepted", first)
    assert [run.figures["base_m3_s"] for run in (first, second)] == ["2.5", "2.5"]
    river_m = [depth_at_zero(night, run) for run in (first, second)]
    assert river_m[0] > 0.05, "the bed was not dry when the rain began"
    assert river_m[1] > 0.9 * river_m[0]
    assert "1 条河共 2.5 立方米每秒" in facts(night)
    assert "2.5 m³/s" in facts(night, "en")


def depth_at_zero(mini: Mini, run: Run) -> float:
    """On the valley's floor, near where the river comes in: hardly any rain has run there."""
    kept = states.read(queries.folder_of(mini.ctx(), run) / NOW)
    return float(kept.h[RING + 2, RING + 20])


def test_over_a_ground_that_states_none_the_run_says_that_it_began_dry(night: Mini) -> None:
    rain(night, range(-60, 1, 5), 80)
    live.start(night.ctx(), ground_ref=REF, first=NIGHT)
    play(night, 5)
    assert "从干河道起算" in facts(night)


def test_a_cycle_that_goes_on_still_looks_at_the_whole_last_hour(night: Mini) -> None:
    rain(night, range(-60, 1, 5), 80)
    rain(night, range(5, 11, 5), 0)
    live.start(night.ctx(), ground_ref=REF, first=NIGHT)
    play(night, 15)
    second = queries.runs(night.ctx())[0]
    assert second.before is not None
    job = jobs.job_of(night.ctx(at=NIGHT + 15 * MIN), second)
    assert job.first_min == -10, "only what fell since is run again"
    assert job.rain_mm_h[:2].max() == 0
    assert job.rain_mm_h[-1].max() == pytest.approx(80 * 10 / 12 * 1.2), (
        "ten of the last twelve steps were wet"
    )


def test_what_falls_after_the_moment_of_a_forecast_changes_nothing_of_it(night: Mini) -> None:
    rain(night, range(-60, 1, 5), 80)
    live.start(night.ctx(), ground_ref=REF, first=NIGHT)
    play(night, 5)
    without = told(night)
    again = make_again(night)
    rain(again, range(-60, 1, 5), 80)
    rain(again, range(5, 61, 5), 300)
    live.start(again.ctx(), ground_ref=REF, first=NIGHT)
    play(again, 5)
    assert [entry["body"] for _, entry in told(again)] == [entry["body"] for _, entry in without]


def make_again(mini: Mini) -> Mini:
    """Another exercise over the same city."""
    return mini.exercise()


def test_it_sleeps_again_when_the_rain_is_over(night: Mini) -> None:
    rain(night, range(-60, 1, 5), 80)
    live.start(night.ctx(), ground_ref=REF, first=NIGHT)
    play(night, 200)
    ordered = [name for name, _ in told(night)].count("simulate.run.ordered")
    assert 4 <= ordered <= 8


def test_switched_off_no_further_cycle_begins_and_switched_on_again_it_goes_on_at_once(night: Mini) -> None:
    rain(night, range(-60, 31, 5), 80)
    ctx = night.ctx("duty_officer")
    live.start(ctx, ground_ref=REF)
    play(night, 9)
    live.stop(ctx, ground_ref=REF)
    play(night, 25)
    assert [name for name, _ in told(night)].count("simulate.run.ordered") == 1
    live.start(ctx, ground_ref=REF, first=NIGHT + 30 * MIN)
    play(night, 30)
    assert [name for name, _ in told(night)].count("simulate.run.ordered") == 2
    assert switches(night) == ["simulate.live.on", "simulate.live.off", "simulate.live.on"]


def test_who_may_not_run_models_switches_nothing(night: Mini) -> None:
    with pytest.raises(Forbidden):
        live.start(night.ctx("leader"), ground_ref=REF)
    with pytest.raises(NotFound):
        live.start(night.ctx("foreign"), ground_ref=REF)
    live.start(night.ctx("duty_officer"), ground_ref=REF)
    with pytest.raises(Forbidden):
        live.stop(night.ctx("leader"), ground_ref=REF)


def test_what_is_off_cannot_be_switched_off(night: Mini) -> None:
    with pytest.raises(Conflict, match="本来就停着"):
        live.stop(night.ctx("duty_officer"), ground_ref=REF)


def test_a_cycle_that_died_is_followed_by_another_and_one_that_waits_is_left_alone(night: Mini) -> None:
    live.start(night.ctx(), ground_ref=REF, first=NIGHT)
    live.keep_going(night.ctx())
    waiting = Task.objects.filter(world=night.world, kind="simulate.cycle")
    assert waiting.count() == 1
    waiting.update(state="dead")
    live.keep_going(night.ctx())
    live.keep_going(night.ctx())
    assert [work.due_at for work in waiting.filter(state="due")] == [NIGHT + 10 * MIN]


def test_asked_twice_the_cycles_begin_once(night: Mini) -> None:
    rain(night, range(-60, 1, 5), 80)
    live.start(night.ctx(), ground_ref=REF, first=NIGHT)
    live.start(night.ctx(), ground_ref=REF, first=NIGHT)
    play(night, 9)
    assert [name for name, _ in told(night)].count("simulate.run.ordered") == 1


def test_a_run_whose_computing_breaks_has_failed_and_the_next_cycle_comes_all_the_same(
    night: Mini, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(self: Inline, folder: str) -> Any:
        raise MemoryError("the machine has no more")

    rain(night, range(-60, 11, 5), 80)
    monkeypatch.setattr(Inline, "take", broken)
    live.start(night.ctx(), ground_ref=REF, first=NIGHT)
    play(night, 6)
    (run,) = queries.runs(night.ctx())
    assert (run.state, "no more" in run.log) == ("failed", True)
    monkeypatch.undo()
    play(night, 16)
    assert [each.state for each in queries.runs(night.ctx())] == ["accepted", "failed"]


def test_a_run_is_held_against_the_river_gauges_of_its_own_place_alone(night: Mini) -> None:
    """Its readers see their addresses; a neighbour's gauge on the same land is not theirs to see."""
    here = atlas().code(VILLAGE)
    for address, code in (("0042130101", VILLAGE), ("0042130102", FOREIGN_VILLAGE)):
        Station.objects.create(
            address=address,
            name=address,
            kind="stage",
            place_id=atlas().code(code).id,
            lon=here.lon,
            lat=here.lat,
        )
    Ground.objects.filter(ref=REF).update(synthetic=False)
    ctx = night.ctx()
    rain = {"kind": "stations", "until": ctx.now.isoformat(), "back_min": 60, "nowcast": "zero"}
    ref = runs.order(
        ctx, title="", ground_ref=REF, solver="li", precision="f32", minutes=60, rain=rain, purpose="live"
    )
    run = queries.run(ctx, ref)
    told = jobs._stages(ctx, run, Terrain.load(ground.file_of(run.ground)))
    assert [gauge.address for gauge in told["gauges"]] == ["0042130101"]
