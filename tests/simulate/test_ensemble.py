"""An ensemble at work: the same bits on any number of processes, nothing computed twice, nothing lost with a process."""

import os
import signal
import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import psutil
import pytest

from anlan.science.flood.outputs import Result
from anlan.science.flood.state import State
from anlan.simulate.computing import ensemble, folders, members
from anlan.simulate.computing.ensemble import Answer, Ensemble, WorkersDied, compute, file_of
from anlan.simulate.computing.shapes import NOBODY, NOW, Job, Swift, Terrain
from anlan.simulate.maps import waters
from anlan.simulate.rules.ensemble import NEVER, Member, Spread
from tests.simulate.test_compute import FLOOR, SLOPE, valley
from tests.support.patience import PATIENCE_S, eventually

SPREAD = Spread(amount=0.6, shift_m=800.0, timing_min=15.0)


@pytest.fixture
def asked(tmp_path: Path) -> Ensemble:
    np.savez(tmp_path / "ground.npz", **vars(valley()))
    job = Job(
        folder=made(tmp_path / "run"), ground=str(tmp_path / "ground.npz"), solver="li", precision="f32", first_min=0,
        until_min=60, rain_min=(), rain_mm_h=np.zeros(0), home_place=np.array([FLOOR, FLOOR, SLOPE]),
        home_x=5e5 + np.array([810.0, 830.0, 60.0]), home_y=35e5 - np.array([2300.0, 2340.0, 900.0]),
    )  # fmt: skip
    return Ensemble(
        job=job, members=10, seed=7, spread=SPREAD, excluded_percent=20, tenths=np.full((2, 18), [[25.0], [40.0]]),
        fallen=6, gauge_x=5e5 + np.array([0.0, 1600.0]), gauge_y=35e5 - np.array([0.0, 2400.0]),
    )  # fmt: skip


def made(folder: Path) -> str:
    folder.mkdir()
    return str(folder)


def elsewhere(asked: Ensemble, folder: Path) -> Ensemble:
    return replace(asked, job=replace(asked.job, folder=made(folder)))


def share_of(asked: Ensemble) -> np.ndarray:
    return waters.grid(Path(asked.folder), ensemble.SHARE)[0]


def test_members_differ_and_together_they_tell_median_low_high_and_share(asked: Ensemble) -> None:
    found = compute(asked, workers=0)
    floor, slope = found.villages[FLOOR], found.villages[SLOPE]
    assert floor.low_cm < floor.depth_cm < floor.high_cm  # type: ignore[operator]
    assert 0 < floor.share_percent <= 100  # type: ignore[operator]
    assert (slope.share_percent, slope.arrives_min, slope.households) == (0, None, 0)
    assert [minute for minute, _ in floor.curve] == [30, 60]
    assert found.figures["excluded"] == 0
    earliest, latest = found.figures["times"][str(FLOOR)]
    assert earliest <= floor.arrives_min <= latest  # type: ignore[operator]
    assert set(np.unique(share_of(asked))) <= set(range(0, 101, 10))
    assert share_of(asked).max() == 100


@pytest.mark.slow
def test_one_process_and_two_give_the_same_bits(asked: Ensemble, tmp_path: Path) -> None:
    here = compute(asked, workers=0)
    for workers in (1, 2):
        other = elsewhere(asked, tmp_path / f"on-{workers}")
        found = compute(other, workers=workers)
        assert (found.villages, found.figures) == (here.villages, here.figures)
        assert np.array_equal(share_of(other), share_of(asked))


def test_another_seed_is_another_ensemble_and_without_spread_all_agree(
    asked: Ensemble, tmp_path: Path
) -> None:
    first = compute(asked, workers=0).villages[FLOOR]
    other = replace(elsewhere(asked, tmp_path / "seed"), seed=8)
    assert compute(other, workers=0).villages[FLOOR] != first
    still = replace(elsewhere(asked, tmp_path / "still"), spread=Spread(amount=0, shift_m=0, timing_min=0))
    same = compute(still, workers=0).villages[FLOOR]
    assert same.low_cm == same.depth_cm == same.high_cm
    assert same.share_percent in (0, 100)


