"""The register of accounts: a list with its history; what it changes keeps the administrators' rules, and no file holds a password."""

import pytest

from anlan.people.account_register import ACCOUNTS
from anlan.people.models import Account
from anlan.registers import queries, saving, uploads
from anlan.registers.judging import judge
from tests.support.city import Mini
from tests.support.registers import RegisterTests


class TestAccounts(RegisterTests):
    register = ACCOUNTS
    opener = "administrator"
    good = {"username": "sui-new-9", "name": "欧阳四喜", "post": "POST-auditor"}
    change = {"language": "en"}
    wrong = {"post": "没有这个岗位"}

    def test_who_is_entered_has_no_password_until_an_administrator_gives_one(self, mini: Mini) -> None:
        made = Account.objects.get(ref=self.add(mini))
        assert (made.is_active, made.has_usable_password(), made.must_change_password) == (True, False, True)

    def test_a_file_makes_an_approver_who_waits_for_the_second_administrator(self, mini: Mini) -> None:
        ctx = self.ctx(mini)
        book = self.book(ctx, {**self.good, "post": "POST-approver"}, {**self.good, "username": "sui-new-8"})
        uploads.confirm(ctx, ACCOUNTS, uploads.keep(ctx, ACCOUNTS, book, "账号.xlsx"))
        waits, open_ = (Account.objects.get(username=f"sui-new-{n}") for n in (9, 8))
        assert (waits.is_active, waits.asked, open_.is_active) == (False, "create", True)
        figures = {each.name: each.number for each in queries.figures(ctx, ACCOUNTS)}
        assert figures["asked"] == 1

    def test_another_post_waits_and_an_end_shuts_out_at_once(self, mini: Mini) -> None:
        ctx, auditor = self.ctx(mini), mini.account("auditor")
        saving.change(ctx, ACCOUNTS, queries.entry(ctx, ACCOUNTS, auditor.ref), {"post": "POST-approver"})
        auditor.refresh_from_db()
        assert (auditor.asked, auditor.post.ref) == ("move:POST-approver", "POST-auditor")
        saving.change(ctx, ACCOUNTS, queries.entry(ctx, ACCOUNTS, auditor.ref), {"is_active": "否"})
        auditor.refresh_from_db()
        assert not auditor.is_active
        assert queries.history(ctx, ACCOUNTS, auditor.ref)[0].name == "停用账号"

    def test_what_is_only_shown_is_not_changed_by_a_file(self, mini: Mini) -> None:
        ctx = self.ctx(mini)
        looked = uploads.look(
            ctx, ACCOUNTS, self.book(ctx, {"username": "auditor-1", "role": "管理员"}), "账号.xlsx"
        )
        assert list(looked.judged.lines[0].wrong) == ["role"]

    @pytest.mark.parametrize("given", [{"post": "POST-auditor"}, {"is_active": "否"}])
    def test_nobody_changes_their_own(self, mini: Mini, given: dict[str, str]) -> None:
        ctx = self.ctx(mini)
        row = queries.entry(ctx, ACCOUNTS, mini.account("administrator").ref)
        assert judge(ctx, ACCOUNTS, [(1, given)], about=[row]).lines[0].wrong

    def test_it_is_filtered_by_role_and_state_and_leads_to_the_acts(self, mini: Mini) -> None:
        client = mini.client(self.keeper)
        page = client.get(f"{self.base(mini)}?role=auditor&is_active=是").content.decode()
        assert "auditor-1" in page
        assert "leader-1" not in page
        assert (
            "/accounts/auditor-1"
            in client.get(f"{self.base(mini)}/{mini.account('auditor').ref}").content.decode()
        )
