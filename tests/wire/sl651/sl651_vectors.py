"""The shared test vectors, which lie beside the checkout and may be absent."""

import json
from pathlib import Path
from typing import Any

import pytest

FOLDER = Path(__file__).parents[4] / "shared" / "vectors"


def load(name: str) -> Any:
    """The vectors of one file, or skip."""
    path = FOLDER / name
    if not path.exists():
        pytest.skip("the shared vectors are not beside this checkout (../shared/vectors)")
    return json.loads(path.read_text(encoding="utf-8"))
