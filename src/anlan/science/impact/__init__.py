"""Hazard × exposure × vulnerability in one sparse pass: who and what an event strikes, with ranges, and why nobody.

Curves come in as data (pack `vulnerability`). What people need (pack `relief_needs`) follows those who must leave.
"""

from anlan.science.impact.needs import needs, rates
from anlan.science.impact.ranges import Ranges, impact_ranges
from anlan.science.impact.sweep import (
    COLUMNS,
    Exposure,
    HazardUnsound,
    Impact,
    SparseHazard,
    Why,
    impact,
)
from anlan.science.impact.vulnerability import Group, Vulnerability

__all__ = [
    "COLUMNS",
    "Exposure",
    "Group",
    "HazardUnsound",
    "Impact",
    "Ranges",
    "SparseHazard",
    "Vulnerability",
    "Why",
    "impact",
    "impact_ranges",
    "needs",
    "rates",
]
