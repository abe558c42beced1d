"""A child ends with its parent, however that one ended; the field of an exercise when nobody talks to it any more."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import psutil

from anlan.demo.exercises import liulin
from anlan.exercise.field import client as field
from tests.support.patience import PATIENCE_S, eventually

CHILD = """
import time
from anlan.foundation.processes import end_with_parent
end_with_parent({args})
print("ready", flush=True)
time.sleep(60)
"""
PARENT = """
import subprocess, sys, time
child = subprocess.Popen([sys.executable, "-c", {child!r}], stdout=subprocess.PIPE, text=True)
child.stdout.readline()
print(child.pid, flush=True)
time.sleep(60)
"""
ASKS = """
import time
from anlan.exercise.field import client
client.ALONE_SECONDS = 1.0
line = client.FieldClient("x1")
print(line.ask("counts") is not None, flush=True)
time.sleep(60)
"""


def is_gone(pid: int) -> bool:
    return not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


@contextmanager
def started(script: str) -> Iterator[tuple[subprocess.Popen[str], str]]:
    """A process of its own, and the first line that it says."""
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield process, process.stdout.readline().strip()
        finally:
            process.kill()


def test_a_child_ends_with_a_parent_that_was_killed() -> None:
    for args in ("", "at_once=True"):
        with started(PARENT.format(child=CHILD.format(args=args))) as (parent, told):
            child = int(told)
            assert not is_gone(child)
            parent.kill()
            parent.wait()
            assert eventually(partial(is_gone, child))


def test_a_parent_that_died_before_the_child_looked_is_noticed() -> None:
    with started(CHILD.format(args="parent=1, at_once=True")) as (child, _):
        assert child.wait(PATIENCE_S) == 1


def test_the_field_of_a_killed_exercise_ends_and_its_books_stay() -> None:
    liulin().lay("x1")
    with started(ASKS) as (engine, told):
        assert told == "True"
        alive = field.FieldClient("x1")._port()
        assert alive
        time.sleep(2.0)
        assert field.FieldClient("x1")._port() == alive, "it stays while somebody holds its line"
        engine.kill()
        engine.wait()
        assert eventually(lambda: field.FieldClient("x1")._port() is None)
    assert (field.folder_of("x1") / "network.sqlite3").exists()


def test_whatever_a_command_writes_is_its_owners_alone_even_in_an_open_folder(tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    code = (
        "import sys; from pathlib import Path; from anlan.cli import main\n"
        "try: main(['--version'])\n"
        "except SystemExit: Path(sys.argv[1], 'written').touch()"
    )
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True)
    assert (tmp_path / "written").stat().st_mode & 0o777 == 0o600
