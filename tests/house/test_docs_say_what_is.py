"""What the docs name is there: pages and addresses, operations, folders, packs, words on screen, files of a room. Each can fail."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.urls import URLPattern, URLResolver, get_resolver

from anlan.conf.asgi import LIVE
from anlan.foundation.packs import load_all
from anlan.foundation.packs.pack import kinds
from tests.support.house import PACKAGE, ROOT, sources

DOCS = ROOT / "docs"
BLOCK = re.compile(r"^ *```.*?^ *```", re.MULTILINE | re.DOTALL)
PARAMETER = re.compile(r"<[^>]*>|\{[^}]*\}")
HOME = re.compile(r'home\(\) / f?"([^"]+)"')
API = "api/v1/"
NO_FOLDER = {".anlan"}
"""The home itself."""


def pages() -> list[Path]:
    return [*ROOT.glob("*.md"), *DOCS.rglob("*.md")]


def guides() -> list[Path]:
    return [*DOCS.glob("how-to/*.md"), *DOCS.glob("tutorial/*.md")]


def shape(address: str) -> str:
    """An address with every parameter as <>."""
    return PARAMETER.sub("<>", address).strip("/")


def routes() -> set[str]:
    def walk(patterns: list[URLPattern | URLResolver], prefix: str) -> Iterator[str]:
        for each in patterns:
            here = prefix + str(each.pattern)
            yield from walk(each.url_patterns, here) if isinstance(each, URLResolver) else [here]

    beside = {"w/<>/live"} if LIVE.match("/w/x1/live") else set()  # the stream is no view of Django's
    return {shape(route) for route in walk(get_resolver().url_patterns, "")} | beside


def is_there(address: str, known: set[str]) -> bool:
    """A route, or what routes begin with."""
    found = shape(address)
    return found in known or any(route.startswith(f"{found}/") for route in known)


def operations(text: str) -> Iterator[tuple[str, str]]:
    """Method and path of each operation that a page names; `…/release` stands in for the one before."""
    before = ""
    for method, path in re.findall(r"`(?:(GET|POST|PUT|PATCH|DELETE) )?((?:…/)?[a-z][^` ]*)`", text):
        if path.startswith("…/") and before:
            path = f"{before.rpartition('/')[0]}/{path[2:].strip('/')}"
        elif not method:
            continue
        before = path
        yield method, path


def on_screen() -> str:
    """Every sentence that a screen, a pack or the glossary has."""
    files = [*PACKAGE.rglob("*.toml"), *PACKAGE.rglob("*.html"), DOCS / "glossary.md"]
    return "\n".join(path.read_text() for path in files)


def words(text: str) -> set[str]:
    return set(re.findall(r"[\u4e00-\u9fff]{2,}", BLOCK.sub("", text)))


def folders_of_code() -> set[str]:
    found = {name for path in sources() for name in HOME.findall(path.read_text())} - NO_FOLDER
    return {re.sub(r"\{.*?\}", "<world>", name) for name in found}


def folders_of_docs(text: str) -> set[str]:
    table = text.partition("## What lies in ANLAN_HOME")[2].partition("\n## ")[0]
    rows = [line.split("|")[1] for line in table.splitlines() if line.startswith("| `")]
    return {name.rstrip("/") for row in rows for name in re.findall(r"`([^`]+)`", row)}


@pytest.fixture(scope="module")
def known() -> set[str]:
    return routes()


def test_every_address_that_the_docs_name_is_a_page(known: set[str]) -> None:
    named = {(page.name, a) for page in pages() for a in re.findall(r"`(/[\w<{][^` ]*)`", page.read_text())}
    assert len(named) > 3
    assert [(page, a) for page, a in named if not is_there(a, known)] == []
    assert not is_there("/back-office", known)


def test_every_operation_that_the_docs_name_is_in_the_api(known: set[str]) -> None:
    named = list(operations((DOCS / "reference/api.md").read_text()))
    assert len(named) > 10
    lost = [f"{m} {p}" for m, p in named if not {shape(API + p), shape(f"{API}w/<>/{p}")} & known]
    assert lost == []
    assert list(operations("`POST call-downs/<ref>/hold`, `…/release`"))[1][1] == "call-downs/<ref>/release"


def test_every_folder_of_a_home_is_in_the_docs_and_the_other_way_round() -> None:
    told = folders_of_docs((DOCS / "reference/settings.md").read_text())
    assert folders_of_code() - told == set(), "document these in docs/reference/settings.md"
    code = "\n".join(path.read_text() for path in sources())
    assert [name for name in told if f'"{name}"' not in code and name not in folders_of_code()] == []
    assert folders_of_docs("## What lies in ANLAN_HOME\n| `logs/` | x |") == {"logs"}


def test_every_word_that_a_guide_shows_is_on_a_screen_or_in_the_glossary() -> None:
    screens = on_screen()
    assert [
        (page.name, word) for page in guides() for word in words(page.read_text()) if word not in screens
    ] == []
    assert "后台管理" not in screens


def test_every_pack_that_the_docs_name_is_shipped() -> None:
    ids = {pack.id for pack in load_all().packs} | kinds().keys()
    named = {
        (p.name, name) for p in pages() for name in re.findall(r"\bpacks? `([a-z0-9-]+)`", p.read_text())
    }
    assert named
    assert [(page, name) for page, name in named if name not in ids] == []


def test_every_file_that_contributing_promises_stands_in_some_room() -> None:
    table = (ROOT / "CONTRIBUTING.md").read_text().partition("| file | holds |")[2].partition("\n\n")[0]
    named = {name for row in table.splitlines()[2:] for name in re.findall(r"`([\w.]+)`", row.split("|")[1])}
    assert {"rules", "actions"} <= named
    there = {path.name for room in PACKAGE.iterdir() if room.is_dir() for path in room.iterdir()}
    assert [name for name in named if not {name, f"{name}.py"} & there] == []


def test_a_name_that_a_docstring_points_to_is_in_the_code() -> None:
    texts = [path.read_text() for path in sources()]
    used = set(re.findall(r"\w+", "\n".join(re.sub(r"`[^`\n]*`", "", text) for text in texts)))
    docs = [ast.get_docstring(ast.parse(text)) or "" for text in texts]
    named = {name for doc in docs for name in re.findall(r"`([a-z_]+(?:\.[a-z_]+)*)(?:\(\))?`", doc)}
    assert len(named) > 50
    assert {name for name in named if not set(name.split(".")) <= used} == set()
