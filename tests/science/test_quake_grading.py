"""Earthquake grading: the national table of 2012 at its bounds, the old rule of magnitude and intensity."""

import pytest

from anlan.foundation.packs import load_all
from anlan.science.bounds import TableWrong, ValueOutOfRange
from anlan.science.quake.grading import Density, Epicentral, QuakeGrades

DATA = load_all().get("quake-grading-national").data
GRADES = QuakeGrades.from_data(DATA)
RULE = Epicentral.from_data(load_all().get("attenuation-gb18306").data["epicentral"])


@pytest.mark.parametrize(
    ("magnitude", "fairly_dense", "dense"),
    [
        (3.9, None, None),
        (4.0, 4, 3),
        (4.9, 4, 3),
        (5.0, 3, 2),
        (5.9, 3, 2),
        (6.0, 2, 1),
        (6.9, 2, 1),
        (7.0, 1, 1),
        (8.0, 1, 1),
    ],
)
def test_the_first_judgement_changes_at_the_printed_magnitude(magnitude, fairly_dense, dense):
    found = [GRADES.by_magnitude(magnitude, density) for density in Density]
    assert [one and one.grade for one in found] == [fairly_dense, dense]


def test_between_two_tenths_the_printed_one_counts():
    assert GRADES.by_magnitude(6.95, Density.FAIRLY_DENSE).grade == 1
    assert GRADES.by_magnitude(6.94, Density.FAIRLY_DENSE).grade == 2


@pytest.mark.parametrize(
    ("deaths", "grade"), [(1, 4), (9, 4), (10, 3), (49, 3), (50, 2), (299, 2), (300, 1), (20_000, 1)]
)
def test_the_class_goes_by_the_dead_and_missing(deaths, grade):
    assert GRADES.by_harm(deaths=deaths).grade == grade


def test_loss_of_one_percent_alone_makes_the_gravest_class_and_no_harm_makes_none():
    assert GRADES.by_harm(deaths=0, loss_percent=1.0).grade == 1
    assert GRADES.by_harm(deaths=0, loss_percent=0.99) is None


def test_the_abolished_bounds_of_2005_are_not_in_the_table():
    assert GRADES.by_magnitude(6.5, Density.FAIRLY_DENSE).grade == 2
    assert GRADES.by_harm(deaths=20).grade == 3


def test_each_class_names_its_response():
    assert [one.response["zh"] for one in GRADES.grades] == ["Ⅰ级响应", "Ⅱ级响应", "Ⅲ级响应", "Ⅳ级响应"]


def test_magnitude_and_epicentral_intensity_are_each_other_s_inverse():
    assert RULE.magnitude(8.0) == pytest.approx(6.14)
    assert RULE.intensity(RULE.magnitude(7.0)) == pytest.approx(7.0)
    assert (RULE.intensity(0.0), RULE.intensity(10.0)) == (1.0, 12.0)


def test_bounds_that_do_not_fall_and_what_is_missing_are_refused():
    rows = [dict(row) for row in DATA["grade"]]
    with pytest.raises(TableWrong, match="graver"):
        QuakeGrades.from_data({"grade": [rows[0] | {"deaths_from": 10}, *rows[1:]]})
    with pytest.raises(TableWrong, match="deaths_from"):
        QuakeGrades.from_data({"grade": [{k: v for k, v in rows[0].items() if k != "deaths_from"}]})
    with pytest.raises(ValueOutOfRange, match="Ms"):
        GRADES.by_magnitude(60, Density.DENSE)
