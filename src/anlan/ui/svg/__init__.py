"""Charts as SVG, drawn on the server: they need no script, print as they stand, and carry a table for who cannot see them.

Pure functions from frozen data to safe strings. Colours come by CSS class, never by attribute (strict CSP, themes).
"""

from .chart import Band, Bar, Crossing, Curve, Limit, Point, Rain, chart, chart_table
from .durations import Amount, Panel, durations
from .multiples import Multiples
from .small import HATCHES, bar, density, steps

__all__ = [
    "HATCHES",
    "Amount",
    "Band",
    "Bar",
    "Crossing",
    "Curve",
    "Limit",
    "Multiples",
    "Panel",
    "Point",
    "Rain",
    "bar",
    "chart",
    "chart_table",
    "density",
    "durations",
    "steps",
]
