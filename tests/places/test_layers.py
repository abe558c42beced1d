"""A county's own map: looked at before it is kept, confirmed with where it comes from, taken back; the map says what it shows."""

import json
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from anlan.desk import mapdata
from anlan.desk.sketch import sketch
from anlan.foundation.errors import Conflict, Forbidden, Invalid
from anlan.foundation.models import JournalEntry
from anlan.places import layer_actions, layers, queries
from anlan.places.atlas import atlas
from anlan.places.layers import ReadAs, State
from anlan.places.mapfiles import shifted
from anlan.places.mapfiles.features import MapFileWrong
from anlan.places.models import Division, MapLayer
from tests.support import mapfiles as made
from tests.support.city import CITY, COUNTY, FOREIGN_VILLAGE, TOWN, VILLAGE, VILLAGE_2, Mini, make_city

pytestmark = pytest.mark.django_db
HOME = made.box(113.22, 31.53)  # around the village's point
NEXT = made.box(113.25, 31.55)
VILLAGES = [(HOME, {"DM": VILLAGE, "MC": "联盟村"}), (NEXT, {"DM": VILLAGE_2, "MC": "古城畈村"})]
SAID = {"source": "随县自然资源和规划局", "licence": "内部使用", "dated": date(2024, 6, 30)}


@pytest.fixture
def mini() -> Mini:
    return make_city()


def take(
    mini: Mini,
    rows: list[Any],
    *,
    kind: str = "boundary",
    role: str = "",
    read_as: ReadAs | None = None,
    confirm: bool = True,
) -> MapLayer:
    """Look at a file, keep it and, unless told otherwise, confirm it."""
    ctx, data = mini.ctx(role), made.geojson(rows)
    found = layer_actions.look(ctx, kind=kind, name="layer.geojson", data=data, read_as=read_as)
    ref = layer_actions.begin(ctx, found, data)
    if confirm:
        layer_actions.confirm(ctx, ref=ref, **SAID)
    return MapLayer.objects.get(ref=ref)


def outline(code: str) -> list[Any]:
    place = atlas().code(code)
    return next(rings for p, rings in queries.outlines(place.tier) if p == place)


def notes(row: MapLayer) -> str:
    return "".join(layers.said(each).zh for each in row.told["notes"])


def test_nothing_is_saved_by_looking_and_the_map_changes_only_when_somebody_confirms(mini: Mini) -> None:
    data = made.geojson(VILLAGES)
    found = layer_actions.look(mini.ctx(), kind="boundary", name="村界.geojson", data=data)
    assert found.told["taken"] == 2
    assert not MapLayer.objects.exists()
    ref = layer_actions.begin(mini.ctx(), found, data)
    before = Division.objects.get(pk=atlas().code(VILLAGE).id).outline
    assert outline(VILLAGE) == before
    layer_actions.confirm(mini.ctx(), ref=ref, **SAID)
    assert outline(VILLAGE)[0][0] in HOME["coordinates"][0]
    assert Division.objects.get(pk=atlas().code(VILLAGE).id).outline == before


def test_the_journal_tells_the_file_its_digest_and_where_it_comes_from(mini: Mini) -> None:
    row = take(mini, VILLAGES)
    told = json.loads(JournalEntry.objects.get(name="places.layer.confirmed").text)
    assert told["refs"] == {"layer": row.ref}
    assert told["body"] == {
        "kind": "boundary", "file": "layer.geojson", "sha256": row.digest, "crs": "EPSG:4490", "features": 2, "taken": 2,
        "vertices": 10, "source": SAID["source"], "licence": "内部使用", "dated": "2024-06-30",
    }  # fmt: skip


