"""Administrators hand out no more than they have, not to themselves, and nobody alone a hand that approves or issues."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from anlan.foundation import journal_reading
from anlan.foundation.errors import Conflict, Forbidden, NotFound
from anlan.people import actions as people
from anlan.people.accounts import administration, tokens
from anlan.people.accounts.scope import context_of
from anlan.people.models import Account, ApiToken
from tests.support.city import CITY, COUNTY, PASSWORD, SECRET, VILLAGE, Mini, make_city

pytestmark = pytest.mark.django_db


@pytest.fixture
def mini() -> Mini:
    """The small city with a second administrator of the county, and one of a village."""
    mini = make_city()
    for role, place in (("administrator-2", COUNTY), ("village-administrator", VILLAGE)):
        people.make_post(
            mini.ctx(), ref=f"POST-{role}", organisation="O-village" if place == VILLAGE else "O-emergency",
            title="管理员", role="administrator", places=[mini.ids[place]],
        )  # fmt: skip
        administration.create_account(
            mini.ctx(),
            username=role,
            name="赵管理",
            password=PASSWORD,
            post_ref=f"POST-{role}",
            totp_secret=SECRET,
        )
        mini.accounts[role] = role
    return mini


def post(
    mini: Mini, ref: str, *, role: str = "duty_officer", place: str = COUNTY, unit: str = "O-emergency"
) -> str:
    people.make_post(mini.ctx(), ref=ref, organisation=unit, title="岗", role=role, places=[mini.ids[place]])
    return ref


def test_a_post_that_sees_more_than_the_giver_is_not_given(mini: Mini) -> None:
    """Its organisation stands in the county, its places are the whole city."""
    wide = post(mini, "POST-wide", role="auditor", place=CITY)
    admin = mini.ctx("administrator")
    with pytest.raises(NotFound):
        administration.move(admin, username="station-engineer-1", post_ref=wide)
    with pytest.raises(NotFound):
        administration.create_account(admin, username="new-1", name="新", password=PASSWORD, post_ref=wide)
    assert wide not in mini.client("administrator").get("/w/live/registers/accounts/new").content.decode()
    assert administration.move(mini.ctx(), username="station-engineer-1", post_ref=wide)


def test_an_account_that_sees_more_than_the_administrator_is_not_theirs_to_reset(mini: Mini) -> None:
    administration.move(
        mini.ctx(), username="auditor-1", post_ref=post(mini, "P-w", role="auditor", place=CITY)
    )
    for act in (
        administration.reset,
        lambda ctx, username: administration.set_active(ctx, username=username, active=False),
    ):
        with pytest.raises(NotFound):
            act(mini.ctx("administrator"), username="auditor-1")


def test_nobody_moves_or_resets_themself(mini: Mini) -> None:
    admin = mini.ctx("administrator")
    with pytest.raises(Conflict):
        administration.move(admin, username="administrator-1", post_ref="POST-auditor")
    with pytest.raises(Conflict):
        administration.reset(admin, username="administrator-1")
    assert (
        mini.client("administrator")
        .post("/accounts/administrator-1/move", {"post": "POST-duty_officer"})
        .status_code
        == 409
    )


@pytest.mark.parametrize("role", ["duty_officer", "approver", "leader", "administrator-2"])
def test_who_may_approve_issue_or_manage_is_not_reset_by_one_administrator(mini: Mini, role: str) -> None:
    username = mini.accounts[role]
    before = mini.account(role).password
    page = mini.client("administrator").post(f"/accounts/{username}/reset", follow=True).content.decode()
    assert "等另一位管理员确认" in page
    assert mini.account(role).password == before
    assert (
        mini.client("administrator").post(f"/accounts/{username}/confirm", {"asked": "reset"}).status_code
        == 403
    )
    if role == "administrator-2":
        return
    page = (
        mini.client("administrator-2")
        .post(f"/accounts/{username}/confirm", {"asked": "reset"})
        .content.decode()
    )
    password = re.findall(r'<code translate="no">(.*?)</code>', page)[1]
    account = mini.account(role)
    assert account.check_password(password)
    assert not account.totp_sealed
    last = journal_reading.entries(mini.ctx(), name="people.account.reset").items[0]
    assert mini.account("administrator").ref in last.text


def test_after_a_reset_an_account_neither_approves_nor_issues_for_a_shift(mini: Mini) -> None:
    administration.reset(mini.ctx("administrator"), username="approver-1")
    administration.confirm(mini.ctx("administrator-2"), username="approver-1", asked="reset")
    account = mini.account("approver")
    ctx = context_of(account, mini.world)
    assert (ctx.may("warn.approve"), ctx.may("warn.issue"), ctx.may("warn.view")) == (False, False, True)
    assert account.rests_until - datetime.now(UTC) > timedelta(hours=11)
    Account.objects.update(rests_until=datetime.now(UTC))
    assert context_of(mini.account("approver"), mini.world).may("warn.approve")


def test_a_move_to_or_from_an_approving_post_waits_for_the_second(mini: Mini) -> None:
    admin, second = mini.ctx("administrator"), mini.ctx("administrator-2")
    assert not administration.move(admin, username="auditor-1", post_ref="POST-approver")
    assert not administration.move(admin, username="leader-1", post_ref="POST-auditor")
    assert mini.account("auditor").post.ref == "POST-auditor"
    with pytest.raises(Conflict):
        administration.confirm(second, username="auditor-1", asked="move:POST-leader")
    administration.confirm(second, username="auditor-1", asked="move:POST-approver")
    assert mini.account("auditor").post.ref == "POST-approver"
    assert not context_of(mini.account("auditor"), mini.world).may("warn.approve")
    administration.decline(admin, username="leader-1")
    assert mini.account("leader").asked == ""


def test_a_new_approver_opens_once_the_second_confirms_and_a_declined_one_stays_closed(mini: Mini) -> None:
    for username in ("sui-new-1", "sui-new-2"):
        given = {"username": username, "name": "王新来", "post": "POST-approver", "language": "zh"}
        page = (
            mini.client("administrator")
            .post("/w/live/registers/accounts/new", given, follow=True)
            .content.decode()
        )
        assert "新建账号" in page
        assert not Account.objects.get(username=username).is_active
        with pytest.raises(Conflict):
            administration.set_active(mini.ctx("administrator"), username=username, active=True)
    assert administration.confirm(mini.ctx("administrator-2"), username="sui-new-1", asked="create")
    assert Account.objects.get(username="sui-new-1").is_active
    administration.decline(mini.ctx("administrator"), username="sui-new-2")
    assert not Account.objects.get(username="sui-new-2").is_active
    assert not Account.objects.get(username="sui-new-2").has_usable_password()


def test_an_administrator_of_a_village_confirms_nothing_of_the_county(mini: Mini) -> None:
    administration.reset(mini.ctx("administrator"), username="approver-1")
    with pytest.raises(NotFound):
        administration.confirm(mini.ctx("village-administrator"), username="approver-1", asked="reset")
    with pytest.raises(Forbidden):
        administration.confirm(mini.ctx("duty_officer"), username="approver-1", asked="reset")


def test_who_stands_at_the_machine_needs_no_second(mini: Mini) -> None:
    assert administration.reset(mini.ctx(), username="approver-1")


@pytest.mark.parametrize("end", ["reset", "move", "deactivate", "password", "time"])
def test_a_token_ends_with_reset_move_deactivation_password_and_time(mini: Mini, end: str) -> None:
    admin, username = mini.ctx("administrator"), "station-engineer-1"
    account = mini.account("station_engineer")
    text = tokens.make(mini.ctx(), account=account, label="数据交换")
    assert tokens.account_of(text, datetime.now(UTC)) == account
    if end == "password":
        given = {"old": PASSWORD, "new": "a-long-new-word", "again": "a-long-new-word"}
        assert mini.client("station_engineer").post("/account/password", given).status_code == 302
    elif end == "time":
        assert tokens.account_of(text, datetime.now(UTC) + timedelta(days=89, hours=23)) == account
        assert tokens.account_of(text, datetime.now(UTC) + timedelta(days=91)) is None
        return
    elif end == "reset":
        administration.reset(admin, username=username)
    elif end == "move":
        administration.move(admin, username=username, post_ref="POST-auditor")
    else:
        administration.set_active(admin, username=username, active=False)
        administration.set_active(admin, username=username, active=True)
    Account.objects.update(totp_sealed=account.totp_sealed, must_change_password=False)
    assert tokens.account_of(text, datetime.now(UTC)) is None


@pytest.mark.parametrize(("days", "status"), [("0", 422), ("91", 422), ("²", 422), ("", 422), ("7", 200)])
def test_a_token_asks_for_how_many_days_and_gives_90_at_most(mini: Mini, days: str, status: int) -> None:
    response = mini.client("auditor").post("/account/tokens", {"label": "x", "days": days})
    assert response.status_code == status
    if status == 200:
        left = ApiToken.objects.get().expires_at - datetime.now(UTC)
        assert timedelta(days=6, hours=23) < left <= timedelta(days=7)


def test_another_authenticator_is_bound_with_password_and_old_code_alone(mini: Mini) -> None:
    import pyotp

    client = mini.client("leader")
    client.get("/account/totp")
    secret = client.session["totp_waiting"]
    new = {"code": pyotp.TOTP(secret).now()}
    old_code = pyotp.TOTP(SECRET).now()
    for given in (
        {},
        {"password": PASSWORD},
        {"password": PASSWORD, "old_code": "000000"},
        {"password": "x", "old_code": old_code},
    ):
        assert client.post("/account/totp", new | given).status_code == 422
    sealed = mini.account("leader").totp_sealed
    assert client.post("/account/totp", new | {"password": PASSWORD, "old_code": old_code}).status_code == 302
    assert mini.account("leader").totp_sealed != sealed


def test_behind_a_proxy_the_source_is_what_the_proxy_saw(mini: Mini, settings: object) -> None:
    settings.SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")  # type: ignore[attr-defined]
    given = {"username": "auditor-1", "password": "wrong", "code": "1"}
    Client().post("/sign-in", given, headers={"x-forwarded-for": "10.0.0.1, 203.0.113.7"})
    from anlan.people.models import SignInTries

    assert set(SignInTries.objects.values_list("source", flat=True)) == {"203.0.113.7", ""}
