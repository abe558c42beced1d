"""The first visit: only the machine itself sets up, with the token printed there, and never again once an account stands."""

import re
from pathlib import Path

import pytest
from django.test import Client

from anlan.conf import setting_up
from anlan.foundation import worlds
from anlan.people.models import Account
from anlan.places.atlas import atlas

GIVEN = {
    "name": "云溪县", "code": "429981", "centre": "111.5，30.5", "admin": "county-it", "person": "王一",
}  # fmt: skip


@pytest.fixture
def token(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """An empty installation, as `anlan run` starts it; the token that it prints."""
    monkeypatch.setattr(setting_up, "_file", lambda: tmp_path / "run" / "setup-token")
    worlds.ensure_live("a-county-of-its-own")
    link = setting_up.offer(host="127.0.0.1", port=8765)
    return re.fullmatch(r"http://127\.0\.0\.1:8765/setup\?token=(\S{20,})", link)[1]


def here(**headers: str) -> Client:
    return Client(HTTP_HOST="127.0.0.1:8765", **headers)


def test_the_first_visit_leads_through_county_keys_and_password_to_the_first_steps(token: str) -> None:
    browser = here()
    assert browser.get("/").headers["Location"] == "/setup"
    page = browser.get(f"/setup?token={token}&lang=zh").text
    assert token in page
    assert "只在本机能看到" in page
    done = browser.post("/setup", {**GIVEN, "token": token})
    assert "密钥另存一份" in done.text
    for key in ("seal-k1", "index-k1", "links-k1", "checkpoint-k1"):
        assert key in done.text, "one copy holds all that records will need"
    assert (atlas().city.name, atlas().city.code) == ("云溪县", "429981")
    (link,) = re.findall(r'href="(/sign-in/link/[^"]+)"', done.text)
    assert browser.get(link, follow=True).request["PATH_INFO"] == "/account/password"
    Account.objects.update(must_change_password=False, totp_sealed="bound")
    browser.force_login(Account.objects.get())
    assert browser.get("/").headers["Location"] == "/w/live/onset"


def test_once_an_account_stands_nobody_sees_it_any_more(token: str) -> None:
    here().post("/setup", {**GIVEN, "token": token})
    assert here().get(f"/setup?token={token}").status_code == 404
    assert here().post("/setup", {**GIVEN, "admin": "another", "token": token}).status_code == 404
    assert here().get("/").headers["Location"] == "/sign-in"
    assert Account.objects.count() == 1
    assert setting_up.offer(host="127.0.0.1", port=8765) == ""


@pytest.mark.parametrize(
    "foreign",
    [
        {"REMOTE_ADDR": "10.1.2.3"},
        {"HTTP_X_FORWARDED_FOR": "10.1.2.3"},
        {"HTTP_X_FORWARDED_FOR": "127.0.0.1"},
        {"HTTP_FORWARDED": "for=127.0.0.1"},
        {"HTTP_X_REAL_IP": "127.0.0.1"},
        {"HTTP_VIA": "1.1 proxy"},
        {"HTTP_HOST": "anlan.example.gov.cn"},
    ],
)
def test_a_foreign_address_or_whoever_comes_by_a_proxy_never_sees_it(
    token: str, foreign: dict[str, str], settings: pytest.FixtureRequest
) -> None:
    settings.ALLOWED_HOSTS = ["*"]  # type: ignore[attr-defined]
    stranger = Client(**{"HTTP_HOST": "127.0.0.1:8765", **foreign})
    assert stranger.get(f"/setup?token={token}").status_code == 404
    assert stranger.post("/setup", {**GIVEN, "token": token}).status_code == 404
    assert stranger.get("/").headers["Location"] == "/sign-in"
    assert not Account.objects.exists()


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"token": "guessed"}, "口令不对"),
        ({"centre": "30.5"}, "请填经度和纬度"),
        ({"admin": "王一"}, "用户名用 3 到 40"),
        ({"code": "42998"}, 'aria-invalid="true"'),
    ],
)
def test_what_is_wrong_stands_at_its_field_and_makes_nothing(
    token: str, wrong: dict[str, str], says: str
) -> None:
    page = here().post("/setup?lang=zh", {**GIVEN, "token": token, **wrong})
    assert page.status_code == 422
    assert says in page.text
    assert not atlas().places
    assert not Account.objects.exists()


def test_served_to_another_card_no_token_is_printed(token: str) -> None:
    assert setting_up.offer(host="10.1.2.3", port=8765) == ""
    assert here().post("/setup", {**GIVEN, "token": token}).status_code == 422, "the old one has ended"
