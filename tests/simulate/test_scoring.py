"""Scoring baselines on nights over a small valley: what comes, what was said, and nothing from after the moment."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest

from anlan.science.jit import Floats
from anlan.simulate.computing.scoring import Scores, Setting, score
from tests.simulate.test_compute import FLOOR, SLOPE, valley

NIGHT_MIN, STEPS = 240, 48
SHORT = (30, 60, 50.0)
"""Half an hour: what has fallen soaks away, as much again would not."""


@dataclass(frozen=True)
class Even:
    """The same rain everywhere: (first minute, end, mm/h)."""

    spells: tuple[tuple[int, int, float], ...]
    wetness: str = "wet"
    minutes: int = NIGHT_MIN

    def tenths(self, x: Floats, y: Floats) -> Floats:
        fallen = np.zeros(STEPS)
        for first, end, mm_h in self.spells:
            fallen[first // 5 : end // 5] += mm_h * 10 / 12
        return np.repeat(np.round(fallen)[None, :], x.size, axis=0)


@pytest.fixture
def setting(tmp_path: Path) -> Setting:
    np.savez(tmp_path / "ground.npz", **vars(valley()))
    return Setting(
        ground=tmp_path / "ground.npz", home_place=np.array([FLOOR, SLOPE]), home_x=5e5 + np.array([810.0, 60.0]),
        home_y=35e5 - np.array([2300.0, 900.0]), gauge_x=np.array([500_800.0]), gauge_y=np.array([3_499_000.0]),
        gauge_wakes=np.array([True]), wakes_mm_1h=10, keeps_mm_1h=2, back_min=180, ahead_min=60, cn=70.0, line_mm=20,
    )  # fmt: skip


def scores(setting: Setting, *spells: tuple[int, int, float]) -> Scores:
    (found,) = score(setting, [Even(spells)])
    return found


def test_a_night_without_hard_rain_has_no_cycle(setting: Setting) -> None:
    assert scores(setting, (0, 240, 5.0)) == Scores(nights=1)


def test_rain_that_goes_on_is_a_hit_for_persistence_and_a_miss_for_zero(setting: Setting) -> None:
    found = scores(setting, (0, 120, 25.0))
    assert found.villages["persistence"].hits == 1
    assert found.villages["zero"].misses == 1
    assert found.villages["zero"].hits == 0


def test_rain_that_stops_is_a_false_alarm_for_persistence_and_none_for_zero(setting: Setting) -> None:
    found = scores(setting, SHORT)
    assert found.villages["persistence"].false_alarms == 1
    assert (found.villages["zero"].false_alarms, found.villages["zero"].misses) == (0, 0)
    assert (found.rain["persistence"].false_alarms, found.rain["zero"].false_alarms) == (2, 0)


def test_a_village_that_stands_in_water_is_no_case_any_more(setting: Setting) -> None:
    found = scores(setting, (0, 240, 90.0))
    assert found.cycles == 3
    assert all(counts.total == found.cycles for counts in found.villages.values()), (
        "only the one on the slope"
    )


def test_what_falls_after_a_cycle_changes_nothing_that_was_said(setting: Setting) -> None:
    """The same villages are named; only whether it was right depends on what came."""
    quiet, hard = scores(setting, SHORT), scores(setting, SHORT, (65, 120, 120.0))
    for name in ("zero", "persistence", "decay"):
        said = quiet.villages[name]
        assert said.hits == 0
        assert hard.villages[name].hits == said.false_alarms
        assert hard.villages[name].misses == 1 - said.false_alarms


def test_scores_of_nights_add_up_and_the_same_night_scores_the_same(setting: Setting) -> None:
    night = Even((SHORT,))
    one, again = score(setting, [night, night])
    assert one == again
    both = one + again
    assert both.nights == 2
    assert both.villages["zero"].total == 2 * one.villages["zero"].total
