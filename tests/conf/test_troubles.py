"""An error page keeps the way back and gives a number that stands in the log too."""

import re
from typing import Any

import pytest
from django.test import Client

from anlan.desk.views import map as maps
from anlan.foundation import journal
from tests.support.city import Mini, make_city

pytestmark = pytest.mark.django_db
NUMBER = re.compile(r"出错编号 <code>([0-9A-F]{6})</code>")


@pytest.fixture
def mini() -> Mini:
    return make_city().exercise()


def number_in(text: str, log: str) -> str:
    found = NUMBER.search(text)
    assert found, "the page gives a number to quote"
    assert f"trouble {found[1]}" in log, "and the log has it"
    return found[1]


def falls(*_: Any, **__: Any) -> None:
    raise RuntimeError("planted")


@pytest.mark.parametrize("address", ["/w/x1/no-such-room", "/nowhere"])
def test_an_unknown_address_keeps_the_rooms_the_world_and_the_language(
    mini: Mini, address: str, caplog: pytest.LogCaptureFixture
) -> None:
    reply = mini.client("duty_officer").get(address)
    assert reply.status_code == 404
    assert 'class="rail"' in reply.text
    assert "lang=en" in reply.text
    home = "/w/x1/desk" if address.startswith("/w/x1") else "/w/live/desk"
    assert f'button--primary" href="{home}"' in reply.text
    number_in(reply.text, caplog.text)


def test_a_page_that_falls_keeps_the_rooms_and_the_log_has_its_number_and_its_cause(
    mini: Mini, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(maps, "towns", falls)
    client = mini.client("duty_officer")
    client.raise_request_exception = False
    reply = client.get("/w/x1/map")
    assert reply.status_code == 500
    assert 'class="rail"' in reply.text
    number_in(reply.text, caplog.text)
    assert "planted" in caplog.text


def test_where_the_frame_falls_too_the_plain_page_stands_with_its_number(
    mini: Mini, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    client = mini.client("duty_officer")
    client.raise_request_exception = False
    monkeypatch.setattr(journal, "head", falls)
    reply = client.get("/w/x1/map")
    assert reply.status_code == 500
    assert 'class="rail"' not in reply.text
    assert 'class="top__brand" href="/"' in reply.text
    number_in(reply.text, caplog.text)


def test_a_stranger_gets_the_plain_page(mini: Mini, caplog: pytest.LogCaptureFixture) -> None:
    reply = Client().get("/w/x1/no-such-room")
    assert reply.status_code == 404
    assert 'class="rail"' not in reply.text
    number_in(reply.text, caplog.text)


@pytest.mark.parametrize("address", ["/w/x1/desk/pace", "/w/x1/desk/act"])
@pytest.mark.parametrize(
    ("lang", "said"), [("zh", "这个地址不能直接打开"), ("en", "This address is not opened by itself")]
)
def test_the_address_of_a_button_leads_back_when_it_is_opened(
    mini: Mini, address: str, lang: str, said: str, caplog: pytest.LogCaptureFixture
) -> None:
    client = mini.client("duty_officer")
    client.cookies["anlan_lang"] = lang
    reply = client.get(address)
    assert (reply.status_code, reply.headers["Allow"]) == (405, "POST")
    assert said in reply.text
    assert 'button--primary" href="/w/x1/desk"' in reply.text
    assert re.search(r"<code>([0-9A-F]{6})</code>", reply.text)[1] in caplog.text


def test_a_program_is_told_405_without_a_page(mini: Mini) -> None:
    reply = mini.client("duty_officer").get("/w/x1/desk/pace", headers={"Accept": "application/json"})
    assert reply.status_code == 405
    assert "<html" not in reply.text
