"""Rows that are written by the product once a process and copied from then on: a test begins with them in milliseconds.

The copy holds whole tables with their marks, so that what memory kept of the first making is what the copy says. On
PostgreSQL, whose sequences no copy moves, and in another state folder, whose keys are others, everything is made anew.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar

from django.db import connection, transaction

from anlan.foundation.home import home
from anlan.foundation.models import World

T = TypeVar("T")
Tables = dict[str, list[tuple[Any, ...]]]


@dataclass
class Copied(Generic[T]):
    """What `make` gives, with the rows that it wrote; `make` begins with a database without worlds."""

    make: Callable[[], T]
    _given: T | None = None
    _rows: Tables | None = None
    _home: Path | None = None

    def __call__(self) -> T:
        if connection.vendor != "sqlite" or World.objects.exists():
            return self.make()
        if self._rows is None or self._home != home():
            before = _tables()
            self._given = self.make()
            self._rows = {name: rows for name, rows in _tables().items() if before.get(name) != rows}
            self._home = home()
        else:
            _put(self._rows)
        assert self._given is not None
        return self._given


def _tables() -> Tables:
    with connection.cursor() as cursor:
        names = connection.introspection.django_table_names(only_existing=True)
        return {name: cursor.execute(f'SELECT * FROM "{name}"').fetchall() for name in names}


def _put(tables: Tables) -> None:
    """Below Django's cursor, which would draw new marks."""
    with transaction.atomic():
        for name, rows in tables.items():
            connection.connection.execute(f'DELETE FROM "{name}"')
            marks = ", ".join("?" for _ in rows[0]) if rows else ""
            connection.connection.executemany(
                f'INSERT INTO "{name}" VALUES ({marks})', rows
            ) if rows else None
