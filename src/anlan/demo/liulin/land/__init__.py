"""柳林合成地形: the made-up land under the night of Liulin, with its hydrology. Synthetic throughout."""

from .build import SIDES_M, build_land
from .model import Cover, Land
from .settings import land_settings

__all__ = ["SIDES_M", "Cover", "Land", "build_land", "land_settings"]
