"""The local inertial solver in the same cases as the Godunov solver, where they are for both."""

import pytest

from anlan.science.flood.cases import CASES
from anlan.science.flood.cases.case import Case
from anlan.science.flood.inertial.solver import Inertial
from anlan.science.flood.state import Layout, Precision

RUNS = [
    pytest.param(
        case, precision, id=f"{case.name}-{precision}", marks=[pytest.mark.slow] * (case.seconds > 10)
    )
    for case in CASES
    if Layout.FACES in case.layouts
    for precision in case.precisions
]


@pytest.mark.parametrize(("case", "precision"), RUNS)
def test_a_case_is_within_its_bounds(case: Case, precision: Precision) -> None:
    figures = case.run(Inertial(), precision)
    beyond = [f"{f.label}: {f.value:.3e} {f.unit}, bound {f.bound}" for f in figures if f.holds is False]
    assert not beyond, "\n".join(beyond)
