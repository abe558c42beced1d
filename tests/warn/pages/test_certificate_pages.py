"""The administrator's page of pinned certificates: what is trusted, since when and by whom; and what is refused."""

import html
from collections.abc import Iterator
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives import serialization
from django.core.files.uploadedfile import SimpleUploadedFile
from django.http import HttpResponse
from django.test import Client

from anlan.foundation import journal
from anlan.foundation.models import JournalEntry
from anlan.foundation.worlds import beijing
from anlan.warn import identity, pins
from anlan.warn.actions.alerts import files
from anlan.wire.cap.signature import make_identity
from tests.support.alertfolk import STATION, issued, row, staff
from tests.support.city import Mini


@pytest.fixture(autouse=True)
def _no_pins() -> Iterator[None]:
    yield
    for path in pins.folder().iterdir():
        path.unlink()


@pytest.fixture
def admin(city: Mini) -> Client:
    return city.client("administrator")


def pem(city: Mini, name: str = "随县气象台", *, days: int = 365, ago: int = 0) -> bytes:
    made = make_identity(name, city.ctx().now - timedelta(days=ago), days=days, exercise=False, kind="rsa")
    return made.certificate_pem()


def upload(client: Client, data: bytes, **more: bool) -> HttpResponse:
    return client.post("/certificates/pin", {"file": SimpleUploadedFile("station.pem", data)}, **more)


def text_of(reply: HttpResponse) -> str:
    return html.unescape(reply.content.decode())


def test_an_uploaded_certificate_is_listed_with_whose_until_when_and_by_whom(
    city: Mini, admin: Client
) -> None:
    body = text_of(upload(admin, pem(city), follow=True))
    assert "已存 随县气象台 的证书" in body
    (found,) = pins.pins()
    assert found.fingerprint[:16] in body
    assert " ".join(found.fingerprint[n : n + 4] for n in (0, 4, 8)) in body
    assert "随县应急管理局" in body
    assert beijing(found.valid_to).strftime("%Y-%m-%d") in body
    entry = JournalEntry.objects.get(name="warn.certificate.pinned")
    assert journal.read(entry)["body"]["fingerprint"] == found.fingerprint
    assert journal.read(entry)["actor"] == city.account("administrator").ref


def test_import_verifies_by_a_pinned_certificate_and_no_longer_once_it_is_unpinned(
    city: Mini, admin: Client
) -> None:
    staff(city)
    night = city.exercise()
    data = row(issued(night)).cap.encode()
    assert not files.signature_of(data).name
    mine = identity.of_unit(night.ctx(), ref=STATION, name="随县气象台")
    upload(admin, mine.certificate_pem())
    assert files.signature_of(data).name == "随县气象台"
    (found,) = pins.pins()
    url = f"/certificates/{found.ref}/unpin"
    assert "撤下 随县气象台 的证书？" in text_of(admin.get(url))
    assert files.signature_of(data).name, "asking takes nothing down"
    assert "已撤下 随县气象台 的证书" in text_of(admin.post(url, follow=True))
    assert not files.signature_of(data).name
    assert JournalEntry.objects.filter(name="warn.certificate.unpinned", subject=found.ref).count() == 1
    assert admin.get(url).status_code == 404


def test_what_is_no_good_certificate_is_refused_with_what_to_ask_for(city: Mini, admin: Client) -> None:
    good = pem(city)
    made = make_identity("随县气象台", city.ctx().now, exercise=False)
    key = made.key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    for data, said in (
        (b"", "这不是一张证书"),
        (b"hello", "这不是一张证书"),
        (good + good, "只有一段"),
        (good[:300] + b"\n-----END CERTIFICATE-----\n", "证书读不出来"),
        (key + good, "里有私钥"),
        (pem(city, days=30, ago=60), "已经过期"),
    ):
        reply = upload(admin, data)
        assert reply.status_code == 422
        assert said in text_of(reply), data[:40]
    assert pins.pins() == []
    assert not JournalEntry.objects.filter(name="warn.certificate.pinned").exists()


def test_the_same_certificate_is_pinned_once(city: Mini, admin: Client) -> None:
    data = pem(city)
    upload(admin, data)
    assert "已经存过了" in text_of(upload(admin, data))
    assert len(pins.pins()) == 1


def test_a_file_laid_there_by_hand_counts_and_says_that_it_has_no_record(city: Mini, admin: Client) -> None:
    (pins.folder() / "by-hand.pem").write_bytes(pem(city, "曾都区气象台"))
    (pins.folder() / "broken.pem").write_bytes(b"nothing")
    body = text_of(admin.get("/certificates"))
    assert "曾都区气象台" in body
    assert "直接放进文件夹的，没有记录" in body


def test_an_expired_pin_and_one_for_exercises_say_so(city: Mini, admin: Client) -> None:
    (pins.folder() / "old.pem").write_bytes(pem(city, days=30, ago=60))
    drill = make_identity("随县气象台", city.ctx().now, exercise=True)
    upload(admin, drill.certificate_pem())
    body = text_of(admin.get("/certificates"))
    assert "已过期，请换新证书" in body
    assert "演练</span>" in body


@pytest.mark.parametrize("role", ["duty_officer", "approver", "leader", "auditor"])
def test_only_the_administrator_pins(city: Mini, role: str) -> None:
    client = city.client(role)
    assert client.get("/certificates").status_code == 403
    assert upload(client, pem(city)).status_code == 403
    assert pins.pins() == []
