"""`anlan verify`: the flood solvers that are shipped, against exact answers, with the figures of this run."""

import argparse
import json
import os
import sys
import time
from collections.abc import Iterator
from typing import Any


def register(commands: Any) -> None:
    parser = commands.add_parser("verify", help="hold the flood solvers to exact answers")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    parser.add_argument(
        "--only", action="append", default=[], metavar="CASE", help="a case, by name; may be given again"
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Run and print; 1 when a bound is missed, 2 when there is no such case."""
    from anlan.foundation.home import home

    os.environ.setdefault("NUMBA_CACHE_DIR", str(home() / "kernels"))
    from anlan.science.flood.cases import CASES

    known = [case.name for case in CASES]
    if strange := [name for name in args.only if name not in known]:
        print(f"anlan verify: there is no case {strange[0]!r}: choose of {', '.join(known)}", file=sys.stderr)
        return 2
    wanted = [case for case in CASES if not args.only or case.name in args.only]
    rows = [row for case in wanted for row in figures(case)]
    print(json.dumps(rows, ensure_ascii=False, indent=1) if args.json else "\n".join(table(rows)))
    return 1 if any(row["ok"] is False for row in rows) else 0


def figures(case: Any) -> Iterator[dict[str, Any]]:
    """The figures of a case for each shipped solver and precision that it is for; a run that is refused is one missed."""
    from anlan.science.flood.cases.case import Figure
    from anlan.science.flood.errors import FloodError
    from anlan.science.flood.godunov.solver import Godunov
    from anlan.science.flood.inertial.solver import Inertial

    for solver in (Inertial(), Godunov()):
        for precision in case.precisions if solver.layout in case.layouts else ():
            print(f"{case.name} {solver.name} {precision} …", file=sys.stderr)
            begun = time.perf_counter()
            try:
                found = case.run(solver, precision)
            except FloodError as error:
                found = (Figure(str(error), float("nan"), "-", 0.0),)
            seconds = time.perf_counter() - begun
            limiter = getattr(solver, "limiter", "donor")
            yield from (_row(case, solver.name, limiter, precision, one, seconds) for one in found)


def _row(case: Any, solver: str, limiter: str, precision: str, figure: Any, seconds: float) -> dict[str, Any]:
    is_number = figure.value == figure.value
    return {
        "case": case.name,
        "title": case.title,
        "source": case.source,
        "solver": solver,
        "limiter": limiter,
        "precision": precision,
        "figure": figure.label,
        "value": float(figure.value) if is_number else None,
        "unit": figure.unit,
        "bound": figure.bound,
        "at_least": figure.least,
        "ok": None if figure.holds is None else bool(figure.holds),
        "case_s": round(seconds, 2),
    }


def table(rows: list[dict[str, Any]]) -> Iterator[str]:
    """Case, solver, limiter, figure, bound, ok: a line each, columns aligned."""
    cells = [("case", "solver", "limiter", "", "figure", "value", "bound", "ok")]
    for row in rows:
        value = "-" if row["value"] is None else f"{row['value']:.3g}"
        unit = "" if row["unit"] in ("-", "relative") else f" {row['unit']}"
        sign = "≥" if row["at_least"] else "≤"
        bound = "-" if row["bound"] is None else f"{sign} {row['bound']:g}"
        mark = {None: "-", True: "ok", False: "MISSED"}[row["ok"]]
        cells.append(
            (
                row["case"],
                row["solver"],
                row["limiter"],
                row["precision"],
                row["figure"],
                value + unit,
                bound,
                mark,
            )
        )
    wide = [max(len(line[n]) for line in cells) for n in range(len(cells[0]))]
    for line in cells:
        yield "  ".join(cell.ljust(width) for cell, width in zip(line, wide, strict=True)).rstrip()
