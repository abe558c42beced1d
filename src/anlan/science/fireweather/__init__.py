"""Fire weather: the Canadian index (FWI) for grids and series, and China's LY/T 1172 with its variants.

Tables of day length and scores come in as data (packs `fire_weather`, `forest_fire_index`); the choice that was made
among them stands in every result.
"""

from anlan.science.fireweather.canadian import FireWeather, MoistureCodes, fire_weather, step
from anlan.science.fireweather.daylength import DayLengths
from anlan.science.fireweather.lyt1172 import ForestFireIndex, dry_spell

__all__ = [
    "DayLengths",
    "FireWeather",
    "ForestFireIndex",
    "MoistureCodes",
    "dry_spell",
    "fire_weather",
    "step",
]
