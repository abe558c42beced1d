"""Where the parts of the house are, for the tests that hold it to its rules."""

import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "anlan"
ROOMS = (
    "science",
    "wire",
    "foundation",
    "ui",
    "places",
    "people",
    "observe",
    "simulate",
    "judge",
    "warn",
    "move",
    "call",
    "prove",
    "gateways",
    "desk",
    "packs",
)
ROOMS = (*ROOMS, "demo", "conf", "cli")  # in the order in which facts flow


def sources(folder: Path = PACKAGE) -> list[Path]:
    """Our Python, without the migrations that Django writes."""
    return sorted(path for path in folder.rglob("*.py") if "migrations" not in path.parts)


@cache
def kept_files() -> tuple[Path, ...]:
    """What the repository keeps or is about to keep: tracked files, and new ones that git does not ignore."""
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "-z"]
    names = subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout.split("\0")
    return tuple(path for name in names if name and (path := ROOT / name).is_file())
