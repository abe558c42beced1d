"""Backup and restore: one zip that restores into SQLite or PostgreSQL with the same journal heads.

Records first, as of one moment; then readings and the books of exercises, which may so be newer than the records, never older.
Never the keys: the manifest tells which keys a backup needs by fingerprint alone.

    manifest.sig                       the installation's signature over the manifest, by the key of its checkpoints
    manifest.json                      version, heads by world, digest and row count of each part, fingerprints of the keys
    records/<room>.<table>.jsonl       one row a line, numbers of rows as they were, tables in the order of their links
    readings/<world>.rows.jsonl        one hour a line: station, element, decimals, at, known, value, quality as columns
    readings/<world>.counters.jsonl    what the store counted
    readings/<world>.quarantine.jsonl  broken input with its bytes
    files/...                          checkpoints, the city's own packs and grounds, the books of simulated telephones
"""

import sys
from pathlib import Path

from anlan.conf.backups.errors import BackupError
from anlan.conf.backups.loading import restore
from anlan.conf.backups.manifest import Manifest
from anlan.conf.backups.writing import write
from anlan.conf.install import keep_version


def command_write(path: Path) -> int:
    """`anlan backup FILE`."""
    try:
        made = write(path)
    except BackupError as error:
        return _refused("backup", error)
    print(f"{path}: {made.rows} rows, {path.stat().st_size} bytes")
    _print_heads(made)
    print(
        "The keys are not in it. Keep a copy of these apart from it; without them names and numbers stay closed:"
    )
    print(f"  {', '.join(sorted(made.keys)) or 'none were drawn yet'}")
    return 0


def command_restore(path: Path, *, key: Path | None = None, unverified: bool = False) -> int:
    """`anlan restore FILE`."""
    try:
        made, missing = restore(path, key=key, unverified=unverified)
    except BackupError as error:
        return _refused("restore", error)
    signed = "nobody vouches for it: it was NOT verified" if unverified else "its signature holds"
    print(f"{path}: {made.rows} rows restored, every digest and head is the same, {signed}")
    _print_heads(made)
    keep_version()
    if missing:
        from anlan.foundation.home import home

        print(
            f"These keys are not here: {', '.join(missing)}. Names and numbers stay closed until you copy the keys folder of the "
            f"backed-up installation to {home() / 'keys'}.",
            file=sys.stderr,
        )
    return 0


def _refused(command: str, error: BackupError) -> int:
    print(f"anlan {command}: {error}", file=sys.stderr)
    return 2


def _print_heads(made: Manifest) -> None:
    for world, head in made.heads.items():
        print(f"  {world}: {head.seq} entries, head {head.hash}")
