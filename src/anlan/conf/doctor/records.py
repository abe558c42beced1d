"""The records: reachable, of this version, opened by these keys, and what in them wants somebody."""

import os
from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

from anlan.conf.doctor import machine
from anlan.conf.doctor.finding import Finding, found

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
        yield found(
            "database",
            f"数据库没有应答：{error}",
            f"The database does not answer: {error}",
            "检查 ANLAN_DATABASE_URL、数据库服务和网络；SQLite 则检查 records.sqlite3 是否完好。",
            "Check ANLAN_DATABASE_URL, the database server and the network; with SQLite whether records.sqlite3 is whole.",
        )


def _none() -> Finding:
    return found(
        "records-none",
        "这里还没有数据库。",
        "There is no database here yet.",
        "执行 anlan demo（演示）、anlan run（正式）或 anlan restore（恢复备份）。",
        "Run anlan demo (to look at it), anlan run (for work) or anlan restore (a backup).",
        bad=False,
    )


def tables() -> Iterator[Finding]:
    from django.db import connection
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    if not executor.loader.applied_migrations:
        yield _none()
    elif plan := executor.migration_plan(executor.loader.graph.leaf_nodes()):
        yield found(
            "tables",
            f"数据库的表还不是本版本的（差 {len(plan)} 步）。",
            f"The tables are not this version's ({len(plan)} steps behind).",
            "先备份，再执行 anlan run：启动时会自动升级。",
            "Back up, then run anlan run: it brings them up to date when it starts.",
        )


def journal_mode() -> Iterator[Finding]:
    from django.db import connection

    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        mode = cursor.execute("PRAGMA journal_mode").fetchone()[0]
    if mode != "wal":
        yield found(
            "wal",
            f"SQLite 不在 WAL 模式（{mode}）：写入会挡住页面。多半是网络盘。",
            f"SQLite is not in WAL mode ({mode}): a write stops the pages. Most likely the disk is a network disk.",
            "把 ANLAN_HOME 移到本地磁盘。",
            "Move ANLAN_HOME to a local disk.",
        )


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
        yield found(
            "clock",
            f"本机时钟比最后一条日志（{last:%Y-%m-%d %H:%M:%S} UTC）还早。",
            f"This machine's clock is behind the last journal entry ({last:%Y-%m-%d %H:%M:%S} UTC).",
            "用 NTP 校时，再启动。",
            "Set it by NTP, then start.",
        )


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
            yield found(
                "seals",
                f"加密的内容打不开（{error}）。",
                f"What is sealed does not open ({error}).",
                "把属于这个数据库的 keys 目录拷回来。",
                "Bring back the keys folder that belongs to this database.",
            )
            return


def accounts() -> Iterator[Finding]:
    """Whoever signs in has a second factor."""
    bare = rows("people", "Account").filter(is_active=True, totp_sealed="").order_by("username")
    for used in (True, False):
        names = list(bare.filter(last_login__isnull=not used).values_list("username", flat=True))
        if names:
            shown = ", ".join(names[:NAMES_AT_MOST]) + (" …" if len(names) > NAMES_AT_MOST else "")
            yield found(
                "totp" if used else "totp-new",
                f"{len(names)} 个账号没有动态口令：{shown}。",
                f"{len(names)} accounts have no one-time code: {shown}.",
                "让本人登录时设置；不用的账号停用。",
                "Let each set it up when signing in; deactivate those that nobody uses.",
                bad=used,
            )


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
            yield found(
                "forecast-stopped",
                f"{each.ground} 的滚动预报从 {each.stands_since:%Y-%m-%d %H:%M} UTC 起没有算成（{each.why}）。",
                f"No live forecast over {each.ground} has come since {each.stands_since:%Y-%m-%d %H:%M} UTC ({each.why}).",
                "看日志和“未办成的事”页面；系统每十分钟再算一次。",
                "Look at the log and the dead-letter page; the next is tried within ten minutes.",
            )


def quarantine() -> Iterator[Finding]:
    """Broken input of the live world that nobody has looked at."""
    from anlan.observe.queries import quarantine_unread

    ctx = _live()
    if ctx and (unread := quarantine_unread(ctx)):
        yield found(
            "quarantine",
            f"隔离区有 {unread} 种读不懂的报文没人看过。",
            f"{unread} kinds of broken input in the quarantine were seen by nobody.",
            "在“隔离区”页面逐条看，改好测站后重新读入或丢弃。",
            "Look at them on the quarantine page; mend the station and feed them again, or drop them.",
        )


def letters() -> Iterator[Finding]:
    """Due work that failed for good and waits for a person."""
    dead = rows("foundation", "Task").filter(state="dead").count()
    if dead:
        yield found(
            "dead-letters",
            f"{dead} 件到时要办的事办不成，等人处理。",
            f"{dead} pieces of due work failed for good and wait for somebody.",
            "由管理员在“未办成的事”页面查看原因并重新派出。",
            "Let an administrator look at the dead-letter page and feed them again.",
        )


def channels() -> Iterator[Finding]:
    """Without a channel only people call in the live world; one that is chosen must be there."""
    from django.conf import settings

    from anlan.foundation.channels import installed

    for name in sorted(set(settings.CHANNELS) - set(installed())):
        yield found(
            "channel-missing",
            f"ANLAN_CHANNELS 里的线路 {name} 没有安装：它该拨的号都留在叫应台等人拨。",
            f"The channel {name} in ANLAN_CHANNELS is not installed: what it would dial waits at the call desk.",
            "安装它的软件包，或改 ANLAN_CHANNELS。",
            "Install its package, or mend ANLAN_CHANNELS.",
        )
    if not settings.CHANNELS:
        yield found(
            "channels",
            "实战没有接任何线路：演练用模拟线路，实战由值班员在叫应台拨打。",
            "No channel is chosen for the live world: exercises use simulated lines, real calls are made at the call desk.",
            "需要自动拨打时安装线路插件（anlan.channels），写进 ANLAN_CHANNELS。",
            "Install a channel plug-in (anlan.channels) where calls should go out by themselves, and name it in ANLAN_CHANNELS.",
            bad=False,
        )


def strangers() -> Iterator[Finding]:
    """Broken input of the live world that was only counted."""
    from anlan.observe import store
    from anlan.observe.ingest import path_of

    try:
        with store.Reader(path_of("live")) as reader:
            over = reader.broken_over()
    except store.StoreMissing:
        return
    if over:
        yield found(
            "quarantine-over",
            f"隔离区另有 {over} 份只计了数，没有留字节：来源一天里发得太多。",
            f"{over} more pieces of broken input were only counted, not kept: their senders sent too much in a day.",
            "在“隔离区”页面看来源地址；那里不该有人发报就在网络上拦住它。",
            "Look at the addresses on the quarantine page; block in the network whoever should not send.",
            bad=False,
        )
