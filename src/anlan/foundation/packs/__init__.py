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

from datetime import date
from functools import lru_cache
from pathlib import Path

from anlan.foundation.packs.pack import (
    CONFIDENCE,
    DOUBTFUL,
    SHIPPED,
    SYNTHETIC_ONLY,
    Figure,
    Pack,
    PackError,
    PackKeyMissing,
    PackKeyUnknown,
    PackNotFound,
    PackNotInForce,
    PackTwice,
    PackUnreadable,
    PackValueWrong,
    Shelf,
    kinds,
)
from anlan.foundation.packs.parse import parse

__all__ = [
    "CONFIDENCE",
    "DOUBTFUL",
    "SHIPPED",
    "SYNTHETIC_ONLY",
    "Figure",
    "Pack",
    "PackError",
    "PackKeyMissing",
    "PackKeyUnknown",
    "PackNotFound",
    "PackNotInForce",
    "PackTwice",
    "PackUnreadable",
    "PackValueWrong",
    "Shelf",
    "get",
    "in_force",
    "kinds",
    "load_all",
    "of_kind",
    "parse",
    "read_folder",
]


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


def in_force(
    kind: str, *, on: date, division: str = "", exercise: bool = False, home: Path | None = None
) -> tuple[Pack, ...]:
    """`load_all(home=home).in_force(...)`."""
    return load_all(home=home).in_force(kind, on=on, division=division, exercise=exercise)


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


@lru_cache(maxsize=8)
def _load_all(home: Path | None) -> Shelf:
    found = {(pack.id, pack.effective_from): pack for pack in read_folder(SHIPPED)}
    if home is not None and (home / "packs").is_dir():
        found |= {(pack.id, pack.effective_from): pack for pack in read_folder(home / "packs")}
    return Shelf(tuple(found[key] for key in sorted(found)))