def test_after_a_fall_only_what_is_missing_is_computed(
    asked: Ensemble, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    whole = compute(elsewhere(asked, tmp_path / "whole"), workers=0)
    computed: list[int] = []
    one = members.compute_member

    def count(given: Ensemble, member: Member) -> None:
        computed.append(member.number)
        if len(computed) == 4:
            raise KeyboardInterrupt
        one(given, member)

    monkeypatch.setattr(members, "compute_member", count)
    with pytest.raises(KeyboardInterrupt):
        compute(asked, workers=0)
    found = compute(asked, workers=0)
    assert computed == [1, 2, 3, 4, *range(4, 11)]
    assert (found.villages, found.figures) == (whole.villages, whole.figures)


def test_a_stopped_ensemble_says_nothing_and_leaves_nothing(asked: Ensemble) -> None:
    (Path(asked.folder) / "stop").touch()
    found = compute(asked, workers=0)
    assert found.checks.stopped
    assert found.villages == {}
    assert not (Path(asked.folder) / ensemble.MEMBERS).exists()


def test_progress_is_told_by_members(asked: Ensemble) -> None:
    compute(asked, workers=0)
    assert folders.progress(Path(asked.folder)) == 100


def test_a_member_that_breaks_its_account_is_left_out_and_counted(
    asked: Ensemble, monkeypatch: pytest.MonkeyPatch
) -> None:
    from anlan.science.flood.errors import MassLost

    run = members._run

    def lossy(given: Ensemble, member: Member) -> Result:
        if member.number in (2, 5):
            raise MassLost("water is missing", time_s=60.0, share=0.1)
        return run(given, member)

    monkeypatch.setattr(members, "_run", lossy)
    found = compute(asked, workers=0)
    assert (found.figures["members"], found.figures["excluded"]) == (10, 2)
    assert set(np.unique(share_of(asked))) <= {round(100 * n / 8) for n in range(9)}


def test_rain_that_breaks_the_start_leaves_no_member(
    asked: Ensemble, monkeypatch: pytest.MonkeyPatch
) -> None:
    from anlan.science.flood.errors import NotFinite

    def broken(given: Ensemble, terrain: Terrain) -> State:
        raise NotFinite("a depth is no number", time_s=0.0)

    monkeypatch.setattr(members, "_begun", broken)
    found = compute(asked, workers=0)
    assert found.figures["excluded"] == 10
    assert found.villages == {}


def test_of_a_village_in_fast_water_nobody_speaks(asked: Ensemble) -> None:
    swift = Swift(radius_m=100.0, bound=0.0, below_m=100.0, most_msteps=1.0)
    told = compute(replace(asked, job=replace(asked.job, swift=swift)), workers=0)
    if told.figures["excluded"] < 10:
        assert {v.solver for v in told.villages.values() if v.fast_percent > 0} <= {NOBODY}


def test_an_answer_is_read_as_it_was_written(tmp_path: Path) -> None:
    wet = np.random.default_rng(1).random((7, 11)) > 0.5
    told = {
        "depth_cm": np.array([5, 60]),
        "arrives_min": np.array([NEVER, 12]),
        "curve": np.array([[1, 2], [3, 4]]),
    }
    ensemble.write(
        tmp_path / "001.npz",
        Answer(refused="", mass_error=1e-7, fast_percent=3, steps=99, wet=wet, villages=told),
    )
    back = ensemble.read(tmp_path / "001.npz")
    assert np.array_equal(back.wet, wet)
    assert (back.refused, back.mass_error, back.fast_percent, back.steps) == ("", 1e-7, 3, 99)
    assert {name: values.tolist() for name, values in back.villages.items()} == {
        name: values.tolist() for name, values in told.items()
    }


# --- processes -----------------------------------------------------------------------------------------------


def children() -> list[psutil.Process]:
    return [p for p in psutil.Process().children() if "spawn_main" in " ".join(p.cmdline())]


@pytest.mark.slow
def test_a_process_that_was_killed_is_replaced_and_no_member_is_lost(asked: Ensemble, tmp_path: Path) -> None:
    whole = compute(elsewhere(asked, tmp_path / "whole"), workers=0)
    found: list[object] = []
    work = threading.Thread(target=lambda: found.append(compute(asked, workers=1)))
    work.start()
    assert eventually(file_of(Path(asked.folder), 2).exists)
    for child in children():
        os.kill(child.pid, signal.SIGKILL)
    work.join(PATIENCE_S)
    (told,) = found
    assert told.villages == whole.villages  # type: ignore[attr-defined]


@pytest.mark.slow
def test_processes_that_always_die_are_given_up_with_a_word_why(asked: Ensemble) -> None:
    (Path(asked.folder) / ensemble.MEMBERS).mkdir()
    with pytest.raises(WorkersDied, match="memory"):
        compute(asked, workers=1, begin=_die)


def _die(parent: int) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def test_what_an_ensemble_leaves_can_be_cleared(asked: Ensemble) -> None:
    compute(asked, workers=0)
    assert (Path(asked.folder) / NOW).exists()
    ensemble.clear(Path(asked.folder))
    assert sorted(p.name for p in Path(asked.folder).iterdir()) == ["grids.npz", "progress"]
