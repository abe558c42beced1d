"""雨量指标曲线: amounts by duration, small panels of one scale side by side, each a line with its band from low to high."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from .scale import LEFT, Value, label

_WIDTH, _HEIGHT, _HEAD, _FOOT, _GAP = 250.0, 220.0, 34.0, 46.0, 26.0
_ROOM = 1.12


@dataclass(frozen=True, kw_only=True)
class Amount:
    """What holds for one duration, mm; `value` None: not reached, `high` None: above all that was looked at."""

    value: float | None
    low: float | None = None
    high: float | None = None
    second: float | None = None


@dataclass(frozen=True, kw_only=True)
class Panel:
    """One class, its amounts in the order of the durations."""

    title: str
    amounts: Sequence[Amount]


def durations(
    panels: Sequence[Panel], *, labels: Sequence[str], unit: str, foot: str, title: str, desc: str
) -> SafeString:
    """The picture. ``labels`` of the durations, ``foot`` what they count; a band without an end goes to the top.

    Raises:
        ValueError: no panel, or none of the amounts is known.
    """
    known = [
        v for p in panels for a in p.amounts for v in (a.value, a.low, a.high, a.second) if v is not None
    ]
    if not known:
        raise ValueError("a picture needs at least one amount")
    scale = Value(low=0, high=max(known) * _ROOM, height=_HEIGHT)
    width = LEFT + len(panels) * (_WIDTH + _GAP)
    parts = [_panel(each, n, labels, scale) for n, each in enumerate(panels)]
    ticks = format_html_join(
        "", '<text class="chart__label chart__end" x="{}" y="{}">{}</text>',
        ((LEFT - 8, _HEAD + scale.y(value) + 4, label(value)) for value in scale.ticks()),
    )  # fmt: skip
    return format_html(
        '<svg class="chart" viewBox="0 0 {} {}" role="img" aria-label="{}"><desc>{}</desc>'
        '<text class="chart__label chart__end" x="{}" y="14">{}</text>{}{}'
        '<text class="chart__label chart__mid" x="{}" y="{}">{}</text></svg>',
        round(width), round(_HEAD + _HEIGHT + _FOOT), f"{title}. {desc}", desc, LEFT - 8, unit, ticks,
        _all(parts), round((LEFT + width - _GAP) / 2), round(_HEAD + _HEIGHT + 40), foot,
    )  # fmt: skip


def _panel(panel: Panel, n: int, labels: Sequence[str], scale: Value) -> SafeString:
    left = LEFT + n * (_WIDTH + _GAP)
    step = _WIDTH / len(labels)
    xs = [round((k + 0.5) * step, 1) for k in range(len(labels))]
    grid = format_html_join(
        "", '<path class="chart__grid" d="M0,{0}H{1}"/>', ((scale.y(v), _WIDTH) for v in scale.ticks())
    )
    names = format_html_join(
        "", '<text class="chart__label chart__mid" x="{}" y="{}">{}</text>',
        ((x, _HEIGHT + 18, each) for x, each in zip(xs, labels, strict=True)),
    )  # fmt: skip
    return format_html(
        '<g transform="translate({} {})"><text class="chart__value" x="0" y="-12">{}</text>{}{}{}{}{}'
        '<path class="chart__axis" d="M0,{}H{}"/></g>',
        left, _HEAD, panel.title, grid, _bands(panel, xs, scale), _second(panel, xs, scale), _first(panel, xs, scale), names,
        _HEIGHT, _WIDTH,
    )  # fmt: skip


def _bands(panel: Panel, xs: Sequence[float], scale: Value) -> SafeString:
    """Low to high over neighbours that both have one; up to the top where high is above all that was looked at."""
    pieces = []
    rows = list(zip(xs, panel.amounts, strict=True))
    for stretch in _stretches(rows):
        if len(stretch) == 1:  # one duration alone: a narrow band
            x, amount = stretch[0]
            stretch = [(x - 8, amount), (x + 8, amount)]
        upper = [f"{x},{scale.y(scale.high if a.high is None else a.high)}" for x, a in stretch]
        lower = [f"{x},{scale.y(a.low or 0.0)}" for x, a in reversed(stretch)]
        pieces.append(format_html('<path class="chart__band" d="M{}Z"/>', " L".join([*upper, *lower])))
    return _all(pieces)


def _first(panel: Panel, xs: Sequence[float], scale: Value) -> SafeString:
    """The line of values, a dot and a figure at each."""
    rows = list(zip(xs, panel.amounts, strict=True))
    pieces = [
        _path("chart__line", [(x, a.value or 0.0) for x, a in part], scale) for part in _stretches(rows)
    ]
    pieces += [
        format_html(
            '<circle class="chart__dot" cx="{}" cy="{}" r="4"/>'
            '<text class="chart__value chart__halo chart__mid" x="{}" y="{}">{}</text>',
            x, scale.y(a.value), x, scale.y(a.value) - 10, label(round(a.value)),
        )
        for x, a in rows if a.value is not None
    ]  # fmt: skip
    return _all(pieces)


def _second(panel: Panel, xs: Sequence[float], scale: Value) -> SafeString:
    """The dashed line below."""
    rows = [(x, a) for x, a in zip(xs, panel.amounts, strict=True) if a.second is not None]
    if not rows:
        return _all([])
    path = _path("chart__limit", [(x, a.second or 0.0) for x, a in rows], scale)
    dots = format_html_join(
        "",
        '<circle class="chart__cross" cx="{}" cy="{}" r="3.5"/>',
        ((x, scale.y(a.second or 0.0)) for x, a in rows),
    )
    return _all([path, dots])


def _path(look: str, points: Sequence[tuple[float, float]], scale: Value) -> SafeString:
    return format_html('<path class="{}" d="M{}"/>', look, " L".join(f"{x},{scale.y(v)}" for x, v in points))


def _stretches(rows: Sequence[tuple[float, Amount]]) -> list[list[tuple[float, Amount]]]:
    """Neighbours that are reached; a duration that is not breaks the line."""
    found: list[list[tuple[float, Amount]]] = []
    whole = True
    for x, amount in rows:
        if amount.value is None:
            whole = True
            continue
        if whole:
            found.append([])
        found[-1].append((x, amount))
        whole = False
    return found


def _all(parts: Sequence[SafeString]) -> SafeString:
    return format_html_join("", "{}", ((part,) for part in parts))
