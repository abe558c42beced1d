"""本地阈值: the lines that a county drew itself, as packs: they stand beside those of the shelf and rule for their place.

Places with the same lines are one pack; a gauge is one of its own. Of one hazard no other pack judges a place that has lines.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any

from anlan.foundation.kept import Kept
from anlan.foundation.packs.pack import Pack
from anlan.foundation.shelf import Own
from anlan.foundation.words import t, w
from anlan.judge.models import Threshold
from anlan.places.atlas import atlas

LEVELS = {
    "prepare": w("准备转移"), "immediate": w("立即转移"),
    "blue": w("蓝色"), "yellow": w("黄色"), "orange": w("橙色"), "red": w("红色"),
}  # fmt: skip
STAGES, COLOURS = ("prepare", "immediate"), ("blue", "yellow", "orange", "red")
WETNESS = {"any": w("不分"), "dry": w("较干"), "normal": w("一般"), "wet": w("较湿")}
WINDOWS = {
    "30": w("30 分钟"), "60": w("1 小时"), "180": w("3 小时"), "360": w("6 小时"), "720": w("12 小时"), "1440": w("24 小时"),
}  # fmt: skip
CONFIDENCE = {
    "A": w("两处独立来源"), "B": w("一处来源"), "M": w("通行文本，未再核对"), "M?": w("不确定，用前先核实"), "X": w("来源互相矛盾"),
}  # fmt: skip
KINDS: dict[str, tuple[dict[str, str], dict[str, Any]]] = {
    "own-village": (
        {"zh": "本地阈值：村的雨量", "en": "Own lines: rain of villages"},
        {"scale": "stage", "hazard": "flash_flood", "event_types": ("11A06",), "subjects": ("village",), "wetness_if_unknown": "wet"},
    ),
    "own-township": (
        {"zh": "本地阈值：乡镇的雨量", "en": "Own lines: rain of townships"},
        {"scale": "signal", "hazard": "flash_flood", "event_types": ("11A06",), "subjects": ("gauge",), "wetness_if_unknown": "wet"},
    ),
    "own-river": (
        {"zh": "本地阈值：河道水位", "en": "Own lines: river stages"},
        {"scale": "signal", "hazard": "river_flood", "event_types": ("11A01",), "subjects": ("river",)},
    ),
    "own-reservoir": (
        {"zh": "本地阈值：水库水位", "en": "Own lines: reservoir stages"},
        {"scale": "signal", "hazard": "reservoir", "event_types": ("11A03",), "subjects": ("reservoir",)},
    ),
}  # fmt: skip
DEFAULTS = {"bases": ("observed",), "prepare_percent": 80, "hysteresis_percent": 60, "hysteresis_mm": 200}
"""As the shipped packs do it; the register's page and the docs say so."""


def lines(on: date) -> Own:
    """The lines in force on a day; the same object while none changed."""
    rows = _kept()
    if _made.get("of") != (id(rows), on):
        _made.update(of=(id(rows), on), own=_own(rows, on))
    return _made["own"]  # type: ignore[no-any-return]


_kept = Kept(
    lambda: list(Threshold.objects.select_related("station").order_by("starts", "pk")),
    "judge_threshold",
    "observe_station",
)
_made: dict[str, Any] = {}


def _own(rows: Sequence[Threshold], on: date) -> Own:
    held: dict[tuple[str, str], dict[tuple[str, ...], Threshold]] = defaultdict(dict)
    for row in rows:  # of the same line the one that began last
        if row.starts <= on and (row.until is None or on < row.until):
            held[_kind(row), _subject(row)][row.level, row.window, row.wetness] = row
    alike: dict[Any, list[str]] = defaultdict(list)
    for (kind, subject), mine in sorted(held.items()):
        drawn = tuple(_line(row) for _, row in sorted(mine.items()))
        alike[kind, subject if kind in ("own-river", "own-reservoir") else "", drawn].append(subject)
    by_hazard: dict[str, set[str]] = defaultdict(set)
    for kind, subject in held:
        by_hazard[KINDS[kind][1]["hazard"]].add(subject)
    packs = [
        _pack(kind, [held[kind, subjects[0]]], frozenset(subjects))
        for (kind, _, _), subjects in alike.items()
    ]
    by_kind = {kind: [mine for (k, _), mine in sorted(held.items()) if k == kind] for kind in KINDS}
    return Own(
        packs=tuple(packs),
        whole=tuple(_pack(kind, mine) for kind, mine in by_kind.items() if mine),
        left={hazard: frozenset(found) for hazard, found in by_hazard.items()},
    )


def _kind(row: Threshold) -> str:
    if row.station:
        return "own-reservoir" if row.station.object_ref else "own-river"
    return "own-village" if atlas().by_id[row.place_id].tier == 4 else "own-township"


def _subject(row: Threshold) -> str:
    return row.station.address if row.station else atlas().by_id[row.place_id].code


def _line(row: Threshold) -> tuple[Any, ...]:
    """All that a line says, whoever it is for."""
    return row.level, row.window, row.wetness, row.rain_tenths, row.stage_cm, row.source, row.confidence


def _pack(kind: str, held: Sequence[dict[Any, Threshold]], only: frozenset[str] = frozenset()) -> Pack:
    """The pack of one set of lines; without `only`, of all places together, for its page."""
    rows = [row for mine in held for _, row in sorted(mine.items())]
    title, head = KINDS[kind]
    told = [dict(_told(row, named=not only)) for row in rows]
    key = "rule" if any("when" in each for each in told) else "line"
    only_gauge = sorted(only)[:1] if key == "rule" else []
    version = hashlib.sha256(repr((only_gauge, [_line(row) for row in rows])).encode()).hexdigest()[:16]
    return Pack(
        id=kind, kind="threshold", title=title, issuer="本地", clause="阈值台账",
        source="、".join(sorted({row.source for row in rows})),
        effective_from=max(row.starts for row in rows), effective_to=None,
        confidence=max((row.confidence for row in rows), key=list(CONFIDENCE).index),
        applies_to=("*",) if only else tuple(sorted({atlas().by_id[row.place_id].code for row in rows})),
        example=False, synthetic=False, note="", version=version, path=Path("registers/thresholds"),
        data=MappingProxyType({"threshold": {**DEFAULTS, **head}, key: tuple(told)}), only=only,
    )  # fmt: skip


def _told(row: Threshold, *, named: bool) -> Iterator[tuple[str, Any]]:
    """A line as a pack writes it; for the page with the name of its place."""
    if row.level in STAGES:
        yield "stage", row.level
    else:
        yield "level", COLOURS.index(row.level) + 1
    if row.wetness not in ("", "any"):
        yield "wetness", row.wetness
    if row.stage_cm is None:
        yield "rain_mm", {row.window: Decimal(row.rain_tenths or 0) / 10}
    else:
        yield "when", {"stage_mm": row.stage_cm * 10}
    yield "source", row.source
    yield "confidence", row.confidence
    if named:
        place = row.station.name if row.station else atlas().by_id[row.place_id].name
        yield "title", {"zh": f"{place} {LEVELS[row.level]}", "en": f"{place} {t('en', LEVELS[row.level])}"}
