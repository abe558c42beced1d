"""Alerts in a browser's eyes: only the buttons that are one's own, nothing of another county, no level on an assessment."""

import base64
import html
import json
import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from anlan.foundation.context import Ctx
from anlan.foundation.home import home
from anlan.judge.models import Exceedance
from anlan.warn import identity
from anlan.warn.actions.alerts import approving, drafting, proposing
from anlan.warn.actions.alerts.drafting import Text
from anlan.warn.models import Alert
from anlan.warn.pins import PINNED
from tests.support.alertfolk import (
    RAINSTORM,
    STATION,
    after,
    approved,
    drafted,
    issued,
    row,
    staff,
    submitted,
    text,
)
from tests.support.city import FOREIGN_TOWN, NIGHT, TOWN, VILLAGE, VILLAGE_2, Mini


@pytest.fixture
def night(city: Mini) -> Mini:
    return staff(city).exercise()


def at(mini: Mini, *parts: str) -> str:
    return "/".join(("/w", mini.world.key, "alerts", *parts))


def shown(client: Client, url: str, status: int = 200) -> str:
    reply = client.get(url)
    assert reply.status_code == status, reply.content.decode()[:2000]
    return html.unescape(re.sub(r"\s+", " ", reply.content.decode()))


def composed(**changes: object) -> dict[str, object]:
    return {
        "event_type": RAINSTORM, "level": "4", "expires_at": "2021-08-12 07:00", "named": [TOWN], "polygon": "",
        "description": "柳林镇下了102毫米。", "instruction": "去高处。", "by_when": "现在就走。", "do": "save", **changes,
    }  # fmt: skip


def test_the_list_shows_the_level_the_places_and_the_state(night: Mini) -> None:
    issued(night)
    body = shown(night.client("duty_officer"), at(night))
    assert "level--red" in body
    assert "柳林镇" in body
    assert "已签发" in body


def test_an_empty_list_says_where_alerts_come_from(night: Mini) -> None:
    assert "现在没有在办或有效的预警" in shown(night.client("duty_officer"), at(night))


@pytest.mark.parametrize(
    "path", ["", "print", "check", "cap", "12379", "certificate", "area", "edit", "telephone"]
)
def test_the_other_county_finds_nothing_of_it(night: Mini, path: str) -> None:
    ref = issued(night)
    client = night.client("foreign")
    reply = client.get(at(night, ref, path).rstrip("/"))
    assert reply.status_code == 404
    assert "柳林" not in reply.content.decode()
    assert "柳林" not in shown(client, at(night))


@pytest.mark.parametrize(
    ("role", "path", "status"),
    [
        ("grid_worker", "new", 403),
        ("auditor", "new", 403),
        ("auditor", "import", 403),
        ("auditor", "targets", 403),
        ("duty_officer", "import", 200),
    ],
)
def test_who_may_open_what(night: Mini, role: str, path: str, status: int) -> None:
    assert night.client(role).get(at(night, path)).status_code == status


def test_nobody_gets_in_without_signing_in(night: Mini) -> None:
    assert night.client().get(at(night)).status_code == 302


# ---------- two persons ----------
def test_the_drafter_sees_whom_to_wake_and_no_approval(night: Mini) -> None:
    body = shown(night.client("forecaster"), at(night, submitted(night)))
    assert "/approve" not in body
    assert "叫醒一位批准人" in body
    assert "chief 周**" in body


def test_the_approver_types_place_and_level_again(night: Mini) -> None:
    ref = submitted(night)
    chief, here = night.client("chief"), at(night, ref)
    assert "手打地名（柳林镇）" in shown(chief, here)
    told = chief.post(f"{here}/approve", {"retyped_place": "柳林", "retyped_level": "红色"}, follow=True)
    assert "对不上" in told.content.decode()
    chief.post(f"{here}/approve", {"retyped_place": "柳林镇", "retyped_level": "红色"})
    assert row(ref).state == "approved"


def test_an_author_who_might_approve_sees_no_button_and_cannot_post(night: Mini) -> None:
    ref = drafted(night)
    drafting.edit(of_unit(night), ref=ref, text=changed())
    approving.submit(after(night, "forecaster"), ref=ref)
    Alert.objects.filter(ref=ref).update(edited_by=[night.account("chief").ref])
    chief, here = night.client("chief"), at(night, ref)
    assert "/approve" not in shown(chief, here)
    chief.post(f"{here}/approve", {"retyped_place": "柳林镇", "retyped_level": "红色"})
    assert row(ref).state == "review"


def of_unit(night: Mini) -> Ctx:
    return after(night, "second")


def changed() -> Text:
    return text(by_when="马上走。")


def test_people_of_another_unit_get_no_buttons(night: Mini) -> None:
    body = shown(night.client("approver"), at(night, submitted(night)))
    assert "/approve" not in body
    assert "/reject" not in body


