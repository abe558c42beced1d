"""Packs and back-tests: what stands behind each figure, and what a pack would have said of a night."""

import html
import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from anlan.foundation.errors import Invalid
from anlan.foundation.worlds import BEIJING
from anlan.judge.actions import backtests
from anlan.judge.models import BackTest
from anlan.wire import tables
from tests.support.city import NIGHT, Mini

SIGNAL = "rainstorm-signal-national"


def at(mini: Mini, *parts: str) -> str:
    return "/".join(("/w", mini.world.key, *parts))


def shown(client: Client, url: str, status: int = 200) -> str:
    reply = client.get(url)
    assert reply.status_code == status, reply.content.decode()[:2000]
    return html.unescape(re.sub(r"\s+", " ", reply.content.decode()))


def night_csv(*, millimetres: int = 2) -> SimpleUploadedFile:
    """Four hours of five-minute steps, ending at 04:00: 2 mm each are 72 mm in three hours."""
    start = NIGHT.astimezone(BEIJING) - timedelta(hours=4)
    rows = [f"{(start + timedelta(minutes=5 * n)):%Y-%m-%d %H:%M},{millimetres}" for n in range(1, 49)]
    return SimpleUploadedFile("柳林.csv", "\n".join(["time,mm", *rows]).encode())


def given(**changes: object) -> dict[str, object]:
    return {
        "station": "",
        "since": "",
        "until": "",
        "events": "",
        "from_level": "3",
        "lead_hours": "24",
        **changes,
    }


def test_every_pack_is_listed_with_its_clause_and_confidence(mini: Mini) -> None:
    body = shown(mini.client("auditor"), at(mini, "packs"))
    assert "暴雨预警信号标准(国家)" in body
    assert "附件《气象灾害预警信号及防御指南》二、暴雨" in body
    assert "从未回测" in body
    assert "待核实" in body
    assert "示例" in body


def test_a_pack_shows_each_figure_with_what_stands_behind_it(mini: Mini) -> None:
    body = shown(mini.client("auditor"), at(mini, "packs", SIGNAL))
    assert "3 小时雨量" in body
    assert "rain_mm" not in body
    assert "2007-06-12" in body
    assert "从未回测" in body
    shown(mini.client("auditor"), at(mini, "packs", "no-such-pack"), 404)


@pytest.mark.parametrize(
    "path", ["packs", f"packs/{SIGNAL}", f"packs/{SIGNAL}/back-test", "packs/issuers-national"]
)
def test_the_pages_read_in_english(mini: Mini, path: str) -> None:
    assert "Confidence" in shown(mini.client("auditor"), at(mini, path) + "?lang=en") or "Run" in shown(
        mini.client("auditor"), at(mini, path) + "?lang=en"
    )


@pytest.mark.parametrize("path", ["packs", f"packs/{SIGNAL}", f"packs/{SIGNAL}/back-test"])
def test_a_grid_worker_has_no_packs(mini: Mini, path: str) -> None:
    shown(mini.client("grid_worker"), at(mini, path), 403)


def test_a_back_test_tells_hits_misses_and_leads_and_is_kept(mini: Mini) -> None:
    client = mini.client("duty_officer")
    events = "2021-08-12 04:00\n2021-08-11 23:00"
    reply = client.post(at(mini, "packs", SIGNAL, "back-test"), given(file=night_csv(), events=events))
    row = BackTest.objects.get()
    assert reply.headers["Location"] == at(mini, "back-tests", row.ref)
    # 52 mm, the first at or above 50 mm, have fallen after 25 steps of 2 mm, at 02:05
    assert row.result["hits"] == [
        {"at": "2021-08-12T04:00:00+08:00", "warned_at": "2021-08-12T02:05:00+08:00", "lead_min": 115}
    ]
    assert row.result["misses"] == ["2021-08-11T23:00:00+08:00"]
    assert (row.result["pod"], row.result["far"], row.result["csi"]) == (0.5, 0.0, 0.5)
    for lang in ("zh", "en"):
        body = shown(client, at(mini, "back-tests", row.ref) + f"?lang={lang}")
        assert "<svg" in body
        assert "115" in body
    assert "已回测1次" in shown(client, at(mini, "packs", SIGNAL) + "?lang=zh")


