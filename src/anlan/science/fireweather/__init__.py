"""Fire weather: the Canadian index (FWI) for grids and series, and China's LY/T 1172 with its variants.

Tables of day length and scores come in as data (packs `fire_weather`, `forest_fire_index`); the choice that was made
among them stands in every result.
"""
