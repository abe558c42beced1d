"""CAP 1.2 and the national (12379) form: bytes to alerts and back, checked and signed. No sockets, no clock."""

from . import mapping, national
from .check import check
from .errors import CapError, NotCap, SignatureError
from .model import (
    Alert,
    Area,
    Category,
    Certainty,
    Circle,
    Info,
    MsgType,
    NamedValue,
    Point,
    Reference,
    Resource,
    ResponseType,
    Scope,
    Severity,
    Status,
    Urgency,
)
from .reader import read
from .report import Report, render
from .safexml import LIMITS, Limits, decode, undeclared
from .signature import Identity, make_identity, sign, verify
from .writer import write

__all__ = [
    "LIMITS",
    "Alert",
    "Area",
    "CapError",
    "Category",
    "Certainty",
    "Circle",
    "Identity",
    "Info",
    "Limits",
    "MsgType",
    "NamedValue",
    "NotCap",
    "Point",
    "Reference",
    "Report",
    "Resource",
    "ResponseType",
    "Scope",
    "Severity",
    "SignatureError",
    "Status",
    "Urgency",
    "check",
    "decode",
    "make_identity",
    "mapping",
    "national",
    "read",
    "render",
    "sign",
    "undeclared",
    "verify",
    "write",
]
