"""The register of contacts: the contract, and that a wrong number is put right by page and by file, everywhere at once."""

from anlan.people import queries as people
from anlan.people.contact_register import CONTACTS
from anlan.people.holder_register import HOLDERS
from anlan.people.holders import register
from anlan.people.registers import PERSONS
from anlan.registers import queries, saving, uploads
from anlan.registers.judging import judge
from tests.support.city import TOWN, VILLAGE, Mini
from tests.support.registers import RegisterTests

SECRETARY = {"place": VILLAGE, "name": "杨柳青"}


class TestContacts(RegisterTests):
    register = CONTACTS
    good = {**SECRETARY, "order": "2", "number": "07223312345", "from_hour": "8", "to_hour": "18"}
    change = {"kind": "second_mobile", "to_hour": "22"}
    wrong = {"number": "1391234567"}

    def test_a_wrong_number_is_corrected_by_its_page(self, mini: Mini) -> None:
        client, base = mini.client(self.keeper), self.base(mini)
        found = client.get(f"{base}?q=杨柳青").content.decode()
        assert f"{base}/H-v1-secretary/1" in found
        form = client.get(f"{base}/H-v1-secretary/1/change").context["form"]
        given = {name: field.value() or "" for name in form.fields if (field := form[name])}
        reply = client.post(
            f"{base}/H-v1-secretary/1/change", {**given, "number": "138 0000 4499", "why": "换号"}
        )
        assert reply.status_code == 302
        assert people.number("H-v1-secretary/1") == "13800004499"
        ctx = self.ctx(mini)
        for other, ref in ((PERSONS, "H-v1-secretary"), (HOLDERS, "H-v1-secretary")):
            assert other.column("phone").of(queries.entry(ctx, other, ref)) == "13800004499"

    def test_a_wrong_number_is_corrected_by_a_file_of_name_village_and_number(self, mini: Mini) -> None:
        ctx = self.ctx(mini)
        book = self.book(
            ctx, {"name": "杨柳青", "place": "柳林镇联盟村", "order": "1", "number": "13800004499"}
        )
        ref = uploads.keep(ctx, CONTACTS, book, "改号码.xlsx")
        assert uploads.confirm(ctx, CONTACTS, ref).counts == {"new": 0, "changed": 1, "same": 0, "wrong": 0}
        assert people.number("H-v1-secretary/1") == "13800004499"

    def test_the_number_called_first_is_the_same_in_every_register(self, mini: Mini) -> None:
        ctx = self.ctx(mini)
        saving.change(ctx, PERSONS, queries.entry(ctx, PERSONS, "H-v1-secretary"), {"phone": "13800004455"})
        told = queries.entry(ctx, CONTACTS, "H-v1-secretary/1")
        assert CONTACTS.column("number").of(told) == "13800004455"

    def test_a_number_that_is_wrong_or_not_answered_now_is_not_called(self, mini: Mini) -> None:
        ref, ctx = self.add(mini), self.ctx(mini)
        assert [c.ref for c in register().by_ref["H-v1-secretary"].contacts] == ["H-v1-secretary/1", ref]
        saving.change(ctx, CONTACTS, queries.entry(ctx, CONTACTS, "H-v1-secretary/1"), {"is_wrong": "是"})
        held = register().by_ref["H-v1-secretary"]
        assert [c.ref for c in held.contacts] == [ref]
        assert not held.at(ctx.now.replace(hour=19)).contacts  # three at night in Beijing

    def test_what_it_is_called_need_not_be_the_words_of_the_list(self, mini: Mini) -> None:
        ref = self.add(mini, kind="值班电话")
        assert queries.entry(self.ctx(mini), CONTACTS, ref).kind == "landline"

    def test_whoever_is_not_there_has_to_be_registered_first(self, mini: Mini) -> None:
        ctx = self.ctx(mini)
        for cells in ({"place": TOWN}, {"name": "没有这人"}):
            told = judge(ctx, CONTACTS, [(1, {**self.good, **cells})]).lines[0].wrong
            assert "先在人员或责任人里登记" in told["name"].zh
