"""Signing in with a provider: only whom a rule names comes in, with a second factor, and a dead provider stops nobody."""

import json
import socket
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import build_opener

import pytest
from django.test import Client

from anlan.foundation import journal_reading
from anlan.foundation.errors import Invalid
from anlan.foundation.packs import load_all
from anlan.people.elsewhere import asking, flow, setup
from anlan.people.elsewhere.asking import NoAnswer
from anlan.people.elsewhere.checks import checks
from anlan.people.models import Account
from tests.support import providers
from tests.support.city import Mini, code_at, make_city
from tests.support.providers import Fake, served

NOW = datetime(2026, 7, 1, tzinfo=UTC)
HERE = "http://127.0.0.1:8765"
VALUES = 'client_id = "anlan"\nclient_secret = "hush"\nagent_id = "7"\n'
WAYS: dict[str, tuple[Callable[[str], Fake], str, str]] = {
    "oidc": (
        providers.oidc,
        "sub",
        'issuer = "{url}"\nauthorize_url = "{url}/authorize"\ntoken_url = "{url}/token"\nuserinfo_url = "{url}/userinfo"\n',
    ),
    "wecom": (providers.wecom, "userid", 'login_url = "{url}/login"\nbase_url = "{url}"\n'),
    "dingtalk": (providers.dingtalk, "unionid", 'login_url = "{url}/login"\nbase_url = "{url}"\n'),
    "cas": (providers.cas, "user", 'base_url = "{url}"\n'),
}


