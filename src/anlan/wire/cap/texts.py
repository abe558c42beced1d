"""The small notations inside CAP elements, read and written: times, points, circles, lists, references.

Reading raises `Unreadable`; the caller knows the element and the line.
"""

import math
import re
from datetime import UTC, datetime
from decimal import Decimal

from .model import Circle, Point, Reference, Ring, require_file_time

TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[-+]\d\d:\d\d)", re.ASCII)
# Bounds that hold every float written out in full.
_NUMBER = r"[-+]?(?:\d{1,310}(?:\.\d{0,1100})?|\.\d{1,1100})"
_POINT = re.compile(rf"({_NUMBER}),({_NUMBER})", re.ASCII)
_DECIMAL_COMMA = re.compile(r"[-+]?\d{1,3},\d+", re.ASCII)
_ITEM = re.compile(r'"([^"]*)"|([^\s"]+)')
_PLAIN_ITEM = re.compile(r'[^\s"]+')

MAX_LATITUDE = 90.0
MAX_LONGITUDE = 180.0


class Unreadable(ValueError):
    """A notation nobody can read; `code` names the finding, `value` the part that is wrong."""

    def __init__(self, code: str, value: str) -> None:
        self.code = code
        self.value = value
        super().__init__(f"{code}: {value[:80]}")


def read_time(text: str) -> datetime:
    """A CAP time, aware; `-00:00` is UTC. `Z` and fractions, which the standard forbids and many write, are understood."""
    text = text.strip()
    if not TIME.fullmatch(text):
        raise Unreadable("XSD-TIME", text)
    try:
        moment = datetime.fromisoformat(text).replace(microsecond=0)
        require_file_time(moment)
    except ValueError:
        raise Unreadable("XSD-TIME", text) from None
    return moment


def write_time(moment: datetime) -> str:
    """A CAP time; the standard wants `-00:00` for UTC and never Z."""
    text = moment.isoformat(timespec="seconds")
    return text[:-6] + "-00:00" if moment.utcoffset() == UTC.utcoffset(None) else text


def read_point(text: str) -> Point:
    """`lat,lon` to a point, longitude first."""
    found = _POINT.fullmatch(text)
    if not found:
        raise Unreadable("CAP-POLYGON-FORM", text)
    lat, lon = float(found.group(1)), float(found.group(2))
    if abs(lat) > MAX_LATITUDE or abs(lon) > MAX_LONGITUDE:
        raise Unreadable("CAP-COORDINATE-RANGE", text)
    return Point(lon=lon, lat=lat)


def write_point(point: Point) -> str:
    """A point as `lat,lon`, every digit kept, never in exponent form."""
    return f"{write_number(point.lat)},{write_number(point.lon)}"


def read_ring(text: str) -> Ring:
    """Points set apart by blanks; `31,5 113,0`, written with decimal commas, is badly written and not swapped."""
    parts = text.split()
    try:
        return tuple(read_point(part) for part in parts)
    except Unreadable as error:
        if error.code == "CAP-COORDINATE-RANGE" and all(_DECIMAL_COMMA.fullmatch(part) for part in parts):
            raise Unreadable("CAP-POLYGON-FORM", " ".join(parts[:2])) from None
        raise


def write_ring(ring: Ring) -> str:
    return " ".join(write_point(point) for point in ring)


def read_circle(text: str) -> Circle:
    parts = text.split()
    if len(parts) != 2 or not re.fullmatch(_NUMBER, parts[1], re.ASCII) or float(parts[1]) < 0:
        raise Unreadable("CAP-CIRCLE-FORM", text)
    return Circle(centre=read_point(parts[0]), radius_km=float(parts[1]))


def write_circle(circle: Circle) -> str:
    return f"{write_point(circle.centre)} {write_number(circle.radius_km)}"


def write_number(number: float) -> str:
    """The shortest decimal that reads back as the same float."""
    if not math.isfinite(number):
        raise Unreadable("CAP-POLYGON-FORM", str(number))
    return format(Decimal(repr(float(number))), "f")


def read_list(text: str) -> tuple[str, ...]:
    """Items set apart by blanks; an item with blanks stands in double quotes."""
    if _ITEM.sub("", text).strip():
        raise Unreadable("CAP-LIST-FORM", text)
    return tuple(quoted if bare == "" else bare for quoted, bare in _ITEM.findall(text))


def write_list(items: tuple[str, ...]) -> str:
    for item in items:
        if '"' in item:
            raise Unreadable("CAP-LIST-FORM", item)
    return " ".join(item if _PLAIN_ITEM.fullmatch(item) else f'"{item}"' for item in items)


def read_references(text: str) -> tuple[Reference, ...]:
    return tuple(_read_reference(part) for part in text.split())


def _read_reference(text: str) -> Reference:
    parts = text.split(",")
    if len(parts) != 3 or not all(parts):
        raise Unreadable("CAP-REFERENCES-FORM", text)
    try:
        return Reference(sender=parts[0], identifier=parts[1], sent=read_time(parts[2]))
    except Unreadable:
        raise Unreadable("CAP-REFERENCES-FORM", text) from None


def write_references(references: tuple[Reference, ...]) -> str:
    for one in references:
        if not (is_token(one.sender) and is_token(one.identifier)):
            raise Unreadable("CAP-REFERENCES-FORM", f"{one.sender},{one.identifier}")
    return " ".join(f"{one.sender},{one.identifier},{write_time(one.sent)}" for one in references)


def is_token(text: str) -> bool:
    """Whether the text may be an identifier or a sender: not empty, no blank, comma, < or &."""
    return bool(text) and not re.search(r"[\s,<&]", text)
