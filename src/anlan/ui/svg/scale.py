"""Scales and ticks of a chart: numbers in, positions out."""

import math
from dataclasses import dataclass
from datetime import datetime, timedelta

from anlan.ui.format import beijing

LEFT, RIGHT = 56.0, 744.0
"""Edges of the panels, in the picture's own units; figures stand to the left, the words of limits to the right."""
_STEPS = [timedelta(minutes=m) for m in (5, 10, 30, 60, 120, 180, 360, 720, 1440, 2880, 10080)]


@dataclass(frozen=True, kw_only=True)
class Time:
    """Horizontal scale."""

    start: datetime
    end: datetime

    def x(self, at: datetime) -> float:
        """Position, held inside the frame."""
        share = (at - self.start) / (self.end - self.start)
        return round(LEFT + (RIGHT - LEFT) * min(max(share, 0.0), 1.0), 1)

    def ticks(self, most: int = 8) -> list[datetime]:
        """Round moments of Beijing time, at most about `most` of them."""
        span = self.end - self.start
        step = next((each for each in _STEPS if span / each <= most), _STEPS[-1])
        first = beijing(self.start)
        midnight = first.replace(hour=0, minute=0, second=0, microsecond=0)
        at = midnight + step * math.ceil((first - midnight) / step)
        found = []
        while at <= self.end:
            found.append(at)
            at += step
        return found


@dataclass(frozen=True, kw_only=True)
class Value:
    """Vertical scale of a panel `height` high; hanging panels grow downwards."""

    low: float
    high: float
    height: float
    hangs: bool = False

    def y(self, value: float) -> float:
        """Position, held inside the panel."""
        share = min(max((value - self.low) / (self.high - self.low), 0.0), 1.0)
        return round(self.height * (share if self.hangs else 1 - share), 1)

    def ticks(self) -> list[float]:
        """Two to four round values."""
        step = nice((self.high - self.low) / 3)
        first = math.ceil(self.low / step - 1e-9)
        last = math.floor(self.high / step + 1e-9)
        return [round(i * step, 6) for i in range(first, last + 1)]


def nice(size: float) -> float:
    """The next 1, 2 or 5 times a power of ten at or above `size`."""
    power = 10.0 ** math.floor(math.log10(size))
    return next(m * power for m in (1, 2, 5, 10) if m * power >= size * (1 - 1e-9))


def label(value: float) -> str:
    """A tick's text, without a needless ".0"."""
    return f"{value:.10g}".replace("-", "−")
