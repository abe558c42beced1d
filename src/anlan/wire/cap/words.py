"""The words of every CAP error and finding, in Chinese and in English, from `findings.toml`.

`{…}` is filled with facts from the file, shortened, so that a hostile value cannot flood a screen.
"""

import tomllib
from collections.abc import Mapping
from importlib.resources import files
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


_FILE = files(__package__).joinpath("findings.toml")
WORDS = {code: Words(**row) for code, row in tomllib.loads(_FILE.read_text(encoding="utf-8")).items()}
