"""`anlan upgrade`: back up, migrate, verify; where any of it fails the records are what they were."""

from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path

from anlan import __version__
from anlan.conf import backups
from anlan.conf.backups import migrating
from anlan.conf.backups.errors import BackupError
from anlan.conf.install import keep_version, version_of_records
from anlan.foundation import health
from anlan.foundation.errors import Conflict
from anlan.foundation.home import home
from anlan.foundation.journal import Head
from anlan.foundation.words import w

FOLDER = "upgrades"


def command(path: Path | None) -> int:
    """Says what was done; 0 also where nothing was to do. Raises: Conflict, the records as they were."""
    if newer := migrating.unknown():
        raise Conflict(
            w("这里的记录是更新的版本建的（{step}）。请装那个版本，或把升级前的备份恢复到空目录。"),
            step=newer[0],
        )
    if not (steps := migrating.steps()):
        keep_version()
        print(f"nothing to do: the records are those of version {__version__}")
        return 0
    told = health.told(folder=home())
    if told is not None and told.age <= health.FRESH_SECONDS:
        raise Conflict(
            w("安澜还在运行。请先停下（systemctl stop anlan，或结束 anlan run），再执行 anlan upgrade。")
        )
    before, path = version_of_records(), path or _file()
    try:
        made = backups.write(path)
    except BackupError as error:
        raise Conflict(w("升级前的备份没有写成，什么也没有动：{why}"), why=error) from error
    print(f"{path}: {made.rows} rows of version {before} backed up")
    _migrate(made.heads, path)
    keep_version()
    print(f"{steps} steps from version {before} to {__version__}; every journal holds and ends where it did:")
    for world, head in made.heads.items():
        print(f"  {world}: {head.seq} entries, head {head.hash}")
    return 0


def _file() -> Path:
    folder = home() / FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder / f"{datetime.now(UTC):%Y%m%dT%H%M%S.%fZ}.zip"


def _migrate(heads: Mapping[str, Head], backup: Path) -> None:
    """Raises: Conflict for whatever went wrong: a migration is code, and anything may."""
    try:
        with migrating.whole():
            migrating.forward(heads)
    except Exception as error:
        raise Conflict(
            w(
                "升级没有做成，记录还是原来的样子：{why}。装回原来的版本 {version} 就能继续用；升级前的备份在 {backup}。"
                "请把这条消息告诉开发者。"
            ),
            why=f"{type(error).__name__}: {error}",
            version=version_of_records(),
            backup=backup,
        ) from error
