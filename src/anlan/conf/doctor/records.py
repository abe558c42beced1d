"""The records: reachable, of this version, opened by these keys, and what in them wants somebody."""

import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from anlan.conf.doctor import machine
from anlan.conf.doctor.finding import Finding, found, said

SEALED = (("people", "Person", "name_sealed", "ref"), ("observe", "Station", "password_sealed", "address"))
NAMES_AT_MOST = 5
AHEAD = timedelta(seconds=30)


def all_of_them() -> Iterator[Finding]:
    """Stops at the first that makes the rest unanswerable."""
    from django.db import DatabaseError

    if not os.environ.get("ANLAN_DATABASE_URL") and not (machine.folder() / "records.sqlite3").exists():
        yield _none()
        return
    checks: tuple[Callable[[], Iterator[Finding]], ...] = (
        tables,
        journal_mode,
        clock,
        seals,
        accounts,
        registers,
        letters,
        forecasts,
        quarantine,
        channels,
        strangers,
    )
    try:
        for check in checks:
            findings = list(check())
            yield from findings
            if check is tables and findings:
                return
    except DatabaseError as error:
        yield said("database", error=error)


def _none() -> Finding:
    return said("records-none", bad=False)


def tables() -> Iterator[Finding]:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if not executor.loader.applied_migrations:
        yield _none()
    elif plan := executor.migration_plan(executor.loader.graph.leaf_nodes()):
        yield said("tables", n=len(plan))


def journal_mode() -> Iterator[Finding]:
    from django.db import connection

    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        mode = cursor.execute("PRAGMA journal_mode").fetchone()[0]
    if mode != "wal":
        yield said("wal", mode=mode)


def rows(room: str, table: str) -> Any:
    from django.apps import apps

    return apps.get_model(room, table)._base_manager.all()


def clock() -> Iterator[Finding]:
    """The last real moment in the journal lies behind us."""
    last = (
        rows("foundation", "JournalEntry")
        .order_by("-written_at")
        .values_list("written_at", flat=True)
        .first()
    )
    if last is not None and last > machine.now() + AHEAD:
        yield said("clock", last=last)


def seals() -> Iterator[Finding]:
    """One sample of each kind of sealed column opens."""
    from anlan.foundation import crypto

    for room, table, column, ref in SEALED:
        row = rows(room, table).exclude(**{column: ""}).order_by("pk").first()
        if row is None:
            continue
        try:
            crypto.unseal(getattr(row, column), getattr(row, ref))
        except crypto.Unsealable as error:
            yield said("seals", error=error)
            return


def accounts() -> Iterator[Finding]:
    """Whoever signs in has a second factor."""
    bare = rows("people", "Account").filter(is_active=True, totp_sealed="").order_by("username")
    for used in (True, False):
        names = list(bare.filter(last_login__isnull=not used).values_list("username", flat=True))
        if names:
            shown = ", ".join(names[:NAMES_AT_MOST]) + (" …" if len(names) > NAMES_AT_MOST else "")
            yield said("totp" if used else "totp-new", n=len(names), shown=shown, bad=used)


def is_real() -> bool:
    """Whether anything here is no demo's: a place or a person that was not generated."""
    tables_of = (("places", "Division"), ("people", "Person"))
    return any(rows(room, table).filter(synthetic=False).exists() for room, table in tables_of)


def _live() -> Any:
    """The context of the live world; None before the first start."""
    from anlan.foundation import worlds

    world = rows("foundation", "World").filter(key="live").first()
    return worlds.context(world) if world else None


def registers() -> Iterator[Finding]:
    """What nobody is warned without."""
    there = {
        ("区划", "places"): rows("places", "Division").exists(),
        ("责任人", "duty holders"): rows("people", "DutyHolder").exists(),
        ("测站", "stations"): rows("observe", "Station").exists(),
        ("账号", "accounts"): rows("people", "Account").exists(),
        ("本地规则包", "packs of your own"): any((machine.folder() / "packs").rglob("*.toml"))
        or not is_real(),
    }
    missing = [names for names, is_there in there.items() if not is_there]
    if missing:
        yield found(
            "registers-empty",
            f"还没有{'、'.join(zh for zh, _ in missing)}：没有它们谁也叫不到。",
            f"There are no {', no '.join(en for _, en in missing)}: without them nobody is called.",
            "按 docs/how-to/deploy.md 逐项录入。",
            "Load them as docs/how-to/deploy.md says.",
        )


def forecasts() -> Iterator[Finding]:
    """Live forecasts that are switched on and do not come."""
    from anlan.simulate.running import live

    ctx = _live()
    for each in live.missed(ctx, ctx.now - timedelta(days=1)) if ctx else ():
        if each.stands_since is not None:
            yield said("forecast-stopped", ground=each.ground, stands_since=each.stands_since, why=each.why)


def quarantine() -> Iterator[Finding]:
    """Broken input of the live world that nobody has looked at."""
    from anlan.observe.queries import quarantine_unread

    ctx = _live()
    if ctx and (unread := quarantine_unread(ctx)):
        yield said("quarantine", unread=unread)


def letters() -> Iterator[Finding]:
    """Due work that failed for good and waits for a person."""
    dead = rows("foundation", "Task").filter(state="dead").count()
    if dead:
        yield said("dead-letters", dead=dead)


def channels() -> Iterator[Finding]:
    """Without a channel only people call in the live world; one that is chosen must be there."""
    from django.conf import settings

    from anlan.foundation.channels import installed

    for name in sorted(set(settings.CHANNELS) - set(installed())):
        yield said("channel-missing", name=name)
    if not settings.CHANNELS:
        yield said("channels", bad=False)


def strangers() -> Iterator[Finding]:
    """Broken input of the live world that was only counted."""
    from anlan.observe.ingest.ingest import path_of
    from anlan.observe.store.errors import StoreMissing
    from anlan.observe.store.reader import Reader

    try:
        with Reader(path_of("live")) as reader:
            over = reader.broken_over()
    except StoreMissing:
        return
    if over:
        yield said("quarantine-over", over=over, bad=False)
