"""Divisions live and change: codes of a day, splits and merges, the atlas, what lies upstream."""

from datetime import date

import pytest

from anlan.foundation.errors import Forbidden, Invalid, NotFound
from anlan.places import actions, queries
from anlan.places.atlas import atlas
from anlan.places.models import DivisionChange, DivisionCode, Flow
from tests.support.city import COUNTY, FOREIGN_COUNTY, TOWN, VILLAGE, VILLAGE_2, Mini, make_city

pytestmark = pytest.mark.django_db
NEW_YEAR = date(2026, 1, 1)


@pytest.fixture
def mini() -> Mini:
    return make_city(with_accounts=False)


def row(code: str, name: str) -> actions.DivisionRow:
    return actions.DivisionRow(
        key=code, parent=TOWN, tier=4, name=name, kind="village", lon=113.24, lat=31.55, outline=[], synthetic=True,
        statistical=False, residents=100, at_home=70, households=30, codes=[("nbs", code, NEW_YEAR, None)],
    )  # fmt: skip


def test_the_atlas_knows_a_village_its_township_and_its_county(mini: Mini) -> None:
    village = atlas().code(VILLAGE)
    assert atlas().township(village).code == TOWN
    assert atlas().county(village).code == COUNTY
    assert [p.code for p in atlas().under(atlas().code(TOWN).path, 4)] == [
        VILLAGE,
        VILLAGE_2,
    ]


def test_filling_zeros_of_a_code_are_understood_and_a_foreign_code_is_not(mini: Mini) -> None:
    assert atlas().code(f"{TOWN}000").code == TOWN
    with pytest.raises(NotFound):
        atlas().code("999999999999")


def test_the_smallest_place_that_holds_two_counties_is_the_city(mini: Mini) -> None:
    known = atlas()
    assert known.common([known.code(COUNTY), known.code(FOREIGN_COUNTY)]) == known.city


def test_a_split_ends_the_old_code_on_the_day_and_both_remember(mini: Mini) -> None:
    made = actions.split(
        mini.ctx(), division=mini.ids[VILLAGE], into=[row("421321117301", "东联盟村"), row("421321117302", "西联盟村")],
        on=NEW_YEAR,
    )  # fmt: skip
    with pytest.raises(NotFound):
        atlas().code(VILLAGE)
    assert atlas().code("421321117301").name == "东联盟村"
    code = DivisionCode.objects.get(system="nbs", code="421321117302", valid_from=NEW_YEAR)
    assert code.division_id in made
    changes = DivisionChange.objects.filter(before_id=mini.ids[VILLAGE], kind="split", on=NEW_YEAR)
    assert sorted(changes.values_list("after_id", flat=True)) == sorted(made)


def test_a_merge_puts_the_new_place_beside_the_first_under_the_same_parent(mini: Mini) -> None:
    new = actions.merge(
        mini.ctx(),
        divisions=[mini.ids[VILLAGE], mini.ids[VILLAGE_2]],
        into=row("421321117401", "新联盟村"),
        on=NEW_YEAR,
    )
    place = atlas().by_id[new]
    assert atlas().township(place).code == TOWN
    assert [p.name for p in atlas().under(atlas().code(TOWN).path, 4)] == ["新联盟村"]


def test_a_place_that_ended_or_has_places_below_is_not_split(mini: Mini) -> None:
    with pytest.raises(Invalid):
        actions.split(mini.ctx(), division=mini.ids[TOWN], into=[row("421321118", "新镇")], on=NEW_YEAR)
    actions.split(mini.ctx(), division=mini.ids[VILLAGE], into=[row("421321117301", "东联盟村")], on=NEW_YEAR)
    with pytest.raises(Invalid):
        actions.split(
            mini.ctx(), division=mini.ids[VILLAGE], into=[row("421321117303", "北联盟村")], on=NEW_YEAR
        )


def test_only_an_administrator_changes_divisions(mini: Mini) -> None:
    with pytest.raises(Forbidden):
        actions.split(
            mini.may("observe.view"),
            division=mini.ids[VILLAGE],
            into=[row("421321117301", "东")],
            on=NEW_YEAR,
        )


def test_water_of_a_village_far_above_counts_as_upstream_and_a_ring_does_not_hang(mini: Mini) -> None:
    first, second = mini.ids[VILLAGE], mini.ids[VILLAGE_2]
    Flow.objects.bulk_create([Flow(upper_id=first, lower_id=second), Flow(upper_id=second, lower_id=first)])
    paths = {i: atlas().by_id[i].path for i in (first, second)}
    assert queries.upstream()[paths[second]] == {paths[first]}


def test_a_place_is_found_by_name_and_by_the_beginning_of_its_code(mini: Mini) -> None:
    assert [p.code for p in queries.search("古城畈")] == [VILLAGE_2]
    assert {p.code for p in queries.search(TOWN)} == {TOWN, VILLAGE, VILLAGE_2}
    assert queries.search("  ") == []