def test_the_previous_boundary_comes_back_when_the_last_is_taken_back(mini: Mini) -> None:
    before = outline(VILLAGE)
    first = take(mini, VILLAGES[:1])
    second = take(mini, [(made.box(113.225, 31.53), {"DM": VILLAGE})])
    assert outline(VILLAGE)[0][0][0] == pytest.approx(113.225)
    with pytest.raises(Conflict):
        layer_actions.undo(mini.ctx(), ref=first.ref, reason="来源不对")
    layer_actions.undo(mini.ctx(), ref=second.ref, reason="来源不对")
    assert outline(VILLAGE)[0][0][0] == pytest.approx(113.22)
    layer_actions.undo(mini.ctx(), ref=first.ref, reason="来源不对")
    assert outline(VILLAGE) == before
    assert JournalEntry.objects.filter(name="places.layer.undone").count() == 2


def test_own_streams_stand_for_the_schematic_ones_and_give_them_back(mini: Mini) -> None:
    before = [line.name for line in queries.lines("stream")]
    long, short = made.line((113.0, 31.5), (113.5, 31.5)), made.line((113.2, 31.5), (113.21, 31.51))
    first = take(mini, [(short, {"名称": "小溪"}), (long, {"名称": "浪河"})], kind="stream")
    assert [(line.name, line.rank) for line in queries.lines("stream")] == [("浪河", 1), ("小溪", 3)]
    second = take(mini, [(long, {"名称": "浪河"})], kind="stream")
    assert [line.name for line in queries.lines("stream")] == ["浪河"]
    layer_actions.undo(mini.ctx(), ref=second.ref, reason="来源不对")
    assert len(queries.lines("stream")) == 2
    layer_actions.undo(mini.ctx(), ref=first.ref, reason="来源不对")
    assert [line.name for line in queries.lines("stream")] == before


@pytest.mark.parametrize(
    "told",
    ["联盟村", "联盟村民委员会", "联盟村委会", " 联盟 村", f"{VILLAGE}", "4.21321117201E+11", f"{VILLAGE}.0"],
)
def test_a_place_is_found_by_its_code_or_its_name_however_written(mini: Mini, told: str) -> None:
    assert json.loads(take(mini, [(HOME, {"X": told})]).shapes)[0]["place"] == atlas().code(VILLAGE).id


def test_of_several_columns_the_one_that_tells_most_is_taken_and_another_may_be_chosen(mini: Mini) -> None:
    rows = [
        (HOME, {"ID": "1", "DM": VILLAGE, "MC": "联盟村"}),
        (NEXT, {"ID": "2", "DM": VILLAGE_2, "MC": "别名村"}),
    ]
    assert take(mini, rows, confirm=False).told["column"] == "DM"
    chosen = take(mini, rows, read_as=ReadAs(column="MC"), confirm=False)
    assert [layers.said([text, values]).zh for _, text, values in chosen.told["faults"]] == [
        "“别名村”不是这里的地方"
    ]


def test_places_of_one_name_are_told_apart_by_township_or_by_who_lies_within(mini: Mini) -> None:
    Division.objects.filter(pk=atlas().code(FOREIGN_VILLAGE).id).update(name="联盟村")
    far = made.box(113.5, 31.9)
    found = take(mini, [(HOME, {"MC": "联盟村"})])
    assert json.loads(found.shapes)[0]["place"] == atlas().code(VILLAGE).id
    by_town = take(mini, [(far, {"MC": "联盟村", "XZ": "南郊街道"})])
    assert json.loads(by_town.shapes)[0]["place"] == atlas().code(FOREIGN_VILLAGE).id
    assert "不在自己的界内" in notes(by_town)
    unclear = take(mini, [(far, {"MC": "联盟村"})], confirm=False)
    assert "分不清" in unclear.told["faults"][0][1]
    with pytest.raises(Invalid):
        layer_actions.confirm(mini.ctx(), ref=unclear.ref, **SAID)


