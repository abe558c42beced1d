"""规则包: what a pack is, and the shelf on which all of them stand."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

from anlan.foundation import rooms

SHIPPED = Path(__file__).resolve().parents[2] / "packs"
CONFIDENCE = {
    "A": "seen in two independent sources, or proved by arithmetic",
    "B": "seen in one source",
    "M": "well known text, not checked again",
    "M?": "unsure or a default of ours: confirm before use",
    "X": "sources contradict each other",
}
DOUBTFUL = frozenset({"M?", "X"})
SYNTHETIC_ONLY = {
    "zh": "地形是合成的，这一包只在演练里生效；值班世界拒绝启用。",
    "en": "Its terrain is made up: this pack holds in exercises only, the live world refuses it.",
}
"""Why a synthetic pack is refused outside exercises."""
STARTING = frozenset({"threshold", "neighbour", "standing_orders"})
"""Kinds whose packs start something by themselves: an example among them acts in exercises only, until it is adopted."""


def kinds() -> Mapping[str, tuple[str, ...]]:
    """Kind → the data tables without which such a pack says nothing; each room brings its own."""
    return {kind: tables for kind, (_, tables) in rooms.merged("pack_kinds").items()}


PROVENANCE = ("source", "clause", "confidence")


class PackError(ValueError):
    """A rule pack cannot be used; the message names the file, the key and the mend."""


class PackUnreadable(PackError): ...


class PackKeyMissing(PackError): ...


class PackKeyUnknown(PackError): ...


class PackValueWrong(PackError): ...


class PackTwice(PackError): ...


class PackNotFound(PackError): ...


class PackNotInForce(PackError): ...


@dataclass(frozen=True)
class Figure:
    """One number of a pack with what vouches for it: the nearest table that names a source, else the header."""

    path: str
    value: int | Decimal
    source: str
    clause: str
    confidence: str
    effective_from: date
    effective_to: date | None

    @property
    def is_doubtful(self) -> bool:
        """待核实: shown to users as to be verified."""
        return self.confidence in DOUBTFUL


@dataclass(frozen=True)
class Pack:
    """规则包: one dated set of figures. `data` is frozen; decimals in it are `Decimal`, never float."""

    id: str
    kind: str
    title: Mapping[str, str] = field(compare=False)
    issuer: str
    clause: str
    source: str
    effective_from: date
    effective_to: date | None
    confidence: str
    applies_to: tuple[str, ...]
    example: bool
    synthetic: bool
    note: str
    version: str
    path: Path = field(compare=False)
    data: Mapping[str, Any] = field(compare=False)
    is_on: bool = field(default=True, compare=False)
    """Whether it acts where no switch says otherwise."""
    switches: tuple[tuple[str, bool], ...] = field(default=(), compare=False)
    """Division codes ("*" for everywhere) at which it was switched on or off; the closest to a place counts."""
    only: frozenset[str] = field(default=frozenset(), compare=False)
    """Of the county's own lines: the subjects (division codes, gauge addresses) they are drawn for; none: all that it applies to."""
    left: frozenset[str] = field(default=frozenset(), compare=False)
    """Subjects that the county's own lines rule instead."""

    @property
    def starts_something(self) -> bool:
        """Whether such a pack, by itself, finds, calls or moves somebody; the others say how that is done."""
        return self.kind in STARTING

    @property
    def hazard(self) -> str:
        """What a threshold pack finds; nothing for other kinds."""
        return str(self.data.get(self.kind, {}).get("hazard", ""))

    @property
    def is_doubtful(self) -> bool:
        """待核实: shown to users as to be verified."""
        return self.confidence in DOUBTFUL

    @property
    def has_doubts(self) -> bool:
        """The pack, or a figure in it, is 待核实."""
        return self.is_doubtful or any(figure.is_doubtful for figure in self.figures())

    def may_hold(self, *, exercise: bool) -> bool:
        """False for figures from made-up ground outside an exercise: nobody real is moved, or left, by them."""
        return exercise or not self.synthetic

    def acts_at(self, division: str, gauge: str = "") -> bool:
        """Whether it acts at a place (or at a gauge there), by the switch that is closest to it."""
        subject = gauge or division
        if subject in self.left or (self.only and subject not in self.only):
            return False
        near = [(len(_prefix(code)), on) for code, on in self.switches if division.startswith(_prefix(code))]
        return max(near)[1] if near else self.is_on

    def is_in_force(self, on: date) -> bool:
        """True in [effective_from, effective_to)."""
        return self.effective_from <= on and (self.effective_to is None or on < self.effective_to)

    def specificity(self, division: str) -> int:
        """How closely the pack is cut to a division: length of the longest matching code, 0 for "*", -1 for not."""
        return max(
            (len(code) for code in map(_prefix, self.applies_to) if division.startswith(code)), default=-1
        )

    def figures(self) -> tuple[Figure, ...]:
        """Every number of the data, each with the source, clause, dates and confidence that stand behind it."""
        behind = {"source": self.source, "clause": self.clause, "confidence": self.confidence}
        return tuple(
            Figure(
                path=path,
                value=value,
                effective_from=self.effective_from,
                effective_to=self.effective_to,
                **mine,
            )
            for path, value, mine in _numbers(self.data, "", behind)
        )


