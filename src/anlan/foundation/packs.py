"""规则包: dated, cited data that make one city differ from another. Reads TOML, judges nothing.

A pack is one TOML file: a `[pack]` header that says who laid it down, where it stands, since when and how sure we are,
and below it the data. `docs/reference/packs.md` describes each key. Shipped packs lie in `anlan/packs`; a city's own
lie in `<ANLAN_HOME>/packs` and win over a shipped file with the same id and the same `effective_from`.

Errors (all are `PackError`, all name the file, the key and what to write):
    PackUnreadable      the file is not TOML
    PackKeyMissing      a key that every pack needs is absent
    PackKeyUnknown      a header key that nobody reads, mostly a slip of the pen
    PackValueWrong      the value of a key has the wrong form
    PackTwice           two files of one folder say the same thing
    PackNotFound        no pack with this id or version
    PackNotInForce      packs exist, none on this day for this place
"""

from __future__ import annotations

import hashlib
import json
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

SHIPPED = Path(__file__).resolve().parents[1] / "packs"
CONFIDENCE = {
    "A": "seen in two independent sources, or proved by arithmetic",
    "B": "seen in one source",
    "M": "well known text, not checked again",
    "M?": "unsure or a default of ours: confirm before use",
    "X": "sources contradict each other",
}
DOUBTFUL = frozenset({"M?", "X"})
# kind -> the data tables without which such a pack says nothing
KINDS: Mapping[str, tuple[str, ...]] = {
    "threshold": ("threshold",),
    "neighbour": ("neighbour",),
    "issuers": ("issue",),
    "event_types": ("event",),
    "wording": ("words",),
    "duty_kinds": ("duty",),
    "call_down": ("call_down",),
    "standing_orders": ("order", "start"),
    "answers": ("answer",),
    "door_check": ("door_check",),
    "contact_lost": ("contact_lost",),
    "approval": ("approval",),
    "evacuation": ("stage",),
    "quality": ("element",),
    "silent_station": ("silent_station",),
    "retention": ("retention",),
    "roles": ("role",),
}
_PROVENANCE = ("source", "clause", "confidence")
_REQUIRED = (
    "id",
    "kind",
    "title",
    "issuer",
    "clause",
    "source",
    "effective_from",
    "confidence",
    "applies_to",
)
_OPTIONAL = ("effective_to", "example", "note")


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
    note: str
    version: str
    path: Path = field(compare=False)
    data: Mapping[str, Any] = field(compare=False)

    @property
    def is_doubtful(self) -> bool:
        """待核实: shown to users as to be verified."""
        return self.confidence in DOUBTFUL

    @property
    def has_doubts(self) -> bool:
        """The pack, or a figure in it, is 待核实."""
        return self.is_doubtful or any(figure.is_doubtful for figure in self.figures())

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
class Shelf:
    """All packs of one installation, each id in all its dated versions."""

    packs: tuple[Pack, ...]

    def of_kind(self, kind: str) -> tuple[Pack, ...]:
        """Every version of every pack of a kind, by id and date.

        Raises: PackNotFound for a kind that does not exist.
        """
        if kind not in KINDS:
            raise PackNotFound(f"there is no pack kind {kind!r}; the kinds are: {', '.join(sorted(KINDS))}")
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

    def in_force(self, kind: str, *, on: date, division: str = "") -> tuple[Pack, ...]:
        """The packs of a kind that hold on a day for a division code: closest to the place first, then by id.

        Of one id only the version with the latest `effective_from` counts. An empty division asks for every place.
        """
        valid = {pack.id: pack for pack in self.of_kind(kind) if pack.is_in_force(on)}
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


def load_all(*, home: Path | None = None) -> Shelf:
    """Read the shipped packs and those in `home/packs`; a folder is read once a process.

    Raises: PackError with the file, the key and the mend.
    """
    return _load_all(home)


def get(id: str, *, version: str | None = None, on: date | None = None, home: Path | None = None) -> Pack:
    """`load_all(home=home).get(...)`."""
    return load_all(home=home).get(id, version=version, on=on)


def of_kind(kind: str, *, home: Path | None = None) -> tuple[Pack, ...]:
    """`load_all(home=home).of_kind(...)`."""
    return load_all(home=home).of_kind(kind)


def in_force(kind: str, *, on: date, division: str = "", home: Path | None = None) -> tuple[Pack, ...]:
    """`load_all(home=home).in_force(...)`."""
    return load_all(home=home).in_force(kind, on=on, division=division)


def read_folder(folder: Path) -> tuple[Pack, ...]:
    """Every pack under a folder. Raises: PackError."""
    found: dict[tuple[str, date], Pack] = {}
    for path in sorted(folder.rglob("*.toml")):
        pack = parse(path.read_bytes(), path=path)
        twin = found.setdefault((pack.id, pack.effective_from), pack)
        if twin is not pack:
            raise PackTwice(
                f"{path}: pack {pack.id} from {pack.effective_from} also stands in {twin.path}; "
                "give one of them another id or another effective_from"
            )
    return tuple(found.values())


