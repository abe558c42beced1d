"""一页图表: one A4 page of a run, set from the template beside this file."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from anlan.foundation import journal
from anlan.foundation.context import Ctx
from anlan.foundation.words import t
from anlan.simulate import queries
from anlan.simulate.computing.shapes import WET_M
from anlan.simulate.exports import provenance
from anlan.simulate.exports.picture import TINTS, picture
from anlan.simulate.exports.provenance import About
from anlan.simulate.maps.kinds import DEPTH
from anlan.simulate.queries import VillageForecast, moments
from anlan.simulate.running import jobs
from anlan.ui import typeset
from anlan.ui.format import full
from anlan.ui.svg.multiples import Multiples

TEMPLATE = Path(__file__).with_name("run.typ")
MOST_ROWS = 10
"""So many villages fit on the page; the others stand in the CSV, and the sheet says so."""
MAP_MM = 98
PRINT = (
    "text{font-family:'Noto Sans CJK SC',sans-serif;font-size:15px;fill:#000}.chart__mid{text-anchor:middle}"
    ".chart__grid{fill:none;stroke:#ccc}.chart__axis{fill:none;stroke:#000}.curve__line{fill:none;stroke:#000;stroke-dasharray:5 3}"
    ".curve__water{fill:none;stroke:#0b4f86;stroke-width:3}.curve__came{fill:#fff;stroke:#000;stroke-width:2}.curve__now{display:none}"
)


@dataclass(frozen=True, kw_only=True)
class Words:
    """What the page says of the run in words, as the run's own page words it."""

    title: str
    place: str
    facts: Sequence[tuple[str, str]]


def pdf(
    ctx: Ctx,
    told: About,
    villages: Sequence[VillageForecast],
    *,
    folder: Path,
    ground: Path,
    words: Words,
    lang: str,
) -> bytes:
    """The sheet as PDF. `ground`: the terrain's file, for light and shade. Raises: NotFound where the run left no grids."""

    def say(text: str, **values: object) -> str:
        return t(lang, text, **values)

    wet = [v for v in villages if v.arrives_at is not None]
    drawn = wet[:MOST_ROWS]
    start = jobs.starts_at(told.run)
    data = {
        **_frame(ctx, told, lang),
        "title": say("洪水模拟图表"),
        "number": told.run.ref,
        "subject": f"{words.place}　{words.title}",
        "basis": say("起算 {at}", at=full(start, seconds=False)),
        "figures": _figures(wet, lang),
        "map": picture(folder, ground, drawn, [v for v in villages if v not in drawn]),
        "map_mm": MAP_MM,
        "map_word": say("各格最深；●编号见下表，○其余村"),
        "legend": list(zip(TINTS[1:], DEPTH.words, strict=True)),
        "facts": list(words.facts),
        "villages_title": say("住房处进水的村"),
        "empty": say("没有村子进水：住房处水深都不到 0.3 米。"),
        "heads": [say("村"), say("最深"), say("首次到 0.3 米"), say("户")],
        **_rows(told, drawn, lang),
        "more": _more(ctx, told, len(wet) - len(drawn), lang),
        "limits": told.facts["limits"],
        "signatures": [say("制表："), say("审核："), say("日期：")],
    }  # fmt: skip
    return typeset.pdf(TEMPLATE, data, lang=lang)


def _frame(ctx: Ctx, told: About, lang: str) -> dict[str, Any]:
    head = journal.head(ctx.world)
    drill = t(lang, provenance.DRILL) if told.facts["exercise"] else ""
    marks = [drill, t(lang, "合成地形") if told.facts["synthetic"] else ""]
    made = t(lang, "导出 {at} · {by}", at=full(ctx.now), by=provenance.maker(ctx))
    seq = t(lang, "日志第 {n} 条", n=head.seq)
    return {
        "drill": drill,
        "marks": [each for each in marks if each],
        "made": made,
        "journal": f"{seq} {head.hash[:16]}",
    }


def _more(ctx: Ctx, told: About, left: int, lang: str) -> str:
    """What the table leaves out: villages that did not fit, and those of which the run says nothing."""
    said = [t(lang, "另有 {n} 个村进水，见 CSV。", n=left)] if left > 0 else []
    unknown = (", " if lang == "en" else "、").join(place.name for place in queries.unmodelled(ctx, told.run))
    return " ".join([*said, t(lang, "未模拟（不是不进水）：") + unknown] if unknown else said)


def _figures(wet: Sequence[VillageForecast], lang: str) -> list[dict[str, str]]:
    first = min((v.arrives_at for v in wet if v.arrives_at), default=None)
    deepest = max((v.depth_m for v in wet), default=None)
    told = (
        ("进水的村", str(len(wet)), ""),
        ("进水的户", str(sum(v.households for v in wet)), ""),
        ("最早", full(first, seconds=False)[5:] if first else "—", ""),
        ("住房处最深", f"{deepest:.2f}" if deepest is not None else "—", "m"),
    )
    return [{"label": t(lang, label), "value": value, "unit": unit} for label, value, unit in told]


def _rows(told: About, drawn: Sequence[VillageForecast], lang: str) -> dict[str, Any]:
    """Villages with their curves, over one time and one scale."""
    start, minutes = jobs.starts_at(told.run), int(told.run.params["minutes"])
    if not drawn:
        return {"rows": [], "axis": ""}
    curves = Multiples(start=start, minutes=minutes, top=max(v.depth_m for v in drawn), line=WET_M)
    rows = [
        {
            "n": str(n),
            "name": v.place.name,
            "curve": alone(
                curves.curve(
                    [(minute, cm / 100) for minute, cm in v.curve],
                    arrival=moments.minute_of(start, v.arrives_at),
                    label=v.place.name,
                )
            ),
            "depth": f"{v.depth_m:.2f} m",
            "arrives": full(v.arrives_at, seconds=False)[5:] if v.arrives_at else "",
            "households": str(v.households),
        }
        for n, v in enumerate(drawn, start=1)
    ]
    return {"rows": rows, "axis": alone(curves.axis())}


def alone(picture: str) -> str:
    """A chart of the page as a file of its own: with its namespace, and styled for paper."""
    opened, rest = picture.split(">", 1)
    named = opened.replace("<svg ", '<svg xmlns="http://www.w3.org/2000/svg" ', 1)
    return f"{named}><style>{PRINT}</style>{rest}"
