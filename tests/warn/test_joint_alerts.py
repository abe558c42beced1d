"""A flash-flood warning is water's with meteorology: written by one, agreed by the other, and shown as both."""

import re
from datetime import datetime, timedelta

import pytest
from django.test import Client

from anlan.desk.due import dues
from anlan.exercise import officers
from anlan.foundation import tasks
from anlan.foundation.errors import Forbidden
from anlan.foundation.models import JournalEntry, Task, World
from anlan.foundation.rules.errors import AlertRefused
from anlan.people import actions as people
from anlan.people.accounts import administration
from anlan.people.models import Account
from anlan.prove.queries.proof.facts import facts_of
from anlan.prove.rules.proof import village_proof
from anlan.prove.rules.proof.shapes import FactKind
from anlan.warn import alert_cap
from anlan.warn.actions.alerts import approving, cosigning, drafting, issuing
from anlan.warn.due import DUES
from anlan.warn.models import Alert
from anlan.wire.cap import reader
from anlan.wire.cap.national import reading
from tests.support.alertfolk import after, heard, refusal, row, staff, text, told
from tests.support.city import (
    COUNTY,
    FOREIGN_COUNTY,
    LIULIN_PATH,
    NIGHT,
    PASSWORD,
    SECRET,
    TOWN,
    VILLAGE,
    Mini,
)

FLASH_FLOOD = "11A06"
BOTH = "随县水利和湖泊局、随县气象台联合"


@pytest.fixture
def night(city: Mini) -> Mini:
    """The weather station's people, and three of the water bureau."""
    mini = staff(city)
    for name, role in (
        ("writer", "duty_officer"),
        ("water-chief", "approver"),
        ("water-second", "duty_officer"),
    ):
        post = f"POST-{name}"
        people.make_post(
            mini.ctx(), ref=post, organisation="O-water", title=name, role=role, places=[mini.ids[COUNTY]]
        )
        mini.accounts[name] = f"staff-{name}"
        administration.create_account(
            mini.ctx(),
            username=f"staff-{name}",
            name="江测水",
            password=PASSWORD,
            post_ref=post,
            totp_secret=SECRET,
        )
    return mini.exercise()


def submitted(mini: Mini) -> str:
    words = text(joint_with=["O-weather", "O-water"])
    ref = drafting.draft(after(mini, "writer"), event_type=FLASH_FLOOD, text=words)
    approving.submit(after(mini, "writer", minutes=1), ref=ref)
    return ref


def approve(mini: Mini, ref: str) -> None:
    approving.approve(
        after(mini, "water-chief", minutes=2), ref=ref, retyped_place="柳林镇", retyped_level="红色"
    )


def cosign(mini: Mini, ref: str, *, who: str = "chief") -> None:
    cosigning.cosign(after(mini, who, minutes=3), ref=ref, retyped_place="柳林镇", retyped_level="红色")


def by_telephone(mini: Mini, ref: str, **changes: object) -> None:
    given = heard(mini, **changes)
    recorder = after(mini, "writer", minutes=5)
    cosigning.cosign_verbally(
        recorder, ref=ref, unit="O-weather", heard=given, retyped_place="柳林镇", retyped_level="红色"
    )


def steps(mini: Mini, *, at: datetime | None = None) -> set[tuple[str, str]]:
    found = DUES.waits(mini.ctx("duty_officer", at=NIGHT + timedelta(minutes=9)), at, "")
    return {(w.facts["step"], w.facts["unit"]) for w in found if w.kind == "alert"}


def test_the_second_unit_must_agree_before_it_goes_out(night: Mini) -> None:
    ref = submitted(night)
    approve(night, ref)
    with pytest.raises(AlertRefused, match="随县气象台") as error:
        issuing.issue(after(night, "writer", minutes=4), ref=ref)
    assert refusal(error) == "not_cosigned"
    cosign(night, ref)
    issuing.issue(after(night, "writer", minutes=4), ref=ref)
    assert row(ref).state == "issued"
    (entry,) = told("cosigned")
    assert (entry["unit"], entry["by"]) == ("O-weather", night.account("chief").ref)


def test_the_file_that_goes_out_names_both(night: Mini) -> None:
    ref = submitted(night)
    cosign(night, ref)
    approve(night, ref)
    issuing.issue(after(night, "writer", minutes=4), ref=ref)
    found = reader.read(row(ref).cap.encode())
    assert found.infos[0].sender_name == BOTH
    assert BOTH in (found.infos[0].headline or "")
    _, form = alert_cap.national(row(ref))
    assert reading.read(form).alert.infos[0].sender_name == BOTH


