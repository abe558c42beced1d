"""What a restore refuses: a changed, foreign or oversized backup, and a machine that is not empty; nothing is kept then."""

import hashlib
import json
import shutil
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from anlan.conf.backups.errors import (
    BackupDamaged,
    BackupError,
    CannotWrite,
    NoRoom,
    NotOurs,
    OtherKeys,
    TargetNotEmpty,
)
from anlan.conf.backups.loading import restore
from anlan.conf.backups.writing import write
from anlan.foundation import worlds
from anlan.foundation.models import JournalEntry, World
from tests.support.backups import Source, public_key


@pytest.fixture
def bare(transactional_db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty state folder over an empty database."""
    home = tmp_path / "bare"
    monkeypatch.setenv("ANLAN_HOME", str(home))
    return home


def test_the_keys_of_another_installation_are_refused(source: Source, bare: Path) -> None:
    (bare / "keys").mkdir(parents=True)
    (bare / "keys" / "seal-k1").write_bytes(b"k" * 32)
    with pytest.raises(OtherKeys, match="another installation's"):
        restore(source.backup, key=public_key(source))


def test_a_database_that_holds_anything_is_refused(source: Source, bare: Path) -> None:
    worlds.ensure_live("somebody else's")
    with pytest.raises(TargetNotEmpty, match=r"foundation\.world"):
        restore(source.backup, key=public_key(source))


def test_a_folder_that_holds_readings_is_refused(source: Source, bare: Path) -> None:
    bare.mkdir()
    (bare / "readings-live.sqlite3").touch()
    with pytest.raises(TargetNotEmpty, match="readings-live"):
        restore(source.backup, key=public_key(source))


def test_an_existing_file_is_never_overwritten(source: Source, bare: Path) -> None:
    before = source.backup.read_bytes()
    with pytest.raises(CannotWrite, match="exists already"):
        write(source.backup)
    assert source.backup.read_bytes() == before


def test_a_folder_that_is_not_there_is_named(bare: Path) -> None:
    with pytest.raises(CannotWrite, match="choose a folder"):
        write(bare / "no" / "such" / "folder.zip")


def rewritten(backup: Path, target: Path, change: Callable[[dict[str, bytes]], object]) -> Path:
    """A copy with its parts changed by hand."""
    with zipfile.ZipFile(backup) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return target


def put_in(members: dict[str, bytes], name: str, data: bytes = b"x" * 32) -> None:
    """A part more, with its line in the manifest, as one does who knows the format."""
    members[name] = data
    told = json.loads(members["manifest.json"])
    told["parts"][name] = {"digest": hashlib.sha256(data).hexdigest(), "size": len(data), "rows": 1}
    members["manifest.json"] = json.dumps(told).encode()


def take_out(members: dict[str, bytes], name: str) -> None:
    del members[name]
    told = json.loads(members["manifest.json"])
    del told["parts"][name]
    members["manifest.json"] = json.dumps(told).encode()


def say_less(members: dict[str, bytes]) -> None:
    told = json.loads(members["manifest.json"])
    told["parts"][JOURNAL]["size"] = 10
    members["manifest.json"] = json.dumps(told).encode()


NEVER_WRITTEN = (
    "files/keys/links-k1", "files/static/anlan/own.js", "files/records.sqlite3", "files/installation", "files/packs/../keys/a",
    "files/checkpoints/own.js", "files/field/x1/own.py", "records/own.py", "readings/a/b.rows.jsonl", "own",
)  # fmt: skip


@pytest.mark.parametrize("name", NEVER_WRITTEN)
def test_a_part_that_no_backup_writes_is_refused_with_all_the_rest(
    source: Source, bare: Path, tmp_path: Path, name: str
) -> None:
    evil = rewritten(source.backup, tmp_path / "evil.zip", lambda members: put_in(members, name))
    with pytest.raises(BackupDamaged, match="never writes"):
        restore(evil, unverified=True)
    assert not World.objects.exists()
    assert not (bare / "keys" / "links-k1").exists()
    assert not (bare / "static").exists()


@pytest.mark.parametrize(
    "change",
    [
        lambda m: put_in(m, "files/packs/own.toml"),
        lambda m: m.pop("manifest.sig"),
        lambda m: m.update({"manifest.sig": b"AAAA"}),
        lambda m: m.update({"manifest.sig": b"?"}),
    ],
)
def test_a_backup_that_somebody_changed_is_not_signed_any_more(
    source: Source, bare: Path, tmp_path: Path, change: Callable[[dict[str, bytes]], object]
) -> None:
    with pytest.raises(NotOurs, match="somebody may have changed it"):
        restore(rewritten(source.backup, tmp_path / "changed.zip", change), key=public_key(source))
    assert not (bare / "packs").exists()


def test_what_nothing_can_vouch_for_is_restored_only_when_told_to(source: Source, bare: Path) -> None:
    with pytest.raises(NotOurs, match="keys folder"):
        restore(source.backup)
    assert not (bare / "keys" / "checkpoint-k1").exists()


def test_another_installations_key_does_not_vouch(source: Source, bare: Path) -> None:
    (bare / "keys").mkdir(parents=True)
    (bare / "keys" / "checkpoint-k1").write_bytes(b"k" * 32)
    with pytest.raises(NotOurs, match="not signed by"):
        restore(source.backup)


def test_a_backup_larger_than_the_disk_is_refused_before_it_is_read(
    source: Source, bare: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage("/")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=1000))
    with pytest.raises(NoRoom, match="with room"):
        restore(source.backup, key=public_key(source))


JOURNAL = "records/foundation.journalentry.jsonl"


def lie_in_the_journal(members: dict[str, bytes]) -> None:
    """Edit an entry, and the manifest's digest with it: what one does who knows the format."""
    members[JOURNAL] = (
        members[JOURNAL].replace("联盟村".encode(), "古城畈".encode()).replace(b"call", b"cell", 1)
    )
    told = json.loads(members["manifest.json"])
    told["parts"][JOURNAL] |= {
        "digest": hashlib.sha256(members[JOURNAL]).hexdigest(),
        "size": len(members[JOURNAL]),
    }
    members["manifest.json"] = json.dumps(told).encode()


SPOILED: dict[str, tuple[Callable[[dict[str, bytes]], object], str]] = {
    "a part was changed": (lambda m: m.update({JOURNAL: m[JOURNAL] + b" "}), "not what the manifest says"),
    "a part is gone": (lambda m: m.pop(JOURNAL), "the same parts"),
    "a part was put in": (lambda m: m.update({"files/../../evil": b""}), "the same parts"),
    "a part is longer than told": (say_less, "not what the manifest says"),
    "there is no manifest": (lambda m: m.pop("manifest.json"), "not finished"),
    "the manifest is no JSON": (lambda m: m.update({"manifest.json": b"{"}), "cannot be read"),
    "it is of a later format": (
        lambda m: m.update({"manifest.json": m["manifest.json"].replace(b'"format": 1', b'"format": 9')}),
        "update anlan",
    ),
    "it was made by a later version": (
        lambda m: m.update({"manifest.json": m["manifest.json"].replace(b'"warn": "0001', b'"warn": "0999')}),
        "newer",
    ),
    "a table is gone": (lambda m: take_out(m, JOURNAL), "it lacks"),
    "the journal was edited": (lie_in_the_journal, "does not hold at entry"),
}


@pytest.mark.parametrize("what", SPOILED)
def test_a_spoiled_backup_is_refused_and_leaves_nothing(
    source: Source, bare: Path, tmp_path: Path, what: str
) -> None:
    change, word = SPOILED[what]
    with pytest.raises(BackupError, match=word):
        restore(rewritten(source.backup, tmp_path / "spoiled.zip", change), unverified=True)
    assert not list(bare.glob("readings-*"))
    assert not World.objects.exists()
    assert not JournalEntry.objects.exists()


def test_a_file_cut_short_is_refused(source: Source, bare: Path, tmp_path: Path) -> None:
    short = tmp_path / "short.zip"
    short.write_bytes(source.backup.read_bytes()[:-200])
    with pytest.raises(BackupDamaged, match="cannot be opened"):
        restore(short, key=public_key(source))
