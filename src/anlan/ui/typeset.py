"""PDF from a typst template beside its room's code: A4, the fonts of the house, no network."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import typst

FONTS = ("Noto Sans CJK SC", "Source Han Sans SC", "Microsoft YaHei", "PingFang SC", "Noto Serif CJK SC")


def pdf(template: Path, told: Mapping[str, Any], *, lang: str) -> bytes:
    """The template set with `told`, which it reads as JSON from `sys.inputs.data`; `fonts` and `lang` are put beside it."""
    data = json.dumps({**told, "fonts": FONTS, "lang": lang}, ensure_ascii=False)
    made: bytes = typst.compile(str(template), sys_inputs={"data": data})
    return made
