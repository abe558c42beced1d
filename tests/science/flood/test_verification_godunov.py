"""The Godunov solver against exact answers: every case of the verification, on the kernels that are shipped."""

from collections.abc import Iterator
from typing import Any

import pytest

from anlan.science.flood.cases import CASES
from anlan.science.flood.cases.case import Case, Figure
from anlan.science.flood.godunov.solver import LIMITERS, Godunov
from anlan.science.flood.state import Layout, Precision

SLOW_S = 10.0


def runs() -> Iterator[Any]:
    for case in CASES:
        for precision in case.precisions:
            if Layout.CENTRES in case.layouts:
                marks = [pytest.mark.slow] if case.seconds > SLOW_S else []
                yield pytest.param(case, precision, id=f"{case.name}-{precision}", marks=marks)


@pytest.mark.parametrize(("case", "precision"), list(runs()))
def test_a_case_is_within_its_bounds(case: Case, precision: Precision) -> None:
    figures = case.run(Godunov(), precision)
    assert any(figure.bound is not None for figure in figures)
    beyond = [f"{f.label}: {f.value:.3e} {f.unit}, bound {f.bound}" for f in figures if f.holds is False]
    assert not beyond, "\n".join(beyond)


def test_each_case_has_its_own_name_and_says_where_its_answer_is_from() -> None:
    assert len({case.name for case in CASES}) == len(CASES)
    assert all(case.title and case.source for case in CASES)


def test_a_figure_that_is_no_number_holds_no_bound() -> None:
    nan = float("nan")
    assert Figure("x", nan, "m", 1.0).holds is False
    assert Figure("x", nan, "m", 1.0, least=True).holds is False
    assert Figure("x", 2.0, "m", None).holds is None


def test_the_sharp_limiter_is_the_better_one_on_a_dam_break() -> None:
    stoker = next(case for case in CASES if case.name == "stoker")
    error = {limiter: stoker.run(Godunov(limiter=limiter), "f64")[0].value for limiter in LIMITERS}
    assert error["mc"] < error["minmod"] < 1.1e-3
