"""Warnings that come as CAP files: nothing of them is lost on the way in, and what is doubtful is said."""

import html
import json
import re
from contextlib import suppress
from pathlib import Path

import pytest

from anlan.call.models import CallDown
from anlan.foundation.errors import AnlanError, Conflict, Invalid
from anlan.people.models import Organisation
from anlan.warn import alert_file
from anlan.warn.actions.alerts import files, importing
from anlan.warn.actions.alerts.importing import NOT_VERIFIED
from anlan.warn.models import Alert
from anlan.wire.cap import reader
from anlan.wire.cap.check import check
from anlan.wire.cap.errors import CapError, InvalidCap
from tests.support.alertfolk import STATION_CODE, row, staff, told
from tests.support.city import CITY, COUNTY, FOREIGN_TOWN, FOREIGN_VILLAGE, TOWN, VILLAGE, VILLAGE_2, Mini

FILES = Path(__file__).parents[2].parent / "shared" / "vectors" / "inputs"
AROUND = "31.5,113.0 31.5,113.3 31.7,113.3 31.7,113.0 31.5,113.0"
ROUND_VILLAGE = "31.53,113.22 31.53,113.24 31.55,113.24 31.55,113.22 31.53,113.22"
SENT = "2021-08-12T03:05:00+08:00"


@pytest.fixture
def night(city: Mini) -> Mini:
    return staff(city).exercise()


def area(
    *, codes: tuple[str, ...] = (), polygons: tuple[str, ...] = (), circle: str = "", words: str = "随县"
) -> str:
    lines = "".join(f"<polygon>{ring}</polygon>" for ring in polygons)
    lines += f"<circle>{circle}</circle>" if circle else ""
    named = "".join(f"<geocode><valueName>NBS-12</valueName><value>{c}</value></geocode>" for c in codes)
    return f"<area><areaDesc>{words}</areaDesc>{lines}{named}</area>"


def info(
    severity: str = "Extreme", colour: str = "红", *, where: str = "", language: str = "zh-CN", headline: str = "",
    expires: str = "2021-08-12T09:05:00+08:00", event: str = "暴雨", name: str = "随县气象台",
) -> str:  # fmt: skip
    return (
        f"<info><language>{language}</language><category>Met</category><event>{event}</event>"
        f"<urgency>Immediate</urgency><severity>{severity}</severity><certainty>Observed</certainty>"
        f"<expires>{expires}</expires><senderName>{name}</senderName>"
        f"<headline>{headline or f'{name}发布暴雨{colour}色预警信号'}</headline>{where or area(codes=(TOWN,))}</info>"
    )


def file(
    *infos: str, sender: str = STATION_CODE, identifier: str = "T-1", kind: str = "Alert", references: str = "",
    sent: str = SENT,
) -> bytes:  # fmt: skip
    named = f"<references>{references}</references>" if references else ""
    return (
        f'<alert xmlns="urn:oasis:names:tc:emergency:cap:1.2"><identifier>{identifier}</identifier>'
        f"<sender>{sender}</sender><sent>{sent}</sent><status>Actual</status><msgType>{kind}</msgType>"
        f"<scope>Public</scope>{named}{''.join(infos)}</alert>"
    ).encode()


def keep(night: Mini, *infos: str, **more: str) -> Alert:
    return row(files.take_in_file(night.ctx("duty_officer"), file(*infos, **more)))


def placed(where: str) -> list[str]:
    (part,) = alert_file.taken_from(file(info(where=where)))
    return part["named"]


def doubts(*infos: str, **more: str) -> list[str]:
    return alert_file.taken_from(file(*infos, **more))[0]["doubts"]


# ---------- which warning it is ----------
def test_two_issuers_may_use_one_identifier(night: Mini) -> None:
    first, second = keep(night, info()), keep(night, info(name="某台"), sender="41130000000000")
    assert first.pk != second.pk
    assert keep(night, info()).pk == first.pk


def test_the_same_key_with_other_words_is_told_to_the_officer(night: Mini) -> None:
    first = keep(night, info())
    with pytest.raises(Conflict, match=first.ref):
        keep(night, info("Severe", "橙"))
    assert row(first.ref).level == 4
    assert Alert.objects.count() == 1


def test_line_ends_that_a_browser_puts_in_are_no_other_words(night: Mini) -> None:
    data = file(info()).replace(b"><", b">\n<")
    first = files.take_in_file(night.ctx("duty_officer"), data)
    assert files.take_in_file(night.ctx("duty_officer"), data.replace(b"\n", b"\r\n")) == first


