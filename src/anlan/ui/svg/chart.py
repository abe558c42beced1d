"""过程线：panels over one time axis; rain hangs from the top, stage and sums stand below, limits are labelled lines."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from anlan.foundation.words import t
from anlan.ui.format import clock, full

from .scale import LEFT, RIGHT, Time, Value, label, nice

_HEAD, _GAP = 26.0, 16.0
_LINE, _LETTER = 15.0, 13.0
"""A line of small text, and the width of a Chinese letter in it."""
_ROOM = 1.16
"""So much higher than the highest value is a scale, that its label has room."""


@dataclass(frozen=True, kw_only=True)
class Bar:
    """Rain that fell within [start, end); value None is unknown and drawn hatched, never as zero."""

    start: datetime
    end: datetime
    value: float | None
    forecast: bool = False
    text: str = ""


@dataclass(frozen=True, kw_only=True)
class Point:
    """A value at a moment; `partial` says that its window is not full, so it is a lower bound (drawn dotted)."""

    at: datetime
    value: float | None
    partial: bool = False


@dataclass(frozen=True, kw_only=True)
class Limit:
    """阈值线 with what stands on it, e.g. "警戒"."""

    value: float
    text: str


@dataclass(frozen=True, kw_only=True)
class Crossing:
    """Where a curve first crossed a limit."""

    at: datetime
    value: float
    text: str


@dataclass(frozen=True, kw_only=True)
class Band:
    """Forecast between low and high at a moment."""

    at: datetime
    low: float
    high: float


@dataclass(frozen=True, kw_only=True)
class Rain:
    """雨量: bars hanging from the top of the panel."""

    title: str
    unit: str
    bars: Sequence[Bar]
    height: float = 100.0


@dataclass(frozen=True, kw_only=True)
class Curve:
    """水位 or running sum. `from_zero` starts the scale at 0 (sums), otherwise near the data (stages)."""

    title: str
    unit: str
    points: Sequence[Point]
    limits: Sequence[Limit] = ()
    crossings: Sequence[Crossing] = ()
    band: Sequence[Band] = ()
    from_zero: bool = True
    height: float = 140.0


Panel = Rain | Curve


def chart(
    panels: Sequence[Panel],
    *,
    start: datetime,
    end: datetime,
    title: str,
    desc: str,
    lang: str,
    now: datetime | None = None,
) -> SafeString:
    """The whole picture. `title` names it, `desc` says in a sentence what it shows (both read out by screen readers).

    Raises:
        ValueError: no panel, or an empty span of time.
    """
    if not panels or end <= start:
        raise ValueError("a chart needs at least one panel and an end after its start")
    time = Time(start=start, end=end)
    parts, top = [], _HEAD
    for panel in panels:
        parts.append(_panel(panel, time, top))
        top += panel.height + _HEAD + _GAP
    bottom = top - _GAP - _HEAD
    frame = [_time_axis(time, bottom), _now(time, now, bottom, lang)]
    return format_html(
        '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}"><desc>{}</desc>{}{}</svg>',
        _width(panels), bottom + 26, f"{title}. {desc}", desc, _all(parts), _all(frame),
    )  # fmt: skip


def chart_table(panels: Sequence[Panel], *, lang: str, summary: str = "") -> SafeString:
    """The same figures as tables, folded; the alternative to the picture."""
    tables = _all(_table(panel, lang) for panel in panels)
    words = summary or t(lang, "看数值表")
    return format_html(
        '<details class="chart-table"><summary>{}</summary><div class="scroll" tabindex="0" role="region" '
        'aria-label="{}">{}</div></details>', words, words, tables,
    )  # fmt: skip


# ---------- panels ----------
def _panel(panel: Panel, time: Time, top: float) -> SafeString:
    inner = _rain(panel, time) if isinstance(panel, Rain) else _curve(panel, time)
    head = format_html(
        '<text class="chart__value chart__head" x="{}" y="-8">{}</text>'
        '<text class="chart__value chart__again chart__end" x="{}" y="-8" aria-hidden="true">{}</text>',
        LEFT, (said := f"{panel.title} {panel.unit}"), RIGHT, said,
    )  # fmt: skip
    grid = format_html_join(
        "", '<path class="chart__grid" d="M{0},0V{1}"/>', ((time.x(at), panel.height) for at in time.ticks())
    )
    return format_html('<g transform="translate(0 {})">{}{}{}</g>', top, head, grid, inner)


def _rain(panel: Rain, time: Time) -> SafeString:
    known = [bar.value for bar in panel.bars if bar.value is not None]
    scale = Value(low=0, high=_top(known), height=panel.height, hangs=True)
    bars = _all(_bar(each, time, scale) for each in panel.bars)
    return format_html("{}{}{}", bars, _axis(0), _ticks(scale))


def _bar(bar: Bar, time: Time, scale: Value) -> SafeString:
    x, width = time.x(bar.start), time.x(bar.end) - time.x(bar.start)
    gap = min(2.0, width * 0.2)
    height = 12.0 if bar.value is None else scale.y(bar.value)
    look = "chart__unknown" if bar.value is None else "chart__band" if bar.forecast else "chart__rain"
    rect = format_html(
        '<rect class="{}" x="{}" y="0" width="{}" height="{}"/>',
        look, round(x + gap / 2, 1), round(max(width - gap, 0.5), 1), height,
    )  # fmt: skip
    if not bar.text:
        return rect
    mid = round(x + width / 2, 1)
    text = '{}<text class="chart__value chart__halo chart__mid" x="{}" y="{}">{}</text>'
    return format_html(text, rect, mid, height + 15, bar.text)


def _curve(panel: Curve, time: Time) -> SafeString:
    scale = _curve_scale(panel)
    parts = [_limits(panel.limits, scale), _axis(panel.height), _ticks(scale), _band(panel, time, scale)]
    parts += [_run(run, time, scale) for run in _runs(panel.points)]
    parts += [_crossing(each, time, scale) for each in panel.crossings]
    parts.append(_last(panel, time, scale))
    return _all(parts)


def _curve_scale(panel: Curve) -> Value:
    values = [each.value for each in panel.points if each.value is not None]
    values += [limit.value for limit in panel.limits] + [
        v for each in panel.band for v in (each.low, each.high)
    ]
    if panel.from_zero or not values:
        return Value(low=0, high=_top(values), height=panel.height)
    spread = (max(values) - min(values)) or 1.0
    step = nice(spread / 5)
    low = (min(values) // step) * step - (step if min(values) % step < step * 0.2 else 0)
    return Value(low=low, high=max(values) + spread * (_ROOM - 1), height=panel.height)


def _top(values: Sequence[float]) -> float:
    return max([*values, 0.0]) * _ROOM or 10.0


def _runs(points: Sequence[Point]) -> list[list[Point]]:
    """Unbroken stretches of one kind; a full window starts where the partial one ended."""
    runs: list[list[Point]] = []
    before: Point | None = None
    for point in points:
        if point.value is not None:
            if before is None or before.value is None:
                runs.append([point])
            elif before.partial != point.partial:
                runs.append([before, point])
            else:
                runs[-1].append(point)
        before = point
    return runs


def _run(run: list[Point], time: Time, scale: Value) -> SafeString:
    path = " L".join(f"{time.x(each.at)},{scale.y(each.value or 0.0)}" for each in run)
    partial = run[-1].partial
    look = "chart__line chart__line--partial" if partial else "chart__line"
    return format_html('<path class="{}" d="M{}"/>', look, path)


def _limits(limits: Sequence[Limit], scale: Value) -> SafeString:
    """Dashed lines; their words stand outside the panel at the right, where the newest data end, each on a line of its own."""
    found = sorted(limits, key=lambda each: -each.value)
    heights = [scale.y(each.value) for each in found]
    said = zip(heights, spaced(heights, _LINE, scale.height + _GAP), map(_words, found), strict=True)
    return format_html_join(
        "",
        '<path class="chart__limit" d="M{0},{1}H{2}"/><path class="chart__lead" d="M{2},{1}l8,{3}"/>'
        '<text class="chart__label" x="{4}" y="{5}">{6}</text>',
        ((LEFT, y, RIGHT, round(at - y, 1), RIGHT + 11, round(at + 4, 1), words) for y, at, words in said),
    )


def _words(limit: Limit) -> str:
    return f"{label(limit.value)} {limit.text}"


def _width(panels: Sequence[Panel]) -> int:
    """The picture is as wide as its panels and the longest words beside them."""
    texts = [_words(limit) for panel in panels if isinstance(panel, Curve) for limit in panel.limits]
    letters = max((sum(1.0 if ord(c) >= 0x2E80 else 0.56 for c in text) for text in texts), default=0.0)
    return round(RIGHT + max(LEFT, 20 + letters * _LETTER))


def spaced(heights: Sequence[float], apart: float, bottom: float) -> list[float]:
    """The same heights from the top down, none closer than `apart` to the one before, none below `bottom`."""
    found: list[float] = []
    for y in heights:
        found.append(max(y, found[-1] + apart) if found else y)
    for n, y in enumerate(reversed(found)):
        found[len(found) - 1 - n] = min(y, bottom - n * apart)
    return found


def _band(panel: Curve, time: Time, scale: Value) -> SafeString | str:
    if not panel.band:
        return ""
    upper = [f"{time.x(each.at)},{scale.y(each.high)}" for each in panel.band]
    lower = [f"{time.x(each.at)},{scale.y(each.low)}" for each in reversed(panel.band)]
    return format_html('<path class="chart__band" d="M{}Z"/>', " L".join([*upper, *lower]))


def _crossing(crossing: Crossing, time: Time, scale: Value) -> SafeString:
    x, y = time.x(crossing.at), scale.y(crossing.value)
    return format_html(
        '<circle class="chart__cross" cx="{}" cy="{}" r="5"/>'
        '<text class="chart__value chart__halo chart__end" x="{}" y="{}">{}</text>', x, y, x - 8, y - 8, crossing.text,
    )  # fmt: skip


def _last(panel: Curve, time: Time, scale: Value) -> SafeString | str:
    known = [each for each in panel.points if each.value is not None]
    if not known:
        return ""
    last, before = known[-1], known[max(0, len(known) - 12)]
    x, y = time.x(last.at), scale.y(last.value or 0.0)
    side, shift = ("", 12) if x < RIGHT - 110 else (" chart__end", -10)
    falls = bool(side) and (last.value or 0.0) < (before.value or 0.0)
    sign = "≥ " if last.partial else ""
    text = f"{sign}{label(round(last.value or 0.0, 3))} {panel.unit}"
    return format_html(
        '<circle class="chart__dot" cx="{}" cy="{}" r="4"/><text class="chart__value chart__halo{}" x="{}" y="{}">{}</text>',
        x, y, side, x + shift, y + 17 if falls else max(y - 7, 10), text,
    )  # fmt: skip


# ---------- frame ----------
def _axis(y: float) -> SafeString:
    return format_html('<path class="chart__axis" d="M{},{}H{}"/>', LEFT, y, RIGHT)


def _ticks(scale: Value) -> SafeString:
    rows = ((LEFT - 8, scale.y(value) + 4, label(value)) for value in scale.ticks())
    return format_html_join("", '<text class="chart__label chart__end" x="{}" y="{}">{}</text>', rows)


def _time_axis(time: Time, bottom: float) -> SafeString:
    days = (time.end - time.start).days >= 3
    rows = ((time.x(at), bottom + 16, at.strftime("%m-%d" if days else "%H:%M")) for at in time.ticks())
    return format_html_join("", '<text class="chart__label chart__mid" x="{}" y="{}">{}</text>', rows)


def _now(time: Time, now: datetime | None, bottom: float, lang: str) -> SafeString | str:
    if now is None or not time.start <= now <= time.end:
        return ""
    x = time.x(now)
    side = "" if x < RIGHT - 110 else " chart__end"
    words = f"{t(lang, '现在')} {clock(now)}"
    shift = 6 if not side else -6
    return format_html(
        '<path class="chart__now" d="M{0},4V{1}"/><text class="chart__value chart__halo{2}" x="{3}" y="12">{4}</text>',
        x, bottom, side, x + shift, words,
    )  # fmt: skip


# ---------- table ----------
def _table(panel: Panel, lang: str) -> SafeString:
    rows = _rain_rows(panel, lang) if isinstance(panel, Rain) else _curve_rows(panel, lang)
    head = format_html(
        '<th scope="col">{}</th><th scope="col" class="num">{}</th>', t(lang, "时刻"), panel.unit
    )
    body = format_html_join("", '<tr><th scope="row">{}</th><td class="num">{}</td></tr>', rows)
    return format_html(
        '<table class="table"><caption>{}</caption><thead><tr>{}</tr></thead><tbody>{}</tbody></table>', panel.title, head, body
    )  # fmt: skip


def _rain_rows(panel: Rain, lang: str) -> Iterable[tuple[str, str]]:
    for bar in panel.bars:
        span = f"{full(bar.start, seconds=False)}–{clock(bar.end)}"
        yield (f"{span} {t(lang, '外推')}" if bar.forecast else span), _cell(bar.value, "", lang)


def _curve_rows(panel: Curve, lang: str) -> Iterable[tuple[str, str]]:
    for point in panel.points:
        yield full(point.at, seconds=False), _cell(point.value, "≥ " if point.partial else "", lang)
    for limit in panel.limits:
        yield limit.text, label(limit.value)


def _cell(value: float | None, sign: str, lang: str) -> str:
    return t(lang, "未知") if value is None else f"{sign}{label(value)}"


def _all(parts: Iterable[SafeString | str]) -> SafeString:
    return format_html_join("", "{}", ((part,) for part in parts))
