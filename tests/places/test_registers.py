"""Registers of places: their contract; a county's whole tree in one file; where new ones come to lie."""

import pytest

from anlan.places.atlas import atlas
from anlan.places.registers import DIVISIONS, OBJECTS, shortened
from anlan.registers import saving, uploads
from tests.support.city import COUNTY, TOWN, VILLAGE, Mini
from tests.support.registers import RegisterTests


class TestDivisions(RegisterTests):
    register = DIVISIONS
    good = {"code": f"{TOWN}299", "name": "新溪村", "kind": "village", "residents": "812"}
    change = {"name": "新溪一村", "residents": "815"}
    wrong = {"residents": "八百"}

    def test_a_new_village_lies_below_its_township(self, mini: Mini) -> None:
        self.add(mini)
        made, town = atlas().code(f"{TOWN}299"), atlas().code(TOWN)
        assert atlas().parent(made) == town
        assert (made.tier, made.lon) == (4, town.lon)

    def test_a_township_and_its_villages_come_in_one_file_in_any_order(self, mini: Mini) -> None:
        ctx = self.ctx(mini)
        rows = [
            {"code": f"{COUNTY}199001", "name": "东河村", "kind": "行政村"},
            {"code": f"{COUNTY}199000", "name": "新设镇", "kind": "镇"},
            {"code": f"{COUNTY}199002", "name": "西河村", "kind": "行政村"},
        ]
        ref = uploads.keep(ctx, DIVISIONS, self.book(ctx, *rows), "区划.xlsx")
        assert uploads.confirm(ctx, DIVISIONS, ref).counts["new"] == 3
        town = atlas().code(f"{COUNTY}199")
        assert [p.name for p in atlas().under(town.path, 4)] == ["东河村", "西河村"]
        again = uploads.look(ctx, DIVISIONS, self.book(ctx, *rows), "区划.xlsx")
        assert again.counts == {"new": 0, "changed": 0, "same": 3, "wrong": 0}

    def test_what_lies_in_nothing_is_refused(self, mini: Mini) -> None:
        with pytest.raises(saving.NotRead, match="不在名册里"):
            self.add(mini, code="110101001001")

    @pytest.mark.parametrize(
        ("code", "short"),
        [
            ("429981000000", "429981"),
            ("429981001000", "429981001"),
            ("429900", "4299"),
            ("429981001001",) * 2,
        ],
    )
    def test_filling_zeros_are_no_part_of_a_code(self, code: str, short: str) -> None:
        assert shortened(code) == short


class TestObjects(RegisterTests):
    register = OBJECTS
    good = {"name": "红旗水库", "kind": "reservoir", "place": VILLAGE, "flood_limit_cm": "9850"}
    change = {"flood_limit_cm": "9800", "downstream": VILLAGE}
    wrong = {"flood_limit_cm": "九十八米"}
