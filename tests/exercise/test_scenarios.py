"""Scenarios that are data, laid on a small city's own gauges."""

import json
import shutil
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from anlan.exercise import laying, parts
from anlan.exercise.field.client import folder_of
from anlan.exercise.field.people import Behaviour, NetworkSettings
from anlan.exercise.rules.night import Night, course
from anlan.exercise.scenarios import all_of, field_table
from anlan.foundation import channels, exercises, packs, scenarios, worlds
from anlan.foundation.errors import AnlanError, Conflict, Forbidden, Invalid
from anlan.foundation.home import home
from anlan.foundation.models import JournalEntry, Task, World
from anlan.foundation.rules.errors import BadPack
from anlan.observe.models import Station
from anlan.places.atlas import atlas
from tests.support.channels import RealVoice
from tests.support.city import COUNTY, GAUGE, NIGHT, TOWN, VILLAGE, Mini, make_city

pytestmark = pytest.mark.django_db


@pytest.fixture
def city() -> Mini:
    return make_city()


def made(city: Mini, scenario: str, role: str = "duty_officer", **settings: Any) -> tuple[World, Night]:
    key = exercises.create(city.ctx(role), scenario=scenario, settings=settings)
    told = json.loads((folder_of(key) / "settings.json").read_text())
    return worlds.get(key), Night.of(told["night"])


def rain(night: Night, address: str) -> Any:
    return night.tips[:, night.rain_addresses.index(address)]


def test_every_scenario_has_its_words_and_a_calm_night_rains_nowhere(city: Mini) -> None:
    names = [each.name for each in all_of()]
    assert sorted(names) == ["calm", "liulin-rain", "readings", "storm"]
    world, night = made(city, "calm", start="2026-07-01T20:03")
    assert not night.tips.any()
    assert night.ends[0] == datetime(2026, 7, 1, 12, 5, tzinfo=UTC)
    assert len(night.ends) == 4 * 12
    assert world.settings["title"]["en"].startswith("An empty night: ")
    assert world.settings["simulated_issuer"] is False
    assert [made(city, "calm", speed=n)[0].speed for n in (0.0, 10.0)] == [0.0, 10.0]


def test_a_storm_falls_whole_at_its_centre_and_less_away_from_it(city: Mini) -> None:
    _, night = made(city, "storm", place=VILLAGE, mm=120, hours=3, seed=5)
    assert rain(night, GAUGE).sum() == 1200
    others = [rain(night, a).sum() for a in night.rain_addresses if a != GAUGE]
    assert others
    assert max(others) < 1200


def test_the_same_seed_gives_the_same_night_and_another_seed_another(city: Mini) -> None:
    one, same, other = (made(city, "storm", place=COUNTY, seed=seed)[1].tips for seed in (5, 5, 6))
    assert np.array_equal(one, same)
    assert not np.array_equal(one, other)


@pytest.mark.parametrize("shape", ["late", "middle", "early", "even"])
def test_a_shape_moves_the_rain_and_not_its_sum(city: Mini, shape: str) -> None:
    (pack,) = [p for p in packs.of_kind("exercise") if p.id == "exercise-storm"]
    (shares,) = [each["shares"] for each in pack.data["shape"] if each["code"] == shape]
    laid = np.diff(course([float(n) for n in shares], tenths=1200, begins=4, lasts=36, ticks=60), prepend=0)
    assert laid.sum() == 1200 * 12
    assert not laid[:4].any()
    assert not laid[40:].any()


def test_the_rain_of_liulin_falls_here_by_its_percentage(city: Mini) -> None:
    _, night = made(city, "liulin-rain", place=VILLAGE, percent=50)
    assert rain(night, GAUGE).sum() == 2312


def test_a_night_of_ones_own_comes_again_by_a_factor(city: Mini, monkeypatch: pytest.MonkeyPatch) -> None:
    class Reading:
        def __init__(self, at: datetime, value: float) -> None:
            self.at, self.value = at, value

    def between(ctx: Any, address: str, code: int, since: datetime, until: datetime) -> list[Reading]:
        return [Reading(since + timedelta(minutes=10), 3.0)] if address == GAUGE else []

    monkeypatch.setattr(laying.series, "between", between)
    _, night = made(city, "readings", night="2026-06-01T20:00", percent=150)
    assert rain(night, GAUGE)[:4].tolist() == [0, 45, 0, 0]
    monkeypatch.setattr(laying.series, "between", lambda *_: [])
    with pytest.raises(Conflict, match="没有一个雨量站记到雨"):
        made(city, "readings", night="2026-06-01T20:00")


@pytest.mark.parametrize(
    ("field", "settings"),
    [
        ("mm", {"mm": "a lot"}), ("hours", {"hours": 49}), ("shape", {"shape": "round"}), ("start", {"start": "soon"}),
        ("place", {"place": "429999"}), ("length", {"hours": 6, "length": 2}), ("place", {"place": "421303003"}),
    ],
)  # fmt: skip
def test_what_cannot_be_is_told_at_its_field(city: Mini, field: str, settings: dict[str, Any]) -> None:
    with pytest.raises(Invalid) as refused:
        made(city, "storm", **settings)
    assert refused.value.field == field
    assert refused.value.said("en") != refused.value.said("zh")
    assert not World.objects.exclude(key="live").exists()


