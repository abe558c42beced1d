"""Writing a backup while everything runs: nobody waits for it, and what it holds fits together."""

import hashlib
import os
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

import orjson
from django.db import connection

from anlan.conf.backups import manifest, migrating, readings, records
from anlan.conf.backups.errors import CannotWrite
from anlan.conf.backups.manifest import Manifest, Part
from anlan.conf.install import version_of_records
from anlan.foundation import checkpoints
from anlan.foundation.home import home
from anlan.foundation.journal import Head
from anlan.observe.ingest.ingest import path_of
from anlan.observe.store.errors import StoreError

OWN_FOLDERS = ("packs", "grounds/own", "attachments")


def write(path: Path) -> Manifest:
    """Write a backup to a new file. Raises CannotWrite; then there is no file."""
    if path.exists():
        raise CannotWrite(f"{path} exists already: give the name of a new file")
    scratch = path.with_name(f".{path.name}.part")
    try:
        handle = os.open(scratch, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        with os.fdopen(handle, "wb") as file:
            with ZipFile(file, "w", ZIP_DEFLATED, compresslevel=4) as archive:
                made = _all(archive)
            file.flush()
            os.fsync(file.fileno())
        os.link(scratch, path)  # refuses a file that was made meanwhile
    except (OSError, StoreError) as error:
        raise CannotWrite(
            f"{path} could not be written ({error}): choose a folder with room and the right"
        ) from error
    finally:
        scratch.unlink(missing_ok=True)
    return made


def _all(archive: ZipFile) -> Manifest:
    """Records as of one moment, then what may be newer; the manifest last."""
    with records.snapshot() as using:
        models = migrating.models_of(using)
        made = _begun(using, models)
        for model in records.tables(models):
            name = f"records/{records.name_of(model)}.jsonl"
            made.parts[name] = _add(archive, name, records.lines(model, using))
    for world in made.heads:
        store = path_of(world)
        if store.exists():
            for kind, lines in readings.parts(store).items():
                name = f"readings/{world}.{kind}.jsonl"
                made.parts[name] = _add(archive, name, lines())
    for name, data in _files(made):
        made.parts[name] = _add(archive, name, [data])
    text = made.text().encode()
    archive.writestr(manifest.SIGNATURE, checkpoints.sign(manifest.message(text)))
    archive.writestr(manifest.NAME, text)
    return made


def _begun(using: str, models: Any) -> Manifest:
    heads = models.get_model("foundation", "JournalHead")._base_manager.using(using)
    rows = heads.order_by("world__pk").values_list("world__key", "seq", "hash")
    mark = home() / "installation"
    checkpoints.sign(b"")  # draws the key if none was yet, so that its fingerprint is told too
    return Manifest(
        version=version_of_records(),
        made_at=datetime.now(UTC).isoformat(timespec="seconds"),
        installation=mark.read_text().strip() if mark.exists() else "",
        database=connection.vendor,
        heads={key: Head(seq, hash_) for key, seq, hash_ in rows},
        migrations=records.migrations(using),
        keys=manifest.fingerprints(),
    )


def _add(archive: ZipFile, name: str, lines: Iterable[bytes]) -> Part:
    digest, size, rows = hashlib.sha256(), 0, 0
    with archive.open(name, "w", force_zip64=True) as member:
        for line in lines:
            member.write(line)
            digest.update(line)
            size += len(line)
            rows += 1
    return Part(digest.hexdigest(), size, rows)


def _files(made: Manifest) -> Iterator[tuple[str, bytes]]:
    """Checkpoints up to the records' heads, own packs and grounds, files of registers' entries, the books of simulated telephones."""
    folder = home()
    for path in sorted((folder / "checkpoints").glob("*")):
        head = made.heads.get(path.stem)
        if path.suffix == ".pub":
            yield f"files/checkpoints/{path.name}", path.read_bytes()
        elif head is not None:
            lines = [
                row for row in path.read_bytes().splitlines(True) if orjson.loads(row)["seq"] <= head.seq
            ]
            yield f"files/checkpoints/{path.name}", b"".join(lines)
    for own in OWN_FOLDERS:
        for path in sorted((folder / own).rglob("*")):
            if path.is_file():
                yield f"files/{path.relative_to(folder).as_posix()}", path.read_bytes()
    for world in made.heads:
        for path in sorted((folder / "field" / world).glob("*")):
            if path.name == "settings.json":
                yield f"files/field/{world}/{path.name}", path.read_bytes()
            elif path.suffix == ".sqlite3":
                yield f"files/field/{world}/{path.name}", _copy_of(path)


def _copy_of(path: Path) -> bytes:
    """A whole copy of an SQLite file that may be in use."""
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder) / path.name
        source, target = sqlite3.connect(path), sqlite3.connect(copy)
        try:
            source.backup(target)
        finally:
            source.close()
            target.close()
        return copy.read_bytes()
