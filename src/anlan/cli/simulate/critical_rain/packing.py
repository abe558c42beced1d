"""A rule pack for each village with a code: its lines for the watch, and all that stands behind them."""

import json
import math
from collections.abc import Mapping
from datetime import date
from typing import Any

import anlan
from anlan.cli.simulate.critical_rain.inputs import Setup
from anlan.foundation.packs.parse import parse
from anlan.science.flood.critical.told import WETNESS

FOLDER = "packs"
KEPT = (
    "immediate_mm", "low_mm", "high_mm", "prepare_mm", "prepare_low_mm", "prepare_high_mm", "run_to_mm", "reached_min", "lead_min",
    "fast_percent",
)  # fmt: skip


def write(setup: Setup, found: dict[str, Any]) -> None:
    """Packs of villages that may be spoken of; none where a run was refused. Their files stand in ``found["packs"]``."""
    folder = setup.out / FOLDER
    folder.mkdir(exist_ok=True)
    for old in folder.glob("critical-rain-*.toml"):
        old.unlink()
    for village in found["villages"]:
        if (
            village["refused"]
            or not village.get("code")
            or not any(row["reached"] for row in village["rows"])
        ):
            continue
        path = folder / f"critical-rain-{village['code']}.toml"
        text = pack(village, found, on=setup.on)
        parse(text.encode(), path=path)
        path.write_text(text, encoding="utf-8")
        found["packs"].append(f"{FOLDER}/{path.name}")


def pack(village: Mapping[str, Any], found: Mapping[str, Any], *, on: date) -> str:
    """The text of one village's pack. Amounts are whole millimetres, rounded down: a line is rather crossed too soon."""
    shape = found["hyetograph_title"]
    mark = ("（合成地形）", " (made-up terrain)") if found["synthetic"] else ("", "")
    header = {
        "id": f"critical-rain-{village['code']}",
        "kind": "threshold",
        "issuer": "anlan simulate critical-rain",
        "clause": f"{village['name']}:按{shape['zh']}、{found['threshold_m']:g} m 门槛水深推演,准备转移扣除清空 "
        f"{found['clearing_min']:g} 分钟",
        "source": f"{found['model']}, anlan {anlan.__version__}, {found['terrain']} {found['terrain_sha256'][:12]}",
        "confidence": "M?",
        "note": _note(found),
    }
    lines = [
        "# Written by `anlan simulate critical-rain`; do not change it by hand, run it again.",
        "[pack]",
        *(f"{key} = {_text(value)}" for key, value in header.items()),
        f"title = {{ zh = {_text('临界雨量:' + village['name'] + mark[0])}, "
        f"en = {_text('Critical rain, village ' + village['code'] + mark[1])} }}",
        f"effective_from = {on.isoformat()}",
        f"applies_to = [{_text(village['code'])}]",
        *(["synthetic = true"] if found["synthetic"] else []),
        "",
        "[threshold]",
        'scale = "stage"',
        'hazard = "flash_flood"',
        'event_types = ["11A06"]',
        'subjects = ["village"]',
        'bases = ["observed"]',
        'wetness_if_unknown = "wet"',
        'hysteresis_percent = { value = 60, source = "anlan 缺省", clause = "回落判据", confidence = "M?" }',
    ]
    for stage in ("immediate", "prepare"):
        for wetness in WETNESS:
            lines += _line(village["rows"], stage, wetness)
    return "\n".join([*lines, "", *_behind(village, found)]) + "\n"


def _note(found: Mapping[str, Any]) -> str:
    doubts = "雨型、糙率、径流曲线数、清空时间均为缺省值,待核实。低、高由糙率与下渗变幅得出,不含雨型、面雨量与地形误差。"
    if not found["synthetic"]:
        return doubts
    return "地形为合成数据:只在演练里生效,值班世界拒绝启用。" + doubts


def _line(rows: list[Mapping[str, Any]], stage: str, wetness: str) -> list[str]:
    mine = [row for row in rows if row["wetness"] == wetness and row["reached"]]
    if not mine:
        return []
    amounts = ", ".join(f"{row['minutes']} = {max(1, math.floor(row[f'{stage}_mm']))}" for row in mine)
    return ["", "[[line]]", f'stage = "{stage}"', f'wetness = "{wetness}"', f"rain_mm = {{ {amounts} }}"]


def _behind(village: Mapping[str, Any], found: Mapping[str, Any]) -> list[str]:
    """How it was found, and the whole table."""
    whole = ("model", "version", "terrain", "terrain_sha256", "crs", "solver", "hyetograph")
    low, high = (round(100 * share) for share in found["roughness"])
    lines = ["[critical_rain]", *(f"{key} = {_text(found[key])}" for key in whole)]
    lines += [
        f"hyetograph_title = {{ zh = {_text(found['hyetograph_title']['zh'])}, en = {_text(found['hyetograph_title']['en'])} }}",
        f"computed_on = {found['computed_on']}",
        f"settings = {_text(found['settings']['version'])}",
        f"cell_m = {found['cell_m']:g}",
        f"cn = {found['cn']:g}",
        f"cn_spread = {found['cn_spread']:g}",
        f"roughness_percent = [{low}, {high}]",
        f"threshold_cm = {round(100 * found['threshold_m'])}",
        f"homes_percent = {found['homes_percent']:g}",
        f"clearing_min = {found['clearing_min']:g}",
        f"prepare_percent = [{found['prepare_percent'][0]}, {found['prepare_percent'][1]}]",
        f"area_km2 = {village['area_km2']:g}",
        f"concentration_min = {village['concentration_min']}",
        f"homes = {village['homes']}",
    ]
    for row in village["rows"]:
        lines += ["", "[[critical_rain.row]]", f"minutes = {row['minutes']}", f'wetness = "{row["wetness"]}"']
        lines += [f"{key} = {row[key]:g}" for key in KEPT if row[key] is not None]
    return lines


def _text(value: str) -> str:
    """A TOML basic string: JSON's escapes are TOML's too."""
    return json.dumps(value, ensure_ascii=False)
