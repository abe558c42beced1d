"""Local inertial floods, with streams narrower than a cell."""

from anlan.science.flood.inertial.channels import Channels
from anlan.science.flood.inertial.solver import Inertial

__all__ = ["Channels", "Inertial"]
