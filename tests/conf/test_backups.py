"""Backup under load, and restore onto an empty machine: SQLite to PostgreSQL and back, with the same heads."""

import hashlib
import json
import shutil
import threading
import time
import zipfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from anlan.conf.backups import BackupError, restore, write
from anlan.conf.backups.errors import BackupDamaged, CannotWrite, NoRoom, NotOurs, OtherKeys, TargetNotEmpty
from anlan.foundation import worlds
from anlan.foundation.models import JournalEntry, World
from tests.support.installation import Installation

FILL = """
ready()
import numpy as np
from datetime import timedelta
from anlan.foundation import checkpoints, worlds
from anlan.foundation.home import home
from anlan.observe.ingest import path_of
from anlan.observe.store import Writer, typed
from tests.support.city import NIGHT, make_city
from tests.support.records import make_records
mini = make_city().exercise()
make_records(mini)
ms = int(NIGHT.timestamp() * 1000)
with Writer(path_of(mini.world.key)) as store:
    for n in range(40):
        at = np.full(3, ms + n * 300_000)
        store.write(typed(ms + n * 300_000 + 900, np.array([11, 12, 13]), np.full(3, 0x22, np.int32), at,
                          np.arange(3) + n, np.ones(3, np.int8)))
    store.quarantine.put([(b"~~garbage", "BadCrc: 1"), (b"x" * 40, "Resync: 2")], peer="1.2.3.4:5", received_at=ms)
    store.quarantine.mark([2], "dropped")
checkpoints.write(worlds.info(mini.world))
(home() / "packs" / "mine").mkdir(parents=True)
(home() / "packs" / "mine" / "README.txt").write_text("本市规则的出处")
told = [heads(), run("backup", BACKUP)]
"""


@dataclass(frozen=True)
class Source:
    """A small city with one of each thing that happens, readings, quarantine, checkpoints and packs of its own."""

    made: Installation
    backup: Path
    heads: dict[str, list[object]]
    said: str


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Source:
    made = Installation(tmp_path_factory.mktemp("source"))
    backup = tmp_path_factory.mktemp("backup") / "anlan.zip"
    heads, said = made.python(f"BACKUP = {str(backup)!r}\n{FILL}")
    return Source(made, backup, heads, said)


def empty(folder: Path, like: Installation | None, url: str = "") -> Installation:
    """An empty machine; with the keys of another one, as an operator would bring them."""
    folder.mkdir(parents=True, exist_ok=True)
    if like is not None:
        shutil.copytree(like.home / "keys", folder / "keys")
    return Installation(folder, url)


def public_key(source: Source) -> Path:
    """What an operator keeps off the machine."""
    return next((source.made.home / "checkpoints").glob("*.pub"))


def parts(path: Path) -> dict[str, str]:
    """Digest of each part; checkpoints grow with time, so only records and readings."""
    with zipfile.ZipFile(path) as archive:
        told = json.loads(archive.read("manifest.json"))["parts"]
    return {name: part["digest"] for name, part in told.items() if not name.startswith("files/")}


def restored(backup: Path, *, then: str = "told = None") -> str:
    """Lines that restore, verify, and go on."""
    return f"run('restore', {str(backup)!r})\nrun('journal', 'verify')\n{then}"


@pytest.mark.slow
@pytest.mark.postgres
def test_from_sqlite_to_postgres_and_back_every_row_and_head_is_the_same(
    source: Source, tmp_path: Path, postgres_url: str
) -> None:
    there = empty(tmp_path / "there", source.made, postgres_url)
    second, third = tmp_path / "second.zip", tmp_path / "third.zip"
    assert (
        there.python(restored(source.backup, then=f"run('backup', {str(second)!r})\ntold = heads()"))
        == source.heads
    )
    back = empty(tmp_path / "back", source.made)
    assert (
        back.python(restored(second, then=f"run('backup', {str(third)!r})\ntold = heads()")) == source.heads
    )
    assert parts(source.backup) == parts(second) == parts(third)


GO_ON = """
from anlan.foundation import crypto, worlds
from anlan.people.models import Person
from anlan.places.queries import atlas
from anlan.warn.actions import calldown
from anlan.warn.rules.grade import Grade
from tests.support.city import TOWN, VILLAGE, Mini
mini = Mini(worlds.get("x1"), {}).exercise()
ref = calldown.open_calldown(mini.ctx(), township=atlas().code(TOWN), villages=[atlas().code(VILLAGE)],
    grade=Grade.RED, stage="move", cause="X-1", order_no="测试〔2021〕1号")
person = Person.objects.order_by("pk").first()
run("journal", "verify")
told = [mini.world.key, ref, crypto.unseal(person.name_sealed, person.ref)]
"""


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.parametrize("postgres", [False, True], ids=["sqlite", "postgres"])
def test_a_restored_installation_goes_on_working(
    source: Source, tmp_path: Path, request: pytest.FixtureRequest, postgres: bool
) -> None:
    there = empty(
        tmp_path / "there", source.made, request.getfixturevalue("postgres_url") if postgres else ""
    )
    world, ref, name = there.python(restored(source.backup, then=GO_ON))
    assert (world, ref) == ("x2", "C-20210812-001")
    assert len(name) >= 2


