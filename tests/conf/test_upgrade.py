"""`anlan upgrade`: what was kept of a release is opened, migrated and verified; a migration that fails leaves everything as it was."""

import shutil
from pathlib import Path
from typing import Any

import pytest

from tests.support.installation import Installation
from tests.support.releases import FOLDER

RELEASES = sorted(FOLDER.glob("*.zip"))
LATER = """
import sys
from django.db import migrations, models
def falls(apps, schema_editor):
    apps.get_model("foundation", "World").objects.update(title="half done")
    if getattr(sys, "falls", False):
        raise RuntimeError("a row that nobody thought of")
class Migration(migrations.Migration):
    dependencies = [("conf", "0001_initial")]
    operations = [
        migrations.AddField("ApiRequest", "later", models.CharField(max_length=9, default="neu")),
        migrations.CreateModel("Later", [("id", models.BigAutoField(primary_key=True))]),
        migrations.RunPython(falls),
    ]
"""
END = """
def end(*command):
    said = io.StringIO()
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        try: main(command)
        except SystemExit as end: return end.code or 0, said.getvalue()
"""
NEXT = (
    END
    + """
import sys
from django.conf import settings
sys.path.insert(0, {folder!r})
settings.MIGRATION_MODULES = {{"conf": "later"}}
def tables():
    from django.db import connection
    return connection.introspection.table_names()
"""
)


RESTORE = f"run('restore', {str(RELEASES[-1])!r}, '--unverified')\n"


def version(folder: Path) -> str:
    """The lines that make a process one of the version to come; its last migration fails while `sys.falls`."""
    package = folder / "later"
    package.mkdir()
    shutil.copy(Path("src/anlan/conf/migrations/0001_initial.py"), package)
    (package / "__init__.py").touch()
    (package / "0002_later.py").write_text(LATER)
    return NEXT.format(folder=str(folder))


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What one process of the version to come says over a small city that this version left, and its state folder."""
    house, folder = Installation(tmp_path_factory.mktemp("kept") / "home"), tmp_path_factory.mktemp("later")
    house.begin_with_tables()
    said = house.python(
        RESTORE
        + version(folder)
        + f"""
import sqlite3
from anlan.foundation.health import Health
from anlan.foundation.home import home
def content():
    return "\\n".join(sqlite3.connect(home() / "records.sqlite3").iterdump())
told = {{"heads": heads(), "waits": end("setup", "--json")}}
Health().beat()
told["runs"] = end("upgrade")
(home() / "run" / "engine.json").unlink()
before, sys.falls = content(), True
told["falls"] = end("upgrade")
told["is_as_it_was"] = content() == before
sys.falls = False
told["done"], told["again"] = end("upgrade"), end("upgrade")
told["tables"], told["after"], told["journal"] = tables(), heads(), end("journal", "verify")
told["backup"] = end("backup", {str(folder / "new.zip")!r})
"""
    )
    return {**said, "home": house.home, "new": folder / "new.zip"}


def test_nothing_is_migrated_by_the_way_nor_under_a_running_engine(told: dict[str, Any]) -> None:
    (code, waits), (refused, runs) = told["waits"], told["runs"]
    assert (code, refused) == (2, 2)
    assert "anlan upgrade" in waits
    assert "先停下" in runs


def test_a_migration_that_fails_leaves_the_old_state_and_says_what_to_do(told: dict[str, Any]) -> None:
    code, said = told["falls"]
    assert code == 2
    assert told["is_as_it_was"]
    for word in ("记录还是原来的样子", "a row that nobody thought of", "装回原来的版本", "upgrades"):
        assert word in said


def test_records_of_an_earlier_version_are_backed_up_migrated_and_verified(told: dict[str, Any]) -> None:
    (code, said), (again, nothing), (verified, journal) = told["done"], told["again"], told["journal"]
    assert (code, again, verified) == (0, 0, 0), said
    assert "1 steps from version" in said
    assert "nothing to do" in nothing
    assert "conf_later" in told["tables"]
    assert told["after"] == told["heads"]
    assert "entries hold" in journal
    backups = list((told["home"] / "upgrades").glob("*.zip"))
    assert len(backups) == 2, "one of each try"
    assert {path.stat().st_mode & 0o077 for path in backups} == {0}


@pytest.mark.parametrize("backup", RELEASES, ids=lambda path: path.stem)
def test_what_was_kept_of_a_release_opens_and_verifies_in_this_version(
    backup: Path, tmp_path: Path, told: dict[str, Any]
) -> None:
    """It fails when a table changed without a migration: before the release is published make it anew with
    `python -m tests.support.releases`, afterwards write the migration. One of a later version is refused."""
    (newer, why), said, journal, steps = Installation(tmp_path / "home").python(
        f"""{END}
from anlan.conf.backups import migrating
told = [end("restore", {str(told["new"])!r}, "--unverified"), run("restore", {str(backup)!r}, "--unverified"),
        run("journal", "verify"), migrating.steps()]
"""
    )
    assert newer == 2
    assert "newer (conf.0002_later)" in why
    assert "every digest and head is the same" in said
    assert "entries hold" in journal
    assert steps == 0


def test_a_backup_of_before_goes_into_the_version_to_come(tmp_path: Path) -> None:
    house = Installation(tmp_path / "home")
    house.begin_with_tables()
    restore = f"told = [end('restore', {str(RELEASES[-1])!r}, '--unverified'), tables(), heads()]"
    (code, said), tables, heads = house.python(version(tmp_path) + restore)
    assert code == 0, said
    assert "conf_later" in tables
    assert f"live: {heads['live'][0]} entries" in said


@pytest.mark.postgres
def test_on_postgresql_too_all_of_it_or_nothing(postgres_url: str, tmp_path: Path) -> None:
    house = Installation(tmp_path / "home", postgres_url)
    told = house.python(
        RESTORE
        + version(tmp_path)
        + """
sys.falls = True
told = [heads(), end("upgrade"), tables()]
sys.falls = False
told += [end("upgrade"), tables(), heads()]
"""
    )
    before, (failed, said), without, (code, done), with_it, after = told
    assert (failed, code) == (2, 0), said + done
    assert "a row that nobody thought of" in said
    assert "conf_later" not in without
    assert "conf_later" in with_it
    assert after == before
