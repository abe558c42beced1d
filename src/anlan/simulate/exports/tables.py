"""The villages of a run as CSV: depth, arrival, households, and the depth at each kept minute."""

import csv
import io
from collections.abc import Sequence

from anlan.simulate.exports.provenance import About
from anlan.simulate.queries import VillageForecast
from anlan.ui.format import beijing

COLUMNS = (
    "run",
    "exercise",
    "synthetic",
    "code",
    "village",
    "max_depth_m",
    "arrives_at",
    "households",
    "solver",
)


def villages_csv(told: About, villages: Sequence[VillageForecast]) -> str:
    """UTF-8 with mark, for spreadsheets; times in ISO with +08:00; a village the model does not speak of has no depth."""
    kept = sorted({minute for v in villages for minute, _ in v.curve})
    out = io.StringIO()
    out.write("\ufeff")
    rows = csv.writer(out, lineterminator="\r\n")
    rows.writerow([*COLUMNS, *(f"depth_m_minute_{minute}" for minute in kept)])
    for v in villages:
        curve = dict(v.curve)
        arrives = beijing(v.arrives_at).isoformat(timespec="seconds") if v.arrives_at else ""
        rows.writerow(
            [
                told.run.ref, _yes(told.facts["exercise"]), _yes(told.facts["synthetic"]), v.place.code, v.place.name,
                "" if v.is_unsaid else f"{v.depth_m:.2f}", arrives, v.households, v.solver or told.run.model,
                *(f"{curve[minute] / 100:.2f}" if minute in curve else "" for minute in kept),
            ]
        )  # fmt: skip
    return out.getvalue()


def _yes(is_so: bool) -> str:
    return "yes" if is_so else "no"
