"""The map's data: valid GeoJSON, cut by scope, as known then; the page has the same as a table."""

import gzip
import json
from datetime import timedelta
from typing import Any

import numpy as np
import pytest

from anlan.call.actions import calldown
from anlan.call.queries.villages import village_states
from anlan.desk import mapdata, timeline
from anlan.desk.sketch import sketch
from anlan.foundation.rules.grade import Grade
from anlan.judge.models import Exceedance
from anlan.observe.ingest.ingest import path_of
from anlan.observe.ingest.shapes import millis
from anlan.observe.models import Station, StationSilence
from anlan.observe.queries import moments
from anlan.observe.rules.rain import RAIN_5MIN
from anlan.observe.store.batch import NO_FRAMES, Batch
from anlan.observe.store.writer import Writer
from anlan.places.atlas import atlas
from anlan.warn.models import Alert
from anlan.warn.queries.situation import findings_at, floods_at, in_force
from anlan.wire.sl651.batch import station_key
from tests.support.city import GAUGE, NIGHT, SECRETS_OF_LIULIN, TOWN, VILLAGE, VILLAGE_2, Mini, make_city

pytestmark = pytest.mark.django_db
MIN = timedelta(minutes=1)
SHAPES = {"Point": 0, "LineString": 1, "Polygon": 2}


@pytest.fixture
def night() -> Mini:
    mapdata.forget()  # each test has a world of the same number
    timeline.forget()
    return make_city().exercise()


def collection(mini: Mini, name: str, role: str = "duty_officer", query: str = "") -> dict[str, Any]:
    reply = mini.client(role).get(f"/w/{mini.world.key}/map/{name}{query}")
    assert reply.status_code == 200
    assert reply["Content-Type"] == "application/geo+json"
    found: dict[str, Any] = json.loads(reply.content)
    return found


def is_valid(found: dict[str, Any]) -> bool:
    """RFC 7946 as far as we use it: kinds, depth of coordinates, closed rings, longitude first."""
    assert found["type"] == "FeatureCollection"
    for each in found["features"]:
        assert each["type"] == "Feature"
        shape = each["geometry"]
        points = shape["coordinates"]
        for _ in range(SHAPES[shape["type"]]):
            assert points, "empty"
            if shape["type"] == "Polygon" and isinstance(
                points[0][0][0] if isinstance(points[0][0], list) else 0, float
            ):
                assert all(ring[0] == ring[-1] and len(ring) >= 4 for ring in points)
            points = points[0]
        assert 73 < points[0] < 136
        assert 18 < points[1] < 54
        assert each["properties"]["layer"]
    return True


def layers(found: dict[str, Any]) -> dict[str, int]:
    count: dict[str, int] = {}
    for each in found["features"]:
        layer = each["properties"]["layer"]
        count[layer] = count.get(layer, 0) + 1
    return count


def call_out(mini: Mini) -> str:
    return calldown.open_calldown(
        mini.ctx(at=NIGHT), township=atlas().code(TOWN), villages=[atlas().code(VILLAGE), atlas().code(VILLAGE_2)],
        grade=Grade.RED, stage="move", cause="X-1", order_no="测试〔2021〕1号",
    )  # fmt: skip


def found_at(
    mini: Mini, *, onset: float, ended: float | None = None, stage: str = "immediate", ref: str = "X-9"
) -> None:
    Exceedance.objects.create(
        world=mini.world, ref=ref, pack="village-rain", rule_version=ref, place_id=mini.ids[VILLAGE], level=4,
        stage=stage, onset=NIGHT + onset * MIN, known_at=NIGHT + onset * MIN,
        ended_at=None if ended is None else NIGHT + ended * MIN, quantity="rain", value=835, threshold=700, window_min=60,
    )  # fmt: skip


def warn_of(mini: Mini, *, issued: float, expires: float, level: int = 4) -> None:
    row = Alert.objects.create(
        world=mini.world, ref=f"A-{issued}", source="imported", issuer_name="随县气象台", event_type="11B03", level=level,
        state="issued", place_id=mini.ids[TOWN], headline="随县气象台发布暴雨红色预警信号", drafted_at=NIGHT,
        drafted_by="import", issued_at=NIGHT + issued * MIN, expires_at=NIGHT + expires * MIN,
    )  # fmt: skip
    row.names.set([mini.ids[TOWN]])


