"""Local inertial floods among buildings that take a share of each cell."""

from anlan.science.flood.porous.solver import PorousStepper

__all__ = ["PorousStepper"]
