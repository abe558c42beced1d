"""Imports, corrections and the quarantine: people ask, the engine writes, nothing is doubled and nothing overwritten."""

import re
from datetime import timedelta

import numpy as np
import pytest

from anlan.desk.due import dues
from anlan.foundation import journal, tasks, worlds
from anlan.foundation.apart import Fell, apart
from anlan.foundation.errors import Conflict, Forbidden, Invalid, NotFound
from anlan.observe import queries
from anlan.observe.actions import imports, mending
from anlan.observe.ingest.ingest import Ingest
from anlan.observe.models import ImportRun, Station
from anlan.observe.queries import quarantine
from anlan.observe.rules import csvrows
from anlan.observe.store.columns import Quality
from anlan.wire.sl651.batch import station_key
from anlan.wire.sl651.build import Uplink
from anlan.wire.sl651.message import encode_message
from tests.support.city import FOREIGN_GAUGE, GAUGE, NIGHT, VILLAGE, Mini
from tests.support.stations import rain

MINUTE = timedelta(minutes=1)
CLOCK = "2021-08-12 04:00"  # NIGHT in Beijing


def work(mini: Mini) -> None:
    """The engine does what is due."""
    while (due := tasks.next_due(mini.world.pk, NIGHT)) is not None:
        tasks.run(due, mini.world)
    assert tasks.dead_letters(mini.ctx()) == []


def values(mini: Mini, address: str = GAUGE, known_by: int | None = None) -> list[tuple[int, int]]:
    """Five-minute rain with its flags."""
    with queries.readings(mini.ctx()) as reader:
        seen = reader.series_values(station_key(address), 0x22, 0, 1 << 41, known_by=known_by)
        return list(zip(seen.value.tolist(), seen.quality.tolist(), strict=True))


def upload(mini: Mini, text: str, role: str = "duty_officer") -> str:
    return imports.begin(mini.ctx(role), name="night.csv", data=text.encode())


FILE = f"station,code,at,value\n{GAUGE},22,{CLOCK},30.0\n{GAUGE},22,2021-08-12 03:55,8.5\n"


def test_a_file_is_shown_first_and_taken_when_somebody_confirms(mini: Mini, ingest: Ingest) -> None:
    ref = upload(mini, FILE)
    run = ImportRun.objects.get(ref=ref)
    assert (run.state, run.rows, run.taken) == ("read", 2, 0)
    imports.confirm(mini.ctx("duty_officer"), ref=ref)
    work(mini)
    run.refresh_from_db()
    assert (run.state, run.taken, run.repeats, run.errors) == ("done", 2, 0, [])
    assert values(mini) == [(85, Quality.MANUAL), (300, Quality.MANUAL)]


