"""Tables 1 to 4 of GB 18218-2018 as they come from a pack of kind `hazard_source`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from anlan.science.bounds import NameUnknown, TableWrong


@dataclass(frozen=True, slots=True)
class Substance:
    """A named substance of table 1: its critical quantity Q in tonnes."""

    name: str
    q_t: float
    confidence: str


@dataclass(frozen=True, slots=True)
class Category:
    """A class of tables 2 and 4 (J1 … W11): Q, β, and the other β that a source gives, where sources disagree."""

    code: str
    title: Mapping[str, str]
    q_t: float
    beta: float
    beta_other: float | None
    confidence: str


@dataclass(frozen=True, slots=True)
class Grade:
    """A class of installation: R from."""

    grade: int
    from_r: float
    title: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Stored:
    """What a unit holds: a name, classes (J2, W5.1 …) or both, and the design maximum in tonnes."""

    quantity_t: float
    substance: str = ""
    classes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HazardTables:
    """All tables. ``names`` leads from every written name to the one of table 1."""

    substances: Mapping[str, Substance]
    names: Mapping[str, str]
    gases: Mapping[str, float]
    categories: Mapping[str, Category]
    alpha: tuple[tuple[float, float], ...]
    grades: tuple[Grade, ...]

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "HazardTables":
        """From a pack of kind ``hazard_source``. Raises `TableWrong`."""
        try:
            rows: Sequence[Mapping[str, Any]] = data["substance"]
            people, alpha = data["exposed"]["from_people"], data["exposed"]["alpha"]
            grades = [Grade(int(g["grade"]), float(g["from_r"]), g["title"]) for g in data["grade"]]
            return cls(
                {str(r["name"]): Substance(str(r["name"]), float(r["q_t"]), _trust(r)) for r in rows},
                {str(n): str(r["name"]) for r in rows for n in (r["name"], *r.get("also", ()))},
                {str(r["name"]): float(r["beta"]) for r in data["gas"]},
                {str(r["code"]): _category(r) for r in data["class"]},
                tuple((float(n), float(a)) for n, a in zip(people, alpha, strict=True)),
                tuple(sorted(grades, key=lambda grade: -grade.from_r)),
            )
        except (KeyError, ValueError) as error:
            raise TableWrong(f"{error.args[0]}: write it into the hazard_source pack") from error

    def substance(self, name: str) -> Substance | None:
        """The row of table 1 that a written name means, or none: then its class decides."""
        key = self.names.get(name.strip())
        return self.substances[key] if key else None

    def gas(self, name: str) -> float | None:
        """β of table 3, for a toxic gas that it names (by any of its names)."""
        wanted = self.names.get(name, name)
        return next((b for n, b in self.gases.items() if n == name or self.names.get(n, n) == wanted), None)

    def category(self, code: str) -> Category:
        """A class. Raises `NameUnknown` with those that exist."""
        if code not in self.categories:
            raise NameUnknown(f"class {code!r} is not in table 2: choose one of {', '.join(self.categories)}")
        return self.categories[code]


def _trust(row: Mapping[str, Any]) -> str:
    return str(row.get("confidence", ""))


def _category(row: Mapping[str, Any]) -> Category:
    other = float(row["beta_other"]) if "beta_other" in row else None
    return Category(str(row["code"]), row["title"], float(row["q_t"]), float(row["beta"]), other, _trust(row))
