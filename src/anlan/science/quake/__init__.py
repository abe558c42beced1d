"""Earthquakes: intensity and ground motion by zone and axis, isoseismal ellipses, instrumental intensity, grading.

Relations come in as data (pack `attenuation`); the older ones are there to compare with and must be asked for by name.
"""
