"""A village's critical rain 临界雨量 from its pack: the picture by duration, the table, and what stands behind them.

Whole millimetres, rounded down as the pack's lines are.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.safestring import SafeString

from anlan.foundation.packs.pack import Pack
from anlan.foundation.words import t, w
from anlan.ui.svg.durations import Amount, Panel, durations

CLASSES = {"dry": w("土壤较干"), "normal": w("土壤一般"), "wet": w("土壤较湿")}


@dataclass(frozen=True, kw_only=True)
class Row:
    """One duration and wetness as it is told."""

    hours: str
    soil: str
    first: bool
    immediate: str
    low: str
    high: str
    prepare: str
    lead: str
    run_to: str


@dataclass(frozen=True, kw_only=True)
class Table:
    """What the page shows."""

    picture: SafeString | str
    rows: tuple[Row, ...]
    how: tuple[tuple[str, str], ...]


def table(pack: Pack, lang: str) -> Table | None:
    """Nothing for a pack that holds no critical rain."""
    told = pack.data.get("critical_rain")
    if not told or not told.get("row"):
        return None
    rows = sorted(told["row"], key=lambda row: (row["minutes"], list(CLASSES).index(row["wetness"])))
    return Table(
        picture=_picture(rows, told, lang),
        rows=tuple(_row(row, lang) for row in rows),
        how=tuple(_how(told, lang)),
    )


def _hours(minutes: int) -> str:
    return f"{minutes / 60:g}"


def _row(row: Mapping[str, Any], lang: str) -> Row:
    def mm(key: str) -> str:
        return f"{math.floor(row[key])}" if key in row else ""

    return Row(
        hours=_hours(row["minutes"]),
        soil=t(lang, CLASSES[row["wetness"]]),
        first=row["wetness"] == "dry",
        immediate=mm("immediate_mm"),
        low=mm("low_mm"),
        high=f"{math.ceil(row['high_mm'])}" if "high_mm" in row else f"> {row['run_to_mm']:.0f}",
        prepare=mm("prepare_mm"),
        lead=f"{row['lead_min']}" if "lead_min" in row else "",
        run_to=f"{row['run_to_mm']:.0f}",
    )


def _picture(rows: list[Mapping[str, Any]], told: Mapping[str, Any], lang: str) -> SafeString | str:
    """A panel for each class of wetness, one scale for all."""
    minutes = sorted({row["minutes"] for row in rows})
    by = {(row["minutes"], row["wetness"]): row for row in rows}
    panels = [
        Panel(title=t(lang, word), amounts=[_amount(by.get((m, wetness), {})) for m in minutes])
        for wetness, word in CLASSES.items()
    ]
    if all(amount.value is None for panel in panels for amount in panel.amounts):
        return ""
    return durations(
        panels,
        labels=[_hours(m) for m in minutes],
        unit="mm",
        foot=t(lang, w("历时（小时）")),
        title=t(lang, w("临界雨量")),
        desc=t(lang, w("三档土壤含水下，各历时的立即转移与准备转移雨量，带是低到高。")),
    )


def _amount(row: Mapping[str, Any]) -> Amount:
    def mm(key: str) -> float | None:
        return math.floor(row[key]) if key in row else None

    return Amount(value=mm("immediate_mm"), low=mm("low_mm"), high=mm("high_mm"), second=mm("prepare_mm"))


def _how(told: Mapping[str, Any], lang: str) -> list[tuple[str, str]]:
    """Where the figures come from, a line each."""
    low, high = told["roughness_percent"]
    shape = told["hyetograph_title"]["en" if lang == "en" else "zh"]
    return [
        (t(lang, w("模型")), f"{told['model']} · anlan {told['version']} · {told['solver']}"),
        (t(lang, w("地形与格子")), f"{told['terrain']} · {told['cell_m']} m · {told['terrain_sha256'][:12]}"),
        (t(lang, w("雨型")), shape),
        (
            t(lang, w("门槛")),
            t(
                lang,
                w("{percent}% 的住房进水 {cm} cm"),
                percent=told["homes_percent"],
                cm=told["threshold_cm"],
            ),
        ),
        (t(lang, w("产流与糙率")), f"CN {told['cn']} ± {told['cn_spread']} · n × {low}–{high} %"),
        (t(lang, w("清空时间")), t(lang, w("{n} 分钟"), n=told["clearing_min"])),
        (t(lang, w("以上流域")), f"{told['area_km2']} km²"),
        (t(lang, w("汇流时间")), t(lang, w("{n} 分钟"), n=told["concentration_min"])),
        (t(lang, w("算出日期")), f"{told['computed_on']:%Y-%m-%d}"),
    ]
