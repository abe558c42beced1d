"""Restoring into an empty installation: everything is checked before anything is written, and again before it is kept."""

import base64
import hashlib
import json
import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from zipfile import BadZipFile, ZipFile

from django.db import connection

from anlan.conf.backups import manifest, migrating, readings, records
from anlan.conf.backups.errors import (
    BackupDamaged,
    HeadsDiffer,
    NoRoom,
    NotOurs,
    OtherKeys,
    OtherVersion,
    TargetNotEmpty,
)
from anlan.conf.backups.manifest import Manifest, Part
from anlan.foundation import checkpoints
from anlan.foundation.home import AWAITED, home
from anlan.observe.ingest.ingest import path_of

WRITTEN = re.compile(
    r"records/[\w.]+\.jsonl|readings/[\w-]+\.(rows|counters|quarantine)\.jsonl|files/checkpoints/[\w-]+\.(jsonl|pub)"
    r"|files/(packs|grounds/own|attachments)(/[\w.-]+)+|files/field/[\w-]+/(settings\.json|[\w.-]+\.sqlite3)"
)
"""The parts that a backup writes; keys, static files and whatever else lies in the state folder are never among them."""
BLOCK = 1 << 20
OPENS = ("seal-", "index-")
"""Keys that may never be drawn anew over restored records: names would be sealed by two keys."""


def restore(path: Path, *, key: Path | None = None, unverified: bool = False) -> tuple[Manifest, list[str]]:
    """Restore a backup; gives its manifest and the keys that are missing here. Raises BackupError, nothing kept.

    Its signature is checked with `key`, a public key kept apart, else with the one in the keys folder; `unverified` does
    without.
    """
    with _opened(path) as archive:
        if not unverified:
            _vouched(archive, key)
        made = _checked(archive)
        models = _tables(made)
        _fits(made, models)
        missing = _keys(made)
        scratch = home() / "restoring"
        shutil.rmtree(scratch, ignore_errors=True)
        try:
            _lay_out(archive, made, scratch)
            with migrating.whole():
                for model in records.tables(models):
                    records.load(model, _lines(archive, f"records/{records.name_of(model)}.jsonl"))
                records.count_on_from_here(models)
                _count(made, models)
                migrating.forward(made.heads)
            _move_in(made, scratch, missing)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
    return made, missing


@contextmanager
def _opened(path: Path) -> Iterator[ZipFile]:
    try:
        archive = ZipFile(path)
    except (OSError, BadZipFile) as error:
        raise BackupDamaged(
            f"{path} cannot be opened ({error}): give a file that anlan backup wrote"
        ) from error
    with archive:
        try:
            yield archive
        except BadZipFile as error:
            raise BackupDamaged(f"{path} is damaged ({error}): take another backup") from error


def _vouched(archive: ZipFile, key: Path | None) -> None:
    """The manifest bears the signature of the installation whose key the officer holds. Raises: NotOurs."""
    public = _public(key) if key else checkpoints.public_here()
    if public is None:
        raise NotOurs(
            f"nothing here can tell who wrote it: copy the keys folder of the backed-up installation to {home() / 'keys'} first, or "
            "give --key with its checkpoints/….pub; --unverified restores whatever it holds"
        )
    text = manifest.message(_manifest(archive))
    signed = manifest.SIGNATURE in archive.namelist() and archive.getinfo(manifest.SIGNATURE).file_size < 1000
    if not signed or not checkpoints.is_signed_by(public, text, archive.read(manifest.SIGNATURE)):
        raise NotOurs(
            "it is not signed by the installation whose key is here, so somebody may have changed it: take another backup, or the "
            "keys that belong to it; --unverified restores whatever it holds"
        )


def _public(path: Path) -> bytes:
    try:
        return base64.b64decode(path.read_bytes())
    except (OSError, ValueError) as error:
        raise NotOurs(
            f"{path} is no public key ({error}): give a file checkpoints/….pub that was copied off the machine"
        ) from error


def _manifest(archive: ZipFile) -> bytes:
    if manifest.NAME not in archive.namelist():
        raise BackupDamaged("it has no manifest, so it was not finished: take another backup")
    if archive.getinfo(manifest.NAME).file_size > manifest.LARGEST:
        raise BackupDamaged("its manifest is larger than any that anlan writes: take another backup")
    return archive.read(manifest.NAME)


def _checked(archive: ZipFile) -> Manifest:
    """The manifest, once every part is found to be what it says. Nothing is unpacked that is longer than told."""
    made = manifest.parse(_manifest(archive))
    names = set(archive.namelist()) - {manifest.NAME, manifest.SIGNATURE}
    if odd := sorted(names ^ made.parts.keys()):
        raise BackupDamaged(f"its manifest does not tell of the same parts ({odd[0]}): take another backup")
    _has_room(made)
    for name, part in made.parts.items():
        if not WRITTEN.fullmatch(name) or ".." in name:
            raise BackupDamaged(f"it has a part {name!r} that anlan never writes: take another backup")
        if archive.getinfo(name).file_size != part.size or _part(archive, name, part.rows) != part:
            raise BackupDamaged(f"{name} is not what the manifest says: take another backup")
    return made


