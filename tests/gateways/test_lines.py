"""Kinds of lines against servers over real sockets: what is taken, refused, late, unknown; signatures by known vectors."""

import base64
import hashlib
import socket
from collections.abc import Iterator
from typing import Any

import orjson
import pytest

from anlan.gateways.lines import http, robots
from anlan.gateways.lines.mail import Mail
from anlan.gateways.lines.sms import MasSms, PlainSms
from anlan.reach.kinds import Outgoing, Settings, kinds
from anlan.reach.rules.states import MessageState
from tests.support.line_peer import Provider, provider

ONE = Outgoing("m1", "13800000001", "红色预警，立即转移")
S = MessageState


@pytest.fixture
def peer() -> Iterator[Provider]:
    with provider(lambda path, body: (200, {})) as peer:
        yield peer


@pytest.fixture(autouse=True)
def _short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(http.post, "__kwdefaults__", {"seconds": 0.5})


def nobody() -> str:
    """An address at which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{taken.getsockname()[1]}"


# ---------- SMS in our plain form ----------
def plain(peer: Provider, **more: str) -> PlainSms:
    return PlainSms(Settings(address=peer.address, sign="云溪应急", secret="s3", **more))


def test_each_message_of_a_batch_has_its_own_end(peer: Provider) -> None:
    batch = [Outgoing(f"m{n}", f"1380000000{n}", "雨") for n in range(4)]
    told = [
        {"key": "m0", "state": "taken", "id": "p-0"},
        {"key": "m1", "state": "failed", "why": "black"},
        {"key": "m2", "state": "later"},
    ]
    peer.answer = lambda path, body: (200, {"messages": told})
    placed = {each.key: each for each in plain(peer).place(batch)}
    assert [placed[f"m{n}"].state for n in range(4)] == [S.TAKEN, S.FAILED, S.FAILED_NOW, S.UNKNOWN]
    assert placed["m0"].provider_id == "p-0"
    (asked,) = peer.bodies()
    assert asked["messages"][0] == {"key": "m0", "to": "13800000000", "text": "【云溪应急】雨"}


@pytest.mark.parametrize(
    ("status", "said", "state"),
    [
        (200, b"<html>gateway</html>", S.UNKNOWN), (200, [], S.UNKNOWN), (200, {"messages": "x"}, S.UNKNOWN),
        (500, {}, S.UNKNOWN), (429, {}, S.FAILED_NOW), (503, {}, S.FAILED_NOW), (403, {}, S.FAILED), (302, {}, S.FAILED),
    ],
)  # fmt: skip
def test_what_cannot_be_understood_is_unknown_and_a_refusal_is_one(
    peer: Provider, status: int, said: Any, state: S
) -> None:
    peer.answer = lambda path, body: (status, said)
    (placed,) = plain(peer).place([ONE])
    assert placed.state is state


def test_nobody_there_or_no_answer_is_unknown(peer: Provider) -> None:
    (placed,) = PlainSms(Settings(address=nobody())).place([ONE])
    assert placed.state is S.UNKNOWN
    with socket.create_server(("127.0.0.1", 0)) as silent:  # takes the connection and says nothing
        (placed,) = PlainSms(Settings(address=f"http://127.0.0.1:{silent.getsockname()[1]}")).place([ONE])
    assert placed.state is S.UNKNOWN


def test_receipts_are_read_on_from_a_mark(peer: Provider) -> None:
    rows = [
        {"id": "p-1", "to": "13800000001", "state": "delivered"},
        {"id": "p-2", "state": "failed", "why": "off"},
        {"id": "p-3"},
        7,
    ]
    peer.answer = lambda path, body: (200, {"mark": "9", "reports": rows})
    receipts, mark = plain(peer).reports("8")
    assert [(r.provider_id, r.state, r.why) for r in receipts] == [
        ("p-1", S.DELIVERED, ""),
        ("p-2", S.FAILED, "off"),
    ]
    assert (mark, peer.bodies("/reports")) == ("9", [{"after": "8"}])


# ---------- 云MAS ----------
def test_mas_signs_its_fields_in_their_order(peer: Provider) -> None:
    peer.answer = lambda path, body: (200, {"msgGroup": "g-1", "rspcod": "success", "success": True})
    line = MasSms(Settings(address=peer.address, account="云溪县应急局/ap7", template="SIGN1", secret="k"))
    (placed,) = line.place([ONE])
    ((path, raw),) = peer.asked
    told = orjson.loads(base64.b64decode(raw))
    plain_text = "云溪县应急局" + "ap7" + "k" + ONE.to + ONE.text + "SIGN1" + ""
    assert (path, told["mac"]) == (
        "/sms/norsubmit",
        hashlib.md5(plain_text.encode(), usedforsecurity=False).hexdigest(),
    )
    assert (placed.state, placed.provider_id) == (S.TAKEN, "g-1"), "success is taken, never delivered"


def test_mas_refuses_by_its_own_word(peer: Provider) -> None:
    peer.answer = lambda path, body: (200, {"rspcod": "InvalidUsrOrPwd", "success": False})
    (placed,) = MasSms(Settings(address=peer.address, account="a/b", template="t", secret="k")).place([ONE])
    assert (placed.state, placed.why) == (S.FAILED, "InvalidUsrOrPwd")


# ---------- robots ----------
def test_a_robot_answers_200_also_when_it_refuses(peer: Provider) -> None:
    line = robots.Robot(Settings(address=peer.address), robots.wecom)
    for said, state in (
        ({"errcode": 0}, S.TAKEN), ({"errcode": 45009}, S.FAILED_NOW), ({"errcode": 93000}, S.FAILED),
        (b"?", S.FAILED_NOW), ([], S.FAILED_NOW),
    ):  # fmt: skip
        peer.answer = lambda path, body, said=said: (200, said)  # type: ignore[misc]
        (placed,) = line.place([ONE])
        assert placed.state is state


def test_signatures_are_those_that_the_vendors_describe() -> None:
    url, _ = robots.dingtalk(
        Settings(address="https://h/robot/send?access_token=t", secret="SECabc"), "雨", 1_700_000_000.123
    )
    assert url.startswith("https://h/robot/send?access_token=t&timestamp=1700000000123&sign=")
    _, body = robots.feishu(Settings(address="https://h", secret="k"), "雨", 1_700_000_000.9)
    assert body["timestamp"] == "1700000000"
    assert len(base64.b64decode(body["sign"])) == 32
    assert "sign" not in robots.feishu(Settings(address="https://h"), "雨", 0.0)[1]


def test_a_long_text_is_cut_between_characters() -> None:
    text = robots.cut("雨" * 1000)
    assert len(text.encode()) <= robots.BYTES
    assert text.endswith("雨…")


# ---------- mail ----------
def test_a_mail_server_that_is_not_there_may_be_asked_again() -> None:
    host = nobody().replace("http", "smtp")
    (placed,) = Mail(Settings(address=host, sign="a@x.cn", receivers=("b@x.cn",))).place([ONE])
    assert placed.state is S.FAILED_NOW


def test_every_kind_is_brought_with_its_word_and_its_advice() -> None:
    assert set(kinds()) == {"sms-plain", "sms-mas", "wecom-robot", "dingtalk-robot", "feishu-robot", "mail"}
    assert all(kind.word and kind.advice for kind in kinds().values())
