"""The figures of a pack in words: a minister reads them, not a programmer."""

import re
from dataclasses import replace
from types import MappingProxyType

import pytest

from anlan.desk import figures
from anlan.foundation import packs
from anlan.foundation.packs.pack import Pack, kinds

SHIPPED = [pack for kind in sorted(kinds()) for pack in packs.load_all().of_kind(kind)]
RAW = re.compile(r"[a-z]_[a-z]|\[\d|\{")


def said(id: str, lang: str = "zh") -> list[tuple[str, str, str]]:
    found = figures.groups(packs.get(id), lang)
    return [(group.of, row.name, row.value) for group in found for row in group.rows]


@pytest.mark.parametrize("pack", SHIPPED, ids=lambda pack: pack.id)
@pytest.mark.parametrize("lang", ["zh", "en"])
def test_every_shipped_figure_has_a_word_and_no_raw_key(pack: Pack, lang: str) -> None:
    found = figures.groups(pack, lang)
    assert not figures.unknown(found), "add these to src/anlan/warn/figures.toml"
    told = [
        text for group in found for text in (group.of, *(s for r in group.rows for s in (r.name, r.value)))
    ]
    assert not [text for text in told if RAW.search(text)]


def test_every_word_of_the_table_is_of_a_shipped_figure() -> None:
    used = {figures.pattern(figure.path) for pack in SHIPPED for figure in pack.figures()}
    assert set(figures.table()["figure"]) - {"approval.countersign_minutes.*", "rule[].when.stage_mm"} <= used


def test_a_threshold_reads_as_hours_and_millimetres_under_its_level() -> None:
    assert ("蓝色", "1 小时雨量", "≥ 35 mm") in said("flash-flood-jianghua")
    assert ("Red", "Rain in 24 h", "≥ 200 mm") in said("flash-flood-jianghua", "en")
    assert ("立即转移 · 土壤较湿", "1 小时雨量", "≥ 30 mm") in said("village-rain-shuanghe")


def test_a_level_by_stage_names_its_mark_even_without_a_figure() -> None:
    assert [group.of for group in figures.groups(packs.get("river-flood-sl758"), "zh")][
        -1
    ] == "红色 · 历史最高水位"
    assert ("蓝色", "低于警戒水位", "500 mm") in said("river-flood-sl758")


def test_a_rung_names_its_ladder_and_its_people() -> None:
    assert ("村（社区） · 村书记、组长", "多久无人应就上提", "90 秒") in said("call-down")


def test_a_doubtful_figure_stays_marked() -> None:
    rows = [row for group in figures.groups(packs.get("flash-flood-jianghua"), "zh") for row in group.rows]
    assert [row.name for row in rows if row.figure.is_doubtful] == ["回落到阈值的多少才解除"]


def test_an_unknown_figure_of_a_city_s_own_pack_keeps_its_path() -> None:
    own = replace(
        packs.get("silent-station"), data=MappingProxyType({"silent_station": {"rain_gauges_wiped_days": 7}})
    )
    assert figures.unknown(figures.groups(own, "zh")) == ["silent_station.rain_gauges_wiped_days"]