def test_a_kind_that_is_joint_cannot_be_submitted_alone_or_with_a_unit_of_another_county(night: Mini) -> None:
    people.load_organisations(
        night.ctx(),
        [people.OrganisationRow(
            ref="O-far", name="曾都区气象台", kind="weather", place=night.ids[FOREIGN_COUNTY], parent="", commands=[],
            unit_code="",
        )],
    )  # fmt: skip
    for with_us in ([], ["O-far"]):
        ref = drafting.draft(after(night, "writer"), event_type=FLASH_FLOOD, text=text(joint_with=with_us))
        with pytest.raises(AlertRefused) as error:
            approving.submit(after(night, "writer", minutes=1), ref=ref)
        assert refusal(error) == "issuer_not_lawful"


def test_two_officers_agree_at_once_and_one_wins(night: Mini) -> None:
    ref = submitted(night)
    cosign(night, ref)
    with pytest.raises(AlertRefused) as error:
        cosign(night, ref, who="head")
    assert refusal(error) == "cosigned_already"
    assert len(told("cosigned")) == 1


def test_neither_the_issuers_own_people_nor_a_third_unit_agree_for_the_second(night: Mini) -> None:
    ref = submitted(night)
    with pytest.raises(AlertRefused) as error:
        cosign(night, ref, who="water-chief")
    assert refusal(error) == "not_a_cosigner"
    with pytest.raises(Forbidden):
        cosign(night, ref, who="approver")
    with pytest.raises(Forbidden):
        cosign(night, ref, who="forecaster")  # of the unit, but no approver


def test_the_second_unit_sends_it_back_with_a_reason(night: Mini) -> None:
    ref = submitted(night)
    cosign(night, ref)
    approving.reject(after(night, "head", minutes=4), ref=ref, reason="雨量不对")
    assert (row(ref).state, row(ref).cosigned) == ("draft", {})


def test_by_telephone_it_is_sealed_waits_for_the_signature_and_goes_out(night: Mini) -> None:
    ref = submitted(night)
    by_telephone(night, ref)
    approve(night, ref)
    approving.confirm_verbally(after(night, "water-second", minutes=6), ref=ref)
    issuing.issue(after(night, "writer", minutes=6), ref=ref)
    everything = str(row(ref).cosigned) + "".join(JournalEntry.objects.values_list("text", flat=True))
    assert "13800009999" not in everything
    assert "马上发" not in everything
    assert ("cosign_signature", "随县气象台") in steps(night)
    approving.countersign(after(night, "head", minutes=60), ref=ref)
    assert row(ref).cosigned["O-weather"]["countersigned_at"]
    assert not Task.objects.filter(kind="warn.alert.countersign", state="due").exists()


def test_an_agreement_by_telephone_not_signed_in_time_stays_in_the_journal(night: Mini) -> None:
    by_telephone(night, submitted(night))
    tasks.run(Task.objects.get(kind="warn.alert.countersign"), night._fresh())
    assert [entry["unit"] for entry in told("countersign_overdue")] == ["O-weather"]


@pytest.mark.parametrize("who", ["water-chief", "forecaster", "leader"])
def test_only_an_approver_of_that_unit_agrees_by_telephone(night: Mini, who: str) -> None:
    with pytest.raises(AlertRefused) as error:
        by_telephone(night, submitted(night), leader=night.account(who).ref)
    assert refusal(error) == "leader_may_not_approve"


def test_the_desk_says_who_must_sign_and_said_so_then(night: Mini) -> None:
    ref = submitted(night)
    assert steps(night) == {("approve", ""), ("cosign", "随县气象台")}
    approve(night, ref)
    assert steps(night) == {("cosign", "随县气象台")}
    (due,) = [
        d
        for d in dues(night.ctx("duty_officer", at=NIGHT + timedelta(minutes=9)), lang="zh")
        if d.kind == "alert"
    ]
    assert "随县气象台会签" in due.title
    cosign(night, ref)
    assert steps(night) == {("issue", "")}
    assert steps(night, at=NIGHT + timedelta(minutes=1)) == {("approve", ""), ("cosign", "随县气象台")}


def test_the_proof_tells_both_and_the_missing_signature(night: Mini) -> None:
    ref = submitted(night)
    by_telephone(night, ref)
    approve(night, ref)
    approving.confirm_verbally(after(night, "water-second", minutes=6), ref=ref)
    issuing.issue(after(night, "writer", minutes=6), ref=ref)
    path = LIULIN_PATH + "0001"
    facts = facts_of(night.ctx(), path)
    (found,) = [f for f in facts if f.kind is FactKind.COSIGNED]
    entry = JournalEntry.objects.get(world=night.world, seq=found.seq)
    assert (entry.name, found.text("issuer")) == ("warn.alert.cosigned_verbally", "随县气象台")
    assert "not_signed" in {gap.name for gap in village_proof(place=path, facts=facts).gaps}
    approving.countersign(after(night, "head", minutes=60), ref=ref)
    again = village_proof(place=path, facts=facts_of(night.ctx(), path))
    assert "not_signed" not in {gap.name for gap in again.gaps}
    body = night.client("auditor").get(f"/w/{night.world.key}/proof/{VILLAGE}").content.decode()
    assert "口头会签" in body


