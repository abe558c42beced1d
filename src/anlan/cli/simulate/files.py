"""What the models read and print: JSON or CSV in, a screenful or one JSON object out, errors that name field and mend."""

import argparse
import csv
import json
import os
import sys
from collections.abc import Callable, Iterable, Mapping
from datetime import UTC, date, datetime
from itertools import zip_longest
from pathlib import Path
from typing import Any

from anlan.foundation.packs import load_all
from anlan.foundation.packs.pack import Pack, PackError, Shelf
from anlan.wire import tables

Answer = tuple[dict[str, Any], list[str]]
"""The object that `--json` prints, and the lines for a person."""


class InputWrong(ValueError):
    """A file or a field in it cannot be used; the message names it and the mend."""


def add_model(
    models: Any, name: str, *, what: str, work: Callable[[argparse.Namespace], Answer], file: str = ""
) -> argparse.ArgumentParser:
    """The words that every model knows, and its work behind one net for errors.

    A model of one ``file`` answers from packs, as in force on `--date`; others name their files by options.
    """
    parser: argparse.ArgumentParser = models.add_parser(name, help=what, description=what)
    if file:
        parser.add_argument("file", metavar="FILE", help=f"{file}; - for standard input")
        parser.add_argument("--date", default="", metavar="YYYY-MM-DD", help="the packs in force on that day")
    parser.add_argument("--json", action="store_true", help="print one JSON object")
    parser.add_argument("--lang", choices=["zh", "en"], default="zh", help="language of titles")
    parser.set_defaults(run=lambda args: run(name, work, args))
    return parser


def run(name: str, work: Callable[[argparse.Namespace], Answer], args: argparse.Namespace) -> int:
    """Do it and print; 1 where the whole answer is refused, 2 with the field and the mend where it cannot be done."""
    from anlan.foundation.home import home

    os.environ.setdefault("NUMBA_CACHE_DIR", str(home() / "kernels"))
    from anlan.science.bounds import ModelInputWrong

    try:
        found, lines = work(args)
    except (InputWrong, ModelInputWrong, PackError) as error:
        print(f"anlan simulate {name}: {error}", file=sys.stderr)
        return 2
    print(json.dumps(found, ensure_ascii=False, allow_nan=False) if args.json else "\n".join(lines))
    return 1 if found.get("refused") else 0


def text(path: str) -> str:
    """All of a file, or of standard input, in whatever encoding a spreadsheet wrote it. Raises `InputWrong`."""
    try:
        data = sys.stdin.buffer.read() if path == "-" else Path(path).read_bytes()
    except OSError as error:
        raise InputWrong(f"{path}: {error.strerror}; give a file that can be read, or -") from error
    try:
        return tables.text_of(data)[0]
    except tables.NoText as error:
        raise InputWrong(f"{path}: {error}") from error


def is_object(content: str) -> bool:
    """JSON rather than CSV."""
    return content.lstrip().startswith(("{", "["))


def json_object(content: str) -> dict[str, Any]:
    """The one object of a JSON text. Raises `InputWrong`."""
    try:
        found = json.loads(content)
    except json.JSONDecodeError as error:
        raise InputWrong(f"line {error.lineno}: not JSON: {error.msg}; mend it there") from error
    if not isinstance(found, dict):
        raise InputWrong("the file holds no JSON object: begin it with { and name each field")
    return found


def csv_rows(content: str, needed: Iterable[str]) -> list[dict[str, Any]]:
    """The rows of a CSV text with a header. Raises `InputWrong` for a column that lacks or an empty file."""
    needed = list(needed)
    try:
        given = [cells for _, cells in tables.rows_of(content)]
    except csv.Error as error:
        raise InputWrong(f"the file is no CSV ({error}): save it as CSV in UTF-8") from error
    heads = [[tables.plain(name) for name in cells] for cells in given[:6]]  # titles may stand above it
    at = next((n for n, head in enumerate(heads) if set(needed) <= set(head)), 0)
    header = heads[at] if heads else []
    if lacking := [name for name in needed if name not in header]:
        raise InputWrong(
            f"column {lacking[0]} is missing: the first line names the columns {', '.join(needed)}"
        )
    rows = [
        {name: cell.strip() for name, cell in zip_longest(header, cells[: len(header)], fillvalue="") if name}
        for cells in given[at + 1 :]
    ]
    if not rows:
        raise InputWrong("the file has a header and no rows: add at least one")
    return rows


def number(row: Mapping[str, Any], key: str, *, where: str = "", default: float | None = None) -> float:
    """A number of a row. Raises `InputWrong` with the field."""
    value = row.get(key)
    try:
        if isinstance(value, bool):
            raise tables.Unclear
        found = None if value is None else tables.number(str(value))
    except tables.Unclear:
        raise InputWrong(f"{where}{key} is {value!r}: give a number, with a point for its decimals") from None
    if found is None and default is None:
        raise InputWrong(f"{where}{key} is missing{f' ({value} says so)' if value else ''}: give a number")
    return float(found) if found is not None else float(default or 0)


def whole_number(given: str, option: str, *, least: int = 1) -> int:
    """A whole number of an option. Raises `InputWrong`."""
    value = number({option: given}, option)
    if value < least or value != int(value):
        raise InputWrong(f"{option} is {given}: give a whole number, {least} or more")
    return int(value)


def rows_of(given: Mapping[str, Any], key: str) -> list[Mapping[str, Any]]:
    """A list of objects under a key. Raises `InputWrong`."""
    found = given.get(key)
    if not isinstance(found, list) or not found or not all(isinstance(row, dict) for row in found):
        raise InputWrong(f"{key} is missing or empty: give a list of objects")
    return found


def numbers(given: Mapping[str, Any], key: str) -> list[float]:
    """A list of numbers under a key. Raises `InputWrong`."""
    found = given.get(key)
    if not isinstance(found, list):
        raise InputWrong(f"{key} is missing: give a list of numbers")
    return [number({key: value}, key, where=f"row {n}: ") for n, value in enumerate(found, 1)]


def day(value: Any, *, field: str = "date") -> date:
    """A calendar day. Raises `InputWrong`."""
    try:
        return tables.day(str(value))
    except tables.Unclear:
        raise InputWrong(f"{field} is {value!r}: write it as 2026-04-13") from None


def packs(args: argparse.Namespace) -> tuple[Shelf, date]:
    """The shelf and the day whose packs hold: that of `--date`, else today."""
    from anlan.foundation.home import home

    on = day(args.date, field="--date") if args.date else datetime.now(UTC).date()
    return load_all(home=home()), on


def put(path: Path, found: Mapping[str, Any] | bytes) -> None:
    """A file, whole or not at all: bytes, or an object as JSON."""
    fresh = path.with_name(path.name + ".new")
    if not isinstance(found, bytes):
        found = (json.dumps(found, ensure_ascii=False, allow_nan=False, indent=1) + "\n").encode()
    fresh.write_bytes(found)
    fresh.replace(path)


def vouch(pack: Pack, lang: str) -> dict[str, Any]:
    """Where the figures come from, as it stands beside every result."""
    return {
        "id": pack.id,
        "version": pack.version,
        "title": pack.title[lang],
        "source": pack.source,
        "clause": pack.clause,
        "confidence": pack.confidence,
        "to_verify": pack.has_doubts,
    }


def cited(pack: Pack, lang: str) -> str:
    """The same in one line for a person."""
    mark = " · 待核实" if pack.has_doubts else ""
    return f"{pack.title[lang]} · {pack.source} [{pack.confidence}]{mark}"
