"""Rows that are written by the product once a process and copied from then on: a test begins with them in milliseconds.

The copy holds whole tables with their marks, so that what memory kept of the first making is what the copy says. Each state
folder, whose keys are its own, and each way to hash passwords has its copy; on PostgreSQL, whose sequences no copy moves,
everything is made anew.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from django.conf import settings
from django.db import connection, transaction

from anlan.foundation.home import home
from anlan.foundation.models import World

T = TypeVar("T")
Tables = dict[str, list[tuple[Any, ...]]]


@dataclass
class Copied(Generic[T]):
    """What `make` gives, with the rows that it wrote; `make` begins with a database without worlds."""

    make: Callable[[], T]
    _made: dict[Hashable, tuple[T, Tables]] = field(default_factory=dict)

    def __call__(self) -> T:
        if connection.vendor != "sqlite" or World.objects.exists():
            return self.make()
        around = home(), tuple(settings.PASSWORD_HASHERS)
        if around in self._made:
            given, rows = self._made[around]
            _put(rows)
            return given
        before = _tables()
        given = self.make()
        self._made[around] = (
            given,
            {name: rows for name, rows in _tables().items() if before.get(name) != rows},
        )
        return given


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