def test_parts_of_one_place_become_one_boundary_with_parts_and_holes(mini: Mini) -> None:
    ring = {
        "type": "Polygon",
        "coordinates": [HOME["coordinates"][0], made.box(113.225, 31.535, 0.005)["coordinates"][0]],
    }
    take(
        mini,
        [
            (ring, {"DM": VILLAGE}),
            (made.box(113.3, 31.53), {"DM": VILLAGE}),
            (made.box(113.2, 31.5, 0.2), {"DM": TOWN}),
        ],
    )
    assert len(outline(VILLAGE)) == 3
    features = {
        f["properties"].get("ref"): f["geometry"] for f in json.loads(mapdata.base().body)["features"]
    }
    shape = features[atlas().code(VILLAGE).path]
    assert shape["type"] == "MultiPolygon"
    assert sorted(len(part) for part in shape["coordinates"]) == [1, 2]
    drawn = sketch(atlas().code(TOWN), {}, [], chosen="")
    assert drawn is not None
    assert drawn.cells[0].count("M") == 3


def test_areas_that_cross_themselves_wait_until_they_are_mended(mini: Mini) -> None:
    row = take(mini, [*VILLAGES[1:], (made.bow_tie(113.22, 31.53), {"DM": VILLAGE})], confirm=False)
    with pytest.raises(Invalid):
        layer_actions.confirm(mini.ctx(), ref=row.ref, **SAID)
    layer_actions.again(mini.ctx(), ref=row.ref, read_as=ReadAs(mend=True))
    layer_actions.confirm(mini.ctx(), ref=row.ref, **SAID)
    assert len(outline(VILLAGE)) == 2


def test_a_map_that_lies_off_as_web_maps_do_is_told_and_not_moved(mini: Mini) -> None:
    squares = [made.box(113.2 + n / 50, 31.5) for n in range(3)]
    codes = [VILLAGE, VILLAGE_2, FOREIGN_VILLAGE]
    take(mini, [(s, {"DM": c}) for s, c in zip(squares, codes, strict=True)])
    moved = [
        {
            "type": "Polygon",
            "coordinates": [[[float(v) for v in shifted.to_gcj02(*p)] for p in s["coordinates"][0]]],
        }
        for s in squares
    ]
    rows = [(s, {"DM": c}) for s, c in zip(moved, codes, strict=True)]
    told = take(mini, rows, confirm=False)
    assert "正像 GCJ-02" in notes(told)
    right = take(mini, rows, read_as=ReadAs(crs="gcj02"), confirm=False)
    assert "正像 GCJ-02" not in notes(right)
    layer_actions.confirm(mini.ctx(), ref=right.ref, **SAID)
    assert min(outline(VILLAGE)[0]) == pytest.approx(squares[0]["coordinates"][0][0], abs=1e-5)


def test_who_may_not_change_the_map_does_not_and_nobody_does_in_an_exercise(mini: Mini) -> None:
    with pytest.raises(Forbidden):
        take(mini, VILLAGES, role="duty_officer")
    with pytest.raises(Conflict):
        take(mini.exercise(), VILLAGES)


def test_an_administrator_of_a_county_draws_its_places_alone_and_no_stream_of_all(mini: Mini) -> None:
    before = outline(FOREIGN_VILLAGE)
    row = take(mini, [*VILLAGES, (made.box(113.34, 31.70), {"DM": FOREIGN_VILLAGE})], role="administrator")
    assert row.told["taken"] == 2
    assert outline(FOREIGN_VILLAGE) == before
    assert row.path == atlas().code(COUNTY).path
    with pytest.raises(Forbidden):
        take(mini, [(made.line((113.2, 31.5), (113.3, 31.5)), {})], kind="stream", role="administrator")


def test_of_two_who_confirm_one_layer_the_second_is_told(mini: Mini) -> None:
    row = take(mini, VILLAGES)
    with pytest.raises(Conflict):
        layer_actions.confirm(mini.ctx(), ref=row.ref, **SAID)
    with pytest.raises(Conflict):
        layer_actions.drop(mini.ctx(), ref=row.ref)


def test_a_file_is_dropped_with_its_row(mini: Mini) -> None:
    row = take(mini, VILLAGES, confirm=False)
    layer_actions.drop(mini.ctx(), ref=row.ref)
    assert not MapLayer.objects.exists()
    assert not layer_actions.path_of(row.ref).exists()


