"""预警信息 · The CAP 1.2 alert as frozen values.

Inside anlan a place is (lon, lat), degrees; only the file says "lat,lon". Times are aware and whole seconds, because
a file can hold nothing finer and `references` must match to the letter.

Source: OASIS Common Alerting Protocol 1.2 (2010-07-01), section 3.2.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import NamedTuple

from .errors import BadTime

NAMESPACE = "urn:oasis:names:tc:emergency:cap:1.2"
DEFAULT_LANGUAGE = "en-US"
LARGEST_OFFSET = timedelta(hours=14)
FIRST_YEAR, LAST_YEAR = 1900, 9998


class Status(StrEnum):
    """信息状态 · Who may act on it."""

    ACTUAL = "Actual"
    EXERCISE = "Exercise"
    SYSTEM = "System"
    TEST = "Test"
    DRAFT = "Draft"


class MsgType(StrEnum):
    """信息类型 · A first alert, or a link in a chain."""

    ALERT = "Alert"
    UPDATE = "Update"
    CANCEL = "Cancel"
    ACK = "Ack"
    ERROR = "Error"


class Scope(StrEnum):
    """发布范围 · Who may read it."""

    PUBLIC = "Public"
    RESTRICTED = "Restricted"
    PRIVATE = "Private"


class Category(StrEnum):
    """事件门类 · CAP's twelve classes of events."""

    GEO = "Geo"
    MET = "Met"
    SAFETY = "Safety"
    SECURITY = "Security"
    RESCUE = "Rescue"
    FIRE = "Fire"
    HEALTH = "Health"
    ENV = "Env"
    TRANSPORT = "Transport"
    INFRA = "Infra"
    CBRNE = "CBRNE"
    OTHER = "Other"


class ResponseType(StrEnum):
    """应对动作 · What the receiver should do."""

    SHELTER = "Shelter"
    EVACUATE = "Evacuate"
    PREPARE = "Prepare"
    EXECUTE = "Execute"
    AVOID = "Avoid"
    MONITOR = "Monitor"
    ASSESS = "Assess"
    ALL_CLEAR = "AllClear"
    NONE = "None"


class Urgency(StrEnum):
    """紧急程度 · How soon."""

    IMMEDIATE = "Immediate"
    EXPECTED = "Expected"
    FUTURE = "Future"
    PAST = "Past"
    UNKNOWN = "Unknown"


class Severity(StrEnum):
    """严重程度 · How bad."""

    EXTREME = "Extreme"
    SEVERE = "Severe"
    MODERATE = "Moderate"
    MINOR = "Minor"
    UNKNOWN = "Unknown"


class Certainty(StrEnum):
    """确定性 · How sure."""

    OBSERVED = "Observed"
    LIKELY = "Likely"
    POSSIBLE = "Possible"
    UNLIKELY = "Unlikely"
    UNKNOWN = "Unknown"


class Point(NamedTuple):
    """A place in degrees, longitude first."""

    lon: float
    lat: float


Ring = tuple[Point, ...]


@dataclass(frozen=True)
class NamedValue:
    """A `valueName` and `value` pair: event code, parameter or geocode."""

    name: str
    value: str


@dataclass(frozen=True)
class Circle:
    """A disc around a point; radius in kilometres."""

    centre: Point
    radius_km: float


@dataclass(frozen=True)
class Area:
    """受影响区域 · Where. Altitude and ceiling in feet above mean sea level, as the standard has it."""

    description: str
    polygons: tuple[Ring, ...] = ()
    circles: tuple[Circle, ...] = ()
    geocodes: tuple[NamedValue, ...] = ()
    altitude: Decimal | None = None
    ceiling: Decimal | None = None


@dataclass(frozen=True)
class Resource:
    """附件 · A file that belongs to the alert; size in bytes, digest is SHA-1 hex by the standard."""

    description: str
    mime_type: str
    size: int | None = None
    uri: str | None = None
    deref_uri: str | None = None
    digest: str | None = None


@dataclass(frozen=True)
class Info:
    """预警内容 · The message itself, one for each language or phase."""

    categories: tuple[Category, ...]
    event: str
    urgency: Urgency
    severity: Severity
    certainty: Certainty
    language: str | None = None
    response_types: tuple[ResponseType, ...] = ()
    audience: str | None = None
    event_codes: tuple[NamedValue, ...] = ()
    effective: datetime | None = None
    onset: datetime | None = None
    expires: datetime | None = None
    sender_name: str | None = None
    headline: str | None = None
    description: str | None = None
    instruction: str | None = None
    web: str | None = None
    contact: str | None = None
    parameters: tuple[NamedValue, ...] = ()
    resources: tuple[Resource, ...] = ()
    areas: tuple[Area, ...] = ()

    def __post_init__(self) -> None:
        for moment in (self.effective, self.onset, self.expires):
            if moment is not None:
                require_file_time(moment)

    @property
    def spoken_language(self) -> str:
        """The language, with CAP's default where the file names none."""
        return self.language or DEFAULT_LANGUAGE


@dataclass(frozen=True)
class Reference:
    """引用 · An earlier message, named by its sender, identifier and time of sending."""

    sender: str
    identifier: str
    sent: datetime

    def __post_init__(self) -> None:
        require_file_time(self.sent)


@dataclass(frozen=True)
class Alert:
    """预警信息 · One CAP message."""

    identifier: str
    sender: str
    sent: datetime
    status: Status
    msg_type: MsgType
    scope: Scope
    source: str | None = None
    restriction: str | None = None
    addresses: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    note: str | None = None
    references: tuple[Reference, ...] = ()
    incidents: tuple[str, ...] = ()
    infos: tuple[Info, ...] = ()

    def __post_init__(self) -> None:
        require_file_time(self.sent)

    @property
    def reference(self) -> Reference:
        """How an update or a cancel of this alert must name it."""
        return Reference(sender=self.sender, identifier=self.identifier, sent=self.sent)


def require_file_time(moment: datetime) -> None:
    """Raise BadTime unless a CAP file can hold the moment exactly: aware, whole seconds, whole-minute offset.

    Years outside 1900 to 9998 are mistakes, and could not be moved to another offset.
    """
    offset = moment.utcoffset()
    if offset is None or moment.microsecond or offset % timedelta(minutes=1) or abs(offset) > LARGEST_OFFSET:
        raise BadTime(value=moment.isoformat())
    if not FIRST_YEAR <= moment.year <= LAST_YEAR:
        raise BadTime(value=moment.isoformat())