# ---------- every block counts ----------
def test_each_level_of_a_file_is_a_warning_with_its_own_places(night: Mini) -> None:
    orange = info("Severe", "橙", where=area(codes=(VILLAGE_2,)))
    red = info(where=area(codes=(VILLAGE,)))
    highest = keep(night, orange, red)
    assert (highest.level, [p.name for p in highest.names.all()]) == (4, ["联盟村"])
    other = Alert.objects.exclude(pk=highest.pk).get()
    assert (other.level, [p.name for p in other.names.all()]) == (3, ["古城畈村"])
    assert keep(night, orange, red).pk == highest.pk


def test_a_translation_is_no_second_warning_and_the_chinese_words_stand(night: Mini) -> None:
    english = info(
        language="en-US", headline="Rainstorm red warning", event="Rainstorm", name="Weather station"
    )
    alert = keep(night, english, info())
    assert (Alert.objects.count(), alert.issuer_name) == (1, "随县气象台")


@pytest.mark.parametrize(
    ("severity", "headline", "level", "is_doubtful"),
    [
        ("Moderate", "随县气象台发布暴雨红色预警信号", 4, True),
        ("Extreme", "随县气象台发布暴雨黄色预警信号", 4, True),
        ("Extreme", "随县气象台发布暴雨红色预警信号", 4, False),
        ("Unknown", "随县气象台发布暴雨橙色预警信号", 3, False),
        ("Extreme", "随县气象台将暴雨橙色预警升级为红色", 4, False),
    ],
)
def test_the_lower_level_is_never_taken_in_silence(
    night: Mini, severity: str, headline: str, level: int, is_doubtful: bool
) -> None:
    (part,) = alert_file.taken_from(file(info(severity, headline=headline)))
    assert (part["level"], alert_file.COLOURS_DIFFER in part["doubts"]) == (level, is_doubtful)


# ---------- where ----------
@pytest.mark.parametrize(
    ("where", "found"),
    [
        (area(polygons=(ROUND_VILLAGE,)), [VILLAGE]),
        (area(polygons=(AROUND,)), [VILLAGE, VILLAGE_2]),
        (area(circle="31.539,113.232 1"), [VILLAGE]),
        (area(circle="31.539,113.232 5"), [VILLAGE, VILLAGE_2]),
        (area(codes=(f"{TOWN}000.0",)), [TOWN]),
        (area(codes=("420000000000",)), [CITY]),
        (area(codes=(FOREIGN_TOWN,)) + area(polygons=(ROUND_VILLAGE,)), [FOREIGN_TOWN, VILLAGE]),
    ],
)
def test_lines_and_codes_become_places(night: Mini, where: str, found: list[str]) -> None:
    assert placed(where) == sorted(found)


@pytest.mark.parametrize(
    "where",
    [
        area(codes=("411300000000",)),
        area(codes=("4.2132e+11",)),
        area(codes=("999999999999",)),
        area(polygons=("40.0,116.0 40.0,116.2 40.2,116.2 40.0,116.0",)),
        area(circle="40.0,116.0 3"),
    ],
)
def test_places_of_others_never_become_the_whole_city(night: Mini, where: str) -> None:
    with pytest.raises(Invalid, match="本地一个也没有"):
        keep(night, info(where=where))
    assert not Alert.objects.exists()


def test_codes_and_lines_that_do_not_meet_are_doubtful(night: Mini) -> None:
    assert alert_file.AREAS_APART in doubts(
        info(where=area(codes=(FOREIGN_TOWN,), polygons=(ROUND_VILLAGE,)))
    )
    assert alert_file.AREAS_APART in doubts(info(where=area(codes=(TOWN,), circle="40.0,116.0 3")))
    assert doubts(info(where=area(codes=(TOWN,), polygons=(ROUND_VILLAGE,)))) == []


def test_a_code_that_looks_like_ours_and_is_not_known_is_said(night: Mini) -> None:
    assert doubts(info(where=area(codes=(TOWN, "421321999000")))) == [alert_file.CODES_UNKNOWN]


def test_a_polygons_villages_are_called_once_the_source_is_confirmed(night: Mini) -> None:
    alert = keep(night, info(where=area(polygons=(ROUND_VILLAGE,))))
    assert not CallDown.objects.exists()
    importing.confirm_source(night.ctx("duty_officer"), ref=alert.ref)
    assert told("source_confirmed")[0]["called"] == [VILLAGE]
    assert row(alert.ref).doubtful == ""


