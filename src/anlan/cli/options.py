"""Kinds of options: each takes what was typed, or raises a ValueError that the parser tells with the option's name."""

import time
from datetime import datetime
from typing import TypeVar

_N = TypeVar("_N", int, float)


def count(given: str) -> int:
    """A whole number, 0 or more."""
    return _within(int(given), float("inf"))


def port(given: str) -> int:
    """A port of TCP; 0 has the system choose."""
    return _within(int(given), 65535)


def speed(given: str) -> float:
    """Simulated seconds a second; 0 is as fast as it can."""
    return _within(float(given), 1e6)


def clock(given: str) -> str:
    """HH:MM of a day."""
    return time.strftime("%H:%M", time.strptime(given, "%H:%M"))


def moment(given: str) -> str:
    """An ISO moment that names its offset."""
    if datetime.fromisoformat(given).tzinfo is None:
        raise ValueError(given)
    return given


def _within(value: _N, most: float) -> _N:
    if not 0 <= value <= most:
        raise ValueError(value)
    return value