def test_a_day_from_draft_to_all_clear_through_the_pages(night: Mini) -> None:
    writer, chief = night.client("forecaster"), night.client("chief")
    reply = writer.post(at(night, "new"), composed())
    ref = Alert.objects.get().ref
    assert reply.headers["Location"] == at(night, ref)
    writer.post(at(night, ref, "submit"))
    chief.post(at(night, ref, "review"))
    chief.post(at(night, ref, "approve"), {"retyped_place": "柳林镇", "retyped_level": "红色"})
    writer.post(at(night, ref, "issue"))
    assert row(ref).state == "issued"
    writer.post(at(night, ref, "next", "all_clear"), composed(description="解除。"))
    after_it = Alert.objects.get(message="all_clear")
    assert after_it.predecessor_id == row(ref).pk
    assert after_it.headline.endswith("解除此前发布的暴雨红色预警[Ⅰ级/特别严重]")


def test_a_returned_draft_says_why(night: Mini) -> None:
    ref = submitted(night)
    night.client("chief").post(at(night, ref, "reject"), {"reason": "雨量写错"})
    assert "退回理由：雨量写错" in shown(night.client("forecaster"), at(night, ref)).replace("： ", "：")


def test_a_telephone_approval_is_written_down_and_shown_as_to_be_signed(night: Mini) -> None:
    ref = submitted(night)
    night.world.__class__.objects.filter(pk=night.world.pk).update(now=NIGHT + timedelta(minutes=6))
    given = {
        "leader": night.account("head").ref, "number": "13800009999", "at": "04:03", "words": "同意发。",
        "retyped_place": "柳林镇", "retyped_level": "红色",
    }  # fmt: skip
    writer = night.client("forecaster")
    assert writer.post(at(night, ref, "telephone"), {**given, "words": ""}).status_code == 422
    assert writer.post(at(night, ref, "telephone"), given).status_code == 302
    body = shown(writer, at(night, ref))
    assert "口头批准，待第二人确认" in body
    assert re.findall(r".{30}\{'.{40}", html.unescape(body)) == [], "a dict of both languages was printed"
    assert "/confirm" not in body
    desk = shown(night.client("second"), f"/w/{night.world.key}/desk")
    assert "电话签批还没有第二人确认" in desk
    assert night.client("second").post(at(night, ref, "confirm")).status_code == 302
    body = shown(writer, at(night, ref))
    assert "口头批准，待补签" in body
    assert "138 **** 9999" in body
    assert "13800009999" not in body
    assert "补签" in shown(night.client("head"), at(night, ref))


# ---------- the composer ----------
def test_the_composer_finds_places_counts_who_is_reached_and_saves_nothing_before(night: Mini) -> None:
    writer = night.client("forecaster")
    found = writer.post(at(night, "new"), composed(do="find", q="古城畈", named=[])).content.decode()
    assert VILLAGE_2 in found
    body = html.unescape(writer.post(at(night, "new"), composed(do="preview")).content.decode())
    assert "按职责叫" in body
    assert "联盟村" in body
    assert not Alert.objects.exists()


@pytest.mark.parametrize(
    "wrong",
    [{"expires_at": "soon"}, {"polygon": "{"}, {"named": []}, {"named": [FOREIGN_TOWN]}, {"level": "9"}],
)
def test_what_cannot_be_saved_stays_in_the_form(night: Mini, wrong: dict[str, object]) -> None:
    reply = night.client("forecaster").post(at(night, "new"), composed(**wrong))
    assert reply.status_code == 422
    assert "现在就走" in html.unescape(reply.content.decode())
    assert not Alert.objects.exists()


def test_the_emergency_bureau_is_led_to_a_notice(night: Mini) -> None:
    officer = night.client("duty_officer")
    assert "本单位不能发布预警信号" in shown(officer, at(night, "new"))
    officer.post(at(night, "new") + "?kind=notice", composed())
    notice = Alert.objects.get()
    assert notice.kind == "notice"
    body = shown(officer, at(night, notice.ref))
    assert 'class="level' not in body


def test_counts_come_without_names(night: Mini) -> None:
    ring = [[113.22, 31.53], [113.24, 31.53], [113.24, 31.55], [113.22, 31.55]]
    polygon = json.dumps({"type": "Polygon", "coordinates": [ring]})
    client = night.client("forecaster")
    found = client.get(at(night, "targets"), {"named": TOWN, "polygon": polygon}).json()
    assert (found["inside"], found["outside"]) == (16, 16)
    assert found["left_out"][0]["code"] == VILLAGE_2
    assert client.get(at(night, "targets"), {"stream": "浪河", "metres": "50"}).json()["inside"] == 32
    assert client.get(at(night, "targets"), {"named": TOWN, "polygon": "{"}).status_code == 422


