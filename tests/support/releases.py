"""The kept backup of a release, from which later versions prove that they upgrade. `python -m tests.support.releases` makes that of
this one: before it is published whenever a table changed, afterwards never again."""

import sys
import tempfile
from pathlib import Path

from anlan import __version__
from tests.support.backups import FILL
from tests.support.house import ROOT
from tests.support.installation import Installation

FOLDER = ROOT / "tests" / "conf" / "releases"


def keep() -> Path:
    """A small city with one of each thing that happens; its names are made up."""
    FOLDER.mkdir(exist_ok=True)
    kept = FOLDER / f"{__version__}.zip"
    kept.unlink(missing_ok=True)
    with tempfile.TemporaryDirectory() as folder:
        Installation(Path(folder)).python(f"BACKUP = {str(kept)!r}\n{FILL}")
    kept.chmod(0o644)
    return kept


if __name__ == "__main__":
    sys.exit(print(keep()))
