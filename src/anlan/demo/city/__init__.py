"""The demo city (合成数据): real names and codes, everything else generated from one seed."""

from .build import build_city
from .model import City
from .shifts import duty_shifts

__all__ = ["City", "build_city", "duty_shifts"]
