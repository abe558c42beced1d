"""`anlan simulate score-nowcasts`: hits, misses and false alarms of the baselines on generated nights (合成), by a perfect model."""

import argparse
import sys
import time
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from anlan.cli.simulate.files import Answer, InputWrong, add_model

if TYPE_CHECKING:
    from anlan.simulate.computing.scoring import Scores
    from anlan.simulate.rules.score import Counts

SIDES = (20, 40, 80)
HEADS = ("baseline", "hits", "misses", "false", "rejected", "POD", "FAR", "CSI")


def register(models: Any) -> None:
    parser = add_model(
        models,
        "score-nowcasts",
        what="score the baselines of the rain to come on generated nights: some 15 s a night on cells of 80 m",
        work=work,
    )
    parser.add_argument("--nights", type=int, default=24, help="default 24")
    parser.add_argument("--seed", type=int, default=80, help="of the nights, default 80")
    parser.add_argument("--cells", type=int, choices=SIDES, default=80, help="metres a cell, default 80")


def work(args: argparse.Namespace) -> Answer:
    """Score, a night at a time; the pack of live forecasts says how the model runs."""
    if args.nights < 1:
        raise InputWrong(f"nights is {args.nights}: give 1 or more")
    from anlan.demo import scored
    from anlan.foundation.packs import load_all
    from anlan.simulate.computing.scoring import Scores, score

    live = load_all().the("live_forecast", on=datetime.now(UTC).date()).data["live"]
    begun, cpu, total = time.perf_counter(), time.process_time(), Scores()
    with TemporaryDirectory() as folder:
        setting = scored.setting(Path(folder), dx=float(args.cells), live=live)
        for n, found in enumerate(score(setting, scored.nights(seed=args.seed, count=args.nights)), 1):
            total += found
            print(f"night {n} of {args.nights}: {found.cycles} cycles", file=sys.stderr)
    told = {
        "on": datetime.now(UTC).date().isoformat(),
        "seed": args.seed,
        "cells_m": args.cells,
        "every_min": setting.every_min,
        "ahead_min": setting.ahead_min,
        "line_mm": setting.line_mm,
        "wall_s": round(time.perf_counter() - begun),
        "cpu_s": round(time.process_time() - cpu),
        **as_rows(total),
    }
    return told, lines(told)


def as_rows(total: "Scores") -> dict[str, Any]:
    """The counts and shares by baseline, and the baseline they choose (none where nothing came)."""
    from anlan.simulate.rules.score import best

    try:
        chosen = best(total.villages)
    except ValueError:
        chosen = ""
    return {
        "nights": total.nights,
        "cycles": total.cycles,
        "refused": total.refused,
        "chosen": chosen,
        "villages": {name: _row(counts) for name, counts in total.villages.items()},
        "rain": {name: _row(counts) for name, counts in total.rain.items()},
    }


def _row(counts: "Counts") -> dict[str, Any]:
    shares = {"pod": counts.pod, "far": counts.far, "csi": counts.csi}
    return {
        "hits": counts.hits,
        "misses": counts.misses,
        "false_alarms": counts.false_alarms,
        "rejections": counts.rejections,
        **{name: None if share is None else round(share, 3) for name, share in shares.items()},
    }


def lines(told: Mapping[str, Any]) -> list[str]:
    """A screenful: both tables, what they are from, and what they choose."""
    hours = told["ahead_min"] / 60
    return [
        f"{told['nights']} generated nights (合成), seed {told['seed']}, {told['cycles']} cycles every {told['every_min']} min, "
        f"cells of {told['cells_m']} m; {told['refused']} cycles refused",
        f"villages not yet in water that 0.3 m comes to within {hours:g} h, truth by the same model under the true rain:",
        *_table(told["villages"]),
        f"rain of {hours:g} h at the village above {told['line_mm']:g} mm:",
        *_table(told["rain"]),
        f"highest CSI: {told['chosen'] or '-'}",
    ]


def _table(rows: Mapping[str, Mapping[str, Any]]) -> list[str]:
    cells = [HEADS]
    for name, row in rows.items():
        shares = ["-" if row[key] is None else f"{row[key]:.2f}" for key in ("pod", "far", "csi")]
        counts = [str(row[key]) for key in ("hits", "misses", "false_alarms", "rejections")]
        cells.append((name, *counts, *shares))
    wide = [max(len(line[n]) for line in cells) for n in range(len(HEADS))]
    return [
        "  " + "  ".join(cell.rjust(width) for cell, width in zip(line, wide, strict=True)) for line in cells
    ]
