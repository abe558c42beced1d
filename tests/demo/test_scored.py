"""Liulin as the nowcasts are scored on it: its homes, its gauges, the pack's own figures."""

import numpy as np
import pytest

from anlan.demo import scored
from anlan.demo.city.facts import LIULIN
from anlan.foundation.packs import load_all
from anlan.simulate.computing.scoring import Setting
from anlan.simulate.computing.shapes import Terrain


@pytest.fixture(scope="module")
def setting(tmp_path_factory: pytest.TempPathFactory) -> Setting:
    (pack,) = load_all().of_kind("live_forecast")
    return scored.setting(tmp_path_factory.mktemp("scored"), dx=80.0, live=pack.data["live"])


def test_every_home_of_liulins_villages_stands_on_the_ground(setting: Setting) -> None:
    places = np.unique(setting.home_place)
    assert places.size == 12
    assert all(str(place).startswith(LIULIN) for place in places)
    terrain = Terrain.load(setting.ground)
    row, column = terrain.cells(setting.home_x, setting.home_y)
    assert np.isfinite(terrain.bed[row, column]).mean() > 0.5


def test_gauges_around_lend_their_rain_and_those_of_the_town_wake_the_cycles(setting: Setting) -> None:
    assert 1 <= setting.gauge_wakes.sum() < setting.gauge_x.size


def test_the_nights_pass_near_the_villages() -> None:
    nights = scored.nights(seed=80, count=20)
    x, y = setting_middle()
    away = [np.hypot(n.showers[0].x - x, n.showers[0].y - y) for n in nights]
    assert max(away) <= scored.REACH_M
    assert min(away) < scored.REACH_M / 3


def setting_middle() -> tuple[float, float]:
    _, x, y = scored._homes(scored._city(), scored._CRS)
    return float(x.mean()), float(y.mean())


def test_the_models_figures_are_the_packs(setting: Setting) -> None:
    (pack,) = load_all().of_kind("live_forecast")
    live = pack.data["live"]
    assert (setting.cn, setting.ahead_min, setting.solver) == (
        live["cn"],
        live["horizon_min"],
        live["solver"],
    )
