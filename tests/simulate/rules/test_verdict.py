"""A run that broke a law of its own may not speak, and says why."""

from dataclasses import replace
from typing import Any

import pytest

from anlan.simulate.rules.verdict import FAST_BOUND, MASS_BOUND, Figures, outside, reasons

GOOD = Figures(solver="li", precision="f32", mass_error=1e-7, fast_share=0.01)


def test_a_good_run_may_speak() -> None:
    assert reasons(GOOD) == []


@pytest.mark.parametrize(
    ("fault", "word"),
    [
        ({"has_nan": True}, "无效数值"),
        ({"mass_error": 2e-5}, "水量不守恒"),
        ({"mass_error": float("nan")}, "水量不守恒"),
        ({"precision": "f64", "mass_error": 2e-9}, "水量不守恒"),
        ({"fast_share": 0.21}, "流得太急"),
        ({"left_validity": True}, "超出了模型"),
        ({"stopped": True}, "被叫停"),
        ({"gauge_off": {"gauge": "0042130009", "off": "0.81", "band": "0.5"}}, "与水位站不符"),
    ],
)
def test_each_fault_refuses_with_its_reason(fault: dict[str, object], word: str) -> None:
    (reason,) = reasons(replace(GOOD, **fault))  # type: ignore[arg-type]
    assert word in reason.text
    assert reason.text.format(**reason.values)


def test_all_faults_are_named_together() -> None:
    assert len(reasons(replace(GOOD, has_nan=True, mass_error=1.0, fast_share=1.0, stopped=True))) == 4


def test_a_figure_on_its_bound_still_speaks() -> None:
    told = replace(GOOD, mass_error=MASS_BOUND["f32"], fast_share=FAST_BOUND)
    assert reasons(told) == []


def test_swift_water_that_was_run_again_is_no_fault() -> None:
    assert reasons(replace(GOOD, fast_share=0.9, ran_again=True)) == []


@pytest.mark.parametrize(
    ("told", "left"),
    [
        ({}, [2]),
        ({"solver": "godunov"}, []),
        ({"overall": 0.3}, [1, 2, 3]),
        ({"bound": 0.5}, []),
    ],
)
def test_a_village_with_swift_water_around_it_is_outside_the_range_of_local_inertial(
    told: dict[str, Any], left: list[int]
) -> None:
    asked = {"solver": "li", "overall": 0.02, "around": {3: 0.0, 2: 0.4, 1: 0.2}, "bound": 0.2, **told}
    assert outside(**asked) == left


def test_fast_water_is_no_fault_of_godunov() -> None:
    assert reasons(replace(GOOD, solver="godunov", fast_share=0.9)) == []
