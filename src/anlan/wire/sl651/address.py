"""Station addresses (6.2.3.2): five bytes, always written here as ten capital hex characters."""

from dataclasses import dataclass
from typing import Final

from .errors import BadAddress

_HEX: Final = frozenset("0123456789ABCDEF")
BROADCAST: Final = 0xFFFF


@dataclass(frozen=True, slots=True)
class Address:
    """What a station address means.

    ``kind`` is "hydrological" (00 + 8-digit SL 502 code), "station", "relay" or "broadcast"
    (6-digit GB/T 2260 division + a number sent as HEX). ``code`` is the 8-digit code, or division
    and 6-digit decimal number as the centre is told to restore them.
    """

    station: str
    kind: str
    code: str


def normal(station: str) -> str:
    """Ten capital hex characters from "0012345678", "12345678" (SL 502 code) or lower case.

    Raises BadAddress where the standard asks for BCD digits and finds others.
    """
    text = station.upper()
    if len(text) == 8:
        text = "00" + text
    if len(text) != 10 or not _HEX.issuperset(text):
        raise BadAddress(
            f"'{station}' is no station address: give 10 hex characters or an 8-digit SL 502 code"
        )
    bcd = text if text.startswith("00") else text[:6]
    if not bcd.isdecimal():
        rule = "00 and 8 digits" if text.startswith("00") else "6 digits of the division, then 2 bytes HEX"
        raise BadAddress(f"station address {text} must be {rule}: correct the station's settings")
    return text


def describe(station: str) -> Address:
    """Say which kind of address this is. Raises BadAddress for the invalid number 0 as well."""
    text = normal(station)
    if text.startswith("00"):
        return Address(text, "hydrological", text[2:])
    number = int(text[6:], 16)
    if number == 0:
        raise BadAddress(f"station address {text} ends in 0, which 6.2.3.2 forbids: number stations from 1")
    kind = "broadcast" if number == BROADCAST else "relay" if number > 60000 else "station"
    return Address(text, kind, f"{text[:6]}{number:06d}")
