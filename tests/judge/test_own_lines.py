"""A county's own lines 阈值: a register that the engine goes by at once, before every pack of the same hazard."""

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

import pytest

from anlan.foundation import shelf, worlds
from anlan.judge.models import Exceedance
from anlan.judge.registers import THRESHOLDS
from anlan.judge.watching import Watching
from anlan.observe.ingest.ingest import Ingest
from anlan.observe.ingest.typed import Typed
from anlan.observe.models import Station
from anlan.observe.registers import STATIONS
from anlan.registers import queries, saving
from tests.support.city import GAUGE, NIGHT, TOWN, VILLAGE, VILLAGE_2, Mini, make_city
from tests.support.registers import RegisterTests

RIVER = "0042130009"
LINE = {
    "place": VILLAGE, "level": "immediate", "window": "60", "wetness": "any", "rain_mm": "12.5", "starts": "2021-01-01",
    "source": "柳林镇预案（2021）表 3", "confidence": "B",
}  # fmt: skip


class TestThresholds(RegisterTests):
    register = THRESHOLDS
    good = LINE
    change = {"rain_mm": "14"}
    wrong = {"rain_mm": "3.14"}

    @pytest.mark.parametrize(
        "row",
        [
            {"place": TOWN},
            {"level": "red"},
            {"stage_cm": "2400"},
            {"window": ""},
            {"place": ""},
            {"until": "2020-12-31"},
            {"rain_mm": ""},
            {"rain_mm": "0"},
        ],
    )
    def test_a_line_that_cannot_be_is_refused(self, mini: Mini, row: dict[str, str]) -> None:
        with pytest.raises(saving.NotRead):
            self.add(mini, **row)

    def test_a_gauge_has_colours_and_stands_where_it_stands(self, mini: Mini) -> None:
        river(mini)
        ref = saving.add(self.ctx(mini), THRESHOLDS, stage_line("red", "2600"))
        row = queries.entry(self.ctx(mini), THRESHOLDS, ref)
        assert row.place_id == mini.ids[VILLAGE_2]


def river(mini: Mini) -> None:
    row = {"address": RIVER, "name": "柳林水位站", "kind": "stage", "place": VILLAGE_2, "password": "1234"}
    saving.add(mini.ctx("administrator"), STATIONS, row)


def stage_line(level: str, cm: str) -> dict[str, str]:
    told = {name: LINE[name] for name in ("starts", "source", "confidence")}
    return {"station": RIVER, "level": level, "stage_cm": cm, **told}


class Engine:
    """The engine's own step, over readings that are typed in."""

    def __init__(self, mini: Mini) -> None:
        self.mini, self.at = mini, NIGHT
        self.ingest = Ingest(mini.ctx().world)
        self.watching = Watching(mini.ctx(at=NIGHT), self.ingest.addresses)

    def line(self, **more: str) -> str:
        return saving.add(self.mini.ctx("administrator", at=self.at), THRESHOLDS, {**LINE, **more})

    def look(self, gauge: str = GAUGE, **values: str) -> list[tuple[str, str, str]]:
        """Ten minutes on, with what the gauge says (rain of five minutes, or its stage in m); what stands then."""
        self.at += timedelta(minutes=10)
        rows = [
            Typed(gauge, {"rain": "22", "stage": "39"}[k], self.at, Decimal(v)) for k, v in values.items()
        ]
        ctx = self.mini.ctx(at=self.at)
        self.ingest.type_in(rows, known_at=self.at)
        self.watching.look(ctx, self.ingest)
        return self.standing()

    def standing(self) -> list[tuple[str, str, str]]:
        found = Exceedance.objects.filter(world=self.mini.world, ended_at=None).order_by("pk")
        ids = {number: code for code, number in self.mini.ids.items()}
        return [(row.pack, ids[row.place_id], row.stage or str(row.level)) for row in found]


@pytest.fixture
def engine(db: None) -> Iterator[Engine]:
    mini = make_city()
    river(mini)
    Station.objects.get(address=GAUGE).serves.set([mini.ids[VILLAGE], mini.ids[VILLAGE_2]])
    made = Engine(mini)
    yield made
    made.ingest.close()


