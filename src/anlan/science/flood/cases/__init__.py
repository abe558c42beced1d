"""Verification: exact answers, and the cases that hold every solver to them.

The same objects serve the tests, the command that prints the figures and the docs page that shows them.
"""

from anlan.science.flood.cases import bowls, channels, compared, conserved, shocks
from anlan.science.flood.cases.case import Case

CASES: tuple[Case, ...] = (
    shocks.STOKER,
    shocks.RITTER,
    shocks.SMOOTH_WAVE,
    bowls.THACKER_PLANAR,
    bowls.THACKER_RADIAL,
    bowls.LAKE,
    channels.SUBCRITICAL,
    channels.TRANSCRITICAL,
    channels.JUMP,
    channels.RAIN_PLANES,
    conserved.ENERGY,
    conserved.MASS,
    conserved.SYMMETRY,
    conserved.TILES,
    compared.VALLEY,
)
