"""From the tables of an earlier version to those of this one: in one transaction that also verifies every journal.

Whatever stops it, a fault of ours, a full disk or a pulled plug, the database itself goes back to what was.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from django.apps import apps
from django.core.management import call_command
from django.db import DEFAULT_DB_ALIAS, connection, connections, transaction
from django.db.migrations.executor import MigrationExecutor

from anlan.conf.backups.errors import HeadsDiffer
from anlan.foundation import journal, worlds
from anlan.foundation.journal import Head

Models = Any
"""A registry of models: Django's own, or that of an earlier state."""


def rooms() -> set[str]:
    """The labels under which Django knows our rooms."""
    return {config.label for config in apps.get_app_configs() if config.name.startswith("anlan.")}


def steps() -> int:
    """How many migrations the records are behind this version."""
    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def unknown(migrations: Mapping[str, str] | None = None) -> list[str]:
    """Migrations of our rooms that this version does not know: those told, else those that the records have."""
    loader = MigrationExecutor(connection).loader
    given = loader.applied_migrations if migrations is None else migrations.items()
    return sorted(
        f"{room}.{name}" for room, name in given if room in rooms() and (room, name) not in loader.graph.nodes
    )


def models_of(using: str = DEFAULT_DB_ALIAS) -> Models:
    """The models as the tables are: this version's, or those of the last migration that was applied."""
    loader = (executor := MigrationExecutor(connections[using])).loader
    if not executor.migration_plan(loader.graph.leaf_nodes()):
        return apps
    return loader.project_state(
        [node for node in loader.applied_migrations if node in loader.graph.nodes]
    ).apps


def make_tables_of(migrations: Mapping[str, str]) -> Models:
    """Make the tables of an earlier version in an empty database; gives their models."""
    executor = MigrationExecutor(connection)
    ours = rooms()
    others = [node for node in executor.loader.graph.leaf_nodes() if node[0] not in ours]
    executor.migrate([*others, *migrations.items()])
    return models_of()


@contextmanager
def whole() -> Iterator[None]:
    """Rows and tables change together or not at all, and every link leads somewhere at the end."""
    connection.disable_constraint_checking()  # SQLite makes a table anew to change it
    try:
        with transaction.atomic():
            yield
            connection.check_constraints()
    finally:
        connection.enable_constraint_checking()


def forward(heads: Mapping[str, Head]) -> None:
    """Bring the tables to this version, inside `whole`. Raises: HeadsDiffer where a journal is not what it was."""
    connection.check_constraints()  # PostgreSQL changes no table while checks of its rows wait
    call_command("migrate", verbosity=0, interactive=False)
    compare(heads)


def compare(heads: Mapping[str, Head]) -> None:
    """Every chain holds and ends where it did. Raises: HeadsDiffer."""
    for key, head in heads.items():
        world = worlds.get(key)
        verdict = journal.verify(worlds.info(world), world.scenario)
        if verdict.bad_seq is not None:
            raise HeadsDiffer(
                f"the journal of {key} does not hold at entry {verdict.bad_seq} ({verdict.reason}): "
                "it was changed before the backup; take an older one"
            )
        if (verdict.entries, verdict.head) != (head.seq, head.hash):
            raise HeadsDiffer(
                f"the journal of {key} ends elsewhere than the manifest says: take another backup"
            )
