"""Registers of people: the contract of each, and what is its own."""

from datetime import timedelta

import pytest

from anlan.foundation.paging import Cut
from anlan.people.holders import register
from anlan.people.registers import PERSONS
from anlan.registers import queries, uploads
from anlan.registers.columns import Bad
from anlan.registers.sealed import read_phone
from tests.support.city import VILLAGE, Mini
from tests.support.registers import RegisterTests


class TestPersons(RegisterTests):
    register = PERSONS
    good = {"name": "欧阳四喜", "place": VILLAGE, "phone": "13912345678"}
    change = {"phone": "13987654321", "lon": "113.5"}
    wrong = {"phone": "1391234567"}

    def test_the_figure_counts_who_has_no_number_and_lists_them(self, mini: Mini) -> None:
        ref = self.add(mini, phone="")
        (told,) = queries.figures(self.ctx(mini), PERSONS)
        assert (told.number, told.of) == (1, self.total(mini))
        found = queries.part(self.ctx(mini), PERSONS, {"figure": "no-phone"}, Cut())
        assert [row.ref for row in found.items] == [ref]

    def test_a_wrong_number_is_corrected_by_a_file_that_knows_name_and_village(self, mini: Mini) -> None:
        ctx = self.ctx(mini)
        book = self.book(ctx, {"name": "杨柳青", "place": "柳林镇联盟村", "phone": "138 0000 4499"})
        upload = uploads.keep(ctx, PERSONS, book, "改号码.xlsx")
        assert uploads.confirm(ctx, PERSONS, upload).counts == {"new": 0, "changed": 1, "same": 0, "wrong": 0}
        assert register().by_ref["H-v1-secretary"].contacts[0].kind == "mobile"
        row = queries.entry(ctx, PERSONS, "H-v1-secretary")
        assert PERSONS.column("phone").of(row) == "13800004499"

    def test_a_file_that_nobody_confirmed_is_gone_after_a_day(self, mini: Mini) -> None:
        ctx = self.ctx(mini)
        ref = uploads.keep(ctx, PERSONS, self.book(ctx, self.good), "台账.xlsx")
        path = uploads.kept_at("live", ref)
        assert self.good["name"].encode() not in path.read_bytes()
        uploads.forget(ctx.at(ctx.now + timedelta(hours=25)))
        assert not path.exists()


@pytest.mark.parametrize(
    ("typed", "number"),
    [("+86 139 1234 5678", "13912345678"), ("0722-3312345", "07223312345"), ("１２３４５", "12345"), ("1391", ""),
     ("139123456789", ""), ("13912345678、13987654321", "")],
)  # fmt: skip
def test_a_telephone_is_read_or_refused(typed: str, number: str) -> None:
    try:
        assert read_phone(typed) == number
    except Bad:
        assert not number
