"""Pages of stations, quarantine and imports: what they show, to whom, and as it was known when."""

import re
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from anlan.foundation import tasks
from anlan.observe.ingest.ingest import Ingest
from anlan.observe.models import ImportRun, Station
from tests.support.city import FOREIGN_GAUGE, GAUGE, NIGHT, VILLAGE, Mini
from tests.support.stations import rain, report

FIVE = timedelta(minutes=5)
RIVER = "0042130009"
CLOCK = "2021-08-12 04:00"


@pytest.fixture
def wet(mini: Mini, ingest: Ingest) -> Mini:
    """Three hours of rain, the last hour 83.5 mm, and a river that rises."""
    known = Station.objects.get(address=GAUGE)
    Station.objects.create(
        address=RIVER, name="大桥街水位站", kind="stage", place=known.place, lon=113.24, lat=31.54, password_sealed=_sealed(),
        warning_cm=11120, guarantee_cm=11200, highest_cm=11310,
    )  # fmt: skip
    ingest.reload()
    for n in range(35, -1, -1):
        at = NIGHT - n * FIVE
        tenths = 70 if n < 11 else 65 if n == 11 else 25
        stage = f"{110.5 + (35 - n) * 0.02:.2f}"
        frames = [rain(GAUGE, at, tenths, serial=36 - n), report(RIVER, at, serial=36 - n, x39=stage)]
        ingest.take(frames, known_at=at + timedelta(seconds=5))
    mini.world.now = NIGHT + timedelta(seconds=10)
    mini.world.save()
    return mini


def _sealed() -> str:
    from anlan.foundation import crypto

    return crypto.seal("1234", RIVER)


def get(mini: Mini, path: str, role: str = "duty_officer", status: int = 200) -> str:
    response = mini.client(role).get(f"/w/{mini.world.key}/{path}")
    assert response.status_code == status, response.content.decode()[:600]
    return b"".join(response).decode() if response.streaming else response.content.decode()


def test_the_list_shows_rain_stage_and_counters(wet: Mini) -> None:
    text = get(wet, "stations")
    assert "柳林站" in text
    assert "83.5 mm" in text
    assert "111.20 m" in text
    assert "南郊站" not in text


def test_the_list_is_narrowed_by_name_and_kind(wet: Mini) -> None:
    assert "大桥街水位站" in get(wet, "stations?kind=stage")
    assert "柳林站" not in get(wet, "stations?kind=stage")
    assert "没有这样的测站" in get(wet, "stations?q=nowhere")


def test_a_station_shows_its_sums_lines_and_the_river_below(wet: Mini) -> None:
    text = get(wet, f"stations/{GAUGE}")
    for said in (
        "83.5",
        "小时雨量",
        "1 小时滑动雨量",
        "水位 · 大桥街水位站",
        "警戒",
        "江华",
        "看数值表",
        "立即转移",
    ):
        assert said in text, said


def test_a_past_moment_shows_only_what_was_known_then(wet: Mini) -> None:
    then = int((NIGHT - timedelta(hours=1)).timestamp())
    text = get(wet, f"stations/{GAUGE}?at={then}")
    assert "这是过去的一刻" in text
    assert "83.5" not in text


def test_a_stage_gauge_shows_its_level_and_marks(wet: Mini) -> None:
    text = get(wet, f"stations/{RIVER}")
    assert "111.20 m" in text
    assert "历史最高" in text


def test_a_station_that_never_spoke_says_so(mini: Mini) -> None:
    assert "还没有来过数" in get(mini, f"stations/{GAUGE}")


def test_the_csv_goes_out_and_comes_back_in_without_a_double(wet: Mini) -> None:
    text = get(wet, f"stations/{GAUGE}/csv?hours=3").lstrip("\ufeff")
    assert text.splitlines()[0] == "station,code,at,value,unit,known_at,flags"
    assert len(text.splitlines()) == 1 + 36
    upload(wet, text)
    run = ImportRun.objects.get()
    wet.client("duty_officer").post(f"/w/{wet.world.key}/imports/{run.ref}/confirm")
    work(wet)
    run.refresh_from_db()
    assert (run.taken, run.repeats, run.errors) == (0, 36, [])


@pytest.mark.parametrize("path", ["stations/{0}", "stations/{0}/csv", "stations/{0}/correct"])
def test_a_station_of_another_county_is_not_there(wet: Mini, path: str) -> None:
    get(
        wet,
        path.format(GAUGE),
        role="foreign",
        status=403 if "correct" in path else 404,
    )
    assert "柳林站" not in get(wet, "stations", role="foreign")
    get(wet, path.format(FOREIGN_GAUGE), role="station_engineer", status=404)


def test_an_empty_quarantine_claims_no_more_than_its_reader_may_see(mini: Mini) -> None:
    assert "您辖区里测站的报文都读懂了" in get(mini, "quarantine", role="station_engineer")


def upload(mini: Mini, text: str, role: str = "duty_officer"):  # type: ignore[no-untyped-def]
    file = SimpleUploadedFile("night.csv", text.encode())
    return mini.client(role).post(f"/w/{mini.world.key}/imports", {"file": file})


def work(mini: Mini) -> None:
    while (due := tasks.next_due(mini.world.pk, NIGHT + timedelta(hours=1))) is not None:
        tasks.run(due, mini.world)