@pytest.fixture
def city(db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Mini:
    monkeypatch.setattr(setup, "home", lambda: tmp_path)
    return make_city()


def write(home: Path, text: str, mode: int = 0o600) -> None:
    path = home / setup.FILE
    path.write_text(text)
    path.chmod(mode)


def set_up(home: Path, way: str, url: str, *, own_factor: bool = False, account: str = "leader-1") -> None:
    _, attribute, values = WAYS[way]
    write(
        home,
        f"""address = "{HERE}"
[[provider]]
id = "{way}"
word = "县里的登录"
pack = "sign-in-{way}"
second_factor = {str(own_factor).lower()}
[provider.values]
{VALUES}{values.replace("{url}", url)}
[[rule]]
provider = "{way}"
attribute = "{attribute}"
value = "zhang-san"
account = "{account}"
""",
    )


@pytest.fixture(params=WAYS)
def way(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def there(way: str) -> Iterator[Fake]:
    with served(WAYS[way][0]("zhang-san")) as fake:
        yield fake


def away(client: Client, way: str, back: str = "") -> str:
    """What a browser does: to the provider, and back by its redirect; the address it comes back with."""
    left = client.get(f"/sign-in/with/{way}", {"next": back} if back else {})
    assert left.status_code == 302
    opener = build_opener(asking._Stays)
    with pytest.raises(HTTPError) as sent_back:
        opener.open(left.headers["Location"])
    address = sent_back.value.headers["Location"]
    sent_back.value.close()
    assert address.startswith(f"{HERE}/sign-in/with/{way}/back?")
    parts = urlsplit(address)
    return f"{parts.path}?{parts.query}"


def test_the_page_of_sign_in_shows_the_ways_that_are_set_up(city: Mini, tmp_path: Path) -> None:
    assert "/sign-in/with/" not in Client().get("/sign-in").text
    set_up(tmp_path, "cas", "https://cas.example.gov.cn/cas")
    page = Client().get("/sign-in?lang=zh&next=/account").text
    assert 'href="/sign-in/with/cas?next=/account"' in page
    assert "用县里的登录登录" in page


def test_whom_a_rule_names_comes_in_with_their_own_one_time_code(
    city: Mini, tmp_path: Path, way: str, there: Fake
) -> None:
    set_up(tmp_path, way, there.url)
    client = Client()
    asks = client.get(away(client, way, "/account"))
    assert asks.headers["Location"] == f"/sign-in/with/{way}/code"
    assert client.get("/account").status_code == 302, "the provider alone opens nothing"
    assert client.post(asks.headers["Location"], {"code": "000000"}).status_code == 403
    opened = client.post(asks.headers["Location"], {"code": code_at(datetime.now(UTC))})
    assert (opened.status_code, opened.headers["Location"]) == (302, "/account")
    assert client.get("/account").status_code == 200
    last = journal_reading.entries(city.ctx(), name="people.account.signed_in").items[0]
    assert json.loads(last.text)["body"] == {"by": way}


def test_where_the_provider_has_a_second_factor_ours_is_not_asked(city: Mini, tmp_path: Path) -> None:
    with served(providers.wecom("zhang-san")) as there:
        set_up(tmp_path, "wecom", there.url, own_factor=True)
        client = Client()
        assert client.get(away(client, "wecom")).headers["Location"] == "/"
        assert client.get("/account").status_code == 200


def test_who_stands_in_no_rule_gets_no_account(city: Mini, tmp_path: Path) -> None:
    before = Account.objects.count()
    with served(providers.cas("li-si")) as there:
        set_up(tmp_path, "cas", there.url, own_factor=True)
        client = Client()
        refused = client.get(away(client, "cas") + "&lang=zh")
    assert refused.status_code == 403
    assert "这里没有对应的账号" in refused.text
    assert 'name="password"' in refused.text, "own sign-in is right there"
    assert client.get("/account").status_code == 302
    assert Account.objects.count() == before


def test_an_account_without_authenticator_is_not_opened_by_a_provider_alone(
    city: Mini, tmp_path: Path
) -> None:
    Account.objects.filter(username="leader-1").update(totp_sealed="")
    with served(providers.cas("zhang-san")) as there:
        set_up(tmp_path, "cas", there.url)
        client = Client()
        refused = client.get(away(client, "cas") + "&lang=zh")
    assert refused.status_code == 403
    assert "还没有绑定动态码" in refused.text


def test_what_another_browser_began_or_another_state_is_refused(
    city: Mini, tmp_path: Path, way: str, there: Fake
) -> None:
    set_up(tmp_path, way, there.url, own_factor=True)
    client, thief = Client(), Client()
    stolen = away(client, way)
    assert thief.get(stolen).status_code == 403
    away(thief, way)
    assert thief.get(stolen).status_code == 403, "its own state does not fit"
    assert client.get(stolen.replace("state=", "state=x")).status_code == 403
    assert client.get(f"/sign-in/with/{way}/code").status_code == 403


def test_a_dead_provider_says_so_in_time_and_own_sign_in_stands_beside(
    city: Mini, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "SECONDS", 0.2)
    client = Client()
    with served(providers.cas("zhang-san")) as there, socket.create_server(("127.0.0.1", 0)) as mute:
        set_up(tmp_path, "cas", there.url)
        address = away(client, "cas")
        set_up(tmp_path, "cas", f"http://127.0.0.1:{mute.getsockname()[1]}")
        said = client.get(address + "&lang=zh")
    assert said.status_code == 503
    assert "没有回答" in said.text
    assert 'name="password"' in said.text


def test_an_answer_that_points_elsewhere_or_never_ends_is_not_followed() -> None:
    fake = Fake(
        says={"/moved": lambda *_: (302, {"Location": "/secret"}, b""), "/long": lambda *_: b"x" * 100_000}
    )
    with served(fake):
        for path in ("/moved", "/long"):
            with pytest.raises(NoAnswer):
                asking.ask(fake.url + path)
    assert [path for path, *_ in fake.asked] == ["/moved", "/long"]
    with pytest.raises(NoAnswer, match="not https"):
        asking.ask("http://cas.example.gov.cn/p3/serviceValidate")


OWN = {"client_id": "anlan", "issuer": "https://id.example", "nonce": "N"}
SAID = {"iss": "https://id.example", "aud": ["anlan"], "nonce": "N", "exp": NOW.timestamp() + 60, "sub": "s"}


@pytest.mark.parametrize(
    "wrong", [{"iss": "https://evil.example"}, {"aud": "other"}, {"nonce": "M"}, {"exp": 1}, {"exp": None}]
)
def test_an_id_token_that_was_not_made_for_this_sign_in_is_refused(wrong: dict[str, object]) -> None:
    assert flow.claims(providers.token(**SAID), OWN, NOW)["sub"] == "s"
    with pytest.raises(NoAnswer):
        flow.claims(providers.token(**{**SAID, **wrong}), OWN, NOW)


@pytest.mark.parametrize(
    "text",
    [
        providers.ANSWER.format(providers.FAILURE),
        "<!DOCTYPE x [<!ENTITY e 'root'>]>" + providers.ANSWER.format(providers.SUCCESS.format("&e;")),
        "<serviceResponse><authenticationSuccess><user>x</user></authenticationSuccess></serviceResponse>",
        providers.ANSWER.format(providers.SUCCESS.format("  ")),
        "no xml",
    ],
)
def test_a_cas_answer_that_is_not_one_lets_nobody_in(text: str) -> None:
    with pytest.raises(NoAnswer):
        flow.cas(text.encode())


def test_what_comes_back_is_never_read_as_a_place_for_a_secret() -> None:
    assert flow._put(
        "{code}&{client_id}", {"code": "{client_secret}", "client_secret": "hush", "client_id": "a"}
    ) == ("{client_secret}&a")


def test_rules_are_asked_in_order_and_an_attribute_may_be_the_user_name() -> None:
    rules = (
        setup.Rule("cas", "user", "county-1", "zhang"), setup.Rule("cas", "uid", "{value}"), setup.Rule("oidc", "user", "other"),
    )  # fmt: skip
    assert setup.username_of(rules, "cas", {"user": "zhang", "uid": "z"}) == "county-1"
    assert setup.username_of(rules, "cas", {"user": "li", "uid": "li-4"}) == "li-4"
    assert setup.username_of(rules, "cas", {"user": "li"}) == ""


@pytest.mark.parametrize(
    ("text", "mode", "says"),
    [
        ('address = "https://a.gov.cn"', 0o644, "chmod 600"),
        ('address = "http://a.gov.cn"', 0o600, "not https"),
        (
            'address = "https://a.gov.cn"\n[[provider]]\nid = "a b"\nword = "x"\npack = "y"',
            0o600,
            "small letters",
        ),
        (
            'address = "https://a.gov.cn"\n[[rule]]\nprovider = "x"\nattribute = "y"\naccount = "z"',
            0o600,
            "not there",
        ),
        ("address = ", 0o600, "看不懂"),
    ],
)
def test_a_file_that_cannot_be_right_is_refused_and_own_sign_in_goes_on(
    city: Mini, tmp_path: Path, text: str, mode: int, says: str
) -> None:
    write(tmp_path, text, mode)
    with pytest.raises(Invalid, match=says):
        setup.setup()
    assert [code for code, *_ in checks()] == ["sign-in-elsewhere"]
    assert 'name="password"' in Client().get("/sign-in").text


def test_every_pack_of_a_way_to_sign_in_is_tried_or_speaks_as_one_that_is() -> None:
    ids = {pack.id.removeprefix("sign-in-") for pack in load_all().packs if pack.kind == "sign_in"}
    assert ids == {*WAYS, "govwecom"}
