"""Signing in and out as a person does it, in the browser's words; failures count, codes work once, sessions end."""

import re
from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from django.contrib.sessions.models import Session
from django.test import Client

from anlan.foundation import journal_reading
from anlan.foundation.errors import Forbidden
from anlan.people import accounts
from anlan.people.accounts import administration, sessions
from anlan.people.models import Account, SignInTries
from tests.support.city import PASSWORD, SECRET, Mini, code_at, make_city

pytestmark = pytest.mark.django_db


def enter(
    username: str, *, password: str = PASSWORD, code: str | None = None, client: Client | None = None
) -> tuple[Client, int]:
    client = client or Client()
    client.get("/sign-in")  # as a person does: what the first page loads is loaded before the code ages
    code = code_at(datetime.now(UTC)) if code is None else code
    response = client.post("/sign-in", {"username": username, "password": password, "code": code})
    return client, response.status_code


def told(mini: Mini) -> list[str]:
    return [
        e.name for e in journal_reading.entries(mini.ctx(), name="people.account.", newest_first=False).items
    ]


def test_password_and_code_open_the_desk_and_the_journal_names_nobody() -> None:
    mini = make_city()
    client, status = enter("duty-officer-1")
    assert status == 302
    assert client.get("/account").status_code == 200
    last = journal_reading.entries(mini.ctx(), name="people.account.signed_in").items[0]
    assert last.refs == {"account": mini.account("duty_officer").ref}
    assert "duty-officer-1" not in last.text
    assert "李守夜" not in last.text


def test_after_signing_in_one_comes_back_to_where_one_was_but_never_to_another_site() -> None:
    make_city()
    for back, lands in (("/account", "/account"), ("https://evil.example/", "/"), ("//evil.example", "/")):
        given = {
            "username": "leader-1",
            "password": PASSWORD,
            "code": code_at(datetime.now(UTC)),
            "next": back,
        }
        Account.objects.update(totp_last=0)
        assert Client().post("/sign-in", given).headers["Location"] == lands


def test_the_same_code_opens_nothing_twice() -> None:
    make_city()
    code = code_at(datetime.now(UTC))
    assert enter("leader-1", code=code)[1] == 302
    assert enter("leader-1", code=code)[1] == 403


@pytest.mark.parametrize("wrong", [{"password": "not-this-one"}, {"code": "000000"}, {"code": ""}])
def test_what_was_wrong_is_not_told(wrong: dict[str, str]) -> None:
    make_city()
    client = Client()
    nobody = client.post("/sign-in?lang=zh", {"username": "nobody", "password": "x", "code": "1"})
    given = {"username": "leader-1", "password": PASSWORD, "code": code_at(datetime.now(UTC)), **wrong}
    somebody = client.post("/sign-in", given)
    said = [re.findall(r'role="alert">(.*?)</div>', r.content.decode(), re.S) for r in (nobody, somebody)]
    assert said[0] == said[1] != []


def test_five_failures_make_this_source_wait_even_with_the_right_password_and_the_journal_knows() -> None:
    mini = make_city()
    for _ in range(5):
        assert enter("approver-1", password="wrong")[1] == 403
    assert enter("approver-1")[1] == 403
    names = told(mini)
    assert names.count("people.account.refused") == 4
    assert names.count("people.account.locked") == 1
    SignInTries.objects.update(locked_until=datetime.now(UTC) - timedelta(seconds=1))
    assert enter("approver-1")[1] == 302
    assert [row.source for row in SignInTries.objects.all()] == ["127.0.0.1"]


def test_a_stranger_locks_nobody_out_and_the_officers_own_device_comes_in_past_a_crowd() -> None:
    make_city()
    officer, status = enter("auditor-1")
    assert status == 302
    officer.post("/sign-out")
    for n in range(40):
        given = {"username": "auditor-1", "password": "wrong", "code": "1"}
        assert Client(REMOTE_ADDR=f"203.0.113.{n}").post("/sign-in", given).status_code == 403
    Account.objects.update(totp_last=0)
    assert enter("auditor-1")[1] == 403, "so many from everywhere: an unknown device waits some minutes"
    assert enter("auditor-1", client=officer)[1] == 302


def test_one_stranger_does_not_keep_the_officer_out_of_another_machine() -> None:
    make_city()
    for _ in range(8):
        Client(REMOTE_ADDR="203.0.113.9").post(
            "/sign-in", {"username": "auditor-1", "password": "x", "code": "1"}
        )
    assert enter("auditor-1")[1] == 302


def test_one_source_that_tries_many_names_waits_with_every_name() -> None:
    make_city()
    for n in range(30):
        enter(f"nobody-{n}", password="x")
    assert enter("auditor-1")[1] == 403


def test_a_known_device_is_slowed_down_by_its_own_wrong_tries() -> None:
    make_city()
    client, _ = enter("auditor-1")
    for _ in range(5):
        enter("auditor-1", password="wrong", client=client)
    Account.objects.update(totp_last=0)
    assert enter("auditor-1", client=client)[1] == 403


def test_names_that_nobody_bears_are_refused_counted_and_made_to_wait_alike() -> None:
    make_city()
    said = []
    for name in ("auditor-1", "nobody-1"):
        client = Client(REMOTE_ADDR=f"203.0.113.{len(name)}")
        given = {"username": name, "password": "wrong", "code": "1"}
        answers = [client.post("/sign-in?lang=zh", given) for _ in range(7)]
        said.append([re.findall(r'role="alert">(.*?)</div>', r.content.decode(), re.S) for r in answers])
    assert said[0] == said[1]
    assert len({str(each) for each in said[0]}) == 1
    assert len(set(SignInTries.objects.exclude(name_index="").values_list("failures", flat=True))) == 1


