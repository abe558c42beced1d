"""提前量: how long before a line a forecast was known, as an interval no finer than the rain it all rests on.

Rain that is published by the hour says of a crossing no more than the hour in which it happened, and of the reading
that a forecast rests on no more than its hour. So both are spans, and the lead is the span of their difference; it
may be zero or negative, and is told so.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

MINUTE = timedelta(minutes=1)


@dataclass(frozen=True, kw_only=True)
class Span:
    """A moment known only to lie after one time and not after another."""

    after: datetime
    until: datetime

    def __post_init__(self) -> None:
        if self.until <= self.after:
            raise ValueError(f"a span ends after it begins: {self.after} to {self.until}")

    def later(self, by: timedelta) -> "Span":
        return Span(after=self.after + by, until=self.until + by)


@dataclass(frozen=True, kw_only=True)
class Lead:
    """Minutes between the forecast and the line: at least, at most. Negative: the forecast came after it."""

    least_min: int
    most_min: int

    @property
    def is_certain(self) -> bool:
        """Whether the forecast came first wherever in their hours the two lie."""
        return self.least_min > 0

    @property
    def is_possible(self) -> bool:
        """Whether the forecast may have come first at all."""
        return self.most_min > 0


def source_span(at: datetime, *, minutes: int) -> Span:
    """The interval of the source rain in which a reading lies: (begin, end]; a reading at the full hour ends its hour.

    Raises: ValueError for an interval that does not divide a day.
    """
    if minutes < 1 or 1440 % minutes:
        raise ValueError(f"{minutes} minutes do not divide a day: give the interval of the source rain")
    width = timedelta(minutes=minutes)
    midnight = at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    whole = -((midnight - at) // width)  # rounded up
    return Span(after=midnight + (whole - 1) * width, until=midnight + whole * width)


def lead(*, line: Span, forecast: Span) -> Lead:
    """How long before the line the forecast was known.

    >>> hour = lambda h: datetime(2021, 8, 12, h, tzinfo=UTC)
    >>> lead(line=Span(after=hour(3), until=hour(4)), forecast=Span(after=hour(2), until=hour(3)))
    Lead(least_min=0, most_min=120)
    """
    return Lead(
        least_min=(line.after - forecast.until) // MINUTE, most_min=(line.until - forecast.after) // MINUTE
    )
