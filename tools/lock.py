"""Write the exact versions of every dependency into pyproject.toml, without hosts: `just lock`.

uv.lock names the index it was made from, so it is not committed. Instead each resolved version stands as a
constraint in `[tool.uv]`, with its marker where a version is for some Pythons only; a resolve from any index
then comes out the same. `just lock --upgrade` takes the newest versions that the ranges allow.
"""

import re
import subprocess
import sys
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
BLOCK = re.compile(r"^constraint-dependencies = \[\n(?:.*\n)*?\]\n", re.MULTILINE)
ANCHOR = "[tool.uv]\n"


def pins(lock: dict[str, Any]) -> list[str]:
    """One requirement per locked package from an index; packages of this checkout have no version to pin."""
    rows = [package for package in lock["package"] if "registry" in package["source"]]
    return sorted(_requirement(package) for package in rows)


def _requirement(package: dict[str, Any]) -> str:
    exact = f"{package['name']}=={package['version']}"
    markers = package.get("resolution-markers", [])
    if not markers:
        return exact
    return f"{exact} ; {' or '.join(f'({marker})' if len(markers) > 1 else marker for marker in markers)}"


def written(project: str, requirements: list[str]) -> str:
    """The text of pyproject.toml with these constraints and no others."""
    bare = BLOCK.sub("", project)
    if ANCHOR not in bare:
        raise ValueError("pyproject.toml has no [tool.uv] section; add one and run `just lock` again.")
    lines = "".join(f'    "{each}",\n' for each in requirements)
    return bare.replace(ANCHOR, f"{ANCHOR}constraint-dependencies = [\n{lines}]\n" if lines else ANCHOR, 1)


def main(arguments: list[str]) -> None:
    path = ROOT / "pyproject.toml"
    before = path.read_text()
    path.write_text(written(before, []))
    try:
        subprocess.run(["uv", "lock", *arguments], cwd=ROOT, check=True)
        lock = tomllib.loads((ROOT / "uv.lock").read_text())
        path.write_text(written(path.read_text(), pins(lock)))
    except subprocess.CalledProcessError as failure:
        path.write_text(before)
        raise SystemExit(
            f"uv lock failed with {failure.returncode}; pyproject.toml is as it was."
        ) from failure
    print(f"{len(pins(lock))} versions stand in pyproject.toml.")


if __name__ == "__main__":
    main(sys.argv[1:])
