"""Each model has a page: what it is, what it leaves out, figures that were checked, and a picture that the model itself drew."""

import re

import pytest

from tests.support.house import ROOT
from tools import pictures

PAGES = [*sorted((ROOT / "docs/explanation").glob("model-*.md")), ROOT / "docs/explanation/flood-models.md"]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.stem)
def test_a_page_has_its_four_parts(page):
    text = page.read_text()
    for part in ("What it is", "What it leaves out"):
        assert re.search(rf"^(\*\*|## ){part}", text, re.MULTILINE), f"{page.name} has no {part!r}"
    assert "| --- |" in text, f"{page.name} has no table of figures"
    shown = re.findall(r"!\[[^\]]{10,}\]\(\.\./images/([\w-]+\.(?:svg|png))\)", text)
    assert shown
    assert all((ROOT / "docs/images" / name).stat().st_size < 200_000 for name in shown)


@pytest.mark.parametrize("name", pictures.PICTURES)
def test_a_picture_is_what_the_model_gives_today(name):
    assert (ROOT / f"docs/explanation/{name}.md").exists()
    kept = (pictures.IMAGES / f"{name}.svg").read_text()
    assert kept == pictures.PICTURES[name](), "the model changed: python -m tools.pictures, then look at it"