def test_the_foot_of_the_map_tells_what_is_real_and_what_is_not(mini: Mini) -> None:
    assert [(each.kind, each.schematic) for each in layers.provenance()] == [
        ("boundary", True),
        ("stream", True),
    ]
    take(mini, VILLAGES)
    take(mini, [(made.line((113.2, 31.5), (113.3, 31.5)), {})], kind="stream")
    told = {each.kind: (len(each.layers), each.schematic) for each in layers.provenance()}
    assert told == {"boundary": (1, True), "stream": (1, False)}
    page = mini.client("administrator").get("/w/live/map").content.decode()
    assert "随县自然资源和规划局 2024-06-30" in " ".join(page.split())
    assert "其余示意" in page
    take(mini, [(made.box(113.2, 31.5, 0.2), {"DM": place.code}) for place in atlas().places])
    assert not layers.is_schematic()
    assert "其余示意" not in mini.client("administrator").get("/w/live/map").content.decode()


def test_buildings_stand_on_the_drawing_of_their_township(mini: Mini) -> None:
    take(mini, [(made.box(113.2, 31.5, 0.2), {"DM": TOWN})])
    take(mini, [(made.box(113.23, 31.54, 0.001), {}), (made.box(115.0, 30.0, 0.001), {})], kind="building")
    drawn = sketch(atlas().code(TOWN), {}, [], chosen="")
    assert drawn is not None
    assert drawn.buildings.count("M") == 1
    layer_names = [f["properties"]["layer"] for f in json.loads(mapdata.base().body)["features"]]
    assert layer_names.count("building") == 2


def test_an_officer_walks_from_the_file_to_the_map_by_pages(mini: Mini) -> None:
    client, before = mini.client("administrator"), outline(VILLAGE)
    data = made.zipped(
        made.shape_parts(
            [*VILLAGES[1:], (made.bow_tie(113.22, 31.53), {"DM": VILLAGE, "MC": "联盟村"})], encoding="gbk"
        )
    )
    reply = client.post("/w/live/layers", {"kind": "boundary", "file": SimpleUploadedFile("村界.zip", data)})
    at = reply["Location"]
    page = client.get(at).content.decode()
    assert "113.23000，31.54000" in page
    assert 'class="layer"' in page
    refused = client.post(at, {"source": "县局", "licence": "内部"})
    assert refused.status_code == 422
    assert 'value="县局"' in refused.content.decode()
    client.post(f"{at}/again", {"crs": "", "column": "MC", "mend": "on"})
    assert client.post(at, {"source": "县局", "licence": "内部", "dated": "2024-06-30"}).status_code == 302
    assert MapLayer.objects.get().state == State.SHOWN
    assert "县局 2024-06-30" in " ".join(client.get("/w/live/map").content.decode().split())
    client.post(f"{at}/undo", {"reason": "来源不对"})
    assert outline(VILLAGE) == before


def test_a_file_that_cannot_be_read_is_told_at_its_field(mini: Mini) -> None:
    for name, data in (
        ("a.zip", b"PK\x03\x04broken"),
        ("a.txt", b""),
        ("a.geojson", made.geojson([(made.box(11, 48), {})])),
    ):
        reply = mini.client("administrator").post(
            "/w/live/layers", {"kind": "boundary", "file": SimpleUploadedFile(name, data)}
        )
        assert reply.status_code == 422
        assert 'class="error"' in reply.content.decode()
    assert not MapLayer.objects.exists()


def test_a_kind_that_is_not_there_is_told(mini: Mini) -> None:
    with pytest.raises(Invalid):
        layer_actions.look(mini.ctx(), kind="cloud", name="x", data=made.geojson(VILLAGES))
    with pytest.raises(MapFileWrong):
        layer_actions.look(mini.ctx(), kind="road", name="x", data=made.geojson(VILLAGES))
    assert atlas().code(CITY)