def test_a_large_file_is_read_in_another_process_so_that_nobodys_page_waits(
    mini: Mini, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = [
        "station,code,at,value",
        *(f"{GAUGE},26,2020-01-{1 + n // 1440:02d} {n // 60 % 24:02d}:{n % 60:02d},1" for n in range(9000)),
    ]
    text, asked = "\n".join([*lines, "no,row,at,all"]), []
    monkeypatch.setattr(imports, "apart", lambda work, *a, **k: (asked.append(work), apart(work, *a, **k))[1])
    run = ImportRun.objects.get(ref=upload(mini, text))
    assert (run.rows, len(run.errors), asked) == (9001, 1, [csvrows.check])

    def fell(*_: object, **__: object) -> None:
        raise Fell

    monkeypatch.setattr(imports, "apart", fell)
    with pytest.raises(Invalid, match="几个文件"):
        upload(mini, text)


def test_the_same_file_again_doubles_nothing(mini: Mini, ingest: Ingest) -> None:
    for wanted in ((2, 0), (0, 2)):
        ref = upload(mini, FILE)
        imports.confirm(mini.ctx("duty_officer"), ref=ref)
        work(mini)
        run = ImportRun.objects.get(ref=ref)
        assert (run.taken, run.repeats) == wanted
    assert len(values(mini)) == 2


def test_what_the_gauge_sent_already_is_recognised(mini: Mini, ingest: Ingest) -> None:
    ingest.take([rain(GAUGE, NIGHT, 300)], known_at=NIGHT)
    ref = upload(mini, FILE)
    imports.confirm(mini.ctx("duty_officer"), ref=ref)
    work(mini)
    assert ImportRun.objects.get(ref=ref).repeats == 1
    assert values(mini)[-1] == (300, 0)


def test_rows_outside_the_importers_places_are_not_taken(mini: Mini, ingest: Ingest) -> None:
    text = f"{FILE}{FOREIGN_GAUGE},22,{CLOCK},1.0\n"
    ref = upload(mini, text)
    imports.confirm(mini.ctx("duty_officer"), ref=ref)
    work(mini)
    run = ImportRun.objects.get(ref=ref)
    assert run.taken == 2
    assert [row[:2] for row in run.errors] == [[4, "station"]]


def test_an_import_is_confirmed_once_and_only_by_who_may_see_it(mini: Mini, ingest: Ingest) -> None:
    ref = upload(mini, FILE)
    with pytest.raises(NotFound):
        imports.confirm(mini.ctx("foreign"), ref=ref)
    imports.confirm(mini.ctx("duty_officer"), ref=ref)
    with pytest.raises(Conflict):
        imports.confirm(mini.ctx("duty_officer"), ref=ref)
    with pytest.raises(Forbidden):
        upload(mini, FILE, "grid_worker")
    with pytest.raises(Invalid):
        upload(mini, "")


def test_imported_rain_counts_in_the_windows_as_if_the_gauge_had_sent_it(mini: Mini, ingest: Ingest) -> None:
    imports.confirm(mini.ctx("duty_officer"), ref=upload(mini, FILE))
    work(mini)
    row = np.array([list(ingest.addresses).index(GAUGE)], np.int32)
    assert ingest.windows.read(row)[0][1].tolist() == [385]


def test_a_correction_stands_beside_the_first_value_which_is_still_known_for_then(
    mini: Mini, ingest: Ingest
) -> None:
    ingest.take([rain(GAUGE, NIGHT - 10 * MINUTE, 700)], known_at=NIGHT - 10 * MINUTE)
    before = int((NIGHT - MINUTE).timestamp() * 1000)
    mending.correct(
        mini.ctx("station_engineer", at=NIGHT), address=GAUGE, code="22", at="2021-08-12 03:50", value="7.0",
        reason="翻斗卡住",
    )  # fmt: skip
    work(mini)
    assert values(mini) == [(70, Quality.MANUAL)]
    assert values(mini, known_by=before) == [(700, Quality.RANGE)]
    row = np.array([list(ingest.addresses).index(GAUGE)], np.int32)
    assert ingest.windows.read(row)[0][1].tolist() == [70]
    told = journal.read(journal.tail(mini.world.pk, 0)[0])
    assert (told["name"], told["body"]["value"]) == ("observe.reading.corrected", "7.0")


def test_a_value_that_was_none_is_taken_back_also_after_a_restart(mini: Mini, ingest: Ingest) -> None:
    ingest.take([rain(GAUGE, NIGHT, 700)], known_at=NIGHT)
    mending.correct(
        mini.ctx("station_engineer"), address=GAUGE, code="22", at=CLOCK, value="", reason="清洗时误报"
    )
    work(mini)
    row = np.array([list(ingest.addresses).index(GAUGE)], np.int32)
    assert ingest.windows.read(row)[0][1].tolist() == [0]
    again = Ingest(mini.ctx().world)
    assert again.windows.read(row)[0][1].tolist() == [0]
    again.close()


@pytest.mark.parametrize(("value", "reason"), [("wet", "误报"), ("7.0", "")])
def test_a_correction_needs_a_number_and_a_reason(mini: Mini, value: str, reason: str) -> None:
    with pytest.raises(Invalid):
        mending.correct(
            mini.ctx("station_engineer"), address=GAUGE, code="22", at=CLOCK, value=value, reason=reason
        )
    with pytest.raises(Forbidden):
        mending.correct(mini.ctx("leader"), address=GAUGE, code="22", at=CLOCK, value="7", reason="误报")


def test_broken_input_is_fed_again_after_a_mend(mini: Mini, ingest: Ingest) -> None:
    """A station sent under an address that nobody knew; somebody registers it and feeds its frames again."""
    late = "4213210007"
    ingest.take([rain(late, NIGHT, 12)], peers=["10.0.0.9"], known_at=NIGHT)
    (item,) = quarantine.items(mini.ctx("station_engineer"))
    assert (item.code, item.station, item.words, item.peer) == (
        "UnknownStation",
        late,
        "不认识的测站",
        "10.0.0.9",
    )
    known = Station.objects.get(address=GAUGE)
    Station.objects.create(
        address=late, name="新站", kind="rain", place=known.place, lon=113.2, lat=31.5,
        password_sealed=_sealed("1234", late),
    )  # fmt: skip
    mending.requeue(mini.ctx("station_engineer"), ids=[item.id])
    work(mini)
    assert quarantine.items(mini.ctx("station_engineer")) == []
    assert values(mini, late) == [(12, 0)]
    assert late in ingest.addresses


def test_a_stranger_is_registered_from_its_frame_by_who_may(mini: Mini, ingest: Ingest) -> None:
    late = "4213210007"
    ingest.take([rain(late, NIGHT, 12)], peers=["10.0.0.9"], known_at=NIGHT)
    assert quarantine.items(mini.ctx("duty_officer")) == []
    assert quarantine.count(mini.ctx("duty_officer")) == 0
    (item,) = quarantine.items(mini.ctx("administrator"))
    assert item.sent == ("SL 651 HEX", "rain")
    live = Mini(worlds.get("live"), mini.ids, mini.accounts)
    with Ingest.of(live.ctx().world) as heard:
        heard.take([rain(late, NIGHT, 12)], peers=["10.0.0.9"], known_at=NIGHT)
    client = live.client("station_engineer")
    page = client.get("/w/live/quarantine").text
    link = re.search(r'href="(/w/live/registers/stations/new[^"]*)"', page)
    assert link, page
    form = client.get(link[1].replace("&amp;", "&")).text
    assert f'value="{late}"' in form
    assert '<option value="rain" selected>' in form
    given = {"address": late, "name": "新站", "kind": "rain", "place": VILLAGE, "password": "1234"}
    assert client.post("/w/live/registers/stations/new", given).status_code == 302
    with Ingest.of(live.ctx().world) as heard:
        heard.take([rain(late, NIGHT + MINUTE, 9)], peers=["10.0.0.9"], known_at=NIGHT + MINUTE)
    assert values(live, late) == [(9, 0)], "what it sends from now on is admitted"


def _sealed(password: str, address: str) -> str:
    from anlan.foundation import crypto

    return crypto.seal(password, address)


def test_what_is_still_broken_stands_in_quarantine_again_and_counts(mini: Mini, ingest: Ingest) -> None:
    ingest.take([rain(GAUGE, NIGHT, 12, password=0x9999)], known_at=NIGHT)
    (item,) = quarantine.items(mini.ctx())
    mending.requeue(mini.ctx("duty_officer"), ids=[item.id])
    work(mini)
    assert [(i.code, i.count) for i in quarantine.items(mini.ctx())] == [("WrongPassword", 2)]


def test_what_is_of_no_use_is_dropped_from_sight(mini: Mini, ingest: Ingest) -> None:
    ingest.take([rain(GAUGE, NIGHT, 12, password=0x9999)], known_at=NIGHT)
    (item,) = quarantine.items(mini.ctx())
    mending.drop(mini.ctx("duty_officer"), ids=[item.id])
    work(mini)
    assert quarantine.items(mini.ctx()) == []


def test_broken_input_of_other_places_is_nobodys_business(mini: Mini, ingest: Ingest) -> None:
    ingest.take([rain(GAUGE, NIGHT, 12, password=0x9999), b"\x7e\x7enoise" * 4], known_at=NIGHT)
    whole, foreign = quarantine.items(mini.ctx()), quarantine.items(mini.ctx("foreign"))
    assert (len(whole), foreign) == (2, [])
    with pytest.raises(NotFound):
        quarantine.one(mini.ctx("foreign"), whole[0].id)
    with pytest.raises(NotFound):
        mending.requeue(mini.ctx("foreign"), ids=[whole[0].id])


def test_who_may_register_stations_sees_frames_of_stations_that_nobody_registered(
    mini: Mini, ingest: Ingest
) -> None:
    """An address that begins with 00 tells no county; the counter of the stations' page says what the list shows."""
    frames = [
        rain("0099999999", NIGHT, 12),
        rain("4213210007", NIGHT, 3),
        rain(GAUGE, NIGHT, 1, password=0x9999),
    ]
    ingest.take([*frames, b"\x7e\x7enoise" * 4], peers=["10.0.0.9"] * 4, known_at=NIGHT)
    seen = {
        role: sorted(item.station for item in quarantine.items(mini.ctx(role)))
        for role in ("station_engineer", "duty_officer", "foreign")
    }
    assert {"0099999999", "4213210007", GAUGE} <= set(seen["station_engineer"])
    assert (seen["duty_officer"], seen["foreign"]) == ([GAUGE], [])
    for role, items in seen.items():
        assert quarantine.count(mini.ctx(role)) == len(items)


def test_what_was_kept_in_part_is_not_fed_again_but_can_be_put_aside(mini: Mini, ingest: Ingest) -> None:
    long = Uplink(station="0099999999").message(
        function=0x32, serial=1, sent_at=NIGHT, groups=[("0099999999", "P", NIGHT, [("22", "1.5")] * 200)]
    )
    ingest.take([encode_message(long)], peers=["10.0.0.9"], known_at=NIGHT)
    (item,) = quarantine.items(mini.ctx())
    assert (len(item.data), item.is_cut, item.size > 1_000) == (512, True, True)
    with pytest.raises(Invalid, match="只留了开头"):
        mending.requeue(mini.ctx("station_engineer"), ids=[item.id])
    mending.drop(mini.ctx("station_engineer"), ids=[item.id])
    work(mini)
    assert quarantine.items(mini.ctx()) == []


def test_a_tried_password_and_a_new_address_stand_in_the_journal_and_the_first_on_the_desk(
    mini: Mini, ingest: Ingest
) -> None:
    for n, peer in enumerate(("10.0.0.1", "10.0.0.2"), 1):
        ingest.take([rain(GAUGE, NIGHT, n, serial=n)], peers=[peer], known_at=NIGHT)
    ingest.tell_tried(GAUGE, "10.0.0.66")
    ingest.advance(NIGHT)
    ingest.advance(NIGHT + MINUTE)
    told = [journal.read(row) for row in journal.tail(mini.world.pk, 0)]
    names = [(each["name"], each["body"]) for each in told if each["name"].startswith("observe.station.")]
    assert names == [
        ("observe.station.peer_changed", {"peer": "10.0.0.2", "before": "10.0.0.1"}),
        ("observe.station.tried", {"peer": "10.0.0.66", "before": ""}),
    ]
    later = mini.ctx("duty_officer", at=NIGHT + MINUTE)
    (row,) = [due for due in dues(later, lang="zh") if due.kind == "tried"]
    assert "有人在试" in row.title
    assert "10.0.0.66" in row.detail
    assert "tried" not in [due.kind for due in dues(mini.ctx("foreign", at=NIGHT + MINUTE), lang="zh")]
    assert "tried" not in [
        due.kind for due in dues(mini.ctx("duty_officer", at=NIGHT + 150 * MINUTE), lang="en")
    ]
