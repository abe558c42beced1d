"""Small curves of many places over one time axis and one scale, so that rows of a table can be compared at a glance."""

import json
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from .scale import Time

WIDTH, HEIGHT, FOOT = 320.0, 52.0, 2.0
EDGE = 18.0
"""Left and right of the axis, so that the first and the last hour have room for their words."""


class Multiples:
    """Curves that begin at `start` and reach over `minutes`; `top` is the highest value of all, `line` the one that matters.

    Raises: ValueError for no time.
    """

    def __init__(self, *, start: datetime, minutes: int, top: float, line: float) -> None:
        if minutes <= 0:
            raise ValueError("curves need at least a minute")
        self._start, self._minutes, self._line = start, minutes, line
        self._top = max(top, 2 * line) * 1.06

    def axis(self) -> SafeString:
        """The hours, for the head of the column."""
        words = format_html_join(
            "", '<text class="chart__label chart__mid" x="{}" y="13">{}</text>', ((self._x(m), word) for m, word in self._ticks())
        )  # fmt: skip
        return format_html('<svg class="curve" viewBox="0 0 {} 18" aria-hidden="true">{}</svg>', WIDTH, words)

    def curve(self, points: Sequence[tuple[int, float]], *, arrival: int | None, label: str) -> SafeString:
        """One curve: (minute, value) as they were kept; `arrival` is the minute of the line's first crossing, marked."""
        path = " L".join(f"{self._x(minute)},{self._y(value)}" for minute, value in points)
        line = self._y(self._line)
        mark = (
            format_html('<circle class="curve__came" cx="{}" cy="{}" r="4"/>', self._x(arrival), line)
            if arrival is not None and arrival <= self._minutes
            else ""
        )
        return format_html(
            '<svg class="curve" viewBox="0 0 {w} {h}" role="img" aria-label="{label}">{grid}'
            '<path class="chart__axis" d="M{l},{foot}H{r}"/><path class="curve__line" d="M{l},{line}H{r}"/>'
            '{path}{mark}<line class="curve__now is-off" x1="0" x2="0" y1="2" y2="{foot}"/></svg>',
            w=WIDTH, h=HEIGHT, label=label, grid=self._grid(), l=EDGE, r=WIDTH - EDGE, foot=HEIGHT - FOOT, line=line,
            path=format_html('<path class="curve__water" d="M{}"/>', path) if points else "", mark=mark,
        )  # fmt: skip

    def data(self, points: Sequence[tuple[int, int]]) -> SafeString:
        """Attributes by which a script finds minute and value under the pointer; values in hundredths."""
        return format_html(
            'data-curve="{}" data-from="0" data-to="{}" data-left="{}" data-right="{}"',
            json.dumps(points, separators=(",", ":")), self._minutes, round(EDGE / WIDTH, 4), round(1 - EDGE / WIDTH, 4),
        )  # fmt: skip

    def _x(self, minute: float) -> float:
        share = min(max(minute / self._minutes, 0.0), 1.0)
        return round(EDGE + (WIDTH - 2 * EDGE) * share, 1)

    def _y(self, value: float) -> float:
        return round((HEIGHT - FOOT) - (HEIGHT - FOOT - 4) * min(max(value / self._top, 0.0), 1.0), 1)

    def _grid(self) -> SafeString:
        foot = HEIGHT - FOOT
        return format_html_join(
            "", '<path class="chart__grid" d="M{},2V{}"/>', ((self._x(m), foot) for m, _ in self._ticks())
        )

    def _ticks(self) -> list[tuple[float, str]]:
        time = Time(start=self._start, end=self._start + timedelta(minutes=self._minutes))
        return [
            ((at - self._start) / timedelta(minutes=1), at.strftime("%H:%M")) for at in time.ticks(most=4)
        ]
