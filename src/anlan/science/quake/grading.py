"""Of which class an earthquake disaster is, and the old rule between magnitude and epicentral intensity.

The first judgement is by magnitude and by how densely the place is peopled; the class itself by the dead and missing, or
by loss, once they are known. Both tables come in as data (packs `quake_grading`, `attenuation`).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise
from math import floor
from typing import Any

from anlan.science.bounds import TableWrong, within


class Density(StrEnum):
    """How densely people live at the epicentre: 人口较密集, 人口密集."""

    FAIRLY_DENSE = "fairly_dense"
    DENSE = "dense"


@dataclass(frozen=True, slots=True)
class QuakeGrade:
    """One class: 1 the gravest. ``magnitude_from`` lacks a density for which the class does not exist."""

    grade: int
    title: Mapping[str, str]
    response: Mapping[str, str]
    deaths_from: float
    loss_percent_from: float | None
    magnitude_from: Mapping[Density, float]


@dataclass(frozen=True, slots=True)
class QuakeGrades:
    """All classes, the gravest first."""

    grades: tuple[QuakeGrade, ...]

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "QuakeGrades":
        """From a pack of kind ``quake_grading``. Raises `TableWrong`: bounds must fall from class to class."""
        try:
            grades = tuple(sorted(map(_grade, data["grade"]), key=lambda each: each.grade))
        except KeyError as error:
            raise TableWrong(f"{error.args[0]} is missing: write it into the quake_grading pack") from error
        columns = [[g.magnitude_from[d] for g in grades if d in g.magnitude_from] for d in Density]
        for column in ([g.deaths_from for g in grades], *columns):
            if any(a <= b for a, b in pairwise(column)):
                raise TableWrong("grade: each bound must be below that of the graver class")
        return cls(grades)

    def by_magnitude(self, magnitude: float, density: Density) -> QuakeGrade | None:
        """The first judgement, none below the least class. Raises `ValueOutOfRange`.

        Magnitudes are published to the tenth and the table leaves no gap between 6.9 and 7.0: rounded to the tenth, half up.
        """
        within("magnitude", magnitude, 0, 10, "Ms")
        told = floor(magnitude * 10 + 0.5 + 1e-9) / 10
        fit = (g for g in self.grades if density in g.magnitude_from and told >= g.magnitude_from[density])
        return next(fit, None)

    def by_harm(self, *, deaths: float, loss_percent: float = 0.0) -> QuakeGrade | None:
        """The class by the dead and missing, or by direct loss in percent of the province's GDP of last year.

        None without either. Raises `ValueOutOfRange`.
        """
        within("deaths", deaths, 0, 10_000_000, "dead and missing people")
        within("loss_percent", loss_percent, 0, 10_000, "percent of the province's GDP of last year")
        for grade in self.grades:
            lost = grade.loss_percent_from is not None and loss_percent >= grade.loss_percent_from
            if lost or deaths >= grade.deaths_from:
                return grade
        return None


@dataclass(frozen=True, slots=True)
class Epicentral:
    """M = slope · I0 + constant: what old catalogues made of the intensity at the epicentre (Li Shanbang)."""

    slope: float
    constant: float

    @classmethod
    def from_data(cls, table: Mapping[str, Any]) -> "Epicentral":
        """From the table ``epicentral`` of an ``attenuation`` pack. Raises `TableWrong`."""
        try:
            found = cls(float(table["slope"]), float(table["constant"]))
        except KeyError as error:
            raise TableWrong(f"epicentral.{error.args[0]} is missing: write it into the pack") from error
        if found.slope <= 0:
            raise TableWrong("epicentral.slope must be above 0: intensity grows with magnitude")
        return found

    def magnitude(self, intensity: float) -> float:
        """The magnitude of an epicentral intensity (1 to 12 degrees). Raises `ValueOutOfRange`.

        >>> round(Epicentral(0.58, 1.5).magnitude(8.0), 2)
        6.14
        """
        within("epicentral intensity", intensity, 1, 12, "degrees")
        return self.slope * intensity + self.constant

    def intensity(self, magnitude: float) -> float:
        """The epicentral intensity of a magnitude, within 1 to 12. Raises `ValueOutOfRange`."""
        within("magnitude", magnitude, 0, 10, "Ms")
        return min(max((magnitude - self.constant) / self.slope, 1.0), 12.0)


def _grade(row: Mapping[str, Any]) -> QuakeGrade:
    return QuakeGrade(
        int(row["grade"]),
        row["title"],
        row["response"],
        float(row["deaths_from"]),
        float(row["loss_percent_from"]) if "loss_percent_from" in row else None,
        {density: float(row[f"m_{density}_from"]) for density in Density if f"m_{density}_from" in row},
    )
