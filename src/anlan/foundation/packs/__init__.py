"""规则包: dated, cited data that make one city differ from another. Reads TOML, judges nothing.

A pack is one TOML file: a `[pack]` header that says who laid it down, where it stands, since when and how sure we are,
and below it the data. `docs/reference/packs.md` describes each key. Shipped packs lie in `anlan/packs`; a city's own
lie in `<ANLAN_HOME>/packs` and win over a shipped file with the same id and the same `effective_from`. A shipped file that
cannot be read is an error; of the city's own the last good version stays in force, and `Shelf.refused` says so.

Errors (all are `PackError`, all name the file, the key and what to write):
    PackUnreadable      the file is not TOML
    PackKeyMissing      a key that every pack needs is absent
    PackKeyUnknown      a header key that nobody reads, mostly a slip of the pen
    PackValueWrong      the value of a key has the wrong form
    PackTwice           two files of one folder say the same thing
    PackNotFound        no pack with this id or version
    PackNotInForce      packs exist, none on this day for this place
"""

import re
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from pathlib import Path

from anlan.foundation.errors import AnlanError
from anlan.foundation.packs.pack import SHIPPED, Pack, PackTwice, RefusedFile, Shelf
from anlan.foundation.packs.parse import parse


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
            raise _twice(pack, twin.path)
    return tuple(found.values())


def _twice(pack: Pack, other: Path) -> PackTwice:
    return PackTwice(
        f"{pack.path}: pack {pack.id} from {pack.effective_from} also stands in {other}; "
        "give one of them another id or another effective_from"
    )


def checked_by(kind: str, check: Callable[[Pack], object]) -> None:
    """A room reads packs of this kind: what its reader refuses is refused with the file, not in the middle of a night."""
    _checks[kind] = check


def keep_good(home: Path) -> None:
    """Lay aside a copy of each own file that can be read: it stays in force when the file is spoilt later."""
    for pack in load_all(home=home).packs:
        if pack.path.is_relative_to(home / OWN):
            copy = home / GOOD / pack.path.relative_to(home / OWN)
            copy.parent.mkdir(parents=True, exist_ok=True)
            copy.write_bytes(pack.path.read_bytes())


OWN, GOOD = "packs", "packs-good"
_checks: dict[str, Callable[[Pack], object]] = {}


@lru_cache(maxsize=8)
def _load_all(home: Path | None) -> Shelf:
    found = {(pack.id, pack.effective_from): pack for pack in read_folder(SHIPPED)}
    refused: list[RefusedFile] = []
    own: dict[tuple[str, date], Path] = {}
    for path in sorted((home / OWN).rglob("*.toml")) if home is not None else ():
        assert home is not None
        try:
            pack = _read_own(path)
            if own.setdefault((pack.id, pack.effective_from), path) != path:
                raise _twice(pack, own[pack.id, pack.effective_from])
        except (ValueError, AnlanError) as error:
            good = home / GOOD / path.relative_to(home / OWN)
            kept = _read_good(good)
            refused.append(RefusedFile(path, f"{error}{_line(path, str(error))}", kept is not None))
            if kept is None:
                continue
            pack = kept
        found[pack.id, pack.effective_from] = pack
    return Shelf(tuple(found[key] for key in sorted(found)), tuple(refused))


def _read_own(path: Path) -> Pack:
    """Raises: PackError; ValueError of the room that reads such packs."""
    pack = parse(path.read_bytes(), path=path)
    if pack.kind in _checks:
        _checks[pack.kind](pack)
    return pack


def _read_good(path: Path) -> Pack | None:
    try:
        return _read_own(path) if path.exists() else None
    except (ValueError, AnlanError):
        return None


def _line(path: Path, said: str) -> str:
    """Where in the file the key stands that an error names."""
    if "line" in said:
        return ""
    named = set(re.findall(r"\w+", said))
    for number, line in enumerate(path.read_bytes().decode("utf-8", "replace").splitlines(), 1):
        key = re.match(r"\s*([\w-]+)\s*=", line)
        if key and key[1] in named:
            return f" (line {number})"
    return ""
