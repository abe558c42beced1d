"""`anlan simulate flood` says what may be missing from its catchment, and refuses what surely is."""

import pytest

from tests.support.flood_files import COLUMNS, ROWS, constant, tiff


def marked(rows, *, columns=COLUMNS):
    """The lower ``rows`` of the valley, and of the row above them all but the first ``columns``."""
    values = constant(0)
    values[ROWS - rows :] = 1
    values[ROWS - rows - 1, columns:] = 1
    return tiff(values)


def test_a_valley_cut_by_the_edge_is_a_warning_and_no_refusal(run):
    code, found, _ = run("--minutes", "1")
    assert code == 0
    (warning,) = found["warnings"]
    assert "(430115, 3499995)" in warning
    assert "--inflow" in warning
    assert found["catchment"]["cut_valleys"] == [[430115.0, 3499995.0]]
    assert "注意: a valley comes in" in run("--minutes", "1", as_json=False)[1]
    inflow = "x,y,radius_m,minute,m3_s\n430125,3499985,15,0,0.5\n"
    assert run("--minutes", "1", inflow=inflow)[1]["warnings"] == []


def test_half_a_catchment_is_refused_with_the_place(run):
    code, _, said = run("--minutes", "1", domain=marked(ROWS // 2))
    assert code == 2
    assert "--domain" in said
    assert "km² outside drain into the domain" in said
    assert "no inflow stands for it" in said


def test_the_whole_but_for_a_sliver_is_run_on_its_cells_alone(run):
    code, found, _ = run("--minutes", "10", "--boundary", "closed", domain=marked(ROWS - 1, columns=9))
    assert code == 0
    assert found["catchment"]["drains_in_km2"] == pytest.approx(0.0009)
    whole = run("--minutes", "10", "--boundary", "closed")[1]
    assert found["water_m3"]["rain"] == pytest.approx(whole["water_m3"]["rain"] * (1 - 9 / ROWS / COLUMNS))


def test_a_river_stands_for_what_comes_in(run):
    inflow = "x,y,radius_m,minute,m3_s\n430125,3499895,90,0,0.5\n"
    code, found, _ = run("--minutes", "1", domain=marked(ROWS // 2), inflow=inflow)
    assert code == 0
    assert found["warnings"] == [], "what lies beyond the rim is known"


def test_a_domain_of_other_values_is_refused(run):
    code, _, said = run("--minutes", "1", domain=tiff(constant(7)))
    assert code == 2
    assert "give 1 where the run is" in said
    assert "no land is marked" in run("--minutes", "1", domain=tiff(constant(0)))[2]
