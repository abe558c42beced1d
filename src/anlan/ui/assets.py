"""Built front-end files: names come from Vite's manifest, which travels in the wheel."""

import json
import re
from base64 import b64encode
from collections.abc import Mapping
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Any

STATIC = Path(__file__).parent / "static" / "anlan"
BUILD = STATIC / "build"


class AssetsMissing(RuntimeError):
    """The front end was not built; run `python hatch_build.py` in the checkout, or reinstall the package."""


@cache
def manifest(folder: Path = BUILD) -> Mapping[str, Any]:
    """Vite's manifest.

    Raises:
        AssetsMissing: no manifest.
    """
    path = folder / "manifest.json"
    if not path.exists():
        raise AssetsMissing(
            f"{path} is missing: run `python hatch_build.py` in the checkout, or reinstall anlan"
        )
    found: Mapping[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found


def entry(name: str, folder: Path = BUILD) -> tuple[list[str], str]:
    """Style sheets and the script of an entry ("app", "map", "answer"), relative to the build folder.

    Raises:
        AssetsMissing: no such entry.
    """
    files = manifest(folder)
    chunk = files.get(f"src/{name}.ts")
    if chunk is None:
        raise AssetsMissing(f"no entry {name!r} in the manifest; entries stand in web/vite.config.ts")
    styles = list(chunk.get("css", []))
    for imported in chunk.get("imports", []):
        styles = [*files[imported].get("css", []), *styles]
    return list(dict.fromkeys(styles)), chunk["file"]


@cache
def inline(name: str) -> tuple[str, str]:
    """A style sheet to stand in the page itself, without its blanks and remarks, and the word that the content policy knows it by."""
    text = re.sub(r"/\*.*?\*/", "", (STATIC / f"css/{name}").read_text(encoding="utf-8"), flags=re.S)
    text = (
        re.sub(r"\s*([{};,>])\s*", r"\1", re.sub(r"\s+", " ", text))
        .replace(": ", ":")
        .replace(";}", "}")
        .strip()
    )
    return text, f"'sha256-{b64encode(sha256(text.encode()).digest()).decode()}'"


PHONE_POLICY = (
    f"default-src 'none'; script-src 'self'; style-src {inline('phone.css')[1]} {inline('phone_below.css')[1]}; "
    "img-src data:; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
"""What the phone page may do: no less strict than elsewhere, and shorter, for its line is slow."""
