"""Public alerts as they are stored: every step of the life cycle, two persons, and what goes out signed."""

from dataclasses import replace
from datetime import timedelta

import pytest
from cryptography.x509.oid import NameOID

from anlan.foundation import tasks, writing
from anlan.foundation.context import Ctx
from anlan.foundation.errors import AnlanError, Conflict, Forbidden, Invalid, NotFound
from anlan.foundation.models import JournalEntry, Task
from anlan.foundation.rules.errors import AlertRefused
from anlan.people.models import Organisation
from anlan.warn import alert_cap, identity
from anlan.warn.actions.alerts import approving, drafting, issuing
from anlan.warn.models import Alert
from anlan.wire.cap import reader, signature
from anlan.wire.cap.check import check
from anlan.wire.cap.errors import SignatureError
from anlan.wire.cap.model import Status
from anlan.wire.cap.national import reading
from tests.support.alertfolk import (
    RAINSTORM,
    STATION,
    after,
    approved,
    drafted,
    go_out,
    heard,
    issued,
    proposed,
    refusal,
    row,
    staff,
    submitted,
    text,
    told,
)
from tests.support.city import FOREIGN_TOWN, NIGHT, Mini


@pytest.fixture
def night(city: Mini) -> Mini:
    return staff(city).exercise()


def test_an_alert_goes_from_draft_to_issue_by_two_persons(night: Mini) -> None:
    ref = issued(night)
    found = row(ref)
    assert (found.state, found.source, found.approval) == ("issued", "own", "signed")
    assert found.approved_by == night.account("chief").ref != found.drafted_by
    steps = JournalEntry.objects.filter(subject=ref).order_by("seq").values_list("name", flat=True)
    assert list(steps) == [f"warn.alert.{s}" for s in ("drafted", "submitted", "approved", "issued")]


def test_nobody_approves_their_own_draft(night: Mini) -> None:
    ref = submitted(night)
    approving.withdraw(after(night, "forecaster", minutes=2), ref=ref)
    with pytest.raises(Forbidden):  # a forecaster's role may not approve at all
        approving.approve(after(night, "forecaster", minutes=3), ref=ref)
    boss = night.may("warn.draft", "warn.approve").at(NIGHT + timedelta(minutes=3))
    boss = of_station(boss)
    drafting.edit(boss, ref=ref, text=text())
    approving.submit(after(night, "forecaster", minutes=4), ref=ref)
    with pytest.raises(AlertRefused) as error:
        approving.approve(boss, ref=ref, retyped_place="柳林镇", retyped_level="红色")
    assert refusal(error) == "own_draft"


def of_station(ctx: Ctx) -> Ctx:
    return replace(ctx, actor=replace(ctx.actor, unit=STATION))


def test_who_submits_what_the_system_drafted_does_not_approve_it(night: Mini) -> None:
    both = of_station(night.may("warn.draft", "warn.approve"))
    ref = proposed(night)
    approving.submit(both, ref=ref)
    with pytest.raises(AlertRefused) as error:
        approving.approve(both, ref=ref, retyped_place="柳林镇", retyped_level="红色")
    assert refusal(error) == "own_draft"


def test_a_red_is_approved_only_with_place_and_level_typed_again(night: Mini) -> None:
    ref = submitted(night)
    chief = after(night, "chief", minutes=3)
    for place, level, name in (
        ("洪山镇", "红色", "place_not_retyped"),
        ("柳林镇", "橙色", "level_not_retyped"),
    ):
        with pytest.raises(AlertRefused) as error:
            approving.approve(chief, ref=ref, retyped_place=place, retyped_level=level)
        assert refusal(error) == name
    assert row(ref).state == "review"


def test_two_officers_approve_at_once_and_one_wins(night: Mini) -> None:
    ref = submitted(night)
    approving.approve(after(night, "chief", minutes=3), ref=ref, retyped_place="柳林镇", retyped_level="红色")
    with pytest.raises(AlertRefused) as error:
        approving.approve(
            after(night, "head", minutes=3), ref=ref, retyped_place="柳林镇", retyped_level="红色"
        )
    assert refusal(error) == "not_now"
    assert row(ref).approved_by == night.account("chief").ref
    assert len(told("approved")) == 1


