"""Backup under load, and restore onto an empty machine: SQLite to PostgreSQL and back, with the same heads."""

import json
import shutil
import threading
import time
import zipfile
from pathlib import Path

import pytest

from tests.support.backups import Source, public_key
from tests.support.installation import Installation
from tests.support.patience import PATIENCE_S


def empty(folder: Path, like: Installation | None, url: str = "") -> Installation:
    """An empty machine; with the keys of another one, as an operator would bring them."""
    folder.mkdir(parents=True, exist_ok=True)
    if like is not None:
        shutil.copytree(like.home / "keys", folder / "keys")
    return Installation(folder, url)


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
from anlan.call.actions import calldown
from anlan.foundation.rules.grade import Grade
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
from anlan.observe.ingest.ingest import path_of
from anlan.observe.store.reader import Reader
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


LOAD = """
import time
from django.db import transaction
import numpy as np
from anlan.foundation import journal, worlds
from anlan.foundation.home import home
from anlan.observe.ingest.ingest import path_of
from anlan.observe.store.batch import typed
from anlan.observe.store.writer import Writer
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
from anlan.observe.ingest.ingest import path_of
from anlan.observe.store.reader import Reader
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
    hand.join(PATIENCE_S)
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
