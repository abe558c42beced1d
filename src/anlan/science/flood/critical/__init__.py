"""临界雨量: how much rain of a duration brings water to the threshold at a village's homes.

    places = cut(land, villages, ...)              # each catchment once, villages of one stream together
    run = once(place, land, storm, ...)            # one storm over one catchment: depth at the homes, and when
    search(depths, known, threshold)               # which depth of rain must be run next, or none
    tell(...)                                      # immediate 立即转移 and prepare 准备转移, each low and high

Pure: arrays in, arrays out. Whoever calls it keeps the results of runs and the processes that make them.
"""

from anlan.science.flood.critical.checking import Fault, faults
from anlan.science.flood.critical.cutting import Catchment, Land, Village, cut
from anlan.science.flood.critical.running import Once, Storm, memory_bytes, once
from anlan.science.flood.critical.search import Crossing, cross, next_depth
from anlan.science.flood.critical.storms import Hyetograph, gross_mm, net_mm, retention_mm
from anlan.science.flood.critical.told import Row, Spread, tell

__all__ = [
    "Catchment",
    "Crossing",
    "Fault",
    "Hyetograph",
    "Land",
    "Once",
    "Row",
    "Spread",
    "Storm",
    "Village",
    "cross",
    "cut",
    "faults",
    "gross_mm",
    "memory_bytes",
    "net_mm",
    "next_depth",
    "once",
    "retention_mm",
    "tell",
]
