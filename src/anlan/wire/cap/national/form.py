"""What the national form adds to an Alert, and its small notations."""

import re
from dataclasses import dataclass

from ..model import Alert

UNKNOWN = "Unknown"
EVENT_TYPE = re.compile(r"\d\d[0-9A-Z]\d\d", re.ASCII)
DIVISION = re.compile(r"\d{12}", re.ASCII)


@dataclass(frozen=True)
class Method:
    """发布手段 · One channel that the issuer orders: SMS, WEB, LED, SPEAKER …"""

    name: str
    message: str = ""
    audience_group: str = ""
    audience: str = ""


@dataclass(frozen=True)
class NationalForm:
    """An alert with what only the national form has: channels and classification (密级)."""

    alert: Alert
    methods: tuple[Method, ...] = ()
    classification: str = "None"
