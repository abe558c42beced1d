"""The published hours of the Liulin night as five-minute tips (source: 随县人民政府, 2021-09-01; hour-ending labels)."""

from datetime import UTC, datetime, timedelta, timezone

from anlan.judge.rules.backtest import Series

BEIJING = timezone(timedelta(hours=8))
HOURLY_TENTHS = {3: 300, 4: 835, 5: 1054, 6: 1037, 7: 810, 8: 588}
GAUGE = "0042130001"
TIP = timedelta(minutes=5)


def beijing(hour: int, minute: int = 0, *, day: int = 12) -> datetime:
    return datetime(2021, 8, day, hour, minute, tzinfo=BEIJING).astimezone(UTC)


def series(*, place: str = GAUGE, kind: str = "gauge", wetness: str | None = None) -> Series:
    """Dry from noon two days before, then the night; rain is split by cumulative rounding, so hours stay exact."""
    times, tenths = [], []
    at = beijing(12, day=10)
    while at < beijing(8):
        at += TIP
        label = (at.astimezone(BEIJING) - timedelta(microseconds=1)).hour + 1
        total = HOURLY_TENTHS.get(label, 0) if at > beijing(0) else 0
        tip = (at - beijing(0)) // TIP % 12 or 12
        times.append(at)
        tenths.append(total * tip // 12 - total * (tip - 1) // 12)
    return Series(place=place, kind=kind, times=tuple(times), tenths=tuple(tenths), wetness=wetness)
