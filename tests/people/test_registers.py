"""Registers of people: the contract of each, and what is its own."""

from datetime import datetime, timedelta

import pytest

from anlan.call import ladders
from anlan.call.rules.calldown.opening import open_lines
from anlan.call.shelf import call_settings
from anlan.foundation.paging import Cut
from anlan.foundation.rules.grade import Grade
from anlan.people import queries as people
from anlan.people.holder_register import HOLDERS, HOUSEHOLDS, RESIDENTS
from anlan.people.holders import register
from anlan.people.models import ContactPoint, DutyHolder, Organisation, Person
from anlan.people.registers import PERSONS
from anlan.people.unit_register import ORGANISATIONS, POSTS
from anlan.places.atlas import atlas
from anlan.registers import queries, saving, undoing, uploads
from anlan.registers.columns import Bad
from anlan.registers.judging import judge
from anlan.registers.sealed import read_phone
from tests.support.city import NIGHT, TOWN, VILLAGE, VILLAGE_2, Mini, make_city
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

    def test_who_is_registered_for_a_village_is_called_for_it(self, mini: Mini) -> None:
        ref, ctx = self.add(mini), self.ctx(mini)
        assert ref in [holder.ref for holder in register().covering(atlas().code(VILLAGE).path)]
        saving.change(ctx, HOLDERS, queries.entry(ctx, HOLDERS, ref), {"place": VILLAGE_2})
        assert ref in [holder.ref for holder in register().covering(atlas().code(VILLAGE_2).path)]
        assert ref not in [holder.ref for holder in register().covering(atlas().code(VILLAGE).path)]

    @pytest.mark.parametrize(
        "word",
        [
            "村支书",
            "支书",
            "村（社区）党组织书记",
            "村(社区)党组织书记",
            "village_secretary",
            "village secretary",
        ],
    )
    def test_a_duty_is_known_by_what_people_call_it(self, mini: Mini, word: str) -> None:
        line = judge(self.ctx(mini), HOLDERS, [(1, {**self.good, "kind": word})]).lines[0]
        assert (line.wrong, line.given["kind"]) == ({}, "village_secretary")

    def test_a_duty_that_nobody_knows_is_answered_with_the_nearest(self, mini: Mini) -> None:
        (why,) = (
            judge(self.ctx(mini), HOLDERS, [(1, {**self.good, "kind": "村支部书记员"})])
            .lines[0]
            .wrong.values()
        )
        assert "村(社区)党组织书记" in why.zh
        assert "网格员" not in why.zh

    def test_the_ladder_asks_the_deputy_while_the_holder_is_away(self, mini: Mini) -> None:
        ctx = self.ctx(mini)
        row = queries.entry(ctx, HOLDERS, "H-v1-secretary")
        saving.change(
            ctx, HOLDERS, row, {"absent_from": "2021-08-10", "absent_until": "2021-08-12", "deputy": "包干部"}
        )
        night, village = mini.exercise(), atlas().code(VILLAGE)

        def asked(at: datetime) -> list[str]:
            here = night.ctx().at(at)
            opened = open_lines(
                ref="D", place=village.path, grade=Grade.RED, at=at, addressees=ladders.villages(here, [village]),
                settings=call_settings(here, TOWN),
            )  # fmt: skip
            return [holder.ref for holder in opened.lines[0].rungs[0].holders]

        assert asked(NIGHT) == ["H-town-cover", "H-v1-group"]
        assert asked(NIGHT + timedelta(days=1)) == ["H-v1-secretary", "H-v1-group"]

    def test_who_is_away_without_a_deputy_is_asked_after_the_others_and_counted(self, mini: Mini) -> None:
        ctx = self.ctx(mini)
        today = ctx.now.date().isoformat()
        saving.change(ctx, HOLDERS, queries.entry(ctx, HOLDERS, "H-v1-secretary"), {"absent_from": today})
        found = people.holders(ctx, path=atlas().code(VILLAGE).path)
        assert found[-1].ref == "H-v1-secretary"
        assert {each.name: each.number for each in queries.figures(ctx, HOLDERS)} == {
            "absent": 1,
            "no-deputy": 1,
        }

    def test_nobody_is_their_own_deputy_or_back_before_they_left(self, mini: Mini) -> None:
        given = {"absent_from": "2021-08-12", "absent_until": "2021-08-10", "deputy": "H-v1-secretary"}
        row = queries.entry(self.ctx(mini), HOLDERS, "H-v1-secretary")
        line = judge(self.ctx(mini), HOLDERS, [(1, given)], about=[row]).lines[0]
        assert set(line.wrong) == {"absent_until", "deputy"}

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


