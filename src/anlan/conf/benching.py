"""`anlan bench`: run the measurements of `bench/`, each in a process and a state folder of its own.

Each module of `bench/` has `rows()`, which gives the rows of docs/reference/cli.md; value and peer are measured in the same run.
"""

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import anlan
from anlan.foundation.home import home

LIMIT_SECONDS = 240
FIELDS = ("name", "value", "unit", "peer", "peer_value", "ratio")
_ALONE = """
import importlib, json, sys
from anlan.conf.install import prepare
prepare()
rows = importlib.import_module(sys.argv[1]).rows()
print("\\n" + json.dumps(rows))
"""


def run(*, as_json: bool, only: str) -> int:
    """Measure and print; 1 when a module failed, 2 when there is nothing to measure."""
    root = Path(anlan.__file__).parents[2]
    wanted = [name for name in modules(root) if not only or name == only]
    if not wanted:
        print(_nothing(root, only), file=sys.stderr)
        return 2
    rows, failed = [], []
    for name in wanted:
        began = time.monotonic()
        try:
            rows += measure(root, name)
        except BenchFailed as error:
            failed.append(name)
            print(f"anlan bench: {name}: {error}", file=sys.stderr)
        print(f"{name}: {time.monotonic() - began:.0f} s", file=sys.stderr)
    print(json.dumps(rows, ensure_ascii=False, indent=1) if as_json else "\n".join(table(rows)))
    return 1 if failed else 0


class BenchFailed(RuntimeError):
    """A measurement did not come to its end; the text is what it said last."""


def modules(root: Path) -> list[str]:
    """The modules of `bench/` that measure something, by name."""
    return sorted(path.stem for path in (root / "bench").glob("*.py") if "\ndef rows(" in path.read_text())


def _nothing(root: Path, only: str) -> str:
    if not modules(root):
        return (
            "anlan bench: bench/ comes with the source, not with the package: run it in a checkout of anlan"
        )
    return f"anlan bench: there is no bench/{only}.py; choose one of {', '.join(modules(root))}"


def measure(root: Path, name: str) -> list[dict[str, Any]]:
    """The rows of one module. Raises BenchFailed."""
    with tempfile.TemporaryDirectory(prefix="anlan-bench-") as folder:
        env = {
            **os.environ,
            "ANLAN_HOME": folder,
            "ANLAN_DATABASE_URL": "",
            "DJANGO_SETTINGS_MODULE": "anlan.conf.settings",
            "NUMBA_CACHE_DIR": os.environ.get("NUMBA_CACHE_DIR") or str(home() / "kernels"),
            "PYTHONPATH": os.pathsep.join([str(root), *filter(None, [os.environ.get("PYTHONPATH")])]),
        }
        command = [sys.executable, "-c", _ALONE, f"bench.{name}"]
        child = subprocess.Popen(
            command,
            env=env,
            cwd=root,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        try:
            said, complained = child.communicate(timeout=LIMIT_SECONDS)
        except subprocess.TimeoutExpired:
            raise BenchFailed(
                f"it took longer than {LIMIT_SECONDS} s: try it on a machine that is not busy"
            ) from None
        finally:
            _end_all_of(child)
    if child.returncode:
        raise BenchFailed(complained.strip().rpartition("\n")[2] or f"it ended with {child.returncode}")
    found = json.loads(said.splitlines()[-1])
    return [{field: row[field] for field in FIELDS} for row in found]


def _end_all_of(child: "subprocess.Popen[str]") -> None:
    """End a measurement with everything that it started."""
    with contextlib.suppress(ProcessLookupError):
        os.killpg(child.pid, signal.SIGTERM)
        time.sleep(0.2)
        os.killpg(child.pid, signal.SIGKILL)
    child.communicate()


def table(rows: list[dict[str, Any]]) -> Iterator[str]:
    """A screenful for a person."""
    wide = max([len(row["name"]) for row in rows], default=0)
    for row in rows:
        peer = (
            f"{row['ratio']:8.1f}× {row['peer']} ({_short(row['peer_value'])})"
            if row["ratio"]
            else row["peer"] or ""
        )
        yield f"{row['name']:{wide}}  {_short(row['value']):>12} {row['unit']:<22}{peer}".rstrip()


def _short(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