def test_another_unit_may_not_approve(night: Mini) -> None:
    with pytest.raises(Forbidden):
        approving.approve(night.ctx("approver"), ref=submitted(night))


def test_the_other_county_does_not_find_it(night: Mini) -> None:
    with pytest.raises(NotFound):
        approving.submit(night.ctx("foreign"), ref=drafted(night))


def test_a_place_outside_the_scope_cannot_be_named(night: Mini) -> None:
    with pytest.raises(NotFound):
        drafting.draft(after(night, "forecaster"), event_type=RAINSTORM, text=text(named=[FOREIGN_TOWN]))


def test_the_emergency_bureau_cannot_submit_a_signal_but_may_send_a_notice(night: Mini) -> None:
    officer = night.ctx("duty_officer")
    ref = drafting.draft(officer, event_type=RAINSTORM, text=text())
    with pytest.raises(AlertRefused) as error:
        approving.submit(officer, ref=ref)
    assert refusal(error) == "issuer_not_lawful"
    notice = drafting.draft(officer, event_type=RAINSTORM, text=text(), kind="notice")
    approving.submit(officer, ref=notice)
    approving.approve(night.ctx("approver"), ref=notice)
    issuing.issue(officer, ref=notice)
    assert row(notice).headline == "【演练】随县应急管理局风险提示：柳林镇暴雨"
    assert row(notice).cap == ""


def test_what_lacks_plain_words_is_not_submitted(night: Mini) -> None:
    ref = drafting.draft(after(night, "forecaster"), event_type=RAINSTORM, text=text(by_when=" "))
    with pytest.raises(AlertRefused, match="什么时候"):
        approving.submit(after(night, "forecaster"), ref=ref)


def test_a_returned_draft_keeps_its_reason_off_the_journal(night: Mini) -> None:
    ref = submitted(night)
    approving.reject(after(night, "chief", minutes=2), ref=ref, reason="王五家的地名写错")
    assert (row(ref).state, row(ref).returned_why) == ("draft", "王五家的地名写错")
    assert not JournalEntry.objects.filter(text__contains="王五").exists()


def test_a_review_is_a_third_persons(night: Mini) -> None:
    ref = submitted(night)
    approving.review(after(night, "second", minutes=2), ref=ref)
    assert row(ref).reviewed_by == night.account("second").ref


def test_a_withdrawn_approval_is_gone(night: Mini) -> None:
    ref = approved(night)
    approving.withdraw(after(night, "forecaster", minutes=4), ref=ref)
    assert (row(ref).state, row(ref).approved_by, row(ref).approved_revision) == ("draft", "", None)


# ---------- approval by telephone ----------
def by_telephone(night: Mini, **changes: object) -> str:
    ref = submitted(night)
    approving.approve_verbally(
        after(night, "forecaster", minutes=5), ref=ref, heard=heard(night, **changes),
        retyped_place="柳林镇", retyped_level="红色",
    )  # fmt: skip
    return ref


def test_a_telephone_approval_once_confirmed_waits_for_the_signature(night: Mini) -> None:
    ref = by_telephone(night)
    found = row(ref)
    assert (found.state, found.approval) == ("approved", "verbal")
    assert found.countersign_by == NIGHT + timedelta(hours=24, minutes=3)
    with pytest.raises(AlertRefused) as error:
        approving.countersign(after(night, "chief", minutes=9), ref=ref)
    assert refusal(error) == "not_the_leader"
    approving.confirm_verbally(after(night, "second", minutes=6), ref=ref)
    issuing.issue(after(night, "forecaster", minutes=6), ref=ref)
    approving.countersign(after(night, "head", minutes=60), ref=ref)
    assert row(ref).countersigned_at == NIGHT + timedelta(minutes=60)
    assert not Task.objects.filter(kind="warn.alert.countersign", state="due").exists()


