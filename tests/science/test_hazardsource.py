"""重大危险源: every entry of the tables, the worked example, the doubtful β shown, and what is asked for when it lacks."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.foundation.packs import load_all
from anlan.science.bounds import ModelInputWrong, NameUnknown, TableWrong, ValueOutOfRange
from anlan.science.hazardsource.grading import assess
from anlan.science.hazardsource.tables import HazardTables, Stored

TABLES = HazardTables.from_data(load_all().get("hazard-source-gb18218").data)

# GB 18218-2018 tables 2 and 4: class, Q in tonnes, β
CLASSES = """
J1 5 4|J2 50 1|J3 50 2|J4 50 2|J5 500 1|W1.1 1 2|W1.2 10 2|W1.3 50 2|W2 10 1.5|W3 150 1|W4 50 1|W5.1 10 1.5|W5.2 50 1
W5.3 1000 1|W5.4 5000 1|W6.1 10 1.5|W6.2 50 1|W7.1 10 1.5|W7.2 50 1|W8 50 1|W9.1 50 1|W9.2 200 1|W10 200 1|W11 200 1
"""
# table 3
GASES = {
    "CO": 2,
    "SO2": 2,
    "NH3": 2,
    "环氧乙烷": 2,
    "HCl": 3,
    "溴甲烷": 3,
    "Cl2": 4,
    "H2S": 5,
    "HF": 5,
    "NO2": 10,
}
GASES |= {"HCN": 10, "光气": 20, "PH3": 20, "异氰酸甲酯": 20}
# a walk through table 1, Q in tonnes
NAMED = {
    "氨": 10,
    "液氯": 5,
    "碳酰氯": 0.3,
    "煤气": 20,
    "TDI": 100,
    "三氧化硫": 75,
    "异氰酸甲酯": 0.75,
    "雷汞": 0.5,
}
NAMED |= {
    "TNT": 5,
    "硝酸钾": 1000,
    "1,3-丁二烯": 5,
    "天然气": 50,
    "氢": 5,
    "LPG": 50,
    "乙炔": 1,
    "液氧": 200,
    "苯乙烯": 500,
}
NAMED |= {
    "汽油": 200,
    "乙醚": 10,
    "白磷": 50,
    "过氧化钠": 20,
    "硝酸胍": 50,
    "电石": 100,
    "钠": 10,
    "硝化纤维素溶液": 50,
}


def judge(*stored, people=0):
    return assess(stored, people_within_500m=people, tables=TABLES)


def test_the_worked_example_twenty_tonnes_of_ammonia_and_ten_of_chlorine_near_sixty_people():
    found = judge(Stored(20, "氨"), Stored(10, "氯"), people=60)
    assert (found.s, found.alpha, found.r) == (4.0, 1.5, 18.0)
    assert found.grade.title["zh"] == "三级"
    assert found.doubts == ()


def test_table_1_has_its_eighty_five_substances():
    assert len(TABLES.substances) == 85


@pytest.mark.parametrize(("name", "q"), NAMED.items())
def test_a_named_substance_has_its_critical_quantity(name, q):
    assert TABLES.substance(name).q_t == q
    assert judge(Stored(q * 0.5, name)).s == 0.5


@pytest.mark.parametrize("row", [row for line in CLASSES.split("\n") for row in line.split("|") if row])
def test_a_class_has_its_quantity_and_factor(row):
    code, q, beta = row.split()
    found = TABLES.category(code)
    assert (found.q_t, found.beta) == (float(q), float(beta))


def test_no_class_is_left_out():
    assert len(TABLES.categories) == 24


@pytest.mark.parametrize(("gas", "beta"), GASES.items())
def test_a_toxic_gas_has_a_factor_of_its_own_by_any_of_its_names(gas, beta):
    assert TABLES.gas(gas) == beta


def test_table_3_has_its_fourteen_gases():
    assert len(TABLES.gases) == 14


@pytest.mark.parametrize(
    ("people", "alpha"),
    [(0, 0.5), (1, 1.0), (29, 1.0), (30, 1.2), (49, 1.2), (50, 1.5), (99, 1.5), (100, 2.0)],
)
def test_alpha_changes_at_the_lower_bound(people, alpha):
    assert judge(Stored(10, "氨"), people=people).alpha == alpha


@pytest.mark.parametrize(
    ("tonnes", "grade"), [(24.9, 4), (25, 3), (124.9, 3), (125, 2), (249.9, 2), (250, 1), (5_000, 1)]
)
def test_the_class_changes_at_its_lower_bound(tonnes, grade):
    """Ammonia with a hundred people near: R = 2 · 2 · q/10."""
    assert judge(Stored(tonnes, "氨"), people=100).grade.grade == grade


def test_below_one_there_is_nothing_to_grade():
    found = judge(Stored(9.99, "氨"), people=200)
    assert (found.is_major, found.r, found.grade) == (False, None, None)


def test_ten_tenths_make_a_whole():
    assert judge(*[Stored(1, "氨")] * 10).is_major


def test_the_doubtful_factor_of_j2_is_shown_and_both_classes_when_they_differ():
    found = judge(Stored(300, "某剧毒液体", ("J2",)), people=60)
    assert found.doubts == ("J2 β 1 / 2",)
    assert found.r == 9.0
    assert found.r_range == (9.0, 18.0)
    assert [grade.title["zh"] for grade in found.grades] == ["三级", "四级"]
    assert found.grade.title["zh"] == "四级"


def test_of_several_classes_the_smallest_quantity_rules():
    share = judge(Stored(60, "某物", ("W5.3", "J4"))).shares[0]
    assert (share.q_t, share.q_from, share.beta_from) == (50, "table 2 J4", "table 4 J4")


def test_a_named_substance_keeps_its_quantity_and_takes_its_factor_from_its_class():
    found = judge(Stored(400, "汽油", ("W5.3",)), people=10)
    assert (found.s, found.r) == (2.0, 2.0)
    assert (found.shares[0].q_from, found.shares[0].beta_from) == ("table 1", "table 4 W5.3")


def test_grading_asks_for_the_class_that_identification_did_not_need():
    assert not judge(Stored(100, "汽油")).is_major
    with pytest.raises(ModelInputWrong, match="class of '汽油' is missing"):
        judge(Stored(400, "汽油"))


@pytest.mark.parametrize(
    ("stored", "error", "word"),
    [
        ([Stored(5, "水")], NameUnknown, "table 1"),
        ([Stored(5, "", ("J9",))], NameUnknown, "J9"),
        ([Stored(-5, "氨")], ValueOutOfRange, "quantity_t of item 1"),
        ([], ModelInputWrong, "items is empty"),
    ],
)
def test_what_cannot_be_judged_is_refused_with_the_mend(stored, error, word):
    with pytest.raises(error, match=word):
        judge(*stored)


def test_a_pack_without_its_gases_is_refused():
    with pytest.raises(TableWrong, match="gas"):
        HazardTables.from_data(
            {k: v for k, v in load_all().get("hazard-source-gb18218").data.items() if k != "gas"}
        )


@given(st.floats(10, 1e4), st.floats(0, 1e4), st.integers(0, 300), st.integers(0, 300))
def test_more_of_it_or_more_people_never_lower_the_class(tonnes, more, people, others):
    before, after = (
        judge(Stored(tonnes, "氨"), people=people),
        judge(Stored(tonnes + more, "氨"), people=people + others),
    )
    assert after.s >= before.s
    assert after.r >= before.r
    assert after.grade.grade <= before.grade.grade
