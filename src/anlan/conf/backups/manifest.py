"""The manifest: what a backup holds and what it needs. Written last; a zip without one is no backup."""

import hashlib
import json
from dataclasses import asdict, dataclass, field

from anlan.conf.backups.errors import BackupDamaged
from anlan.foundation.home import home
from anlan.foundation.journal import Head

FORMAT = 1
NAME, SIGNATURE = "manifest.json", "manifest.sig"
LARGEST = 64 << 20
"""No manifest is larger; a larger one is not read."""
OWN_TO_A_MACHINE = ("django",)
"""Keys whose loss costs a new sign-in and nothing else."""


@dataclass(frozen=True)
class Part:
    """One member of the zip: SHA-256 of its bytes, how many, and how many rows."""

    digest: str
    size: int
    rows: int


@dataclass
class Manifest:
    """What is in the backup. `keys` are fingerprints; `migrations` the last of each room."""

    version: str
    made_at: str
    installation: str
    database: str
    heads: dict[str, Head]
    migrations: dict[str, str]
    keys: dict[str, str]
    parts: dict[str, Part] = field(default_factory=dict)
    format: int = FORMAT

    @property
    def rows(self) -> int:
        """Rows of all parts."""
        return sum(part.rows for part in self.parts.values())

    def text(self) -> str:
        note = "Keys are never in a backup. The fingerprints tell which keys folder belongs to it."
        return json.dumps({**asdict(self), "note": note}, ensure_ascii=False, indent=1)


def parse(text: bytes) -> Manifest:
    """Raises BackupDamaged."""
    try:
        raw = json.loads(text)
        raw.pop("note", None)
        if raw["format"] != FORMAT:
            raise BackupDamaged(
                f"the backup has format {raw['format']}, this version reads {FORMAT}: update anlan, then restore again"
            )
        raw["heads"] = {world: Head(**head) for world, head in raw["heads"].items()}
        raw["parts"] = {name: Part(**part) for name, part in raw["parts"].items()}
        return Manifest(**raw)
    except (ValueError, KeyError, TypeError, AttributeError) as error:
        raise BackupDamaged(f"its manifest cannot be read ({error}): take another backup") from error


def message(text: bytes) -> bytes:
    """What the signature is over: nothing else that the same key signs begins so."""
    return b"anlan backup\x00" + text


def fingerprints() -> dict[str, str]:
    """Of each key that matters, enough to know it again and nothing of it."""
    folder = home() / "keys"
    found = sorted(folder.iterdir()) if folder.exists() else []
    kept = [path for path in found if path.is_file() and path.name not in OWN_TO_A_MACHINE]
    return {path.name: hashlib.sha256(b"anlan key\x00" + path.read_bytes()).hexdigest()[:16] for path in kept}
