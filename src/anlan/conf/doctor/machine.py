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

from anlan.conf.doctor.finding import Finding, found
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
        yield found(
            "home-open",
            f"状态目录 {path} 别的用户可以读。",
            f"Other users can read the state folder {path}.",
            f"执行 chmod 700 {path}",
            f"Run chmod 700 {path}",
        )


def _nearest(path: Path) -> Path:
    """The nearest that exists above a path."""
    return next(parent for parent in path.absolute().parents if parent.exists())


def _unwritable(path: Path, why: str) -> Finding:
    return found(
        "home",
        f"状态目录 {path} 不能写（{why}）。",
        f"The state folder {path} cannot be written ({why}).",
        "把 ANLAN_HOME 指到本用户可写的本地目录。",
        "Point ANLAN_HOME to a folder on a local disk that this user may write.",
    )


def keys() -> Iterator[Finding]:
    """Those of a restored installation are here, whole, and readable by their owner alone."""
    place = folder() / "keys"
    awaited = folder() / "keys-awaited.json"
    missing = (
        [n for n in json.loads(awaited.read_text()) if not (place / n).exists()] if awaited.exists() else []
    )
    if missing:
        names = ", ".join(sorted(set(missing)))
        yield found(
            "keys-missing",
            f"缺少密钥：{names}。姓名和电话打不开。",
            f"Keys are missing: {names}. Names and telephone numbers stay closed.",
            f"从保管处把原来的 keys 目录拷到 {place}；不要新建。",
            f"Copy the keys folder of this installation from where you keep it to {place}; never make new ones.",
        )
    files = [path for path in place.glob("*") if path.is_file()]
    if any(path.stat().st_mode & 0o077 for path in [*files, *([place] if place.exists() else [])]):
        yield found(
            "keys-open",
            f"密钥目录 {place} 别的用户可以读。",
            f"Other users can read the keys in {place}.",
            f"执行 chmod -R go= {place}",
            f"Run chmod -R go= {place}",
        )
    for path in (p for p in files if p.stat().st_size < KEY_BYTES):
        yield found(
            "keys-cut",
            f"密钥 {path} 不完整。",
            f"The key {path} is cut short.",
            "从保管处恢复原文件；不要新建。",
            "Restore the file from where you keep the keys; never draw a new one.",
        )


def room() -> Iterator[Finding]:
    """Disk and open files."""
    free = shutil.disk_usage(folder() if folder().exists() else _nearest(folder())).free // 1_000_000
    if free < LITTLE_MB:
        yield found(
            "disk",
            f"磁盘只剩 {free} MB。写满后报文不再确认，页面不能保存。",
            f"The disk has {free} MB left. Once full, no frame is acknowledged and nothing can be saved.",
            "腾出空间，或把 ANLAN_HOME 移到更大的磁盘。",
            "Free space, or move ANLAN_HOME to a larger disk.",
            bad=free < TOO_LITTLE_MB,
        )
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < STATIONS + 256:
        yield found(
            "open-files",
            f"本机一个进程最多打开 {hard} 个文件，只能同时接 {max(hard - 256, 1)} 个测站。",
            f"A process may open {hard} files here: {max(hard - 256, 1)} stations at once.",
            "测站更多时提高硬上限（systemd: LimitNOFILE=65536）。",
            "With more stations raise the hard limit (systemd: LimitNOFILE=65536).",
            bad=False,
        )


def engine() -> Iterator[Finding]:
    """The engine's beat, what of it is ill, and ports that somebody else holds."""
    told = health.told(folder=folder())
    if told is None or not _is_alive(told.pid):
        yield found(
            "engine-stopped",
            "引擎没有运行，不接收报文，也不叫应。",
            "The engine does not run: no frame is taken in, nobody is called.",
            "执行 anlan run",
            "Run anlan run",
            bad=told is not None or (folder() / "records.sqlite3").exists(),
        )
        yield from _ports()
    elif told.age > health.FRESH_SECONDS:
        yield found(
            "engine-hangs",
            f"引擎进程还在，但 {told.age:.0f} 秒没有动静。",
            f"The engine's process is there but has not moved for {told.age:.0f} s.",
            "看日志；重启 anlan run。",
            "Look at the log; restart anlan run.",
        )
    for ill in told.ill if told is not None else ():
        yield found(
            "engine-ill",
            f"引擎的 {ill.part} 从 {ill.since:%Y-%m-%d %H:%M:%S} UTC 起停着（{ill.why}），在不断重试。",
            f"The engine's {ill.part} has stood still since {ill.since:%Y-%m-%d %H:%M:%S} UTC ({ill.why}); it is tried again.",
            "看日志里它为什么停；busy 是数据库忙，full 是磁盘写满，stuck 是没有动静。",
            "Look in the log why; busy: the database is, full: the disk is, stuck: it does not come back.",
        )


def slow_writes() -> Iterator[Finding]:
    """What held the write lock too long while everybody else waited to write."""
    slow = [name for name, each in held.of_all(folder()).items() if each.p99() > held.MOST_MS]
    if slow:
        names = "、".join(slow[:5])
        yield found(
            "slow_writes",
            f"有 {len(slow)} 种写入百次里有一次占锁超过 {held.MOST_MS} 毫秒：{names}。",
            f"{len(slow)} kinds of writes hold the lock for more than {held.MOST_MS} ms once in a hundred: {names}.",
            "看 anlan doctor --times；机器太忙就减演练和模型运行，或换 PostgreSQL。",
            "See anlan doctor --times; where the machine is too busy run fewer exercises and models, or take PostgreSQL.",
            bad=False,
        )


def _ports() -> Iterator[Finding]:
    """What our own engine and web would listen on."""
    for code, name, usual in (("port-web", "ANLAN_PORT", 8765), ("port-gauges", "ANLAN_SL651_PORT", 7651)):
        port = int(os.environ.get(name, usual))
        if _is_taken(port):
            yield found(
                code,
                f"端口 {port} 已被别的程序占用。",
                f"Port {port} is held by another program.",
                f"停掉它，或把 {name} 改成别的端口。",
                f"Stop it, or set {name} to another port.",
            )


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
        yield found(
            "fonts",
            "本机没有中文字体，PDF 里的汉字会是空框。",
            "There is no Chinese font here: Chinese in PDFs would be empty boxes.",
            "安装一种，例如 apt-get install fonts-noto-cjk",
            "Install one, such as apt-get install fonts-noto-cjk",
        )


def _has_chinese_font() -> bool:
    if program := shutil.which("fc-list"):
        told = subprocess.run([program, ":lang=zh", "family"], capture_output=True, text=True, check=False)
        return bool(told.stdout.strip())
    files = [f for place in FONT_FOLDERS for f in Path(place).expanduser().rglob("*") if f.is_file()]
    return any(Path(f.name.lower()).match(wanted) for f in files for wanted in CHINESE_FONTS)


def now() -> datetime:
    """The machine's clock."""
    return datetime.now(UTC)