def test_what_was_said_on_the_telephone_is_sealed(night: Mini) -> None:
    ref = by_telephone(night)
    everything = str(row(ref).verbal) + "".join(JournalEntry.objects.values_list("text", flat=True))
    assert "13800009999" not in everything
    assert "马上发" not in everything


def test_a_telephone_approval_not_signed_in_time_stays_in_the_journal(night: Mini) -> None:
    by_telephone(night)
    tasks.run(Task.objects.get(kind="warn.alert.countersign"), night._fresh())
    assert len(told("countersign_overdue")) == 1


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({"words": ""}, "verbal_incomplete"),
        ({"at": NIGHT}, "verbal_time"),
    ],
)
def test_a_telephone_approval_with_a_gap_is_refused(
    night: Mini, changes: dict[str, object], name: str
) -> None:
    with pytest.raises(AlertRefused) as error:
        by_telephone(night, **changes)
    assert refusal(error) == name


def test_a_leader_of_another_unit_cannot_approve_by_telephone(night: Mini) -> None:
    with pytest.raises(AlertRefused) as error:
        by_telephone(night, leader=night.account("leader").ref)
    assert refusal(error) == "leader_may_not_approve"


def test_a_telephone_approval_counts_once_a_second_officer_confirms_it_from_an_own_account(
    night: Mini,
) -> None:
    """Draft, own record of a call, issue: one person alone could say anything to the public."""
    ref = by_telephone(night)
    for who in ("forecaster", "second"):
        with pytest.raises(AlertRefused) as error:
            issuing.issue(after(night, who, minutes=6), ref=ref)
        assert refusal(error) == "verbal_unconfirmed"
    with pytest.raises(AlertRefused) as error:
        approving.confirm_verbally(after(night, "forecaster", minutes=6), ref=ref)
    assert refusal(error) == "verbal_unconfirmed"
    with pytest.raises(AnlanError):
        approving.confirm_verbally(after(night, "duty_officer", minutes=6), ref=ref)
    approving.confirm_verbally(after(night, "second", minutes=6), ref=ref)
    assert row(ref).verbal["confirmed_by"] == night.account("second").ref
    with pytest.raises(AlertRefused) as error:
        approving.confirm_verbally(after(night, "second", minutes=7), ref=ref)
    assert refusal(error) == "nothing_to_confirm"
    issuing.issue(after(night, "forecaster", minutes=7), ref=ref)
    assert len(told("verbal_confirmed")) == 1


# ---------- what goes out ----------
def test_the_issued_file_verifies_with_the_pinned_certificate_and_says_exercise(night: Mini) -> None:
    found = row(issued(night))
    pinned = identity.certificate_of(night.ctx(), ref=STATION, name="随县气象台")
    alert = signature.verify(found.cap.encode(), pinned).alert
    assert alert.status is Status.EXERCISE
    assert alert.infos[0].headline == found.headline == "【演练】随县气象台发布暴雨红色预警[Ⅰ级/特别严重]"
    assert alert.infos[0].areas[0].geocodes[0].value == "421321117000"
    assert alert.identifier == found.identifier == "42132141600000_20210812040400"
    units = pinned.subject.get_attributes_for_oid(NameOID.ORGANIZATIONAL_UNIT_NAME)
    assert "演练" in str(units[0].value)
    assert not check(found.cap.encode()).errors


def test_a_real_alert_is_signed_with_another_key_and_says_actual(city: Mini) -> None:
    live = staff(city)
    found = row(issued(live))
    pinned = identity.certificate_of(live.ctx(), ref=STATION, name="随县气象台")
    alert = signature.verify(found.cap.encode(), pinned, at=pinned.not_valid_before_utc).alert
    assert alert.status is Status.ACTUAL
    assert "演练" not in found.headline
    other = identity.certificate_of(live.exercise().ctx(), ref=STATION, name="随县气象台")
    with pytest.raises(SignatureError):
        signature.verify(found.cap.encode(), other)


