"""Registers of people: the contract of each, and what is its own."""

from datetime import timedelta

import pytest

from anlan.foundation.paging import Cut
from anlan.people.holder_register import HOLDERS, HOUSEHOLDS
from anlan.people.holders import register
from anlan.people.models import ContactPoint, DutyHolder, Person
from anlan.people.registers import PERSONS
from anlan.registers import queries, saving, uploads
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


class TestHolders(RegisterTests):
    register = HOLDERS
    good = {
        "place": VILLAGE, "name": "欧阳四喜", "phone": "13912345678", "kind": "village_secretary", "level": "village",
        "title": "支书",
    }  # fmt: skip
    change = {"title": "村主任", "rung": "1"}
    wrong = {"phone": "1391234567"}

    def test_a_wrong_number_is_corrected_in_its_own_row(self, mini: Mini) -> None:
        ref, ctx = self.add(mini), self.ctx(mini)
        saving.change(ctx, HOLDERS, queries.entry(ctx, HOLDERS, ref), {"phone": "13987654321"})
        row = queries.entry(ctx, HOLDERS, ref)
        assert HOLDERS.column("phone").of(row) == "13987654321"
        assert ContactPoint.objects.filter(person=row.person).count() == 1

    def test_a_successor_is_another_person_and_brings_a_number(self, mini: Mini) -> None:
        ref, ctx = self.add(mini), self.ctx(mini)
        before = DutyHolder.objects.get(ref=ref).person_id
        with pytest.raises(saving.NotRead, match="电话一起"):
            saving.change(ctx, HOLDERS, queries.entry(ctx, HOLDERS, ref), {"name": "诸葛五福"})
        saving.change(
            ctx, HOLDERS, queries.entry(ctx, HOLDERS, ref), {"name": "诸葛五福", "phone": "13987654321"}
        )
        assert DutyHolder.objects.get(ref=ref).person_id != before
        assert Person.objects.filter(pk=before).exists()

    def test_one_person_with_two_duties_is_one_person(self, mini: Mini) -> None:
        first, second = self.add(mini), self.add(mini, kind="village_deputy")
        holders = DutyHolder.objects.filter(ref__in=[first, second])
        assert len({holder.person_id for holder in holders}) == 1


class TestHouseholds(RegisterTests):
    register = HOUSEHOLDS
    good = {
        "ref": "LM-3-017",
        "place": VILLAGE,
        "group": "3",
        "members": "4",
        "at_home": "2",
        "in_danger": "是",
    }
    change = {"at_home": "3", "destination": "柳林小学"}
    wrong = {"members": "四口"}
