"""The picture of a station: five-minute and hourly rain hang from the top, running sums and the stage stand below."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.utils.safestring import SafeString

from anlan.foundation.context import Ctx
from anlan.foundation.rules.grade import Grade
from anlan.foundation.rules.stage import Stage
from anlan.foundation.words import t, w
from anlan.observe.models import Station
from anlan.observe.queries.series import Line, Sheet, Slot
from anlan.ui.format import clock
from anlan.ui.svg import small
from anlan.ui.svg.chart import Bar, Crossing, Curve, Limit, Point, Rain, chart, chart_table

BINS = 72
STAGES = {"prepare": Stage.PREPARE, "immediate": Stage.MOVE}
HAZARD_WORDS = {"flash_flood": w("山洪"), "rainstorm": w("暴雨"), "village": w("村级")}
OTHER = w("指标")
MARKS = (("warning_cm", w("警戒")), ("guarantee_cm", w("保证")), ("highest_cm", w("历史最高")))


def level_word(line: Line) -> str:
    """The Chinese source word of a line's level."""
    return STAGES[line.level].word if line.is_stage else Grade.parse(line.level).word


def panels(sheet: Sheet, lang: str) -> list[Rain | Curve]:
    """What the picture shows, from the top."""
    found: list[Rain | Curve] = []
    if sheet.slots:
        found.append(_rain(t(lang, w("5 分钟雨量")), sheet.slots, label_last=True))
        found.append(_rain(t(lang, w("小时雨量（按时末）")), sheet.hours, labels=True))
        for minutes in (60, 180):
            found.append(_sum(sheet, minutes, lang))
    if sheet.gauge is not None and sheet.levels:
        found.append(_stage(sheet, sheet.gauge, lang))
    return found


def chart_of(sheet: Sheet, lang: str) -> SafeString | str:
    """The picture, or nothing where nothing was ever measured."""
    shown = panels(sheet, lang)
    if not shown:
        return ""
    title = t(lang, w("{name} 过程线"), name=sheet.station.name)
    return chart(
        shown,
        start=sheet.since,
        end=max(sheet.at, sheet.since + timedelta(minutes=5)),
        now=None,
        title=title,
        desc=_said(sheet, lang),
        lang=lang,
    )


def table_of(sheet: Sheet, lang: str) -> SafeString | str:
    """The same as figures."""
    shown = panels(sheet, lang)
    return chart_table(shown, lang=lang) if shown else ""


def _said(sheet: Sheet, lang: str) -> str:
    """One sentence for who cannot see the picture."""
    tenths, partial = sheet.sum_of(60)
    if tenths is None:
        return t(lang, w("水位过程，数值见下表"))
    sentence = w("最近 1 小时不少于 {mm} mm") if partial else w("最近 1 小时 {mm} mm")
    return t(lang, sentence, mm=tenths / 10)


def _rain(title: str, slots: Sequence[Slot], *, labels: bool = False, label_last: bool = False) -> Rain:
    last = max((n for n, s in enumerate(slots) if s.tenths is not None), default=-1)
    bars = [
        Bar(
            start=s.start,
            end=s.end,
            value=None if s.tenths is None else s.tenths / 10,
            text=f"{s.tenths / 10}" if s.tenths and (labels or (label_last and n == last)) else "",
        )
        for n, s in enumerate(slots)
    ]
    return Rain(title=title, unit="mm", bars=bars, height=90)


def _sum(sheet: Sheet, minutes: int, lang: str) -> Curve:
    window = sheet.sums[minutes]
    first = window[0].end
    points = [
        Point(at=sheet.slots[s.end - first].end, value=s.tenths / 10, partial=s.partial) for s in window
    ]
    lines = _reachable([line for line in sheet.lines if line.minutes == minutes])
    return Curve(
        title=t(lang, w("{n} 小时滑动雨量"), n=minutes // 60),
        unit="mm",
        points=points,
        limits=_limits(lines, lang),
        crossings=_crossings(sheet, lines),
        height=170,
    )


def _reachable(lines: Sequence[Line]) -> Sequence[Line]:
    """Lines that are reached, and the next one above: a dry day needs no forest of lines."""
    lowest = min((line.tenths for line in lines if line.reached_at is None), default=None)
    return [line for line in lines if line.reached_at is not None or line.tenths == lowest]


def _limits(lines: Sequence[Line], lang: str) -> list[Limit]:
    """One line a value, with all that stand on it."""
    words: dict[int, list[str]] = {}
    for line in lines:
        words.setdefault(line.tenths, []).append(
            f"{t(lang, HAZARD_WORDS.get(line.hazard, OTHER))} {t(lang, level_word(line))}"
        )
    return [Limit(value=tenths / 10, text="／".join(texts)) for tenths, texts in words.items()]


def _crossings(sheet: Sheet, lines: Sequence[Line]) -> list[Crossing]:
    """Where lines were first reached; only the first and the highest say when, the table says all."""
    seen = [
        n for n in lines if n.reached_at is not None and n.reached_at > sheet.since + timedelta(minutes=5)
    ]
    told = {min(n.tenths for n in seen), max(n.tenths for n in seen)} if seen else set()
    return [
        Crossing(
            at=line.reached_at,
            value=line.tenths / 10,
            text=clock(line.reached_at) if line.tenths in told else "",
        )
        for line in seen
        if line.reached_at is not None
    ]


def _stage(sheet: Sheet, gauge: Station, lang: str) -> Curve:
    marks = [
        Limit(value=getattr(gauge, name) / 100, text=t(lang, word))
        for name, word in MARKS
        if getattr(gauge, name) is not None
    ]
    known = [level.metres for level in sheet.levels if level.metres is not None]
    near = [m for m in marks if known and m.value <= max(known) + 3]
    title = t(lang, w("水位 · {name}"), name=gauge.name)
    points = [Point(at=level.at, value=level.metres) for level in sheet.levels]
    return Curve(title=title, unit="m", points=points, limits=near, from_zero=False)


def timebar(ctx: Ctx, sheet: Sheet, at: datetime | None, lang: str) -> dict[str, Any]:
    """The slider over the last day, with the rain as its picture."""
    span = timedelta(hours=24)
    start = ctx.now - span
    counts = [0] * BINS
    for slot in sheet.slots:
        if slot.tenths and start <= slot.start < ctx.now:
            counts[min(BINS - 1, int((slot.start - start) / span * BINS))] += slot.tenths
    return {
        "from": start,
        "to": ctx.now,
        "at": at or ctx.now,
        "known": ctx.now,
        "step": 300,
        "picture": small.density(counts, known=BINS, label=t(lang, w("每段时间的雨量"))),
        "marks": [start + span / 6 * n for n in range(7)],
        "is_past": at is not None,
    }
