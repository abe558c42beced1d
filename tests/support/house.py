"""Where the parts of the house are, for the tests that hold it to its rules."""

import subprocess
import tomllib
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "anlan"
_CONTRACTS = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["importlinter"]["contracts"]
ROOMS = tuple(reversed(_CONTRACTS[0]["layers"]))  # in the order in which facts flow


def sources(folder: Path = PACKAGE) -> list[Path]:
    """Our Python, without the migrations that Django writes."""
    return sorted(path for path in folder.rglob("*.py") if "migrations" not in path.parts)


@cache
def kept_files() -> tuple[Path, ...]:
    """What the repository keeps or is about to keep: tracked files, and new ones that git does not ignore."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
    return tuple(path for name in names if name and (path := ROOT / name).is_file())
