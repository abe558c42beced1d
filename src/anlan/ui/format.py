"""How times, numbers, phones and names read on a page. Pure: no clock, no Django."""

from datetime import datetime, timedelta, timezone
from decimal import ROUND_HALF_UP, Decimal

BEIJING = timezone(timedelta(hours=8), "+08:00")


def beijing(at: datetime) -> datetime:
    """The moment in Beijing time; storage is UTC, screens are not.

    Raises:
        ValueError: a naive time; give it a zone where it is made.
    """
    if at.tzinfo is None:
        raise ValueError(f"{at!r} has no zone: times are aware UTC in storage")
    return at.astimezone(BEIJING)


def clock(at: datetime, now: datetime | None = None, *, seconds: bool = False) -> str:
    """ "04:51" on the day of `now`, else "08-12 04:51", else with the year."""
    local = beijing(at)
    time = local.strftime("%H:%M:%S" if seconds else "%H:%M")
    if now is None or local.date() == beijing(now).date():
        return time
    same_year = local.year == beijing(now).year
    return local.strftime("%m-%d " if same_year else "%Y-%m-%d ") + time


def full(at: datetime, *, seconds: bool = True) -> str:
    """ "2021-08-12 04:51:00", for records and print."""
    return beijing(at).strftime("%Y-%m-%d %H:%M:%S" if seconds else "%Y-%m-%d %H:%M")


def ago(at: datetime, now: datetime) -> tuple[str, int]:
    """How far from now, as the Chinese sentence with {n} and its number (words.toml holds the English).

    Under a minute counts as now; days are given up to 30, afterwards the date says enough.
    """
    seconds = int((now - at).total_seconds())
    ahead, size = seconds < 0, abs(seconds)
    if size < 60:
        return ("马上" if ahead and size else "刚刚"), 0
    for unit, length, limit in _AGO:
        if size < limit:
            return (f"{{n}} {unit}后" if ahead else f"{{n}} {unit}前"), size // length
    return "", 0


_AGO = (("分钟", 60, 3600), ("小时", 3600, 86400), ("天", 86400, 30 * 86400))


def countdown(deadline: datetime, now: datetime) -> str:
    """ "02:48" left, "−00:12" over, "1:05:00" with hours; the browser ticks on from it."""
    seconds = int((deadline - now).total_seconds())
    sign, size = ("−" if seconds < 0 else ""), abs(seconds)
    hours, rest = divmod(size, 3600)
    tail = f"{rest // 60:02d}:{rest % 60:02d}"
    return f"{sign}{hours}:{tail}" if hours else sign + tail


def number(value: int | float | Decimal, digits: int = 0) -> str:
    """ "2,047,923", "85.3"; half rounds up as people do it, not to even."""
    exact = value if isinstance(value, Decimal) else Decimal(str(value))
    return f"{exact.quantize(Decimal(1).scaleb(-digits), ROUND_HALF_UP):,f}".replace("-", "−")


def mask_phone(phone: str) -> str:
    """ "138 **** 4417"; a short number keeps its last two digits only."""
    digits = "".join(each for each in phone if each.isdigit())
    if len(digits) >= 11:
        local = digits[-11:]
        return f"{local[:3]} **** {local[-4:]}"
    return f"**** {digits[-2:]}" if len(digits) > 4 else "****"


def mask_name(name: str) -> str:
    """ "杨**": the family name is enough to speak to somebody, not enough to find them."""
    return f"{name[:1]}**" if name else "**"