def rain(mini: Mini, minutes: list[int], tenths: int, *, known: int | None = None) -> None:
    """Five-minute tips at Liulin's gauge; `known` is the minute at which a late batch came in."""
    writer = Writer(path_of(mini.world.key))
    at = np.array([millis(NIGHT + m * MIN) for m in minutes], np.int64)
    n = at.size
    for i in range(n):
        one = slice(i, i + 1)
        writer.write(
            Batch(
                int(at[i]) if known is None else millis(NIGHT + known * MIN), np.full(1, station_key(GAUGE), np.int64),
                np.full(1, RAIN_5MIN, np.int32), at[one], np.full(1, tenths, np.int64), np.full(1, 1, np.int8),
                np.zeros(1, np.int16), np.full(1, -1, np.int32), NO_FRAMES,
            )
        )  # fmt: skip
    writer.close()


def test_the_base_is_valid_and_holds_land_names_and_water(night: Mini) -> None:
    found = collection(night, "base")
    assert is_valid(found)
    assert layers(found) == {"land": 1, "county": 2, "township": 2, "village": 3, "stream": 1}
    village = next(f for f in found["features"] if f["properties"].get("name") == "联盟村")
    assert village["properties"]["url"] == f"map/place/{village['properties']['ref']}"


def test_the_base_is_made_once_and_kept_by_the_browser(night: Mini) -> None:
    client, url = night.client("duty_officer"), f"/w/{night.world.key}/map/base"
    first = client.get(url, headers={"Accept-Encoding": "gzip"})
    assert gzip.decompress(first.content) == client.get(url).content
    again = client.get(url, headers={"If-None-Match": first["ETag"]})
    assert (again.status_code, again.content) == (304, b"")
    assert mapdata.base() is mapdata.base()


def test_the_state_of_a_quiet_night_has_gauges_alone(night: Mini) -> None:
    found = collection(night, "state")
    assert is_valid(found)
    assert layers(found) == {"gauge": 1}, "the officer's county alone"


def test_the_state_shows_calls_alerts_findings_and_water(night: Mini) -> None:
    call_out(night)
    found_at(night, onset=-5)
    warn_of(night, issued=-10, expires=60)
    found = collection(night, "state")
    assert is_valid(found)
    assert layers(found) == {"gauge": 1, "call": 2, "alert": 1, "flood": 1}
    call = next(f["properties"] for f in found["features"] if f["properties"]["layer"] == "call")
    assert call["state"] == "calling"
    alert = next(f["properties"] for f in found["features"] if f["properties"]["layer"] == "alert")
    assert alert["level"] == "red"


def test_a_finding_without_a_call_is_drawn_as_a_finding(night: Mini) -> None:
    found_at(night, onset=-5, stage="")
    assert layers(collection(night, "state"))["exceedance"] == 1


def test_a_past_moment_shows_what_was_known_then(night: Mini) -> None:
    call_out(night)
    found_at(night, onset=-30, ended=-10)
    warn_of(night, issued=-20, expires=-5)

    def at(minutes: float) -> dict[str, int]:
        return layers(collection(night, "state", query=f"?at={int((NIGHT + minutes * MIN).timestamp())}"))

    assert at(-40) == {"gauge": 1}
    assert at(-25) == {"gauge": 1, "flood": 1, "exceedance": 1}
    assert at(-15) == {"gauge": 1, "flood": 1, "exceedance": 1, "alert": 1}
    assert at(-2) == {"gauge": 1, "flood": 1}, (
        "the warning expired, the line stayed crossed, nobody is called yet"
    )


def test_an_alert_that_ended_and_one_to_come_are_not_in_force(night: Mini) -> None:
    warn_of(night, issued=-20, expires=30)
    Alert.objects.update(ended_at=NIGHT + 5 * MIN)
    ctx = night.ctx()
    assert [len(in_force(ctx, at=NIGHT + m * MIN)) for m in (-30, 0, 6)] == [0, 1, 0]


def test_rain_of_the_hour_is_what_had_come_in_by_then(night: Mini) -> None:
    rain(night, [-55, -30, -5], 20)
    rain(night, [-10], 50, known=30)
    ctx = night.ctx()

    def hour(minutes: float) -> int | None:
        found = moments.gauges(ctx, at=NIGHT + minutes * MIN)
        return next(g.rain_1h for g in found if g.address == GAUGE)

    assert hour(-60) is None, "no reading is unknown, not zero"
    assert hour(0) == 60
    assert hour(4) == 60
    assert hour(6) == 40, "the first tip has left the window"
    assert hour(31) == 70, "a late reading counts from when it was known"
    assert moments.rain_since(ctx, GAUGE, NIGHT - 60 * MIN, NIGHT) == 60


