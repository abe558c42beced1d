"""柳林合成地形: the made-up land under the night of Liulin, with its hydrology. Synthetic throughout."""

from .build import SIDES_M, build_land
from .model import Cover, Land, Pool, Spot
from .settings import LandSettings, land_settings

__all__ = ["SIDES_M", "Cover", "Land", "LandSettings", "Pool", "Spot", "build_land", "land_settings"]
