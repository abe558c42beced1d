"""How the words of a finding are kept and filled with facts from a file."""

from collections.abc import Mapping
from typing import NamedTuple

LONGEST_FACT = 80


class Words(NamedTuple):
    zh: str
    en: str
    mend_zh: str
    mend_en: str


def fill(template: str, facts: Mapping[str, object]) -> str:
    """Put shortened facts into a template."""
    return template.format_map({key: _short(value) for key, value in facts.items()})


def _short(value: object) -> str:
    text = " ".join(str(value).split())
    text = "".join(char if char.isprintable() else "�" for char in text)
    return text if len(text) <= LONGEST_FACT else text[:LONGEST_FACT] + "…"
