"""Backup under load, and restore onto an empty machine: SQLite to PostgreSQL and back, with the same heads."""

import json
import shutil
import sqlite3
import zipfile
from collections.abc import Callable
from pathlib import Path

import psycopg
import pytest

from tests.support.installation import Installation

FILL = """
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
told = mini.world.key
"""


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    """A small city with one of each thing that happens, readings, quarantine, checkpoints and packs of its own."""
    made = Installation(tmp_path_factory.mktemp("source"))
    assert made.python(FILL) == "x1"
    return made


@pytest.fixture(scope="module")
def backup(source: Installation, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("backup") / "anlan.zip"
    said = source.anlan("backup", str(path)).stdout
    assert "keys are not in it" in said
    return path


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


@pytest.mark.postgres
def test_from_sqlite_to_postgres_and_back_every_row_and_head_is_the_same(
    source: Installation, backup: Path, tmp_path: Path, postgres_url: str
) -> None:
    there = empty(tmp_path / "there", source, postgres_url)
    there.anlan("restore", str(backup))
    there.anlan("journal", "verify")
    assert there.heads() == source.heads()
    there.anlan("backup", str(tmp_path / "again.zip"))
    back = empty(tmp_path / "back", source)
    back.anlan("restore", str(tmp_path / "again.zip"))
    back.anlan("journal", "verify")
    assert back.heads() == source.heads()
    back.anlan("backup", str(tmp_path / "third.zip"))
    assert parts(backup) == parts(tmp_path / "again.zip") == parts(tmp_path / "third.zip")


@pytest.mark.postgres
@pytest.mark.parametrize("postgres", [False, True], ids=["sqlite", "postgres"])
def test_a_restored_installation_goes_on_working(
    source: Installation, backup: Path, tmp_path: Path, postgres_url: str, postgres: bool
) -> None:
    there = empty(tmp_path / "there", source, postgres_url if postgres else "")
    there.anlan("restore", str(backup))
    went_on = there.python(
        "from anlan.foundation import worlds\n"
        "from tests.support.city import Mini\n"
        "from anlan.warn.actions import calldown\n"
        "from anlan.people.actions import *\n"
        "from anlan.people.models import Person\n"
        "from anlan.foundation import crypto\n"
        "from anlan.places.queries import atlas\n"
        "from tests.support.city import TOWN, VILLAGE\n"
        "from anlan.warn.rules.grade import Grade\n"
        "mini = Mini(worlds.get('x1'), {}).exercise()\n"
        "ref = calldown.open_calldown(mini.ctx(), township=atlas().code(TOWN), villages=[atlas().code(VILLAGE)],\n"
        "    grade=Grade.RED, stage='move', cause='X-1', order_no='测试〔2021〕1号')\n"
        "person = Person.objects.order_by('pk').first()\n"
        "told = [mini.world.key, ref, crypto.unseal(person.name_sealed, person.ref)]"
    )
    assert went_on[:2] == ["x2", "C-20210812-001"]
    assert len(went_on[2]) >= 2
    there.anlan("journal", "verify")


def test_readings_quarantine_packs_and_checkpoints_come_back(
    source: Installation, backup: Path, tmp_path: Path
) -> None:
    there = empty(tmp_path / "there", source)
    there.anlan("restore", str(backup))
    look = (
        "from anlan.observe.ingest import path_of\nfrom anlan.observe.store import Reader\n"
        "with Reader(path_of('x1')) as r:\n"
        "    told = [r.digest(), r.counts(), [[b.id, b.bytes.hex(), b.reason, b.state, b.count] for b in r.broken(state=None)],\n"
        "        r.latest().value.tolist()]"
    )
    assert there.python(look) == source.python(look)
    for name in ("packs/mine/README.txt", "checkpoints/x1.jsonl", "installation"):
        assert (there.home / name).read_bytes() == (source.home / name).read_bytes()
    assert not (there.home / "restoring").exists()


def test_no_key_is_in_a_backup(source: Installation, backup: Path) -> None:
    with zipfile.ZipFile(backup) as archive:
        everything = b"".join(archive.read(name) for name in archive.namelist())
        assert not [name for name in archive.namelist() if "key" in name]
    keys = list((source.home / "keys").iterdir())
    assert keys
    for key in keys:
        raw = key.read_bytes()
        assert raw not in everything
        assert raw.hex().encode() not in everything
    assert backup.stat().st_mode & 0o077 == 0


def test_without_its_keys_a_backup_restores_and_says_what_stays_closed(
    source: Installation, backup: Path, tmp_path: Path
) -> None:
    bare = empty(tmp_path / "bare", None)
    said = bare.anlan("restore", str(backup))
    assert "seal-k1" in said.stderr
    bare.anlan("journal", "verify")
    refused = bare.python(
        "from anlan.foundation import crypto\nfrom anlan.foundation.home import KeyMissing\n"
        "try:\n    crypto.seal('杨柳青', 'P-1')\nexcept KeyMissing as error:\n    told = str(error)"
    )
    assert "seal-k1" in refused
    assert not (bare.home / "keys" / "seal-k1").exists()


def test_the_keys_of_another_installation_are_refused(
    source: Installation, backup: Path, tmp_path: Path
) -> None:
    other = empty(tmp_path / "other", None)
    (other.home / "keys").mkdir(mode=0o700)
    (other.home / "keys" / "seal-k1").write_bytes(b"k" * 32)
    said = other.anlan("restore", str(backup), code=2).stderr
    assert "another installation's" in said


def test_a_target_that_holds_anything_is_refused(source: Installation, backup: Path, tmp_path: Path) -> None:
    assert "holds rows already" in source.anlan("restore", str(backup), code=2).stderr
    half = empty(tmp_path / "half", None)
    (half.home / "readings-live.sqlite3").touch()
    assert "readings-live" in half.anlan("restore", str(backup), code=2).stderr


def test_an_existing_file_is_never_overwritten(source: Installation, backup: Path) -> None:
    before = backup.read_bytes()
    assert "exists already" in source.anlan("backup", str(backup), code=2).stderr
    assert backup.read_bytes() == before


def rewritten(backup: Path, target: Path, change: Callable[[dict[str, bytes]], object]) -> Path:
    """A copy with its parts changed by hand."""
    with zipfile.ZipFile(backup) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return target


JOURNAL = "records/foundation.journalentry.jsonl"


def lie_in_the_journal(members: dict[str, bytes]) -> None:
    """Edit an entry, and the manifest's digest with it: what one does who knows the format."""
    import hashlib

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
    "the journal was edited": (lie_in_the_journal, "does not hold at entry"),
}


