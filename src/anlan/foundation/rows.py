"""Between a table's row and the record that queries give."""

from dataclasses import fields
from typing import Any, TypeVar

T = TypeVar("T")


def shape(record: type[T], row: Any, **own: Any) -> T:
    """The record whose fields the row has by the same names, but for its own."""
    same = {f.name: getattr(row, f.name) for f in fields(record) if f.name not in own}  # type: ignore[arg-type]
    return record(**same, **own)