# ---------- what ends what ----------
def reference(identifier: str, sender: str = STATION_CODE) -> str:
    return f"{sender},{identifier},2021-08-11T19:05:00Z"


def test_an_update_ends_all_that_it_references(night: Mini) -> None:
    before = [keep(night, info(), identifier=name) for name in ("T-1", "T-2")]
    after = keep(
        night,
        info("Severe", "橙"),
        identifier="T-3",
        kind="Update",
        references=f"{reference('T-1')}\n {reference('T-2')}",
    )
    assert [row(each.ref).state for each in before] == ["issued", "issued"], "nobody vouches for it yet"
    importing.confirm_source(night.ctx("duty_officer"), ref=after.ref)
    assert [row(each.ref).state for each in before] == ["updated", "updated"]
    assert after.predecessor_id in {each.pk for each in before}


def test_a_cancel_without_content_ends_what_it_names_and_lasts_no_time(night: Mini) -> None:
    before = [keep(night, info(), identifier=name) for name in ("T-1", "T-2")]
    cancel = keep(night, identifier="T-3", kind="Cancel", references=f"{reference('T-1')} {reference('T-2')}")
    assert [row(each.ref).state for each in before] == ["issued", "issued"], "a stranger cancels nothing"
    importing.confirm_source(night.ctx("duty_officer"), ref=cancel.ref)
    assert [row(each.ref).state for each in before] == ["cancelled", "cancelled"]
    assert (cancel.level, cancel.expires_at, [p.name for p in cancel.names.all()]) == (4, None, ["柳林镇"])


def test_a_cancel_of_another_issuers_identifier_ends_nothing(night: Mini) -> None:
    mine = keep(night, info())
    with pytest.raises(Invalid, match="没有收过"):
        keep(night, identifier="T-3", kind="Cancel", references=reference("T-1", "41130000000000"))
    assert row(mine.ref).state == "issued"


@pytest.mark.parametrize("kind", ["Ack", "Error"])
def test_receipts_are_no_warnings(night: Mini, kind: str) -> None:
    with pytest.raises(Invalid, match="不是预警"):
        keep(night, info(), kind=kind, references=reference("T-0"))


# ---------- who says it ----------
@pytest.mark.parametrize(
    ("sender", "name", "differs"),
    [
        (STATION_CODE, "随县气象台", False),
        ("41130000000000", "随县气象台", True),
        (STATION_CODE, "某某气象台", True),
        ("41130000000000", "南阳市气象台", False),  # nobody we know
        (
            "41130000000000",
            "曾都区应急管理局",
            True,
        ),  # it has no code of its own; its county's does not begin so
        ("42130300000000", "曾都区应急管理局", False),
    ],
)
def test_a_sender_that_is_not_the_named_issuer_is_said(
    night: Mini, sender: str, name: str, differs: bool
) -> None:
    assert Organisation.objects.filter(name="曾都区应急管理局", unit_code="").exists()
    assert (alert_file.SENDER_DIFFERS in doubts(info(name=name), sender=sender)) == differs


def test_the_preview_tells_sender_places_and_doubts_and_the_file_calls_nobody(night: Mini) -> None:
    words = area(codes=(TOWN,), words="𠮷㙟·柳林镇")
    text = (
        '<?xml version="1.0" encoding="GB2312"?>' + file(info(where=words), sender="41130000000000").decode()
    )
    client = night.client("duty_officer")
    where = f"/w/{night.world.key}/alerts/import"
    body = html.unescape(client.post(where, {"do": "paste", "text": text}).content.decode())
    assert "41130000000000" in body
    assert alert_file.SENDER_DIFFERS in body
    assert "𠮷㙟·柳林镇" in body
    data = re.search(r'name="data" value="([^"]+)"', body)
    assert data
    client.post(where, {"do": "keep", "data": data[1]})
    kept = Alert.objects.get()
    assert kept.doubtful == f"{NOT_VERIFIED}；{alert_file.SENDER_DIFFERS}"
    assert "𠮷㙟·柳林镇" in kept.cap
    assert not CallDown.objects.exists()
    importing.confirm_source(night.ctx("duty_officer"), ref=kept.ref)
    assert row(kept.ref).doubtful == alert_file.SENDER_DIFFERS


