"""The lawful issuer works in the live world itself: written, approved by a second person, signed by its own key, Actual."""

from datetime import UTC, datetime, timedelta

import pytest
from cryptography.x509.oid import NameOID
from django.test import Client

from anlan.foundation.context import Ctx
from anlan.foundation.errors import Forbidden
from anlan.foundation.rules.errors import AlertRefused
from anlan.warn import identity
from anlan.warn.actions.alerts import approving, drafting, issuing
from anlan.warn.models import Alert
from anlan.wire.cap import reader, signature
from anlan.wire.cap.errors import SignatureError
from anlan.wire.cap.model import Status
from tests.support.alertfolk import RAINSTORM, STATION, STATION_CODE, refusal, row, staff, text
from tests.support.city import Mini


@pytest.fixture
def live(city: Mini) -> Mini:
    return staff(city)


def in_hours(hours: int) -> datetime:
    return datetime.now(UTC).replace(microsecond=0) + timedelta(hours=hours)


def written(ctx: Ctx) -> str:
    return drafting.draft(ctx, event_type=RAINSTORM, text=text(expires_at=in_hours(3)))


def test_the_weather_station_issues_a_real_warning_by_two_persons(live: Mini) -> None:
    ref = written(live.ctx("forecaster"))
    approving.submit(live.ctx("forecaster"), ref=ref)
    with pytest.raises(Forbidden):
        approving.approve(live.ctx("forecaster"), ref=ref, retyped_place="柳林镇", retyped_level="红色")
    approving.approve(live.ctx("chief"), ref=ref, retyped_place="柳林镇", retyped_level="红色")
    identifier = issuing.issue(live.ctx("forecaster"), ref=ref)
    found = row(ref)
    assert identifier.startswith(STATION_CODE)
    assert "演练" not in found.headline
    said = reader.read(found.cap.encode())
    assert said.status is Status.ACTUAL
    mine = identity.of_unit(live.ctx(), ref=STATION, name=found.issuer_name)
    signature.verify(found.cap.encode(), mine.certificate)
    (name,) = mine.certificate.subject.get_attributes_for_oid(NameOID.COMMON_NAME)
    assert found.issuer_name in str(name.value)


def test_the_key_of_another_unit_does_not_verify_it(live: Mini) -> None:
    ref = written(live.ctx("forecaster"))
    approving.submit(live.ctx("forecaster"), ref=ref)
    approving.approve(live.ctx("chief"), ref=ref, retyped_place="柳林镇", retyped_level="红色")
    issuing.issue(live.ctx("forecaster"), ref=ref)
    water = identity.of_unit(live.ctx(), ref="O-water", name="随县水利和湖泊局")
    with pytest.raises(SignatureError):
        signature.verify(row(ref).cap.encode(), water.certificate)


def test_the_emergency_bureau_cannot_issue_a_signal_however_it_tries(live: Mini) -> None:
    own = written(live.ctx("duty_officer"))
    with pytest.raises(AlertRefused) as error:
        approving.submit(live.ctx("duty_officer"), ref=own)
    assert refusal(error) == "issuer_not_lawful"
    stations = written(live.ctx("forecaster"))
    approving.submit(live.ctx("forecaster"), ref=stations)
    with pytest.raises(Forbidden):
        approving.approve(live.ctx("approver"), ref=stations, retyped_place="柳林镇", retyped_level="红色")
    approving.approve(live.ctx("chief"), ref=stations, retyped_place="柳林镇", retyped_level="红色")
    with pytest.raises(Forbidden):
        issuing.issue(live.ctx("duty_officer"), ref=stations)
    assert not Alert.objects.filter(state="issued").exists()


def test_whoever_signed_in_for_the_station_finds_the_composer_of_the_live_world(live: Mini) -> None:
    client = Client()
    client.force_login(live.account("forecaster"))
    assert client.get("/w/live/alerts/new").status_code == 200
    ref = written(live.ctx("forecaster"))
    assert client.post(f"/w/live/alerts/{ref}/submit").status_code in (302, 303)
    assert row(ref).state == "review"