def test_an_import_is_read_shown_confirmed_and_tells_what_was_wrong(mini: Mini, ingest: Ingest) -> None:
    text = f"station,code,at,value\n{GAUGE},22,{CLOCK},30.0\n{GAUGE},22,{CLOCK},wet\n{FOREIGN_GAUGE},22,{CLOCK},1.0\n"
    assert upload(mini, text).status_code == 302
    run = ImportRun.objects.get()
    page = get(mini, f"imports/{run.ref}")
    assert "读成了这样，对吗？" in page
    assert "不是数" in page
    mini.client("duty_officer").post(f"/w/{mini.world.key}/imports/{run.ref}/confirm")
    work(mini)
    page = get(mini, f"imports/{run.ref}")
    assert "已写入" in page
    errors = get(mini, f"imports/{run.ref}/errors").splitlines()
    assert [line.split(",")[0] for line in errors[1:]] == [GAUGE, FOREIGN_GAUGE]
    assert [line.split(",")[-1] for line in errors] == ["原因", "不是数", "没有这个测站，或不在您的辖区"]
    get(mini, f"imports/{run.ref}", role="foreign", status=404)
    assert run.ref in get(mini, "imports")


def preview_of(page: str) -> list[str]:
    """Line numbers of the rows that are shown as they would be written."""
    shown = page.partition("读成了这样，对吗？")[2].partition("</form>")[0]
    return re.findall(r'<tbody>|<tr><td class="num">(\d+)', shown)[1:]


def test_a_preview_shows_the_rows_that_would_be_written_and_no_others(mini: Mini) -> None:
    text = f"station,code,at,value\n{FOREIGN_GAUGE},22,{CLOCK},1.0\n{GAUGE},22,{CLOCK},30.0\n"
    upload(mini, text)
    page = get(mini, f"imports/{ImportRun.objects.get().ref}")
    assert preview_of(page) == ["3"]
    assert "写入 1 行" in page


def test_a_preview_finds_good_rows_behind_many_wrong_ones(mini: Mini) -> None:
    wrong = f"{GAUGE},22,{CLOCK},wet\n" * 400
    upload(mini, f"station,code,at,value\n{wrong}{GAUGE},22,{CLOCK},30.0\n")
    assert preview_of(get(mini, f"imports/{ImportRun.objects.get().ref}")) == ["402"]


def test_the_api_gives_the_latest_and_a_series_as_known_then(wet: Mini) -> None:
    client, here = wet.client("duty_officer"), f"/api/v1/w/{wet.world.key}/stations/{GAUGE}"
    (newest,) = client.get(f"{here}/latest").json()
    assert (newest["code"], newest["value"], newest["unit"], newest["flags"]) == ("22", 7.0, "mm", [])
    span = {"code": "22", "since": (NIGHT - 3 * FIVE).isoformat(), "until": NIGHT.isoformat()}
    assert [r["value"] for r in client.get(f"{here}/series", span).json()] == [7.0, 7.0, 7.0]
    early = {**span, "known_by": (NIGHT - 2 * FIVE + timedelta(seconds=6)).isoformat()}
    assert [r["value"] for r in client.get(f"{here}/series", early).json()] == [7.0]
    assert client.get(f"{here}/series", {**span, "until": span["since"]}).status_code == 422
    assert wet.client("foreign").get(f"{here}/series", span).status_code == 404


def test_an_empty_file_is_refused_with_a_word(mini: Mini) -> None:
    response = upload(mini, "")
    assert (response.status_code, "文件是空的" in response.content.decode()) == (422, True)


def test_the_quarantine_shows_bytes_and_feeds_them_again(mini: Mini, ingest: Ingest) -> None:
    ingest.take([rain(GAUGE, NIGHT, 12, password=0x9999)], peers=["10.0.0.9"], known_at=NIGHT)
    text = get(mini, "quarantine")
    for said in ("密码不符", "7E 7E 01 00 42 13 00 01 99 99", "10.0.0.9", GAUGE):
        assert said in text, said
    assert "隔离区是空的" in get(mini, "quarantine", role="foreign")
    client = mini.client("duty_officer")
    assert client.post(f"/w/{mini.world.key}/quarantine/again", {"id": ["1"]}).status_code == 302
    assert client.post(f"/w/{mini.world.key}/quarantine/again", {}).status_code == 422
    assert "放到一边" in client.get(f"/w/{mini.world.key}/quarantine/1/drop").content.decode()
    work(mini)
    client.post(f"/w/{mini.world.key}/quarantine/1/drop")
    work(mini)
    assert "隔离区是空的" in get(mini, "quarantine")


def test_a_correction_is_typed_and_stands_on_the_page(wet: Mini) -> None:
    client, where = wet.client("station_engineer"), f"/w/{wet.world.key}/stations/{GAUGE}/correct"
    assert "更正一个值" in client.get(where).content.decode()
    wrong = client.post(where, {"code": "22", "at": CLOCK, "value": "wet", "reason": "误报"})
    assert (wrong.status_code, "不是数" in wrong.content.decode()) == (422, True)
    good = client.post(where, {"code": "22", "at": CLOCK, "value": "1.0", "reason": "误报"})
    assert good.status_code == 302
    work(wet)
    assert "人工录入" in get(wet, f"stations/{GAUGE}")


def test_the_pages_speak_english(wet: Mini) -> None:
    for path in ("stations", f"stations/{GAUGE}", "quarantine", "imports"):
        client = wet.client("duty_officer")
        client.cookies["lang"] = "en"
        assert client.get(f"/w/{wet.world.key}/{path}?lang=en", follow=True).status_code == 200


@pytest.mark.parametrize("query", ["at=soon", "at=99999999999999999999", "hours=-1", "hours=abc", "page=x"])
def test_a_strange_question_gets_an_answer(wet: Mini, query: str) -> None:
    for path in (f"stations/{GAUGE}", "stations"):
        response = wet.client("duty_officer").get(f"/w/{wet.world.key}/{path}?{query}")
        assert response.status_code in (200, 422)
    assert VILLAGE