def test_without_gauges_or_permission_nothing_is_made(city: Mini) -> None:
    with pytest.raises(Forbidden):
        made(city, "storm", role="grid_worker")
    Station.objects.all().delete()
    with pytest.raises(Conflict, match="雨量站"):
        made(city, "storm")


def test_who_makes_it_owns_it_and_the_page_says_that_no_terrain_is_loaded(city: Mini) -> None:
    client = city.client("duty_officer")
    page = client.post("/w/live/exercises/new", {"scenario": "storm", "place": TOWN, "mm": "90", "hours": "2", "shape": "late",
                                                "issuer": "people", "seed": "1"}, follow=True)  # fmt: skip
    assert "一场暴雨：柳林镇，2 小时 90 毫米" in page.text
    assert "没有放入地形" in page.text
    world = World.objects.exclude(key="live").get()
    assert not exercises.may_run(city.ctx("foreign"), world)
    wrong = client.post(
        "/w/live/exercises/new", {"scenario": "storm", "mm": "many", "shape": "late", "issuer": "people"}
    )
    assert wrong.status_code == 422
    assert 'value="many"' in wrong.text


def test_an_exercise_of_ones_own_roster_opens_no_real_line(city: Mini) -> None:
    world, _ = made(city, "storm", place=TOWN)
    with pytest.raises(AnlanError):
        channels.connect(worlds.info(world), "voice", RealVoice())


NETWORK: Callable[..., NetworkSettings] = lambda **how: NetworkSettings.of(  # noqa: E731
    {**field_table("network"), "dead_places": [], **how}
)


def test_a_stranger_at_a_wrong_number_answers_for_nobody_and_always_the_same() -> None:
    facts = {"place": "1", "holder": "H-1", "role": "county_duty", "stage": ""}
    always = {"answers": {}, "answers_default": 1.0, "silent_holders": 0.0}
    (heard,) = Behaviour(NETWORK(wrong_numbers=1.0, **always), 7).call("k", NIGHT, facts, False)
    assert heard.outcome == "wrong_number"
    right = Behaviour(NETWORK(**always), 7).call("k", NIGHT, facts, False)
    assert {each.outcome for each in right} == {"answered"}


def test_parts_begin_with_the_exercise_and_an_unknown_one_is_refused_with_its_file(
    city: Mini, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun: list[Any] = []
    monkeypatch.setitem(
        parts._known, "drill", lambda ctx, at, place, table: begun.append((at, place.code, table["who"]))
    )
    world = city.exercise().world
    tables = [
        {"kind": "soil", "wetness": "wet", "reason": "连日有雨"},
        {"kind": "warning", "at_min": 30, "issuer": "随县气象台", "level": "red"},
        {"kind": "drill", "at_min": 10, "who": "指挥长"},
    ]
    place = atlas().code(TOWN)
    parts.begin(world, place, tables)
    assert begun == [(NIGHT + timedelta(minutes=10), TOWN, "指挥长")]
    assert JournalEntry.objects.filter(world=world, name="observe.soil.set").exists()
    assert Task.objects.get(kind=parts.WARNING).due_at == NIGHT + timedelta(minutes=30)
    with pytest.raises(BadPack, match="parade"):
        parts.check([{"kind": "parade"}])


OWN = """
[pack]
id = "exercise-dike"
kind = "exercise"
title = { zh = "堤上的一夜", en = "A night on the dike" }
issuer = "本县"
clause = "2026 年演练方案"
source = "本县"
effective_from = 2026-01-01
confidence = "B"
applies_to = "*"
[exercise]
about = { zh = "先湿后雨。", en = "Wet, then rain." }
rain = "recorded"
begins_min = 10
after_h = 1
[recorded]
hourly_mm = [10, 20.5]
"""


@pytest.fixture
def own_folder() -> Iterator[Path]:
    folder = home() / "packs"
    folder.mkdir(exist_ok=True)
    packs._load_all.cache_clear()
    yield folder
    shutil.rmtree(folder)
    packs._load_all.cache_clear()


def test_a_county_writes_a_scenario_of_its_own_and_a_bad_one_is_refused_with_its_file(
    city: Mini, own_folder: Path
) -> None:
    (own_folder / "dike.toml").write_text(OWN, "utf-8")
    world, night = made(city, "dike", place=VILLAGE)
    assert rain(night, GAUGE).sum() == 305
    assert scenarios.title_of(world)["en"] == "A night on the dike: 联盟村, 100%"
    packs._load_all.cache_clear()
    (own_folder / "dike.toml").write_text(OWN.replace('"recorded"', '"hail"'), "utf-8")
    (refused,) = packs.load_all(home=home()).refused
    assert "hail" in refused.why
