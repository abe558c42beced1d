"""文字：Chinese is the source, English stands in each room's `words.toml` ("中文" = "English").

`t(lang, "已叫 {n} 人", n=3)` gives the sentence in the reader's language. A word that reaches `t` through a variable is
wrapped where it is written down: `label = w("种类")`, so that the test which scans templates and code finds it. A rule says
`say("还缺 {n} 户", n=3)`, which is read later in either language. Nothing here knows Django.
"""

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from functools import cache
from pathlib import Path
from typing import Self

import anlan

LANGUAGES = {"zh": "zh-CN", "en": "en"}
STRICT = False  # tests: a sentence without its English raises
_CHINESE = re.compile("[\u4e00-\u9fff]")
_BY_NUMBER = re.compile(r"([\w/.]+ )\[([^|\]]+)\|([^\]]+)\]")


class WordMissing(LookupError):
    """A sentence has no English; add it to the words.toml of the room that shows it."""


class WordsClash(ValueError):
    """Two rooms give one Chinese sentence two English ones; agree on one, or word them apart."""


class Said(str):
    """A sentence that stands in the reader's language already: `t` passes it on as it is."""

    __slots__ = ()


def w(text: str) -> str:
    """Marks a sentence that `t` will see later through a variable; returns it unchanged."""
    return text


@dataclass(frozen=True)
class Sentence:
    """A sentence said later, in the reader's language; its values may be sentences, titles of packs, or lists of such."""

    text: str
    values: Mapping[str, object] = field(default_factory=dict, hash=False)

    @property
    def zh(self) -> str:
        return t("zh", self)

    @property
    def en(self) -> str:
        return t("en", self)


Text = str | Sentence | Mapping[str, str]


class Worded(StrEnum):
    """Codes that carry their words: `DRAFT = "draft", w("起草")`."""

    word: str

    def __new__(cls, code: str, word: str = "") -> Self:
        member = str.__new__(cls, code)
        member._value_, member.word = code, word
        return member


class WordedNumber(IntEnum):
    """The same for numbers: `RED = 4, w("红色")`."""

    word: str

    def __new__(cls, number: int, word: str = "") -> Self:
        member = int.__new__(cls, number)
        member._value_, member.word = number, word
        return member


def say(text: str, /, **values: object) -> Sentence:
    """A sentence with its values, for whoever reads it."""
    return Sentence(text, values)


def t(lang: str, text: Text, /, **values: object) -> str:
    """The sentence in the reader's language, with its values put in.

    Args:
        lang: "zh" or "en"; anything else reads as Chinese.
        text: the Chinese sentence, one with its values, or a title of a pack (`{"zh": …, "en": …}`).

    Raises:
        WordMissing: no English, and STRICT is set (in tests); in production the Chinese is shown.
    """
    if isinstance(text, Said):
        return text
    if isinstance(text, Sentence):
        text, values = text.text, {**text.values, **values}
    chosen = _from_title(lang, text) if isinstance(text, Mapping) else _from_catalogue(lang, text)
    put_in = {name: _put_in(lang, value) for name, value in values.items()}
    return Said(counted(chosen.format(**put_in) if put_in else chosen))


def _put_in(lang: str, value: object) -> object:
    if isinstance(value, tuple):
        return ("、" if lang == "zh" else ", ").join(str(_put_in(lang, each)) for each in value)
    return t(lang, value) if isinstance(value, Sentence | Mapping) else value


def written(lang: str, text: str) -> str:
    """What somebody wrote, the title of a post for one: its English where the catalogue has it, else as it was written."""
    return Said(catalogue().get(text, text) if lang == "en" else text)


def counted(text: str) -> str:
    """English by number: "1 [household|households] set out" takes the first word after a 1, else the second."""
    return _BY_NUMBER.sub(lambda m: m[1] + (m[2] if m[1].strip() == "1" else m[3]), text)


def catalogue() -> Mapping[str, str]:
    """Chinese → English, merged from the rooms' words.toml.

    Raises:
        WordsClash: two rooms disagree.
    """
    return read_catalogue(*map(Path, anlan.__path__))


@cache
def read_catalogue(*packages: Path) -> Mapping[str, str]:
    """The merged catalogue of all `*/words.toml` under the folders where rooms lie."""
    merged: dict[str, str] = {}
    for path in sorted(path for package in packages for path in package.glob("*/words.toml")):
        for chinese, english in tomllib.loads(path.read_text(encoding="utf-8")).items():
            if merged.setdefault(chinese, english) != english:
                raise WordsClash(f"{path}: {chinese!r} is {merged[chinese]!r} elsewhere and {english!r} here")
    return merged


def _from_title(lang: str, title: Mapping[str, str]) -> str:
    return (title.get(lang) or title["zh"]) if lang in LANGUAGES else title["zh"]


def _from_catalogue(lang: str, text: str) -> str:
    if lang != "en":
        return text
    found = catalogue().get(text)
    if found is None and not _CHINESE.search(text):
        return text
    if found is None and STRICT:
        raise WordMissing(f"no English for {text!r}: add it to words.toml of the room that shows it")
    return found if found is not None else text
