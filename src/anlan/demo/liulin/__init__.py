"""The night of Liulin (2021-08-11 21:00 to 2021-08-12 09:00) as data and pure functions."""

from .night import Night, hourly_tenths, prepare_night
from .published import load_published
from .scenario import Scenario, load_scenario

__all__ = ["Night", "Scenario", "hourly_tenths", "load_published", "load_scenario", "prepare_night"]
