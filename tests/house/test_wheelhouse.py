"""What is installed: the wheel holds all that a machine without Node and network needs, and the wheelhouse's list fits each machine."""

import zipfile
from pathlib import Path

import pytest

from tests.support.house import ROOT
from tools import wheelhouse


@pytest.fixture(scope="module")
def names(tmp_path_factory: pytest.TempPathFactory) -> set[str]:
    return set(zipfile.ZipFile(wheelhouse.built(tmp_path_factory.mktemp("wheel"))).namelist())


def test_the_wheel_holds_the_built_front_end_and_what_browsers_fetch_compressed(names: set[str]) -> None:
    assert "anlan/ui/static/anlan/build/manifest.json" in names
    assert [name for name in names if name.startswith("anlan/conf/compressed/")]


@pytest.mark.parametrize("kind", ["*.html", "*.toml", "migrations/*.py", "data/*.csv", "static/**/*.css"])
def test_the_wheel_holds_every_template_word_pack_migration_and_figure_of_the_package(
    names: set[str], kind: str
) -> None:
    there = {str(path.relative_to(ROOT / "src")) for path in (ROOT / "src" / "anlan").rglob(kind)}
    assert there
    assert there - names == set()


def test_the_wheel_holds_the_examples(names: set[str]) -> None:
    there = [path.relative_to(ROOT) for path in (ROOT / "examples").rglob("*") if path.is_file()]
    held = {name.partition("/data/share/anlan/")[2] for name in names}
    assert there
    assert [str(path) for path in there if str(path) not in held] == []


EXPORTED = """\
numpy==2.4.6 ; python_full_version < '3.12' \\
    --hash=sha256:aa \\
    --hash=sha256:bb
numpy==2.5.5 ; python_full_version >= '3.12' \\
    --hash=sha256:cc
colorama==0.4.6 ; sys_platform == 'win32' \\
    --hash=sha256:dd
django==5.2.19 \\
    --hash=sha256:ee
"""


def test_each_kind_of_machine_gets_the_versions_and_hashes_that_are_its_own() -> None:
    assert list(wheelhouse.wanted(EXPORTED, python="3.11", machine="aarch64")) == [
        "numpy==2.4.6 --hash=sha256:aa --hash=sha256:bb", "django==5.2.19 --hash=sha256:ee",
    ]  # fmt: skip
    assert "numpy==2.5.5 --hash=sha256:cc" in wheelhouse.wanted(EXPORTED, python="3.13", machine="x86_64")


def test_a_folder_that_holds_something_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "mine").touch()
    with pytest.raises(SystemExit, match="holds something already"):
        wheelhouse.make(tmp_path, ["3.11"], [])
    assert (tmp_path / "mine").exists()