def _has_room(made: Manifest) -> None:
    elsewhere = "records/" if connection.vendor != "sqlite" else "nowhere/"
    wanted = sum(part.size for name, part in made.parts.items() if not name.startswith(elsewhere))
    if (free := shutil.disk_usage(home()).free) < wanted:
        raise NoRoom(
            f"it needs {wanted >> 20} MB in {home()}, {free >> 20} are free: give an ANLAN_HOME with room"
        )


def _part(archive: ZipFile, name: str, rows: int) -> Part:
    digest, size = hashlib.sha256(), 0
    with archive.open(name) as member:
        while block := member.read(BLOCK):
            digest.update(block)
            size += len(block)
    return Part(digest.hexdigest(), size, rows)


def _tables(made: Manifest) -> Any:
    """The tables as the backup knows them, still without a row; gives their models."""
    if newer := migrating.unknown(made.migrations):
        raise OtherVersion(
            f"it was made by version {made.version}, which is newer ({newer[0]}): install that version, then restore"
        )
    applied = records.migrations()
    if applied and applied != made.migrations:
        raise OtherVersion(
            f"it was made by version {made.version} with earlier tables, and the database has later ones already: "
            "give ANLAN_DATABASE_URL of an empty one, or another ANLAN_HOME"
        )
    return migrating.make_tables_of(made.migrations)


def _fits(made: Manifest, models: Any) -> None:
    lacking = {
        f"records/{records.name_of(model)}.jsonl" for model in records.tables(models)
    } - made.parts.keys()
    if lacking:
        raise BackupDamaged(f"it lacks {min(lacking)}: take another backup")
    if full := records.filled(models):
        raise TargetNotEmpty(
            f"the database holds rows already ({full[0]}): give ANLAN_DATABASE_URL of an empty one, or another ANLAN_HOME"
        )
    left = [*home().glob("readings-*.sqlite3"), *home().glob("checkpoints/*"), *home().glob("field/*")]
    if left:
        raise TargetNotEmpty(f"{left[0]} is there already: give an ANLAN_HOME that holds nothing but keys")


def _keys(made: Manifest) -> list[str]:
    """The keys that are wanted and not here."""
    here = manifest.fingerprints()
    if other := sorted(name for name in made.keys.keys() & here.keys() if made.keys[name] != here[name]):
        raise OtherKeys(
            f"{home() / 'keys' / other[0]} is another installation's: put the keys that belong to the backup there, or none"
        )
    return sorted(made.keys.keys() - here.keys())


def _lines(archive: ZipFile, name: str) -> Iterator[bytes]:
    with archive.open(name) as member:
        yield from member


def _lay_out(archive: ZipFile, made: Manifest, scratch: Path) -> None:
    """Readings and files beside their places, readings compared with what was told."""
    scratch.mkdir(mode=0o700)
    for name in made.parts:
        if name.startswith("files/"):
            target = scratch / name.removeprefix("files/")
            target.parent.mkdir(parents=True, exist_ok=True)
            with archive.open(name) as member, target.open("wb") as file:
                shutil.copyfileobj(member, file)
    for world in made.heads:
        told = {kind: f"readings/{world}.{kind}.jsonl" for kind in ("rows", "counters", "quarantine")}
        if told["rows"] in made.parts:
            store = scratch / path_of(world).name
            readings.load(store, *(_lines(archive, name) for name in told.values()))
            for kind, lines in readings.parts(store).items():
                digest = hashlib.sha256()
                for line in lines():
                    digest.update(line)
                if digest.hexdigest() != made.parts[told[kind]].digest:
                    raise HeadsDiffer(
                        f"readings of {world} came out otherwise: report this, and keep the backup"
                    )


def _count(made: Manifest, models: Any) -> None:
    for model in records.tables(models):
        name = records.name_of(model)
        if model._base_manager.count() != made.parts[f"records/{name}.jsonl"].rows:
            raise HeadsDiffer(
                f"{name} has another number of rows than the manifest says: take another backup"
            )


def _move_in(made: Manifest, scratch: Path, missing: list[str]) -> None:
    awaited = [name for name in missing if name.startswith(OPENS)]
    if awaited:
        (home() / AWAITED).write_text(json.dumps(awaited))
    (home() / "installation").write_text(made.installation)
    for path in sorted(scratch.rglob("*")):
        target = home() / path.relative_to(scratch)
        if path.is_dir():
            target.mkdir(exist_ok=True)
        else:
            os.replace(path, target)
