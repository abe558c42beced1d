"""From the bytes of a TOML file to a pack, or to an error that says how to mend the file."""

import hashlib
import json
import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from types import MappingProxyType
from typing import Any

from anlan.foundation.packs.pack import (
    CONFIDENCE,
    PROVENANCE,
    Pack,
    PackKeyMissing,
    PackKeyUnknown,
    PackUnreadable,
    PackValueWrong,
    kinds,
)
from anlan.wire.tables import NoText, text_of

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
_OPTIONAL = ("effective_to", "example", "synthetic", "note")


def parse(text: bytes, *, path: Path) -> Pack:
    """One pack from the bytes of a TOML file; `path` serves the messages only. Raises: PackError."""
    try:
        content = tomllib.loads(text_of(text, else_="utf-8")[0], parse_float=Decimal)
    except (tomllib.TOMLDecodeError, NoText) as error:
        raise PackUnreadable(f"{path}: not TOML in UTF-8: {error}") from error
    header = content.pop("pack", None)
    if not isinstance(header, dict):
        raise PackKeyMissing(f"{path}: table [pack] is missing; begin the file with [pack] and its keys")
    _check_header(header, path)
    for table in kinds()[header["kind"]]:
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
        synthetic=header.get("synthetic", False),
        note=header.get("note", ""),
        version=_hash({"pack": header, **content}),
        path=path,
        data=_freeze(content),
    )


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
            return value in kinds()
        case "example" | "synthetic":
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
        "kind": f"write one of: {', '.join(sorted(kinds()))}",
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
        "synthetic": "write true where the figures come from made-up ground, else leave it out",
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
    for key in PROVENANCE:
        if key in node and not _is_well_formed(key, node[key]):
            name = f"{where}.{key}".lstrip(".")
            raise PackValueWrong(f"{path}: {name} = {node[key]!r} will not do; {_what_to_write(key)}")
    for key, item in node.items():
        _check_provenance(item, f"{where}.{key}".lstrip("."), path)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value.strip())


def _is_code(value: Any) -> bool:
    """A division code as a prefix, without the zeros that fill it up: 4213 for the city, not 421300."""
    if not (isinstance(value, str) and value.isdigit() and len(value) in (2, 4, 6, 9, 12)):
        return False
    return not (
        (len(value) == 6 and value.endswith("00")) or (len(value) in (9, 12) and value.endswith("000"))
    )


def _freeze(node: Any) -> Any:
    if isinstance(node, dict):
        return MappingProxyType({key: _freeze(item) for key, item in node.items()})
    return tuple(map(_freeze, node)) if isinstance(node, list) else node


def _hash(content: Mapping[str, Any]) -> str:
    """Version of a pack: comments, order of keys and white space do not count, every value does."""
    text = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"), default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