def test_a_warning_that_nothing_followed_is_a_false_alarm(mini: Mini) -> None:
    client = mini.client("duty_officer")
    client.post(at(mini, "packs", SIGNAL, "back-test"), given(file=night_csv()))
    found = BackTest.objects.get().result
    assert len(found["false_alarms"]) == 1
    assert found["pod"] is None  # nothing to count is not zero


@pytest.mark.parametrize(
    "wrong",
    [
        {},
        {"file": SimpleUploadedFile("a.csv", b"time,mm\nyesterday,3\n")},
        {"file": SimpleUploadedFile("a.csv", b"\xff\xfe")},
        {"file": SimpleUploadedFile("a.csv", b"2021-08-12 04:00,NaN\n2021-08-12 04:05,inf\n")},
        {"file": SimpleUploadedFile("a.csv", b"2021-08-12 04:00,1\n2021-08-12 03:00,1\n")},
        {"station": "0042130001", "since": "2021-08-12 04:00", "until": "2021-08-12 03:00"},
        {"station": "0042130001", "since": "2021-08-12 01:00", "until": "2021-08-12 03:00"},
        {"file": night_csv(), "events": "late"},
    ],
)
def test_what_cannot_be_tested_is_said(mini: Mini, wrong: dict[str, object]) -> None:
    if "file" in wrong:
        wrong["file"].seek(0)  # type: ignore[attr-defined]
    reply = mini.client("duty_officer").post(at(mini, "packs", SIGNAL, "back-test"), given(**wrong))
    assert reply.status_code == 422
    assert not BackTest.objects.exists()


def test_a_pack_of_stages_is_not_tested_with_rain(mini: Mini) -> None:
    url = at(mini, "packs", "river-flood-sl758", "back-test")
    assert mini.client("duty_officer").post(url, given(file=night_csv())).status_code == 422


def test_another_county_does_not_find_the_result(mini: Mini) -> None:
    mini.client("duty_officer").post(at(mini, "packs", SIGNAL, "back-test"), given(file=night_csv()))
    shown(mini.client("foreign"), at(mini, "back-tests", BackTest.objects.get().ref), 404)


@pytest.mark.parametrize(
    "data",
    [
        "时间,雨量\n2021/8/12 4:00,3.5\n2021/8/12 24:00,1\n".encode("gb18030"),
        "时间;雨量\r2021-08-12 04:00;3,5\r2021-08-13 00:00;1\r".encode("utf-8-sig"),
        "临县某站,\n时间,雨量\n２０２１-08-12 04:00,３．５\n44421,1\n2021-08-13 00:05,-9999\n".encode(
            "utf-16"
        ),
    ],
)
def test_a_series_comes_from_whatever_hands(mini: Mini, data: bytes) -> None:
    rain = backtests.read_csv(tables.text_of(data)[0], name="x")
    assert [(f"{at.astimezone(BEIJING):%d %H:%M}", tenths) for at, tenths in rain.rows] == [
        ("12 04:00", 35),
        ("13 00:00", 10),
    ]
    upload = SimpleUploadedFile("night.csv", data)
    assert (
        mini.client("duty_officer")
        .post(at(mini, "packs", SIGNAL, "back-test"), given(file=upload))
        .status_code
        == 302
    )


@pytest.mark.parametrize("row", ["2021-08-12 04:05,3,5", "2021-08-12,5", "2021-08-12 0400,5"])
def test_a_first_row_that_is_no_title_is_not_passed_over(row: str) -> None:
    with pytest.raises(Invalid, match="第 1 行"):
        backtests.read_csv(f"{row}\n2021-08-12 04:10,1\n", name="x")


def test_a_series_names_the_row_that_cannot_be_read() -> None:
    with pytest.raises(Invalid, match="第 3 行"):
        backtests.read_csv("time,mm\n2021-08-12 04:00,1\n?,2", name="x")