def test_an_assessment_behind_a_draft_never_wears_a_signals_mark(night: Mini) -> None:
    finding = Exceedance.objects.create(
        world_id=night.world.pk, ref="X-1", pack="rainstorm-signal-national", rule_version="v", place_id=night.ids[TOWN],
        level=4, onset=NIGHT, known_at=NIGHT, quantity="rain", value=1020, threshold=1000, window_min=180,
    )  # fmt: skip
    ref = proposing.propose(night.ctx(), exceedance=finding.ref)
    body = shown(night.client("forecaster"), at(night, str(ref)))
    basis = body[body.index('class="basis"') :][:800]
    assert "系统研判，不是预警信号" in basis
    assert "level--" not in basis
    assert "3 小时雨量 102.0 毫米，线是 100.0 毫米" in basis


# ---------- what goes out and comes in ----------
def test_the_signed_file_is_downloaded_and_taken_in_elsewhere_with_its_signature_checked(night: Mini) -> None:
    ref = issued(night)
    client = night.client("duty_officer")
    reply = client.get(at(night, ref, "cap"))
    assert reply.headers["Content-Disposition"].endswith(".xml")
    pinned = home() / PINNED
    pinned.mkdir(exist_ok=True)
    mine = identity.of_unit(night.ctx(), ref=STATION, name="随县气象台")
    (pinned / "station.pem").write_bytes(mine.certificate_pem())
    Alert.objects.filter(ref=ref).update(identifier="")
    file = SimpleUploadedFile("a.xml", reply.content)
    body = html.unescape(client.post(at(night, "import"), {"do": "check", "file": file}).content.decode())
    (pinned / "station.pem").unlink()
    assert "签名对上了，证书是 随县气象台。" in body
    assert "错误 0 处" in body
    data = re.search(r'name="data" value="([^"]+)"', body)
    assert data
    client.post(at(night, "import"), {"do": "keep", "data": data[1]})
    taken = Alert.objects.get(source="imported")
    assert [p.name for p in taken.names.all()] == ["柳林镇"]
    assert taken.doubtful == "签名未能核对"


@pytest.mark.parametrize(
    "pasted", ["", "<not", "<!DOCTYPE a [<!ENTITY x 'y'>]><a>&x;</a>", "<a>" * 5000, "\x00", "<alert/>"]
)
def test_a_hostile_or_broken_file_is_refused_in_words(night: Mini, pasted: str) -> None:
    client = night.client("duty_officer")
    reply = client.post(at(night, "import"), {"do": "paste", "text": pasted})
    assert reply.status_code in (200, 422)
    assert client.post(at(night, "import"), {"do": "keep", "data": "bm90IHhtbA=="}).status_code == 422
    assert not Alert.objects.exists()


def test_a_warning_is_typed_from_the_original_once(night: Mini) -> None:
    client = night.client("duty_officer")
    given = {
        "do": "typed", "issuer_name": "随州市气象台", "event_type": RAINSTORM, "level": "4", "named": [VILLAGE],
        "issued_at": "2021-08-12 03:51", "headline": "暴雨红色预警信号", "description": "", "doubtful": "听写",
    }  # fmt: skip
    for _ in range(2):
        assert client.post(at(night, "import"), given).status_code == 302
    assert Alert.objects.get().doubtful == "听写"
    assert client.post(at(night, "import"), {**given, "issuer_name": ""}).status_code == 422


def test_an_exercises_file_does_not_enter_the_live_watch(night: Mini, city: Mini) -> None:
    ref = issued(night)
    data = base64.b64encode(row(ref).cap.encode()).decode()
    reply = city.client("duty_officer").post("/w/live/alerts/import", {"do": "keep", "data": data})
    assert reply.status_code == 422
    assert "演练用的" in html.unescape(reply.content.decode())


def test_the_map_gets_the_drawn_line_or_the_named_outlines(night: Mini) -> None:
    found = night.client("forecaster").get(at(night, issued(night), "area")).json()
    assert found["features"][0]["properties"]["level"] == "red"


@pytest.mark.parametrize("path", ["", "print", "check", "edit", "telephone", "next/update"])
def test_every_page_reads_in_english(night: Mini, path: str) -> None:
    """A word without its English raises."""
    ref = {"edit": drafted, "telephone": submitted}.get(path, issued)(night)
    client = night.client("forecaster")
    assert "Words for residents" in shown(client, at(night, ref) + "?lang=en")
    shown(client, at(night, ref, path).rstrip("/") + "?lang=en")
    for each in (
        "?lang=en",
        "?which=imported&lang=en",
        "/new?lang=en",
        "/new?kind=notice&lang=en",
        "/import?lang=en",
    ):
        shown(client, at(night) + each)


def test_an_approved_alert_offers_its_signature_to_those_who_may_issue(night: Mini) -> None:
    ref = approved(night)
    assert "签名并签发" in shown(night.client("forecaster"), at(night, ref))
    assert "签名并签发" not in shown(night.client("head"), at(night, ref))
