"""Fire weather: the Canadian index (FWI) for grids and series, and China's LY/T 1172 with its variants.

Tables of day length and scores come in as data (packs `fire_weather`, `forest_fire_index`); the choice that was made
among them stands in every result.
"""

from anlan.science.fireweather.canadian import FireWeather, MoistureCodes, fire_weather, step
from anlan.science.fireweather.daylength import Band, DayLengths
from anlan.science.fireweather.lyt1172 import Drought, ForestFireIndex, Grades, Variant, dry_spell

__all__ = [
    "Band",
    "DayLengths",
    "Drought",
    "FireWeather",
    "ForestFireIndex",
    "Grades",
    "MoistureCodes",
    "Variant",
    "dry_spell",
    "fire_weather",
    "step",
]
