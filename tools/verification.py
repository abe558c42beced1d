"""Run every verification case and write its figures and picture into the docs: `python -m tools.verification`.

The page is never edited by hand between its two marks. Exits 1 when a bound is missed, with the page written all the
same: a page that hides a miss is worse than a miss. `--from FILE` takes figures that `anlan verify --json` has printed.
"""

import argparse
import json
import sys
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "explanation" / "flood-models.md"
PICTURE = ROOT / "docs" / "images" / "flood-verification.svg"
BEGIN, END = "<!-- figures: python -m tools.verification -->", "<!-- end of figures -->"
WIDE, HIGH, MARGIN = 720, 300, 40


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--from", dest="source", type=Path)
    source = parser.parse_args().source
    rows = json.loads(source.read_text()) if source else measured()
    text = PAGE.read_text()
    head, rest = text.split(BEGIN)
    PAGE.write_text(head + BEGIN + "\n\n" + "\n".join(table(rows)) + "\n\n" + END + rest.split(END)[1])
    PICTURE.write_text(picture())
    return 1 if any(row["ok"] is False for row in rows) else 0


def measured() -> list[dict[str, Any]]:
    """The figures of a run now, as `anlan verify --json` prints them."""
    from anlan.cli.verify import figures
    from anlan.science.flood.cases import CASES

    return [row for case in CASES for row in figures(case)]


def table(rows: list[dict[str, Any]]) -> list[str]:
    """The Markdown table of the page: a line each figure."""
    lines = ["| case | solver, limiter | figure | value | bound |", "| --- | --- | --- | --- | --- |"]
    for row in rows:
        unit = "" if row["unit"] in ("-", "relative") else f" {row['unit']}"
        value = "no number" if row["value"] is None else f"{row['value']:.2e}{unit}"
        bound = "–" if row["bound"] is None else f"{'≥' if row['at_least'] else '≤'} {row['bound']:g}"
        missed = " **missed**" if row["ok"] is False else ""
        who = f"{row['solver']}, {row['limiter']}, {row['precision']}"
        lines.append(f"| `{row['case']}` | {who} | {row['figure']} | {value} | {bound}{missed} |")
    return lines


def picture() -> str:
    """Two dam breaks as SVG: the exact depth as a line, the solver on a coarse grid as dots."""
    from anlan.science.flood.cases.case import start
    from anlan.science.flood.cases.exact import ritter, stoker
    from anlan.science.flood.godunov.solver import Godunov

    fine, cells = np.linspace(-500, 500, 501), 100
    x = (np.arange(cells) + 0.5) * 10.0 - 500
    parts = []
    cases = (
        ("Stoker, 25 s", 1.0, 25.0, stoker(fine, 25.0, left=10.0, right=1.0)),
        ("Ritter, 20 s", 0.0, 20.0, ritter(fine, 20.0, left=10.0)),
    )
    for n, (name, below, seconds, exact) in enumerate(cases):
        flow = start(Godunov(), "f64", np.zeros((1, cells)), np.where(x < 0, 10.0, below)[None], dx=10.0)
        flow.until(seconds)
        left = MARGIN + n * WIDE / 2
        line = " ".join("{:.1f},{:.1f}".format(*_at(left, a, b)) for a, b in zip(fine, exact, strict=True))
        parts.append(f'<polyline points="{line}" fill="none" stroke="#1f5f8b" stroke-width="1.5"/>')
        parts += [
            '<circle cx="{:.1f}" cy="{:.1f}" r="2" fill="#c0392b"/>'.format(*_at(left, a, b))
            for a, b in zip(x, flow.depth[0], strict=True)
        ]
        parts += _axes(left, name)
    body = "\n".join(parts)
    box = f'viewBox="0 0 {WIDE} {HIGH}" width="{WIDE}" height="{HIGH}"'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {box} font-family="sans-serif" font-size="12" role="img">\n'
        f"<title>Depth after two dam breaks: exact and computed</title>\n"
        f'<rect width="{WIDE}" height="{HIGH}" fill="#ffffff"/>\n{body}\n</svg>\n'
    )


def _at(left: float, x: float, depth: float) -> tuple[float, float]:
    return left + (x + 500) / 1000 * (WIDE / 2 - 1.5 * MARGIN), HIGH - MARGIN - depth / 10.5 * (
        HIGH - 2 * MARGIN
    )


def _axes(left: float, name: str) -> list[str]:
    x0, y0 = _at(left, -500, 0)
    x1, y1 = _at(left, 500, 10)
    marks = [
        f'<text x="{x0 - 6:.0f}" y="{y + 4:.0f}" text-anchor="end">{d}</text>'
        for d in (0, 5, 10)
        for y in (_at(left, 0, d)[1],)
    ]
    marks += [
        f'<text x="{_at(left, x, 0)[0]:.0f}" y="{y0 + 16:.0f}" text-anchor="middle">{x}</text>'
        for x in (-500, 0, 500)
    ]
    return [
        f'<path d="M{x0:.0f} {y1:.0f}V{y0:.0f}H{x1:.0f}" fill="none" stroke="#444444"/>',
        *marks,
        f'<text x="{(x0 + x1) / 2:.0f}" y="20" text-anchor="middle">{name}: depth (m) over x (m), 100 cells</text>',
    ]


if __name__ == "__main__":
    sys.exit(main())