class TestOrganisations(RegisterTests):
    register = ORGANISATIONS
    good = {"name": "柳林镇应急办", "kind": "township", "place": TOWN, "commands": TOWN}
    change = {"kind": "emergency", "unit_code": "42132141600000"}
    wrong = {"unit_code": "4213214160"}

    def test_what_stands_above_may_come_in_the_same_file_later_or_earlier(self, mini: Mini) -> None:
        ctx = self.ctx(mini)
        rows = [
            {"name": "水库管理所", "kind": "reservoir", "place": TOWN, "parent": "柳林镇水利站"},
            {"name": "柳林镇水利站", "kind": "water", "place": TOWN, "parent": "柳林镇公所"},
            {"name": "柳林镇公所", "kind": "township", "place": TOWN},
            {"name": "柳林镇应急办", "kind": "emergency", "place": TOWN, "parent": "柳林镇公所"},
        ]
        upload = uploads.keep(ctx, ORGANISATIONS, self.book(ctx, *rows), "单位.xlsx")
        assert uploads.confirm(ctx, ORGANISATIONS, upload).counts["new"] == 4
        above = dict(
            Organisation.objects.filter(name__in=[r["name"] for r in rows]).values_list(
                "name", "parent__name"
            )
        )
        assert above == {r["name"]: r.get("parent") for r in rows}
        ref = Organisation.objects.get(name="水库管理所").ref
        told = {c.word: c.now for c in queries.history(ctx, ORGANISATIONS, ref)[0].columns}
        assert told["上级单位"] == Organisation.objects.get(name="柳林镇水利站").ref
        again = uploads.look(ctx, ORGANISATIONS, self.book(ctx, *rows), "单位.xlsx")
        assert again.counts == {"new": 0, "changed": 0, "same": 4, "wrong": 0}
        assert undoing.take_back_file(ctx, ORGANISATIONS, upload, why="传错了") == 4

    def test_nothing_stands_below_itself(self, mini: Mini) -> None:
        ctx = self.ctx(mini)
        rows = [{"name": a, "kind": "other", "place": TOWN, "parent": b} for a, b in ("甲乙", "乙甲", "丙乙")]
        looked = uploads.look(ctx, ORGANISATIONS, self.book(ctx, *rows), "单位.xlsx")
        assert [list(line.wrong) for line in looked.judged.lines] == [["parent"], ["parent"], []]

    def test_a_refused_choice_still_stands_in_the_form(self, mini: Mini) -> None:
        told = {**self.good, "kind": "没有这一类"}
        refused = mini.client(self.keeper).post(f"{self.base(mini)}/new", told)
        assert refused.status_code == 422
        assert '<option value="没有这一类" selected>没有这一类</option>' in refused.content.decode()


class TestPosts(RegisterTests):
    register = POSTS
    good = {"organisation": "O-town", "title": "镇值班员", "role": "duty_officer", "places": TOWN}
    change = {"title": "镇夜班值班员"}
    wrong = {"places": "没有这个镇"}

    def test_a_post_that_people_hold_keeps_its_role(self, mini: Mini) -> None:
        ctx = self.ctx(mini)
        held = mini.account("duty_officer").post
        row = queries.entry(ctx, POSTS, held.ref)
        with pytest.raises(saving.NotRead, match="有人在用"):
            saving.change(ctx, POSTS, row, {"role": "auditor"})

    def test_nobody_gives_away_more_than_they_hold(self, mini: Mini) -> None:
        mine = mini.may("admin.manage", path=mini.ctx("duty_officer").scope.paths[0])
        with pytest.raises(saving.NotRead, match=r"辖区|范围"):
            saving.add(mine, POSTS, {**self.good, "places": "421303"})


class TestResidents(RegisterTests):
    register = RESIDENTS
    good = {
        "ref": "LM-3-018-1",
        "household": "LM-3-018",
        "name": "欧阳四喜",
        "age_band": "80+",
        "at_home": "是",
    }
    change = {"frail": "是"}
    wrong = {"household": "没有的户"}

    @pytest.fixture
    def mini(self) -> Mini:
        mini = make_city()
        house = {**TestHouseholds.good, "ref": "LM-3-018"}
        saving.add(mini.ctx("administrator"), HOUSEHOLDS, house)
        return mini