def test_a_silent_gauge_says_so_from_the_moment_it_was_noticed(night: Mini) -> None:
    station = Station.objects.get(address=GAUGE)
    StationSilence.objects.create(
        world=night.world,
        station=station,
        since=NIGHT - 40 * MIN,
        noticed_at=NIGHT - 20 * MIN,
        ended_at=NIGHT,
    )
    ctx = night.ctx()
    assert [bool(moments.silences(ctx, at=NIGHT + m * MIN)) for m in (-30, -20, -1, 0)] == [
        False,
        True,
        True,
        False,
    ]
    assert moments.silences(ctx) == {}


def test_a_foreign_officer_gets_nothing_of_liulin(night: Mini) -> None:
    call_out(night)
    found_at(night, onset=-5)
    state = collection(night, "state", "foreign")
    assert layers(state) == {"gauge": 1}
    assert not [s for s in SECRETS_OF_LIULIN if s in json.dumps(state, ensure_ascii=False)]
    client = night.client("foreign")
    assert client.get(f"/w/{night.world.key}/map/place/{atlas().code(VILLAGE).path}").status_code == 404
    shown = client.get(f"/w/{night.world.key}/map").content.decode()
    assert "柳林" not in shown


def test_two_readers_of_one_scope_share_one_reading_and_others_do_not(night: Mini) -> None:
    call_out(night)
    mine, other = night.ctx("duty_officer"), night.ctx("foreign")
    assert mapdata.state(mine, lang="zh") is mapdata.state(night.ctx("approver"), lang="zh")
    assert mapdata.state(mine, lang="zh") is not mapdata.state(other, lang="zh")


def test_what_is_clicked_is_a_part_beside_the_map_and_a_page_without_script(night: Mini) -> None:
    call_out(night)
    url = f"/w/{night.world.key}/map/place/{atlas().code(VILLAGE).path}"
    client = night.client("duty_officer")
    part = client.get(url, headers={"X-Anlan-Part": "beside"}).content.decode()
    assert "<html" not in part
    assert "联盟村" in part
    assert "<html" in client.get(url).content.decode()


def test_the_page_has_every_township_of_the_scope_in_a_table(night: Mini) -> None:
    call_out(night)
    shown = night.client("duty_officer").get(f"/w/{night.world.key}/map").content.decode()
    assert "GeoNames CC BY 4.0" in shown
    assert "柳林镇" in shown
    assert "南郊街道" not in shown
    assert (
        "Townships" in night.client("duty_officer").get(f"/w/{night.world.key}/map?lang=en").content.decode()
    )


def test_a_strip_is_shown_only_where_people_must_move_at_once(night: Mini) -> None:
    found_at(night, onset=-5, stage="prepare", ref="X-7")
    assert floods_at(night.ctx()) == []
    found_at(night, onset=-4)
    assert [a.ref for a in floods_at(night.ctx())] == ["F-1"]
    assert [f.stage for f in findings_at(night.ctx())] == ["immediate"]


def test_the_wall_shows_the_most_urgent_and_keeps_people_and_households_apart(night: Mini) -> None:
    call_out(night)
    shown = night.client("duty_officer").get(f"/w/{night.world.key}/wall").content.decode()
    assert 'data-surface="wall"' in shown
    assert "柳林镇" in shown
    assert "责任人（人）" in shown
    assert "转移（户）" in shown
    assert "<button" not in shown.split("<main", 1)[1].split("</main>")[0]
    assert not [
        s
        for s in SECRETS_OF_LIULIN
        if s in night.client("foreign").get(f"/w/{night.world.key}/wall").content.decode()
    ]


def test_names_on_the_wall_do_not_lie_on_each_other(night: Mini) -> None:
    call_out(night)
    states = village_states(night.ctx())
    drawn = sketch(atlas().code(TOWN), states, [], chosen="")
    assert drawn is not None
    assert {mark.name for mark in drawn.marks} == {"联盟村", "古城畈村"}
    first, second = drawn.marks
    assert (first.x, first.y) != (second.x, second.y)
    assert all(mark.sign == "叫" for mark in drawn.marks)
    assert all(mark.rows[0][1] == mark.name for mark in drawn.marks)