def test_a_reading_that_crosses_the_countys_own_line_is_a_finding_on_it(engine: Engine) -> None:
    assert engine.look(rain="13.0") == []
    engine.line()
    assert engine.look(rain="0.1") == [("own-village", VILLAGE, "immediate")], "the next look goes by it"
    (found,) = Exceedance.objects.all()
    assert (found.value, found.threshold, found.window_min) == (131, 125, 60)


def test_without_a_line_of_its_own_to_prepare_a_village_prepares_at_four_fifths(engine: Engine) -> None:
    engine.line()
    assert engine.look(rain="10.0") == [("own-village", VILLAGE, "prepare")]


def test_a_line_begins_and_ends_on_its_day(engine: Engine) -> None:
    engine.line(starts="2021-08-13")
    assert engine.look(rain="20.0") == []
    engine.at += timedelta(days=1)
    assert engine.look(rain="20.0") == [("own-village", VILLAGE, "immediate")]
    row = queries.entry(engine.mini.ctx("administrator"), THRESHOLDS, engine_ref())
    saving.change(engine.mini.ctx("administrator"), THRESHOLDS, row, {"until": "2021-08-14"})
    assert engine.look(rain="20.0") == [("own-village", VILLAGE, "immediate")]
    engine.at += timedelta(days=1)
    assert engine.look(rain="0.0") == [], "what stood by a line that ended stands no longer"


def engine_ref() -> str:
    return str(THRESHOLDS.model._default_manager.get().ref)  # type: ignore[attr-defined]


def test_of_two_the_one_that_began_last_rules(engine: Engine) -> None:
    engine.line()
    engine.line(starts="2021-08-01", rain_mm="30")
    assert engine.look(rain="20.0") == []


def test_of_its_hazard_no_pack_judges_a_place_that_has_lines(engine: Engine) -> None:
    engine.mini = engine.mini.exercise()  # where the example packs act
    engine.ingest.close()
    Engine.__init__(engine, engine.mini)
    engine.look(rain="32.0")
    both = {(pack, place) for pack, place, _ in engine.look(rain="32.0")}
    example = "village-rain-shuanghe"
    assert {(example, VILLAGE), (example, VILLAGE_2)} <= both
    live = Mini(worlds.get("live"), engine.mini.ids, engine.mini.accounts)
    saving.add(live.ctx("administrator"), THRESHOLDS, LINE)
    after = {(pack, place) for pack, place, _ in engine.look(rain="0.1")}
    assert ("own-village", VILLAGE) in after
    assert (example, VILLAGE) not in after, "what stood by the pack ended"
    assert (example, VILLAGE_2) in after
    assert ("rainstorm-signal-national", TOWN) in both & after, "another hazard, another question"


def test_a_gauge_is_judged_by_its_own_levels(engine: Engine) -> None:
    ctx = engine.mini.ctx("administrator", at=engine.at)
    for level, cm in (("orange", "2450"), ("red", "2600")):
        saving.add(ctx, THRESHOLDS, stage_line(level, cm))
    assert engine.look(RIVER, stage="24.490") == []
    assert engine.look(RIVER, stage="24.510") == [("own-river", VILLAGE_2, "3")]
    assert ("own-river", VILLAGE_2, "4") in engine.look(RIVER, stage="26.000")


def test_the_packs_page_shows_the_countys_own_lines_with_their_source(engine: Engine) -> None:
    engine.line()
    engine.line(place=TOWN, level="orange")
    client = engine.mini.client("duty_officer")
    assert "本地阈值：村的雨量" in client.get("/w/live/packs").text
    page = client.get("/w/live/packs/own-village").text
    assert "联盟村 立即转移" in page
    assert "≥ 12.5 mm" in page
    assert LINE["source"] in page
    assert client.get("/w/live/packs/own-township").status_code == 200
    assert client.get("/w/live/packs/own-river").status_code == 404
    assert shelf.get(engine.mini.ctx(), "own-village").hazard == "flash_flood"