def test_a_drawn_line_travels_with_the_alert(night: Mini) -> None:
    ring = [[113.2, 31.5], [113.3, 31.5], [113.3, 31.6], [113.2, 31.5]]
    ref = drafted(night)
    drafting.edit(after(night, "forecaster"), ref=ref, text=text(polygon=[ring]))
    polygon = alert_cap.compose(night.ctx(), row(ref)).infos[0].areas[0].polygons[0]
    assert [list(p) for p in polygon] == ring


def test_two_alerts_in_one_second_have_two_identifiers(night: Mini) -> None:
    assert {row(issued(night)).identifier, row(issued(night)).identifier} == {
        "42132141600000_20210812040400",
        "42132141600000_20210812040400_1",
    }


@pytest.mark.parametrize("meanwhile", [{"identifier": "42132141600000_20210812040400"}, {"revision": 9}])
def test_what_was_signed_goes_out_only_if_nothing_changed_meanwhile(
    night: Mini, meanwhile: dict[str, object]
) -> None:
    """It is signed before the records are held: another alert may take its number, or its text may change."""
    ref, other = approved(night), drafted(night)

    def somebody_else() -> None:
        changed = {**meanwhile, "approved_revision": 9} if "revision" in meanwhile else meanwhile
        Alert.objects.filter(ref=ref if "revision" in meanwhile else other).update(**changed)

    with writing.begun_by(somebody_else), pytest.raises(Conflict):
        issuing.issue(after(night, "forecaster", minutes=4), ref=ref)
    assert (row(ref).state, row(ref).cap) == ("approved", "")
    issuing.issue(after(night, "forecaster", minutes=4), ref=ref)
    assert row(ref).state == "issued"


def test_the_national_form_is_made_on_demand(night: Mini) -> None:
    name, data = alert_cap.national(row(issued(night)))
    assert name.startswith("42132141600000_20210812040400_11B03_")
    assert reading.read(data).alert.identifier == "42132141600000_20210812040400"


def test_a_unit_without_its_code_cannot_sign(night: Mini) -> None:
    ref = approved(night)
    Organisation.objects.filter(ref=STATION).update(unit_code="")
    with pytest.raises(Invalid):
        issuing.issue(after(night, "forecaster", minutes=4), ref=ref)
    assert row(ref).state == "approved"


# ---------- the chain ----------
def test_an_update_ends_the_link_before_it(night: Mini) -> None:
    first = issued(night, 3)
    second = drafting.follow_up(
        after(night, "forecaster", minutes=9), ref=first, message="update", text=text(4)
    )
    go_out(night, second)
    assert (row(first).state, row(second).state) == ("updated", "issued")
    assert reader.read(row(second).cap.encode()).references[0].identifier == row(first).identifier


@pytest.mark.parametrize(("message", "state"), [("all_clear", "all_clear"), ("cancel", "cancelled")])
def test_an_end_is_approved_by_two_like_every_link(night: Mini, message: str, state: str) -> None:
    first = issued(night)
    last = drafting.follow_up(after(night, "forecaster", minutes=9), ref=first, message=message)
    assert row(first).state == "issued"
    go_out(night, last)
    assert row(first).state == state
    assert not check(row(last).cap.encode()).errors


def test_one_follow_up_at_a_time(night: Mini) -> None:
    first = issued(night)
    drafting.follow_up(after(night, "forecaster", minutes=9), ref=first, message="update")
    with pytest.raises(AlertRefused) as error:
        drafting.follow_up(after(night, "second", minutes=9), ref=first, message="all_clear")
    assert refusal(error) == "follow_up_open"


def test_an_alert_ends_with_its_time(night: Mini) -> None:
    ref = issued(night)
    assert not issuing.expire(night.ctx().at(NIGHT + timedelta(hours=1)), ref=ref)
    due = Task.objects.filter(kind="warn.alert.expire").get()
    tasks.run(due, night._fresh())
    assert (row(ref).state, row(ref).ended_at) == ("expired", NIGHT + timedelta(hours=3))