def parse(text: bytes, *, path: Path) -> Pack:
    """One pack from the bytes of a TOML file; `path` serves the messages only. Raises: PackError."""
    try:
        content = tomllib.loads(text.decode("utf-8"), parse_float=Decimal)
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise PackUnreadable(f"{path}: not TOML in UTF-8: {error}") from error
    header = content.pop("pack", None)
    if not isinstance(header, dict):
        raise PackKeyMissing(f"{path}: table [pack] is missing; begin the file with [pack] and its keys")
    _check_header(header, path)
    for table in KINDS[header["kind"]]:
        if table not in content:
            raise PackKeyMissing(f"{path}: a pack of kind {header['kind']!r} needs the table [{table}]")
    _check_provenance(content, "", path)
    applies_to = header["applies_to"]
    return Pack(
        **{key: header[key] for key in _REQUIRED if key not in ("title", "applies_to")},
        title=MappingProxyType(dict(header["title"])),
        applies_to=(applies_to,) if isinstance(applies_to, str) else tuple(applies_to),
        effective_to=header.get("effective_to"),
        example=header.get("example", False),
        note=header.get("note", ""),
        version=_hash({"pack": header, **content}),
        path=path,
        data=_freeze(content),
    )


@lru_cache(maxsize=8)
def _load_all(home: Path | None) -> Shelf:
    found = {(pack.id, pack.effective_from): pack for pack in read_folder(SHIPPED)}
    if home is not None and (home / "packs").is_dir():
        found |= {(pack.id, pack.effective_from): pack for pack in read_folder(home / "packs")}
    return Shelf(tuple(found[key] for key in sorted(found)))


def _check_header(header: Mapping[str, Any], path: Path) -> None:
    for key in _REQUIRED:
        if key not in header:
            raise PackKeyMissing(f"{path}: [pack] {key} is missing; {_what_to_write(key)}")
    for key in header:
        if key not in _REQUIRED and key not in _OPTIONAL:
            known = ", ".join((*_REQUIRED, *_OPTIONAL))
            raise PackKeyUnknown(f"{path}: [pack] {key} is not a key of the header; the keys are: {known}")
    for key, value in header.items():
        if not _is_well_formed(key, value):
            raise PackValueWrong(f"{path}: [pack] {key} = {value!r} will not do; {_what_to_write(key)}")
    if "effective_to" in header and header["effective_to"] <= header["effective_from"]:
        raise PackValueWrong(
            f"{path}: [pack] effective_to must lie after effective_from; a period is [from, to)"
        )


def _is_well_formed(key: str, value: Any) -> bool:
    match key:
        case "title":
            return (
                isinstance(value, dict) and set(value) == {"zh", "en"} and all(map(_is_text, value.values()))
            )
        case "effective_from" | "effective_to":
            return isinstance(value, date) and not isinstance(value, datetime)
        case "confidence":
            return value in CONFIDENCE
        case "applies_to":
            return value == "*" or (isinstance(value, list) and bool(value) and all(map(_is_code, value)))
        case "kind":
            return value in KINDS
        case "example":
            return isinstance(value, bool)
        case "id":
            return isinstance(value, str) and value.replace("-", "").isalnum() and value.islower()
        case "note":
            return isinstance(value, str)
        case _:
            return _is_text(value)


def _what_to_write(key: str) -> str:
    wanted = {
        "id": 'write a short lower-case name such as "rainstorm-signal-national"',
        "kind": f"write one of: {', '.join(sorted(KINDS))}",
        "title": 'write { zh = "…", en = "…" }',
        "issuer": "write who laid the figures down",
        "clause": "write where in the source they stand: article, table, page",
        "source": "write the document: name, number, year",
        "effective_from": "write a date without quotes: 2018-01-01",
        "effective_to": "write the first date on which it no longer holds, without quotes, or leave the key out",
        "confidence": "write one of: "
        + "; ".join(f'"{mark}" = {sense}' for mark, sense in CONFIDENCE.items()),
        "applies_to": 'write "*" or a list of division codes without filling zeros: ["4213", "421321117"]',
        "example": "write true or false",
        "note": "write text",
    }
    return wanted[key]


def _check_provenance(node: Any, where: str, path: Path) -> None:
    """A table inside the data may vouch for itself; then its marks must be as good as those of the header."""
    if isinstance(node, list):
        for number, item in enumerate(node):
            _check_provenance(item, f"{where}[{number}]", path)
    if not isinstance(node, dict):
        return
    for key in _PROVENANCE:
        if key in node and not _is_well_formed(key, node[key]):
            name = f"{where}.{key}".lstrip(".")
            raise PackValueWrong(f"{path}: {name} = {node[key]!r} will not do; {_what_to_write(key)}")
    for key, item in node.items():
        _check_provenance(item, f"{where}.{key}".lstrip("."), path)


def _numbers(
    node: Any, where: str, behind: dict[str, str]
) -> Iterator[tuple[str, int | Decimal, dict[str, str]]]:
    if isinstance(node, Mapping):
        mine = behind | {key: node[key] for key in _PROVENANCE if key in node}
        for key, item in node.items():
            yield from _numbers(item, f"{where}.{key}".lstrip("."), mine)
    elif isinstance(node, tuple):
        for number, item in enumerate(node):
            yield from _numbers(item, f"{where}[{number}]", behind)
    elif isinstance(node, int | Decimal) and not isinstance(node, bool):
        yield where, node, behind


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_code(value: Any) -> bool:
    """A division code as a prefix, without the zeros that fill it up: 4213 for the city, not 421300."""
    if not (isinstance(value, str) and value.isdigit() and len(value) in (2, 4, 6, 9, 12)):
        return False
    return not (
        (len(value) == 6 and value.endswith("00")) or (len(value) in (9, 12) and value.endswith("000"))
    )


def _prefix(code: str) -> str:
    return "" if code == "*" else code


def _freeze(node: Any) -> Any:
    if isinstance(node, dict):
        return MappingProxyType({key: _freeze(item) for key, item in node.items()})
    return tuple(map(_freeze, node)) if isinstance(node, list) else node


def _hash(content: Mapping[str, Any]) -> str:
    """Version of a pack: comments, order of keys and white space do not count, every value does."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
