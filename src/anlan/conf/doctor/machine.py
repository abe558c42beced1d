"""The machine: state folder, keys, disk, open files, ports, the engine's beat, fonts."""

import json
import os
import resource
import shutil
import socket
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryFile

from anlan.conf.doctor.finding import Finding, said
from anlan.foundation import health, held

LITTLE_MB, TOO_LITTLE_MB = 5_000, 500
STATIONS = 15_000
KEY_BYTES = 32
FONT_FOLDERS = (
    "/usr/share/fonts",
    "/usr/local/share/fonts",
    "~/.fonts",
    "~/.local/share/fonts",
    "/System/Library/Fonts",
)
CHINESE_FONTS = (
    "noto*cjk*",
    "*sourcehan*",
    "wqy*",
    "simsun*",
    "simhei*",
    "msyh*",
    "pingfang*",
    "fandol*",
    "*songti*",
    "uming*",
)


def folder() -> Path:
    """The state folder as set, without making it."""
    return Path(os.environ.get("ANLAN_HOME") or Path.home() / ".anlan").expanduser()


def state_folder() -> Iterator[Finding]:
    path = folder()
    if not path.exists():
        if not os.access(_nearest(path), os.W_OK) or not _nearest(path).is_dir():
            yield _unwritable(path, "the folder above it takes nothing in")
        return
    if not path.is_dir():
        yield _unwritable(path, "it is no folder")
        return
    try:
        with TemporaryFile(dir=path) as file:
            file.write(b"x" * 4096)
    except OSError as error:
        yield _unwritable(path, str(error.strerror))
    if path.stat().st_mode & 0o077:
        yield said("home-open", path=path)


def _nearest(path: Path) -> Path:
    """The nearest that exists above a path."""
    return next(parent for parent in path.absolute().parents if parent.exists())


def _unwritable(path: Path, why: str) -> Finding:
    return said("home", path=path, why=why)


def keys() -> Iterator[Finding]:
    """Those of a restored installation are here, whole, and readable by their owner alone."""
    place = folder() / "keys"
    awaited = folder() / "keys-awaited.json"
    missing = (
        [n for n in json.loads(awaited.read_text()) if not (place / n).exists()] if awaited.exists() else []
    )
    if missing:
        names = ", ".join(sorted(set(missing)))
        yield said("keys-missing", names=names, place=place)
    files = [path for path in place.glob("*") if path.is_file()]
    if any(path.stat().st_mode & 0o077 for path in [*files, *([place] if place.exists() else [])]):
        yield said("keys-open", place=place)
    for path in (p for p in files if p.stat().st_size < KEY_BYTES):
        yield said("keys-cut", path=path)


def room() -> Iterator[Finding]:
    """Disk and open files."""
    free = shutil.disk_usage(folder() if folder().exists() else _nearest(folder())).free // 1_000_000
    if free < LITTLE_MB:
        yield said("disk", free=free, bad=free < TOO_LITTLE_MB)
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < STATIONS + 256:
        yield said("open-files", hard=hard, stations=max(hard - 256, 1), bad=False)


def engine() -> Iterator[Finding]:
    """The engine's beat, what of it is ill, and ports that somebody else holds."""
    told = health.told(folder=folder())
    if told is None or not _is_alive(told.pid):
        yield said("engine-stopped", bad=told is not None or (folder() / "records.sqlite3").exists())
        yield from _ports()
    elif told.age > health.FRESH_SECONDS:
        yield said("engine-hangs", age=told.age)
    for ill in told.ill if told is not None else ():
        yield said("engine-ill", part=ill.part, since=ill.since, why=ill.why)


def slow_writes() -> Iterator[Finding]:
    """What held the write lock too long while everybody else waited to write."""
    slow = [name for name, each in held.of_all(folder()).items() if each.p99() > held.MOST_MS]
    if slow:
        names = "、".join(slow[:5])
        yield said("slow_writes", n=len(slow), most_ms=held.MOST_MS, names=names, bad=False)


def _ports() -> Iterator[Finding]:
    """What our own engine and web would listen on."""
    for code, name, usual in (("port-web", "ANLAN_PORT", 8765), ("port-gauges", "ANLAN_SL651_PORT", 7651)):
        port = int(os.environ.get(name, usual))
        if _is_taken(port):
            yield said(code, port=port, name=name)


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True


def _is_taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return True
    return False


def fonts() -> Iterator[Finding]:
    if not _has_chinese_font():
        yield said("fonts")


def _has_chinese_font() -> bool:
    if program := shutil.which("fc-list"):
        told = subprocess.run([program, ":lang=zh", "family"], capture_output=True, text=True, check=False)
        return bool(told.stdout.strip())
    files = [f for place in FONT_FOLDERS for f in Path(place).expanduser().rglob("*") if f.is_file()]
    return any(Path(f.name.lower()).match(wanted) for f in files for wanted in CHINESE_FONTS)


def now() -> datetime:
    """The machine's clock."""
    return datetime.now(UTC)
