"""Records: every table of ours as JSON lines, in the order of their links, alike from SQLite and PostgreSQL."""

import copy
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import orjson
from django.apps import apps
from django.core.management.color import no_style
from django.db import connection, connections, models, transaction
from django.db.migrations.recorder import MigrationRecorder

from anlan.conf.backups import migrating

Model = type[models.Model]
ALIAS = "backup"
BLOCK = 2000
SPELLING = orjson.OPT_SORT_KEYS | orjson.OPT_UTC_Z


def tables(models: Any = apps) -> list[Model]:
    """Our tables, those that are linked to before those that link. Sessions and Django's own tables stay behind."""
    behind = {name_of(m) for m in apps.get_models() if not getattr(m, "is_restored", True)}
    ours = [m for m in models.get_models(include_auto_created=True) if m._meta.app_label in migrating.rooms()]
    waiting = sorted((m for m in ours if name_of(m) not in behind), key=name_of)
    done: list[Model] = []
    while waiting:
        ready = [m for m in waiting if not any(link in waiting and link is not m for link in _links(m))]
        assert ready, f"tables link in a circle: {waiting}"
        done += ready
        waiting = [m for m in waiting if m not in ready]
    return done


def name_of(model: Model) -> str:
    """`warn.callline`, as in the name of its part."""
    return model._meta.label_lower


def _links(model: Model) -> list[Model]:
    return [f.related_model for f in model._meta.concrete_fields if f.related_model]  # type: ignore[misc]


@contextmanager
def snapshot() -> Iterator[str]:
    """A connection of its own that sees one moment and stops nobody; gives its alias."""
    settings = copy.deepcopy(connections.settings["default"])
    options = settings.setdefault("OPTIONS", {})
    if connection.vendor == "postgresql":
        from psycopg import IsolationLevel

        options["isolation_level"] = IsolationLevel.REPEATABLE_READ
    else:
        options["transaction_mode"] = "DEFERRED"
    connections.settings[ALIAS] = settings
    try:
        with transaction.atomic(using=ALIAS):
            yield ALIAS
    finally:
        connections[ALIAS].close()
        del connections[ALIAS]
        del connections.settings[ALIAS]


def lines(model: Model, using: str) -> Iterator[bytes]:
    """The rows of a table by number, one spelling whatever the database."""
    names = [field.attname for field in model._meta.concrete_fields]
    rows = model._base_manager.using(using).order_by("pk").values_list(*names)
    for row in rows.iterator(chunk_size=BLOCK):
        yield orjson.dumps(dict(zip(names, row, strict=True)), option=SPELLING) + b"\n"


def load(model: Model, rows: Iterable[bytes]) -> int:
    """Insert lines as they are, numbers and times of writing included; gives how many."""
    fields = model._meta.concrete_fields
    quote = connection.ops.quote_name
    columns = ", ".join(quote(field.column) for field in fields)
    places = ", ".join(["%s"] * len(fields))
    insert = f"INSERT INTO {quote(model._meta.db_table)} ({columns}) VALUES ({places})"
    count = 0
    with connection.cursor() as cursor:
        for block in _blocks(rows):
            told = [orjson.loads(line) for line in block]
            cursor.executemany(insert, [_values(fields, row) for row in told])
            count += len(block)
    return count


def _values(fields: Iterable[Any], row: dict[str, Any]) -> list[Any]:
    return [
        field.get_db_prep_save(field.to_python(row[field.attname]), connection=connection) for field in fields
    ]


def _blocks(rows: Iterable[bytes]) -> Iterator[list[bytes]]:
    block: list[bytes] = []
    for row in rows:
        block.append(row)
        if len(block) == BLOCK:
            yield block
            block = []
    if block:
        yield block


def count_on_from_here(models: Any = apps) -> None:
    """Let new rows get numbers after the restored ones."""
    with connection.cursor() as cursor:
        for statement in connection.ops.sequence_reset_sql(no_style(), tables(models)):
            cursor.execute(statement)


def filled(models: Any = apps) -> list[str]:
    """The tables that hold anything."""
    return [name_of(model) for model in tables(models) if model._base_manager.exists()]


def migrations(using: str = "default") -> dict[str, str]:
    """The last migration of each room."""
    ours, applied = migrating.rooms(), sorted(MigrationRecorder(connections[using]).applied_migrations())
    return {room: name for room, name in applied if room in ours}