def test_a_deactivated_account_is_signed_out_at_once_and_cannot_come_back() -> None:
    mini = make_city()
    client, _ = enter("auditor-1")
    administration.set_active(mini.ctx("administrator"), username="auditor-1", active=False)
    assert client.get("/account").status_code == 302
    Account.objects.update(totp_last=0)
    assert enter("auditor-1")[1] == 403


def test_another_post_another_role_or_another_password_ends_the_session() -> None:
    mini = make_city()
    admin = mini.ctx("administrator")

    def role_changes() -> None:
        post = mini.account("leader").post
        post.role = "auditor"
        post.save()

    for role, change in (
        (
            "station_engineer",
            lambda: administration.move(admin, username="station-engineer-1", post_ref="POST-auditor"),
        ),
        ("leader", role_changes),
        ("auditor", lambda: administration.reset(admin, username="auditor-1")),
    ):
        client = mini.client(role)
        assert client.get("/account").status_code == 200
        change()
        assert client.get("/account").status_code == 302, role


def test_a_session_lasts_one_shift_however_busy_it_is() -> None:
    mini = make_city()
    client = mini.client("leader")
    session = client.session
    session[sessions.SINCE] = int(datetime.now(UTC).timestamp()) - 12 * 3600 + 60
    session.save()
    assert client.get("/account").status_code == 200
    session[sessions.SINCE] -= 60
    session.save()
    assert client.get("/account").status_code == 302
    assert sessions.account_of(session.session_key, datetime.now(UTC)) is None


def test_signing_out_ends_the_session_on_the_server() -> None:
    mini = make_city()
    client = mini.client("leader")
    key = client.session.session_key
    client.post("/sign-out")
    assert client.get("/account").status_code == 302
    assert not Session.objects.filter(session_key=key).exists()
    assert told(mini)[-1] == "people.account.signed_out"


def test_a_new_account_first_changes_its_password_then_binds_an_authenticator() -> None:
    mini = make_city()
    admin = mini.client("administrator")
    given = {"username": "sui-new-1", "name": "王新来", "post": "POST-auditor", "language": "zh"}
    admin.post("/w/live/registers/accounts/new", given)
    page = admin.post("/accounts/sui-new-1/reset").content.decode()
    password = re.findall(r'<code translate="no">(.*?)</code>', page)[1]
    client, status = enter("sui-new-1", password=password, code="")
    assert status == 302
    assert client.get("/").headers["Location"] == "/account/password"
    assert client.get("/api/v1/me").status_code == 401
    change = {"old": password, "new": "a-long-new-word", "again": "a-long-new-word"}
    assert client.post("/account/password", change).status_code == 302
    assert client.get("/account").headers["Location"] == "/account/totp"
    page = client.get("/account/totp").content.decode()
    assert "<svg" in page
    assert "style=" not in page
    secret = re.findall(r'<code translate="no">(.*?)</code>', page)[0].replace(" ", "")
    assert client.post("/account/totp", {"code": "000000"}).status_code == 422
    assert client.post("/account/totp", {"code": pyotp.TOTP(secret).now()}).status_code == 302
    assert client.get("/account").status_code == 200


def test_a_one_time_link_signs_in_once() -> None:
    mini = make_city()
    token = administration.sign_in_link(mini.ctx(), username="duty-officer-1")
    client = Client()
    assert client.get(f"/sign-in/link/{token}").status_code == 302
    assert client.get("/account").status_code == 200
    assert Client().get(f"/sign-in/link/{token}").status_code == 403


def test_a_link_is_too_old_after_ten_minutes() -> None:
    mini = make_city()
    token = administration.sign_in_link(mini.ctx(), username="leader-1")
    with pytest.raises(Forbidden):
        accounts.take_link(mini.ctx(at=datetime.now(UTC) + timedelta(minutes=11)), token=token)


def test_the_administrator_of_one_county_does_not_see_accounts_of_another() -> None:
    mini = make_city()
    client = mini.client("administrator")
    page = client.get("/w/live/registers/accounts").content.decode()
    assert "leader-1" in page
    assert "foreign-1" not in page
    assert client.get("/accounts/foreign-1").status_code == 404
    assert client.post("/accounts/foreign-1/reset").status_code == 404
    assert mini.account("foreign").check_password(PASSWORD)


def test_a_reset_gives_one_password_once_and_takes_the_authenticator_away() -> None:
    mini = make_city()
    page = mini.client("administrator").post("/accounts/auditor-1/reset").content.decode()
    password = re.findall(r'<code translate="no">(.*?)</code>', page)[1]
    account = mini.account("auditor")
    assert account.check_password(password)
    assert (account.totp_sealed, account.must_change_password) == ("", True)


def test_nobody_deactivates_themself() -> None:
    assert make_city().client("administrator").post("/accounts/administrator-1/deactivate").status_code == 409


def test_names_and_secrets_of_accounts_are_not_stored_in_clear() -> None:
    account = make_city().account("leader")
    kept = " ".join(str(value) for value in vars(account).values())
    assert "李守夜" not in kept
    assert SECRET not in kept


def test_the_language_of_the_account_is_the_language_of_the_pages() -> None:
    mini = make_city()
    client = mini.client("leader")
    client.post("/account/language", {"language": "en"})
    assert "My account" in client.get("/account").content.decode()
    assert mini.account("leader").language == "en"
