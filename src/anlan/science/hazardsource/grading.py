"""S and R of one production or storage unit, each substance's share told apart, doubtful entries named."""

from collections.abc import Sequence
from dataclasses import dataclass

from anlan.science.bounds import ModelInputWrong, NameUnknown, within
from anlan.science.hazardsource.tables import Category, Grade, HazardTables, Stored

DOUBTFUL = frozenset({"M?", "X"})


@dataclass(frozen=True, slots=True)
class Share:
    """What one substance adds: q/Q to S, β·q/Q to R, and which rows of which tables gave Q and β.

    ``beta`` is none when neither its name nor a class gives one; ``beta_other`` is the value of a source that disagrees.
    """

    stored: Stored
    q_t: float
    q_from: str
    beta: float | None
    beta_from: str
    beta_other: float | None
    doubts: tuple[str, ...]

    @property
    def ratio(self) -> float:
        """q/Q."""
        return self.stored.quantity_t / self.q_t


@dataclass(frozen=True, slots=True)
class Assessment:
    """The finding for a unit. ``r`` and ``grade`` are none when S is below 1: then there is nothing to grade.

    ``r_range`` spans the values that disagreeing sources give; when its ends fall in different classes, ``grade`` is
    that of ``r`` and ``grades`` names both. ``doubts`` are to be shown as 待核实.
    """

    s: float
    is_major: bool
    alpha: float
    r: float | None
    r_range: tuple[float, float] | None
    grade: Grade | None
    grades: tuple[Grade, ...]
    shares: tuple[Share, ...]
    doubts: tuple[str, ...]


def assess(stored: Sequence[Stored], *, people_within_500m: int, tables: HazardTables) -> Assessment:
    """Whether a unit is a major hazard installation, and its class.

    A substance named in table 1 takes that Q, any other the smallest Q of its classes; β comes from table 3 for a gas
    named there, else from the class that gave the smallest Q (of equal ones the greater β). Quantities in tonnes.
    Source: GB 18218-2018, 4.2 and 4.3, tables 1 to 4. Raises `NameUnknown` (no table has it), `ModelInputWrong` (a
    class is needed for β), `ValueOutOfRange`.
    """
    within("people_within_500m", people_within_500m, 0, 10_000_000, "people")
    if not stored:
        raise ModelInputWrong("items is empty: list what the unit holds, with quantity_t in tonnes")
    shares = tuple(_share(one, number, tables) for number, one in enumerate(stored, 1))
    alpha = next(a for n, a in reversed(tables.alpha) if people_within_500m >= n)
    s = _total([share.ratio for share in shares])
    doubts = tuple(dict.fromkeys(doubt for share in shares for doubt in share.doubts))
    if s < 1.0:
        return Assessment(s, False, alpha, None, None, None, (), shares, doubts)
    r = alpha * _total([_beta(share, number) * share.ratio for number, share in enumerate(shares, 1)])
    ends = [
        alpha
        * _total(
            [pick(share.beta or 0.0, share.beta_other or share.beta or 0.0) * share.ratio for share in shares]
        )
        for pick in (min, max)
    ]
    graded = tuple(dict.fromkeys(_grade(x, tables).grade for x in (r, *ends)))
    grades = tuple(grade for grade in tables.grades if grade.grade in graded)
    return Assessment(s, True, alpha, r, (ends[0], ends[1]), _grade(r, tables), grades, shares, doubts)


def _share(one: Stored, number: int, tables: HazardTables) -> Share:
    what = one.substance or "+".join(one.classes) or "nothing"
    within(f"quantity_t of item {number} ({what})", one.quantity_t, 0, 10_000_000, "tonnes")
    classes = [tables.category(code) for code in one.classes]
    named = tables.substance(one.substance) if one.substance else None
    gas = tables.gas(one.substance) if one.substance else None
    if named is None and not classes:
        raise NameUnknown(
            f"item {number}: {what!r} is not in table 1; give its class of table 2 (J1 to W11), or another name of it"
        )
    ruling = min(classes, key=lambda c: (c.q_t, -c.beta)) if classes else None
    doubts = [f"{c.code} β {c.beta:g} / {c.beta_other:g}" for c in classes if c.beta_other and gas is None]
    doubts += [c.code for c in classes if c.confidence in DOUBTFUL and not c.beta_other]
    if named is not None and named.confidence in DOUBTFUL:
        doubts.append(named.name)
    q, q_from = (named.q_t, "table 1") if named else _of(ruling)
    if gas is not None:
        return Share(one, q, q_from, gas, "table 3", None, tuple(doubts))
    if ruling is None:
        return Share(one, q, q_from, None, "", None, tuple(doubts))
    return Share(one, q, q_from, ruling.beta, f"table 4 {ruling.code}", ruling.beta_other, tuple(doubts))


def _of(ruling: Category | None) -> tuple[float, str]:
    assert ruling is not None  # a share without a name has classes
    return ruling.q_t, f"table 2 {ruling.code}"


def _beta(share: Share, number: int) -> float:
    if share.beta is None:
        raise ModelInputWrong(
            f"item {number}: class of {share.stored.substance!r} is missing: table 3 does not name it, "
            "so its class of table 4 (J1 to W11) must be given to grade the unit"
        )
    return share.beta


def _total(parts: Sequence[float]) -> float:
    """Rounded far below any figure of the standard, so that 0.1 + 0.2 + 0.7 reaches 1."""
    return round(sum(parts), 9)


def _grade(r: float, tables: HazardTables) -> Grade:
    return next(grade for grade in tables.grades if r >= grade.from_r)