@pytest.mark.parametrize("what", SPOILED)
def test_a_spoiled_backup_is_refused_and_leaves_nothing(backup: Path, tmp_path: Path, what: str) -> None:
    change, word = SPOILED[what]
    spoiled = rewritten(backup, tmp_path / "spoiled.zip", change)
    bare = empty(tmp_path / "bare", None)
    assert word in bare.anlan("restore", str(spoiled), code=2).stderr
    assert not list(bare.home.glob("readings-*"))
    if (bare.home / "records.sqlite3").exists():
        with sqlite3.connect(bare.home / "records.sqlite3") as db:
            tables = {
                row[0] for row in db.execute("SELECT name FROM sqlite_master WHERE name LIKE 'foundation%'")
            }
            assert not tables or db.execute("SELECT count(*) FROM foundation_journalentry").fetchone() == (0,)
        db.close()


def test_a_file_cut_short_is_refused(backup: Path, tmp_path: Path) -> None:
    short = tmp_path / "short.zip"
    short.write_bytes(backup.read_bytes()[:-200])
    assert "cannot be opened" in empty(tmp_path / "bare", None).anlan("restore", str(short), code=2).stderr


LOAD = """
import sys, time
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
        (home() / "at").write_text(str(n))
told = [n, slowest]
"""


@pytest.mark.postgres
@pytest.mark.parametrize("postgres", [False, True], ids=["sqlite", "postgres"])
def test_a_backup_under_load_is_of_one_moment_and_stops_nobody(
    source: Installation, backup: Path, tmp_path: Path, postgres_url: str, postgres: bool
) -> None:
    import threading

    busy = empty(tmp_path / "busy", source, postgres_url if postgres else "")
    busy.anlan("restore", str(backup))
    found: list[list[float]] = []
    hand = threading.Thread(target=lambda: found.append(busy.python(LOAD)))
    hand.start()
    at = busy.home / "at"
    while not at.exists():
        assert hand.is_alive()
    before = int(at.read_text() or 0)
    busy.anlan("backup", str(tmp_path / "under-load.zip"))
    after = int(at.read_text())
    (busy.home / "stop").touch()
    hand.join(60)
    assert after > before, "the load did not go on while the backup was written"
    assert found[0][1] < 5

    there = empty(tmp_path / "there", source)
    there.anlan("restore", str(tmp_path / "under-load.zip"))
    there.anlan("journal", "verify")
    entries = there.heads()["live"][0] - source.heads()["live"][0]
    assert before <= entries <= after
    readings = there.python(
        "from anlan.observe.ingest import path_of\nfrom anlan.observe.store import Reader\n"
        "with Reader(path_of('live')) as r:\n    told = int(r.latest().value.max())"
    )
    assert readings + 1 >= entries, "a record was newer than the readings it stands on"


@pytest.mark.postgres
def test_a_database_that_cannot_be_reached_is_named_with_the_next_step(
    tmp_path: Path, postgres_url: str
) -> None:
    wrong = postgres_url.rsplit("/", 1)[0] + "/not_there"
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(wrong)
    said = Installation(tmp_path, wrong).anlan("backup", str(tmp_path / "b.zip"), code=2).stderr
    assert "anlan doctor" in said
    assert "Traceback" not in said
