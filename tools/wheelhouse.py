"""Everything that a machine without a network installs from, in one folder: `just wheelhouse`.

Our own wheel, the wheels of what it needs for x86-64 and aarch64, and requirements.txt with their exact versions and hashes:

    pip install --no-index --require-hashes --find-links FOLDER -r FOLDER/requirements.txt

Versions are those that pyproject.toml pins; wheels come from whatever index this machine is set up for, and none is named here.
"""

import argparse
import hashlib
import platform
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

from packaging.markers import Marker

ROOT = Path(__file__).resolve().parent.parent
MACHINES = ("x86_64", "aarch64")
GLIBC = range(28, 4, -1)
"""Minor versions of glibc whose wheels run on 2.28 and later."""
LEGACY = {"x86_64": ("manylinux2014", "manylinux2010", "manylinux1"), "aarch64": ("manylinux2014",)}


def wanted(exported: str, *, python: str, machine: str) -> Iterator[str]:
    """The lines of an exported lock that one kind of machine needs, hashes and all, their markers answered."""
    here = {
        "python_version": python,
        "python_full_version": f"{python}.99",
        "platform_machine": machine,
        "sys_platform": "linux",
        "platform_system": "Linux",
        "os_name": "posix",
        "implementation_name": "cpython",
        "platform_python_implementation": "CPython",
    }
    for line in exported.replace("\\\n", " ").splitlines():
        requirement, *hashes = line.split("--hash=")
        exact, _, marker = requirement.strip().partition(" ; ")
        if "==" in exact and (not marker or Marker(marker).evaluate(here)):
            yield " ".join([exact, *(f"--hash={each.strip()}" for each in hashes)])


def platforms(machine: str) -> list[str]:
    names = [f"manylinux_2_{minor}_{machine}" for minor in GLIBC]
    return [*names, *(f"{old}_{machine}" for old in LEGACY[machine])]


def run(*command: str) -> str:
    return subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True).stdout


def built(folder: Path) -> Path:
    """Our own wheel."""
    run("uv", "build", "--wheel", "--quiet", "--out-dir", str(folder))
    return next(folder.glob("anlan-*.whl"))


def make(folder: Path, pythons: list[str], extras: list[str]) -> None:
    if folder.exists() and any(folder.iterdir()):
        sys.exit(f"{folder} holds something already: give a new folder, or empty it")
    wheel = built(folder)
    chosen = [part for extra in extras for part in ("--extra", extra)]
    exported = run(
        "uv",
        "export",
        "--quiet",
        "--no-default-groups",
        "--no-emit-project",
        "--no-header",
        "--no-annotate",
        *chosen,
    )
    for python in pythons:
        for machine in MACHINES:
            list_of_it = folder / f".{python}-{machine}.txt"
            list_of_it.write_text("\n".join(wanted(exported, python=python, machine=machine)))
            tags = [part for name in platforms(machine) for part in ("--platform", name)]
            run(
                *(
                    "uv",
                    "run",
                    "--no-project",
                    "--quiet",
                    "--with",
                    "pip",
                    "python",
                    "-m",
                    "pip",
                    "download",
                    "--quiet",
                ),
                *("--no-deps", "--only-binary=:all:", "--require-hashes", "--python-version", python, *tags),
                *("--dest", str(folder), "-r", str(list_of_it)),
            )
            list_of_it.unlink()
    version = wheel.name.split("-")[1]
    own = f"anlan[{','.join(extras)}]=={version}" if extras else f"anlan=={version}"
    digest = hashlib.sha256(wheel.read_bytes()).hexdigest()
    (folder / "requirements.txt").write_text(f"{own} --hash=sha256:{digest}\n{exported}")
    (folder / ".gitignore").unlink(missing_ok=True)


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("folder", type=Path, nargs="?", default=ROOT / "wheelhouse")
    parser.add_argument("--python", action="append", help="3.11 and later; that of this machine by default")
    parser.add_argument("--extra", action="append", help="`postgres` by default")
    args = parser.parse_args()
    here = ".".join(platform.python_version_tuple()[:2])
    try:
        make(args.folder.resolve(), args.python or [here], args.extra or ["postgres"])
    except subprocess.CalledProcessError as error:
        sys.exit(
            f"{' '.join(error.cmd[:3])} … failed: what it said stands above. Nothing else is needed but an index of packages."
        )
    size = sum(each.stat().st_size for each in args.folder.iterdir())
    print(f"{args.folder}: {len(list(args.folder.glob('*.whl')))} wheels, {size >> 20} MB")


if __name__ == "__main__":
    main()
