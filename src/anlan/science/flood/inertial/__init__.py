"""Local inertial floods."""

from anlan.science.flood.inertial.solver import Inertial

__all__ = ["Inertial"]
