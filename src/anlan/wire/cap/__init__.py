"""CAP 1.2 and the national (12379) form: bytes to alerts and back, checked and signed. No sockets, no clock."""

from . import mapping, national
from .check import check
from .errors import CapError, HostileXml, InvalidCap, NotCap, NotWritable, SignatureError
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
from .report import Finding, Level, Report, render
from .safexml import LIMITS, Limits, decode, undeclared
from .signature import Identity, Verified, make_identity, sign, verify
from .writer import write

__all__ = [
    "LIMITS",
    "Alert",
    "Area",
    "CapError",
    "Category",
    "Certainty",
    "Circle",
    "Finding",
    "HostileXml",
    "Identity",
    "Info",
    "InvalidCap",
    "Level",
    "Limits",
    "MsgType",
    "NamedValue",
    "NotCap",
    "NotWritable",
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
    "Verified",
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
