"""What can be set is written down, what is written down exists, and the docs build without a warning."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

from tests.support.house import PACKAGE, ROOT, kept_files

DOCS = ROOT / "docs"
SETTING = re.compile(r"\bANLAN_[A-Z_]+\b")
READ = re.compile(r"""["'](ANLAN_[A-Z_]+)["']""")


def settings_read() -> set[str]:
    code = [path for path in kept_files() if path.suffix in {".py", ".ts"}]
    return {name for path in code for name in READ.findall(path.read_text())}


def test_every_setting_that_is_read_is_documented() -> None:
    documented = set(SETTING.findall((DOCS / "reference/settings.md").read_text()))
    assert settings_read() - documented == set(), "document these in docs/reference/settings.md"


def test_every_documented_setting_is_read() -> None:
    assert set(SETTING.findall((DOCS / "reference/settings.md").read_text())) - settings_read() == set()


def test_every_page_is_in_the_menu_and_every_entry_has_its_page() -> None:
    menu = set(re.findall(r'"([\w/-]+\.md)"', (ROOT / "zensical.toml").read_text()))
    pages = {str(path.relative_to(DOCS)) for path in DOCS.rglob("*.md")}
    assert menu == pages


def test_each_decision_record_is_one_page() -> None:
    for record in DOCS.glob("adr/0*.md"):
        text = record.read_text()
        assert len(text.splitlines()) <= 60, record.name
        for heading in ("## Context", "## Decision", "## Consequences"):
            assert heading in text, f"{record.name} lacks {heading}"


def test_each_room_has_its_one_screen_readme() -> None:
    rooms = [path.parent for path in PACKAGE.glob("*/__init__.py")]
    lacking = [room.name for room in rooms if not (room / "README.md").exists()]
    long = [room.name for room in rooms if room.name not in lacking and _lines(room / "README.md") > 60]
    assert not lacking, f"these rooms have no README: {lacking}"
    assert not long, f"more than one screen: {long}"


def _lines(path: Path) -> int:
    return len(path.read_text().splitlines())


def test_the_docs_build_without_a_warning() -> None:
    pytest.importorskip("zensical", reason="the docs group is not installed; `just test` brings it")
    config = tomllib.loads((ROOT / "zensical.toml").read_text())
    assert config["project"]["docs_dir"] == "docs"
    command = [Path(sys.executable).with_name("zensical"), "build", "--strict", "--clean"]
    plain = {**os.environ, "NO_COLOR": "1"}
    done = subprocess.run(command, cwd=ROOT, env=plain, capture_output=True, text=True)
    assert done.returncode == 0, done.stdout + done.stderr


def pages() -> list[Path]:
    return [*ROOT.glob("*.md"), *DOCS.rglob("*.md")]


@pytest.mark.parametrize("page", sorted(ROOT.glob("*.md")), ids=lambda page: page.name)
def test_links_of_the_front_pages_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)#]+)\)", page.read_text())
    lost = [link for link in links if "://" not in link and not (ROOT / link).exists()]
    assert not lost


def test_every_recipe_that_the_docs_name_exists() -> None:
    recipes = set(
        re.findall(
            r"^([a-z][a-z-]*)(?: \*args| \w+=`[^`]*`)?:(?!=)", (ROOT / "justfile").read_text(), re.MULTILINE
        )
    )
    named = {
        name for page in pages() for name in re.findall(r"(?:`|run )just ([a-z][a-z-]*)", page.read_text())
    }
    assert named
    assert named <= recipes
