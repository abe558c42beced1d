"""规则包的数值: each figure of a pack in words, from one table (figures.toml), grouped by the item that it belongs to.

A figure that the table does not know keeps its path: a city's own pack may hold what we have never seen.
"""

import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

from anlan.foundation.packs.pack import Figure, Pack

LEVELS = {"blue": "1", "yellow": "2", "orange": "3", "red": "4"}
NAMES_THE_ITEM = frozenset({"line[].level", "rule[].level", "level[].level", "grade[].grade"})
"""Stand over the figures of their item, not among them."""
OWN_TABLE = "critical_rain."
"""How a village's critical rain was found: `views/critical_rain.py` shows it."""
_STEP = re.compile(r"([^.\[\]]+)((?:\[\d+\])*)")


@dataclass(frozen=True, kw_only=True)
class Row:
    """One figure: what it is called, what it says, and what vouches for it."""

    name: str
    value: str
    figure: Figure
    is_known: bool


@dataclass(frozen=True, kw_only=True)
class Group:
    """The figures of one item, e.g. 红色 or 村（社区） · 村书记、组长; `of` is empty for figures of the whole pack."""

    of: str
    rows: tuple[Row, ...]


@cache
def table() -> dict[str, dict[str, Any]]:
    return tomllib.loads((Path(__file__).parent / "figures.toml").read_text(encoding="utf-8"))


def shown(pack: Pack) -> tuple[Figure, ...]:
    """The figures of a pack but for those that its page shows as a table of their own."""
    return tuple(figure for figure in pack.figures() if not figure.path.startswith(OWN_TABLE))


def groups(pack: Pack, lang: str) -> tuple[Group, ...]:
    """All figures of a pack in words, in the order of the file."""
    told = [(_item(pack, each.path, lang), _row(pack, each, lang)) for each in shown(pack)]
    return tuple(
        Group(of=of, rows=tuple(row for _, row in rows if row is not None))
        for of, rows in groupby(told, key=lambda pair: pair[0])
    )


def pattern(path: str) -> str:
    """The key of the table: no list numbers, `*` for what stands for minutes, levels or coefficients."""
    plain = re.sub(r"\[\d+\]", "[]", path).removesuffix(".value")
    head, _, _ = plain.rpartition(".")
    starred = f"{head}.*"
    return starred if plain not in table()["figure"] and starred in table()["figure"] else plain


def _row(pack: Pack, figure: Figure, lang: str) -> Row | None:
    key = pattern(figure.path)
    if key in NAMES_THE_ITEM:
        return None
    found = table()["figure"].get(key)
    if found is None:
        return Row(name=figure.path, value=str(figure.value), figure=figure, is_known=False)
    near = _near(pack, figure.path, lang, is_below=figure.value < 0)
    number = abs(figure.value) if near["mark"] else figure.value  # below a mark is said in words
    form = _say(table()["unit"][found["is"]], lang)
    value = form.format(
        v=f"{Decimal(str(number)):f}".replace("-", "−"), level=_level(str(figure.value), lang)
    )
    return Row(
        name=_say(found, lang).format(**near),
        value=value,
        figure=figure,
        is_known=True,
    )


def _near(pack: Pack, path: str, lang: str, *, is_below: bool) -> dict[str, str]:
    """What a name may speak of: the path's last key, its number in a list, the item's unit and mark."""
    last = path.removesuffix(".value").rpartition(".")[2]
    number = re.search(r"\[(\d+)\]$", last)
    n = int(number[1]) if number else 0
    holder = [step for step in _walk(pack, path) if isinstance(step, Mapping)][-1]
    ends = {"zh": ("下限", "上限"), "en": ("lowest", "highest")}["en" if lang == "en" else "zh"]
    return {
        "hours": f"{int(last) / 60:g}" if last.isdecimal() else "",
        "key": last,
        "n": str(n + 1),
        "end": ends[min(n, 1)],
        "unit": str(holder.get("unit", "")),
        "mark": _of("mark", holder.get("stage"), lang),
        "side": _of("side", "below" if is_below else "above", lang),
        "level": _level(LEVELS.get(last, ""), lang),
    }


def _item(pack: Pack, path: str, lang: str) -> str:
    """The words of the items on the way to a figure: 红色, or 村（社区） · 村书记、组长."""
    items = [step for step in _walk(pack, path) if isinstance(step, Mapping)][1:]
    return " · ".join(filter(None, (_words(each, lang) for each in items)))


def _walk(pack: Pack, path: str) -> Iterator[Any]:
    """The data, then everything on the way down to a figure; tables that are no items of a list are left out at the top."""
    here: Any = pack.data
    yield here
    for name, numbers in _STEP.findall(path.removesuffix(".value")):
        here = here[name] if name in here else here[int(name)]
        yield here
        for number in re.findall(r"\d+", numbers):
            here = here[int(number)]
            yield here


def _words(item: Mapping[str, Any], lang: str) -> str:
    title = item.get("title") or item.get("name") or (item if "zh" in item else "")
    if isinstance(title, Mapping):
        return _say(title, lang)
    if title:
        return str(title)
    if isinstance(item.get("level"), int):
        when = item.get("when", {})
        mark = when.get("stage") if isinstance(when, Mapping) and "offset_mm" not in when else None
        return " · ".join(filter(None, (_level(str(item["level"]), lang), _of("mark", mark, lang))))
    if "wetness" in item:
        return " · ".join((_of("stage", item["stage"], lang), _of("wetness", item["wetness"], lang)))
    return _of("kind", item.get("kind"), lang)


def _of(key: str, value: object, lang: str) -> str:
    found = table()["item"].get(f"{key}.{value}")
    return _say(found, lang) if found else ""


def _level(number: str, lang: str) -> str:
    found = table()["level"].get(number)
    return _say(found, lang) if found else number


def _say(title: Mapping[str, str], lang: str) -> str:
    return title["en"] if lang == "en" else title["zh"]


def unknown(found: Sequence[Group]) -> list[str]:
    """Paths that the table does not know."""
    return [row.figure.path for group in found for row in group.rows if not row.is_known]
