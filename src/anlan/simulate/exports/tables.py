"""The villages of a run as CSV: depth, arrival, households, and the depth at each kept minute."""

import csv
import io
from collections.abc import Iterable, Sequence
from datetime import datetime

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


def villages_csv(told: About, villages: Sequence[VillageForecast]) -> bytes:
    """A village the model does not speak of has no depth."""
    kept = sorted({minute for v in villages for minute, _ in v.curve})
    head = [*COLUMNS, *(f"depth_m_minute_{minute}" for minute in kept)]
    return csv_of(head, (_row(told, v, kept) for v in villages))


def _row(told: About, v: VillageForecast, kept: Sequence[int]) -> list[object]:
    curve = dict(v.curve)
    return [
        told.run.ref, yes(told.facts["exercise"]), yes(told.facts["synthetic"]), v.place.code, v.place.name,
        "" if v.is_unsaid else f"{v.depth_m:.2f}", moment(v.arrives_at), v.households, v.solver or told.run.model,
        *(f"{curve[minute] / 100:.2f}" if minute in curve else "" for minute in kept),
    ]  # fmt: skip


def csv_of(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> bytes:
    """A table for spreadsheets: UTF-8 with mark."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return out.getvalue().encode("utf-8-sig")


def moment(at: datetime | None) -> str:
    """ISO with +08:00; nothing for none."""
    return beijing(at).isoformat(timespec="seconds") if at else ""


def yes(is_so: bool) -> str:
    return "yes" if is_so else "no"