LOOK = """
from anlan.observe.ingest import path_of
from anlan.observe.store import Reader
with Reader(path_of("x1")) as r:
    broken = [[b.id, b.bytes.hex(), b.reason, b.state, b.count] for b in r.broken(state=None)]
    told = [r.digest(), r.counts(), broken, r.latest().value.tolist()]
"""


@pytest.mark.slow
def test_readings_quarantine_packs_and_checkpoints_come_back(source: Source, tmp_path: Path) -> None:
    there = empty(tmp_path / "there", source.made)
    assert there.python(restored(source.backup, then=LOOK)) == source.made.python(LOOK)
    for name in ("packs/mine/README.txt", "checkpoints/x1.jsonl", "installation"):
        assert (there.home / name).read_bytes() == (source.made.home / name).read_bytes()
    assert not (there.home / "restoring").exists()


def test_no_key_is_in_a_backup(source: Source) -> None:
    with zipfile.ZipFile(source.backup) as archive:
        everything = b"".join(archive.read(name) for name in archive.namelist())
        assert not [name for name in archive.namelist() if "key" in name]
    keys = list((source.made.home / "keys").iterdir())
    assert keys
    for key in keys:
        raw = key.read_bytes()
        assert raw not in everything
        assert raw.hex().encode() not in everything
    assert source.backup.stat().st_mode & 0o077 == 0
    assert "keys are not in it" in source.said
    assert "seal-k1" in source.said


WITHOUT_KEYS = """
from anlan.foundation import crypto
from anlan.foundation.home import KeyMissing
try:
    crypto.seal("杨柳青", "P-1")
except KeyMissing as error:
    told = str(error)
"""


@pytest.mark.slow
def test_without_its_keys_a_backup_restores_and_no_new_key_is_drawn(source: Source, tmp_path: Path) -> None:
    bare = empty(tmp_path / "bare", None)
    assert "copy the keys folder" in bare.anlan("restore", str(source.backup), code=2).stderr
    told = f"run('restore', {str(source.backup)!r}, '--key', {str(public_key(source))!r})\n{WITHOUT_KEYS}"
    assert "seal-k1" in bare.python(told)
    assert not (bare.home / "keys" / "seal-k1").exists()


# Refusals, in this very process and its empty test database.


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
    "it was made with other tables": (
        lambda m: m.update({"manifest.json": m["manifest.json"].replace(b'"warn": "0001', b'"warn": "0999')}),
        "other tables",
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


LOAD = """
import time
from django.db import transaction
import numpy as np
from anlan.foundation import journal, worlds
from anlan.foundation.home import home
from anlan.observe.ingest import path_of
from anlan.observe.store import Writer, typed
ctx = worlds.context(worlds.get("live"))
slowest, n = 0.0, 0
with Writer(path_of("live")) as store:
    while not (home() / "stop").exists():
        began = time.monotonic()
        store.write(typed(1_600_000_000_000 + n, np.arange(50), np.full(50, 0x22, np.int32),
                          np.full(50, 1_600_000_000_000 + n), np.full(50, n), np.ones(50, np.int8)))
        with transaction.atomic():
            journal.append(ctx, "warn.test.noted", refs={"test": f"T-{n}"}, body={"n": n})
        slowest, n = max(slowest, time.monotonic() - began), n + 1
        (home() / "at.new").write_text(str(n))
        (home() / "at.new").rename(home() / "at")
told = [n, slowest]
"""


NEWEST = """
from anlan.observe.ingest import path_of
from anlan.observe.store import Reader
with Reader(path_of("live")) as r:
    told = [heads()["live"][0], int(r.latest().value.max())]
"""


@pytest.mark.slow
@pytest.mark.postgres
@pytest.mark.parametrize("postgres", [False, True], ids=["sqlite", "postgres"])
def test_a_backup_under_load_is_of_one_moment_and_stops_nobody(
    source: Source, tmp_path: Path, request: pytest.FixtureRequest, postgres: bool
) -> None:
    busy = empty(tmp_path / "busy", source.made, request.getfixturevalue("postgres_url") if postgres else "")
    found: list[list[float]] = []
    hand = threading.Thread(target=lambda: found.append(busy.python(restored(source.backup, then=LOAD))))
    hand.start()
    at = busy.home / "at"
    while not at.exists():
        assert hand.is_alive()
        time.sleep(0.05)
    before = int(at.read_text())
    busy.anlan("backup", str(tmp_path / "under-load.zip"))
    after = int(at.read_text())
    (busy.home / "stop").touch()
    hand.join(60)
    assert after > before, "the load did not go on while the backup was written"
    assert found[0][1] < 5

    there = empty(tmp_path / "there", source.made)
    seq, newest = there.python(restored(tmp_path / "under-load.zip", then=NEWEST))
    entries = seq - source.heads["live"][0]
    assert before <= entries <= after + 1
    assert newest + 1 >= entries, "a record was newer than the readings it stands on"


def test_a_database_that_cannot_be_reached_is_named_with_the_next_step(tmp_path: Path) -> None:
    nowhere = Installation(tmp_path, "postgresql://nobody:x@127.0.0.1:1/nothing")
    said = nowhere.anlan("backup", str(tmp_path / "b.zip"), code=2).stderr
    assert "anlan doctor" in said
    assert "Traceback" not in said