@dataclass(frozen=True)
class RefusedFile:
    """A file of the city's own that could not be read, and whether its last good version stays in force."""

    path: Path
    why: str
    is_kept: bool


@dataclass(frozen=True)
class Shelf:
    """All packs of one installation, each id in all its dated versions."""

    packs: tuple[Pack, ...]
    refused: tuple[RefusedFile, ...] = ()

    def of_kind(self, kind: str) -> tuple[Pack, ...]:
        """Every version of every pack of a kind, by id and date.

        Raises: PackNotFound for a kind that does not exist.
        """
        if kind not in kinds():
            raise PackNotFound(f"there is no pack kind {kind!r}; the kinds are: {', '.join(sorted(kinds()))}")
        return tuple(pack for pack in self.packs if pack.kind == kind)

    def get(self, id: str, *, version: str | None = None, on: date | None = None) -> Pack:
        """The pack with this id: the given version, or the one in force on a day, or the latest.

        Raises: PackNotFound, PackNotInForce.
        """
        named = [pack for pack in self.packs if pack.id == id]
        if version is not None:
            named = [pack for pack in named if pack.version == version]
        if not named:
            wanted = id if version is None else f"{id} version {version}"
            raise PackNotFound(f"there is no pack {wanted}; look in {SHIPPED} and in <ANLAN_HOME>/packs")
        valid = named if on is None else [pack for pack in named if pack.is_in_force(on)]
        if not valid:
            raise PackNotInForce(f"pack {id} is not in force on {on}; change effective_from or add a version")
        return valid[-1]

    def in_force(
        self, kind: str, *, on: date, division: str = "", exercise: bool = False
    ) -> tuple[Pack, ...]:
        """The packs of a kind that hold on a day for a division code: closest to the place first, then by id.

        Of one id only the version with the latest `effective_from` counts. An empty division asks for every place.
        Synthetic packs hold in an exercise only.
        """
        held = [pack for pack in self.of_kind(kind) if pack.may_hold(exercise=exercise)]
        valid = {pack.id: pack for pack in held if pack.is_in_force(on)}
        mine = [pack for pack in valid.values() if not division or pack.specificity(division) >= 0]
        return tuple(sorted(mine, key=lambda pack: (-pack.specificity(division), pack.id)))

    def the(self, kind: str, *, on: date, division: str = "") -> Pack:
        """The one pack of a kind that governs a place on a day: the closest to it.

        Raises: PackNotInForce when there is none.
        """
        valid = self.in_force(kind, on=on, division=division)
        if not valid:
            raise PackNotInForce(
                f"no pack of kind {kind!r} is in force on {on} for division {division or '*'}"
            )
        return valid[0]


def _numbers(
    node: Any, where: str, behind: dict[str, str]
) -> Iterator[tuple[str, int | Decimal, dict[str, str]]]:
    if isinstance(node, Mapping):
        mine = behind | {key: node[key] for key in PROVENANCE if key in node}
        for key, item in node.items():
            yield from _numbers(item, f"{where}.{key}".lstrip("."), mine)
    elif isinstance(node, tuple):
        for number, item in enumerate(node):
            yield from _numbers(item, f"{where}[{number}]", behind)
    elif isinstance(node, int | Decimal) and not isinstance(node, bool):
        yield where, node, behind


def _prefix(code: str) -> str:
    return "" if code == "*" else code
