"""`anlan verify`: the figures of every case with bound and mark, and an exit code that a script can trust."""

import json

import pytest

from anlan.cli import main
from anlan.science.flood import cases
from anlan.science.flood.cases import CASES
from anlan.science.flood.cases.case import Case, Figure
from anlan.science.flood.errors import LeftValidity
from anlan.science.flood.state import Layout

BOTH = (Layout.FACES, Layout.CENTRES)


@pytest.fixture
def verify(monkeypatch, capsys, tmp_path):
    """Verify with cases of the test's own; gives the exit code and what was printed."""
    monkeypatch.setenv("ANLAN_HOME", str(tmp_path))

    def go(*given, options=("--json",)):
        monkeypatch.setattr(cases, "CASES", tuple(given) or CASES)
        with pytest.raises(SystemExit) as ended:
            main(["verify", *options])
        out, err = capsys.readouterr()
        return ended.value.code, json.loads(out) if "--json" in options and out else out, err

    return go


def case(*figures, **more):
    return Case("calm", "still water", "Archimedes", lambda solver, precision: figures, **more)


def test_every_solver_and_precision_of_a_case_has_its_figures(verify):
    code, rows, _ = verify(case(Figure("L1", 0.5, "m", 1.0), precisions=("f32", "f64"), layouts=BOTH))
    assert code == 0
    assert [(row["solver"], row["limiter"], row["precision"]) for row in rows] == [
        ("li", "donor", "f32"), ("li", "donor", "f64"), ("godunov", "mc", "f32"), ("godunov", "mc", "f64"),
    ]  # fmt: skip
    assert {(row["case"], row["figure"], row["value"], row["bound"], row["ok"]) for row in rows} == {
        ("calm", "L1", 0.5, 1.0, True)
    }


def test_a_missed_bound_ends_with_1_and_an_unmarked_figure_does_not(verify):
    assert verify(case(Figure("L1", 2.0, "m", 1.0)))[0] == 1
    assert verify(case(Figure("order", 1.9, "-", 1.8, least=True)))[0] == 0
    assert verify(case(Figure("order", 1.7, "-", 1.8, least=True)))[0] == 1
    code, rows, _ = verify(case(Figure("bias", 7.0, "-", None)))
    assert (code, rows[0]["ok"]) == (0, None)


def test_no_number_and_a_refused_run_are_missed(verify):
    code, rows, _ = verify(case(Figure("L1", float("nan"), "m", 1.0)))
    assert (code, rows[0]["value"], rows[0]["ok"]) == (1, None, False)

    def broken(solver, precision):
        raise LeftValidity("water stands 2000 m deep", time_s=60.0)

    code, rows, _ = verify(Case("calm", "still water", "Archimedes", broken))
    assert code == 1
    assert "2000 m deep" in rows[0]["figure"]


def test_a_person_reads_a_table(verify):
    code, table, said = verify(case(Figure("L1", 2.0, "m", 1.0)), options=())
    head, row = table.splitlines()
    assert code == 1
    assert head.split() == ["case", "solver", "limiter", "figure", "value", "bound", "ok"]
    assert row.split() == ["calm", "godunov", "mc", "f64", "L1", "2", "m", "≤", "1", "MISSED"]
    assert "calm godunov f64" in said


def test_a_shipped_case_runs_by_its_name(verify):
    code, rows, _ = verify(options=("--json", "--only", "stoker"))
    assert code == 0
    assert {row["case"] for row in rows} == {"stoker"}


def test_two_cases_run_where_two_are_named(verify):
    code, rows, _ = verify(options=("--json", "--only", "stoker", "--only", "ritter"))
    assert code == 0
    assert {row["case"] for row in rows} == {"stoker", "ritter"}


def test_a_case_that_is_not_there_is_named_with_those_that_are(verify):
    code, _, said = verify(options=("--only", "tsunami"))
    assert code == 2
    assert "stoker" in said
