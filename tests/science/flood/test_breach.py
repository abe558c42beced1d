"""A dam that breaks."""

import numpy as np
import pytest

from anlan.foundation.packs import load_all
from anlan.science.flood.breach import froehlich, outflow, series, spread
from anlan.science.flood.errors import BadInput

PACK = load_all().get("flood-breach")
SPREAD = {key: float(PACK.data["spread"][key]) for key in ("width_log10", "time_log10")}


def test_the_breach_is_that_of_froehlich() -> None:
    piped = froehlich(volume_m3=2e7, height_m=25.0, is_overtopped=False)
    over = froehlich(volume_m3=2e7, height_m=25.0, is_overtopped=True)
    assert piped.width_m == pytest.approx(0.27 * 2e7**0.32 * 25**0.04)
    assert over.width_m == pytest.approx(1.3 * piped.width_m)
    assert piped.time_s == pytest.approx(63.2 * (2e7 / 9.80665) ** 0.5 / 25)
    assert (piped.side, over.side) == (0.7, 1.0)


@pytest.mark.parametrize(
    ("volume", "height"), [(1e3, 10.0), (1e9, 50.0), (1e6, 2.0), (1e6, 120.0), (np.nan, 10.0)]
)
def test_outside_what_was_fitted_it_is_refused(volume: float, height: float) -> None:
    with pytest.raises(BadInput):
        froehlich(volume_m3=volume, height_m=height, is_overtopped=True)


@pytest.mark.parametrize("exponent", [1.0, 2.0, 3.0])
def test_what_runs_out_was_in_the_reservoir(exponent: float) -> None:
    made = froehlich(volume_m3=5e6, height_m=18.0, is_overtopped=True)
    seconds, flow = outflow(made, exponent=exponent)
    out = float((flow[1:] * np.diff(seconds)).sum())
    assert 0.97 * 5e6 <= out <= 5e6
    assert (flow >= 0).all()
    assert 0 < flow.argmax() < flow.size - 1
    assert seconds[flow.argmax()] <= made.time_s * 1.01


def test_half_the_step_gives_the_same_peak() -> None:
    made = froehlich(volume_m3=5e6, height_m=18.0, is_overtopped=False)
    assert outflow(made, steps=500)[1].max() == pytest.approx(outflow(made, steps=4000)[1].max(), rel=0.01)


def test_a_hydrograph_for_a_run_keeps_the_volume() -> None:
    made = froehlich(volume_m3=5e6, height_m=18.0, is_overtopped=True)
    flow = series(made, start_minute=30.0)
    assert flow.minutes[0] == 30
    assert flow.at(0) == 0
    last = 60 * flow.minutes[-1]
    assert flow.mean(0, last) * last == pytest.approx(5e6, rel=0.03)


def test_the_spread_is_as_wide_as_stated_and_the_same_for_a_seed() -> None:
    made = froehlich(volume_m3=5e6, height_m=18.0, is_overtopped=True)
    some = spread(made, 4000, seed=7, **SPREAD)
    assert some == spread(made, 4000, seed=7, **SPREAD)
    for values, width in (([b.width_m for b in some], 0.195), ([b.time_s for b in some], 0.32)):
        assert np.std(np.log10(values)) == pytest.approx(width, rel=0.05)
    assert np.median([b.width_m for b in some]) == pytest.approx(made.width_m, rel=0.05)
    with pytest.raises(BadInput):
        spread(made, 0, seed=1, **SPREAD)


def test_the_spread_is_from_memory_and_says_so() -> None:
    assert PACK.is_doubtful
    assert SPREAD == {"width_log10": 0.195, "time_log10": 0.32}
