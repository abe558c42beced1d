"""BCD digits, decimal values and wire times. All times are naive Beijing time, as the wire has them."""

from datetime import datetime
from decimal import Decimal, localcontext

from .errors import BadBcd, BadTime, BadValue


def bcd_value(raw: str, decimals: int) -> Decimal | None:
    """Value of BCD digits: all F is missing (None), a leading FF byte is a minus sign (6.6.3.3)."""
    if not raw.strip("F"):
        return None
    negative = raw.startswith("FF")
    digits = raw[2:] if negative else raw
    if not digits.isdecimal():
        raise BadBcd(f"'{raw}' is no BCD number: every digit must be 0..9; check the sensor or its coding")
    return scaled(-int(digits) if negative else int(digits), decimals)


def scaled(coefficient: int, decimals: int) -> Decimal:
    """coefficient · 10^-decimals, exact whatever its length."""
    sign, digits = int(coefficient < 0), tuple(int(d) for d in str(abs(coefficient)))
    return Decimal((sign, digits, -decimals))


def bcd_digits(value: Decimal | int | str, *, decimals: int, width: int) -> str:
    """BCD digits of ``value`` in at least ``width`` bytes; negative values get a leading FF byte.

    Raises BadValue for values finer than ``decimals`` or longer than the 31 bytes of a definition.
    """
    if isinstance(value, float):
        raise BadValue(f"{value!r} is a float: give Decimal, int or str so that no digit is invented")
    exact = Decimal(value)
    if not exact.is_finite():
        raise BadValue(f"{value!r} is no number: give None for a missing value")
    with localcontext() as context:
        context.prec = 80
        coefficient = exact.scaleb(decimals)
        if coefficient != coefficient.to_integral_value():
            raise BadValue(f"{value} has more than {decimals} decimals: round it before encoding")
        digits = str(abs(int(coefficient)))
    digits = digits.zfill(len(digits) + len(digits) % 2)
    sign = "FF" if exact < 0 else ""
    raw = sign + digits.zfill(2 * width - len(sign))
    if len(raw) > 62:
        raise BadValue(f"{value} needs more than 31 bytes: no element can carry it")
    return raw


def decode_time(digits: str) -> datetime:
    """YYMMDDHHmm[SS] or YYMMDDHH digits to a naive Beijing datetime; years are 20YY."""
    if not (digits.isascii() and digits.isdecimal()):
        raise BadTime(f"time '{digits}' has digits above 9: set the station's clock")
    fields = [int(digits[i : i + 2]) for i in range(0, len(digits), 2)]
    if len(fields) not in (4, 5, 6):
        raise BadTime(f"time '{digits}' is too short: expected YYMMDDHH, YYMMDDHHmm or YYMMDDHHmmSS")
    year, month, day, *clock = fields
    try:
        return datetime(2000 + year, month, day, *clock)  # type: ignore[arg-type]  # noqa: DTZ001
    except ValueError as error:
        raise BadTime(f"time '{digits}' does not exist ({error}): set the station's clock") from error


def encode_time(at: datetime, *, seconds: bool) -> str:
    """YYMMDDHHmm, with SS where ``seconds``."""
    if not 2000 <= at.year <= 2099:
        raise BadTime(f"{at.isoformat()} cannot be sent: the wire carries the years 2000 to 2099 only")
    return at.strftime("%y%m%d%H%M%S" if seconds else "%y%m%d%H%M")
