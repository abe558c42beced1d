"""Concentration time 汇流时间 of a ground: how long water is under way at most, so how long a run must have rained before it speaks."""

from dataclasses import replace

from anlan.science.flood.errors import BadInput
from anlan.science.flood.warm import concentration_s, longest_path
from anlan.simulate.computing.shapes import Terrain
from anlan.simulate.computing.villages import domain_of

UNKNOWN = 0.0


def with_concentration(terrain: Terrain) -> Terrain:
    """The same ground with its concentration time: Kirpich (1940) over the longest way of water; unknown where it has no fall."""
    length, fall = longest_path(domain_of(terrain))
    try:
        minutes = concentration_s(length_m=length, fall_m=fall) / 60
    except BadInput:
        minutes = UNKNOWN
    return replace(terrain, concentration_min=round(minutes, 1))
