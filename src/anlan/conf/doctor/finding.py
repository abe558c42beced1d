"""One thing that is not as it should be, in the language of the terminal."""

import os
import tomllib
from dataclasses import asdict, dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True)
class Finding:
    """`code` is stable, for scripts; `is_bad` false is a word to know, not a fault."""

    code: str
    is_bad: bool
    what: str
    mend: str

    def as_dict(self) -> dict[str, object]:
        return asdict(self)

    def __str__(self) -> str:
        mark = "!" if self.is_bad else "·"
        return f"{mark} {self.what} {self.mend}"


def is_chinese() -> bool:
    """Whether the terminal speaks Chinese (LC_ALL, LC_MESSAGES, LANG)."""
    said = next((os.environ[n] for n in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(n)), "")
    return said.startswith("zh")


def found(code: str, zh: str, en: str, mend_zh: str, mend_en: str, *, bad: bool = True) -> Finding:
    """A finding in one of the two languages."""
    return Finding(code, bad, *((zh, mend_zh) if is_chinese() else (en, mend_en)))


def said(code: str, /, *, bad: bool = True, **values: object) -> Finding:
    """The same in the words of `findings.toml`, with its values put in."""
    words = {name: text.format(**values) for name, text in _words()[code].items()}
    return found(code, **words, bad=bad)


@cache
def _words() -> dict[str, dict[str, str]]:
    return tomllib.loads(Path(__file__).with_name("findings.toml").read_text("utf-8"))
