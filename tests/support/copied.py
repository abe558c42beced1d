"""Rows that are written by the product once a process and copied from then on: a test begins with them in milliseconds.

The copy holds whole tables with their marks, so that what memory kept of the first making is what the copy says. Each state
folder, whose keys are its own, and each way to hash passwords has its copy.
"""

from collections.abc import Callable, Hashable
from dataclasses import dataclass, field
from typing import Any, Generic, TypeVar

from django.apps import apps
from django.conf import settings
from django.core.management.color import no_style
from django.db import connection, transaction

from anlan.foundation.home import home
from anlan.foundation.models import World

T = TypeVar("T")
Tables = dict[str, Any]


@dataclass
class Copied(Generic[T]):
    """What `make` gives, with the rows that it wrote; `make` begins with a database without worlds."""

    make: Callable[[], T]
    _made: dict[Hashable, tuple[T, Tables]] = field(default_factory=dict)

    def __call__(self) -> T:
        if World.objects.exists():
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
    """Each table's rows, as its database copies them: below Django's cursor, which would draw new marks."""
    found: Tables = {}
    for name in connection.introspection.django_table_names(only_existing=True):
        if connection.vendor == "postgresql":
            with connection.connection.cursor() as raw, raw.copy(f'COPY "{name}" TO STDOUT') as rows:
                found[name] = b"".join(map(bytes, rows))
        else:
            found[name] = connection.connection.execute(f'SELECT * FROM "{name}"').fetchall()
    return found


def _put(tables: Tables) -> None:
    with transaction.atomic():
        for name, rows in tables.items():
            connection.connection.execute(f'DELETE FROM "{name}"')
            if connection.vendor == "postgresql":
                with connection.connection.cursor() as raw, raw.copy(f'COPY "{name}" FROM STDIN') as copy:
                    copy.write(rows)
            elif rows:
                marks = ", ".join("?" for _ in rows[0])
                connection.connection.executemany(f'INSERT INTO "{name}" VALUES ({marks})', rows)
        models = [model for model in apps.get_models() if model._meta.db_table in tables]
        with connection.cursor() as cursor:
            for numbers in connection.ops.sequence_reset_sql(no_style(), models):
                cursor.execute(numbers)