def test_text_that_came_as_json_keeps_its_words_whatever_its_prolog_says(night: Mini) -> None:
    text = (
        '<?xml version="1.0" encoding="GB2312"?>'
        + file(info(where=area(codes=(TOWN,), words="𠮷㙟"))).decode()
    )
    reply = night.client("duty_officer").post(
        f"/api/v1/w/{night.world.key}/alert-imports/cap", {"text": text}, content_type="application/json"
    )
    assert reply.status_code == 200, reply.content
    kept = Alert.objects.get()
    assert kept.headline == "随县气象台发布暴雨红色预警信号"
    assert reader.read(kept.cap.encode()).infos[0].areas[0].description == "𠮷㙟"


def test_a_refused_file_says_how_it_is_mended(night: Mini) -> None:
    data = file(info(where=area(circle="31.5 113.2 5")))
    with pytest.raises(InvalidCap) as error:
        keep(night, info(where=area(circle="31.5 113.2 5")))
    assert check(data).errors[0].mend_zh in error.value.text("zh")
    assert "照原文录入" in error.value.text("zh")


# ---------- files of the field ----------
BOTH = [VILLAGE, VILLAGE_2]


@pytest.mark.parametrize(
    ("name", "finding", "found"),
    [
        ("cap02_prefix_georss", "", BOTH),
        ("cap03_two_polygons", "", BOTH),
        ("cap04_repeated_last_vertex", "", BOTH),
        ("cap04b_repeated_mid_vertex", "", BOTH),
        ("cap05_refs_spaces_newlines", "", BOTH),
        ("cap06_spike", "", BOTH),
        ("cap07_hole_by_touch", "CAP-POLYGON-CROSSES", None),
        ("cap08_bowtie", "CAP-POLYGON-CROSSES", None),
        ("cap09_open", "CAP-POLYGON-OPEN", BOTH),
        ("cap10_lonlat", "CAP-COORDINATE-RANGE", []),
        ("cap11_cancel_exp_eq_sent", "", None),
        ("cap12_sent_minus0", "", BOTH),
        ("cap12b_sent_Z", "XSD-TIME", BOTH),
        ("cap12c_sent_millis", "XSD-TIME", BOTH),
        ("cap13_ns11", "", BOTH),
        ("cap13b_ns_none", "", BOTH),
        ("cap14_atom", "", BOTH),
        ("cap16_many_geocodes", "", []),
        ("cap17_circle", "CAP-CIRCLE-FORM", []),
        ("cap18_bom", "", BOTH),
        ("cap19_hole_two_rings", "", BOTH),
        ("cap20_decimal_comma", "CAP-POLYGON-FORM", []),
        ("cap21_html_desc", "", BOTH),
        ("cap22_gb2312", "", BOTH),
    ],
)
def test_a_file_of_the_field_is_read_right_or_refused(
    night: Mini, name: str, finding: str, found: list[str] | None
) -> None:
    if not FILES.exists():
        pytest.skip("the shared vectors are not beside this checkout (../shared/vectors/inputs)")
    data = (
        (FILES / f"{name}.xml").read_bytes().replace(b"2026-07-1", b"2021-08-1").replace(b"113.2", b"113.3")
    )
    assert {each.code for each in check(data).errors} == ({finding} if finding else set())
    if found == []:
        with pytest.raises((Invalid, InvalidCap)):
            files.take_in_file(night.ctx("duty_officer"), data)
        assert not Alert.objects.exists()
        return
    kept = row(files.take_in_file(night.ctx("duty_officer"), data))
    assert (kept.headline, kept.level) == ("随县气象台发布暴雨红色预警信号", 4)
    assert found is None or told("imported")[0]["named"] == found
    assert kept.place_id != night.ids[CITY] or not found
    assert (kept.expires_at is None) == (kept.message == "cancel")


def test_foreign_villages_are_not_ours_to_call(night: Mini) -> None:
    alert = keep(night, info(where=area(codes=(FOREIGN_VILLAGE, TOWN, COUNTY))))
    assert set(told("imported")[0]["called"]) == {TOWN, COUNTY}
    assert alert.level == 4


def test_warnings_of_other_countries_and_provinces_call_nothing_of_ours(night: Mini) -> None:
    if not FILES.exists():
        pytest.skip("the shared vectors are not beside this checkout (../shared/vectors)")
    vectors = json.loads((FILES.parent / "cap_and_broadcast.json").read_text("utf-8"))
    for one in (each for each in vectors if each["xml"]):
        with suppress(AnlanError, CapError):
            files.take_in_file(night.ctx("duty_officer"), one["xml"].encode())
    assert [each for each in told("imported") if each["called"] or each["named"]] == []
