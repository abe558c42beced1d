"""An installation of its own in a temporary folder, used as a person would: by the command line, in other processes."""

import atexit
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from tests.support.house import ROOT


@dataclass(frozen=True)
class Installation:
    """`ANLAN_HOME` and the database that goes with it; nothing of the test's own process is shared."""

    home: Path
    database_url: str = ""

    @property
    def env(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("ANLAN_", "DJANGO_"))}
        own = {
            "ANLAN_HOME": str(self.home),
            "DJANGO_SETTINGS_MODULE": "anlan.conf.settings",
            "LANG": "C.UTF-8",
        }
        if self.database_url:
            own["ANLAN_DATABASE_URL"] = self.database_url
        return {**kept, **own}

    def anlan(
        self, *args: str, code: int | None = 0, limit: float = 1800, given: str | None = None
    ) -> subprocess.CompletedProcess[str]:
        """Run a command to its end; `code` is the exit code that it must have (None: any), `given` what is typed."""
        done = subprocess.run(
            [sys.executable, "-m", "anlan", *args],
            env=self.env,
            input=given,
            capture_output=True,
            text=True,
            timeout=limit,
        )
        if code is not None:
            assert done.returncode == code, (
                f"anlan {' '.join(args)}: {done.returncode}\n{done.stdout}{done.stderr}"
            )
        return done

    def start(self, *args: str, **options: Any) -> subprocess.Popen[str]:
        """Start a command and go on."""
        return subprocess.Popen([sys.executable, "-m", "anlan", *args], env=self.env, text=True, **options)

    def all(self, *commands: Sequence[str]) -> list[str]:
        """Run several commands in one process, each to exit code 0; what each said."""
        return [
            str(said)
            for said in self.python(f"told = [run(*command) for command in {list(map(list, commands))!r}]")
        ]

    def python(self, code: str, *, limit: float = 1800) -> Any:
        """Run lines in a fresh process; what it assigns to `told` comes back.

        `run("journal", "verify")` is a command of ours that must succeed; `ready()` makes the state folder.
        """
        if "ready()" in code and not self.database_url:
            self.begin_with_tables()
        whole = f"{_PROLOGUE}\n{code}\nprint('\\n' + json.dumps(told))"
        done = subprocess.run(
            [sys.executable, "-c", whole],
            env=self.env,
            cwd=ROOT,
            capture_output=True,
            text=True,
            timeout=limit,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return json.loads(done.stdout.splitlines()[-1])

    def with_city(self) -> "Installation":
        """The demo city stands in it: read once for all homes of this process and copied, keys and all."""
        shutil.copytree(_demo_city(), self.home, dirs_exist_ok=True)
        return self

    def begin_with_tables(self) -> None:
        """Empty tables are made once for all homes of this process: what `ready` adds to them is each home's own."""
        records = self.home / "records.sqlite3"
        if not records.exists():
            self.home.mkdir(mode=0o700, parents=True, exist_ok=True)
            shutil.copyfile(_empty_tables(), records)


@cache
def _empty_tables() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="anlan-tables-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    made = (
        "from django.core.management import call_command\ncall_command('migrate', verbosity=0)\ntold = None"
    )
    Installation(folder).python(made)
    return folder / "records.sqlite3"


@cache
def _demo_city() -> Path:
    folder = Path(tempfile.mkdtemp(prefix="anlan-city-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    read = "ready()\nfrom anlan.conf.replaying import load_city_once\nload_city_once()\ntold = None"
    Installation(folder).python(read)
    return folder


_PROLOGUE = """
import contextlib, io, json
from anlan.cli import main
from anlan.conf.install import prepare
from anlan.conf.install import ready
def run(*command):
    said = io.StringIO()
    with contextlib.redirect_stdout(said):
        try:
            main(command)
        except SystemExit as end:
            assert not end.code, f"anlan {' '.join(command)}: {end.code}"
    return said.getvalue()
def heads():
    from django.apps import apps
    rows = apps.get_model("foundation", "JournalHead").objects.values_list("world__key", "seq", "hash")
    return {key: [seq, digest] for key, seq, digest in rows}
prepare()
"""
