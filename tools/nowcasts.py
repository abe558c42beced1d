"""Score the nowcasts on generated nights and write the figures into the docs: `python -m tools.nowcasts`.

The page is never edited by hand between its two marks. `--from FILE` takes what `anlan simulate score-nowcasts --json` has
printed. The same counts belong into packs/model/live-forecast.toml; a test holds the two together.
"""

import argparse
import json
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

PAGE = Path(__file__).resolve().parent.parent / "docs" / "explanation" / "nowcast-scores.md"
BEGIN, END = "<!-- figures: python -m tools.nowcasts -->", "<!-- end of figures -->"


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--from", dest="source", type=Path)
    source = parser.parse_args().source
    told = json.loads(source.read_text() if source else measured())
    head, rest = PAGE.read_text().split(BEGIN)
    PAGE.write_text(head + BEGIN + "\n\n" + "\n".join(lines(told)) + "\n\n" + END + rest.split(END)[1])
    return 0


def measured() -> str:
    """What the command prints now."""
    asked = [sys.executable, "-m", "anlan", "simulate", "score-nowcasts", "--json"]
    return subprocess.run(asked, check=True, stdout=subprocess.PIPE, text=True).stdout


def lines(told: Mapping[str, Any]) -> list[str]:
    """What they are from, and a table of each score."""
    hours = told["ahead_min"] / 60
    return [
        f"Run on {told['on']}: {told['nights']} generated nights, seed {told['seed']}, {told['cycles']} cycles "
        f"{told['every_min']} minutes apart, cells of {told['cells_m']} m, {told['refused']} cycles refused, "
        f"{told['cpu_s']} s of processor time. Highest CSI for villages: `{told['chosen']}`.",
        "",
        f"Villages not yet in water that 0.3 m comes to within {hours:g} hours:",
        "",
        *table(told["villages"]),
        "",
        f"Rain at the village above {told['line_mm']:g} mm in {hours:g} hours:",
        "",
        *table(told["rain"]),
    ]


def table(rows: Mapping[str, Mapping[str, Any]]) -> list[str]:
    """Counts and shares, a line each baseline."""
    found = [
        "| baseline | hits | misses | false alarms | rejections | POD | FAR | CSI |",
        "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ]
    for name, row in rows.items():
        shares = ["–" if row[key] is None else f"{row[key]:.2f}" for key in ("pod", "far", "csi")]
        counts = [str(row[key]) for key in ("hits", "misses", "false_alarms", "rejections")]
        found.append("| " + " | ".join((f"`{name}`", *counts, *shares)) + " |")
    return found


if __name__ == "__main__":
    sys.exit(main())
