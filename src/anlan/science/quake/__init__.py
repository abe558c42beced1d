"""Earthquakes: intensity and ground motion by zone and axis, isoseismal ellipses, instrumental intensity, grading.

Relations come in as data (pack `attenuation`); the older ones are there to compare with and must be asked for by name.
"""

from anlan.science.quake.field import Ellipse, Source, ellipses, ground_motion, intensity_at, place
from anlan.science.quake.grading import Density, Epicentral, QuakeGrades
from anlan.science.quake.instrumental import Instrumental, basic_intensity
from anlan.science.quake.relations import Axis, Convention, Quantity, Relation, Relations

__all__ = [
    "Axis",
    "Convention",
    "Density",
    "Ellipse",
    "Epicentral",
    "Instrumental",
    "QuakeGrades",
    "Quantity",
    "Relation",
    "Relations",
    "Source",
    "basic_intensity",
    "ellipses",
    "ground_motion",
    "intensity_at",
    "place",
]