def page(client: Client, mini: Mini, ref: str, more: str = "", lang: str = "zh") -> str:
    client.cookies["anlan_lang"] = lang
    reply = client.get(f"/w/{mini.world.key}/alerts/{ref}{more}")
    assert reply.status_code == 200
    return reply.content.decode()


def test_the_page_shows_who_still_must_sign_and_only_they_find_the_button(night: Mini) -> None:
    ref = submitted(night)
    approve(night, ref)
    body = page(night.client("writer"), night, ref)
    assert "还没会签" in body
    assert "chief" in body  # whom to wake
    assert f"{ref}/issue" not in body
    assert f"{ref}/cosign/O-weather/telephone" in body
    chief = night.client("chief")
    assert f'{ref}/cosign"' in page(chief, night, ref)
    assert f'{ref}/cosign"' not in page(night.client("water-chief"), night, ref)
    typed = {"retyped_place": "柳林镇", "retyped_level": "红色"}
    assert chief.post(f"/w/{night.world.key}/alerts/{ref}/cosign", typed).status_code == 302
    after_it = page(night.client("writer"), night, ref)
    assert "已会签" in after_it
    assert f"{ref}/issue" in after_it


def test_the_telephone_page_names_the_unit_and_offers_its_approvers_alone(night: Mini) -> None:
    ref = submitted(night)
    body = page(night.client("writer"), night, ref, "/cosign/O-weather/telephone")
    assert "记电话会签 随县气象台" in body
    assert night.account("head").ref in body
    assert night.account("water-chief").ref not in body


def test_the_api_tells_who_has_agreed(night: Mini) -> None:
    ref = submitted(night)
    url = f"/api/v1/w/{night.world.key}/alerts/{ref}"
    client = night.client("duty_officer")
    before = client.get(url).json()["joint"]
    assert before == [{"unit": "随县气象台", "agreed_at": None, "by_telephone": False, "signed_at": None}]
    cosign(night, ref)
    (found,) = client.get(url).json()["joint"]
    assert found["agreed_at"] == found["signed_at"] is not None


def test_the_simulated_night_issues_a_joint_alert_by_three_hands(night: Mini) -> None:
    world = World.objects.get(key=night.world.key)
    World.objects.filter(pk=world.pk).update(settings={**world.settings, "simulated_issuer": True})
    ref = drafting.draft(after(night, "writer"), event_type=FLASH_FLOOD, text=text(joint_with=["O-weather"]))
    work = {"ref": ref, "revision": 1}
    officers._later(night.ctx(at=NIGHT), "submit", work, timedelta(seconds=60))
    for step in ("submit", "approve", "cosign", "issue"):
        tasks.run(Task.objects.get(kind=f"exercise.alert.{step}"), night._fresh())
    assert row(ref).state == "issued"
    assert row(ref).cosigned["O-weather"]["by"] == "sim-cosigner" != row(ref).approved_by


def where(mini: Mini, ref: str, *parts: str) -> str:
    return "/".join(("/w", mini.world.key, "alerts", ref, *parts))


def test_the_telephone_page_has_no_form_where_nobody_stands_for_the_unit(night: Mini) -> None:
    ref = submitted(night)
    approve(night, ref)
    writer, asked = night.client("writer"), where(night, ref, "cosign", "O-weather", "telephone")
    assert 'name="leader"' in writer.get(asked).text
    Account.objects.filter(username__in=[night.accounts[name] for name in ("chief", "head")]).update(
        is_active=False
    )
    body = writer.get(asked).text
    assert 'name="leader"' not in body
    assert "请管理员先建账号" in body
    assert asked not in writer.get(where(night, ref)).text, "and nothing leads to it"


def composed(**changes: object) -> dict[str, object]:
    return {
        "event_type": FLASH_FLOOD, "level": "4", "expires_at": "2021-08-12 07:00", "named": [TOWN], "polygon": "",
        "description": "山洪要来。", "instruction": "去高处。", "by_when": "现在就走。", "do": "save", **changes,
    }  # fmt: skip


def is_ticked(body: str, unit: str) -> bool:
    return bool(re.search(rf'<input[^>]*value="{unit}"[^>]*checked', body))


def test_the_units_that_a_type_needs_are_ticked_and_said(night: Mini) -> None:
    writer, new = night.client("writer"), where(night, "new")
    body = writer.post(new, composed(do="preview")).text
    assert is_ticked(body, "O-weather")
    assert "须与随县气象台联合发布" in body
    assert "与随县气象台联合发布，要他们会签" in writer.post(new, composed(), follow=True).text
    assert Alert.objects.get().joint_with == ["O-weather"]


def test_a_unit_that_only_the_type_before_needed_is_no_longer_ticked(night: Mini) -> None:
    river = composed(event_type="11A01", joint_for=FLASH_FLOOD, joint_with=["O-weather"])
    night.client("writer").post(where(night, "new"), river)
    assert Alert.objects.get().joint_with == []
