"""Back-tests 回测: run a threshold pack over a series and keep what it would have said."""

import hashlib
import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from anlan.foundation import journal, packs
from anlan.foundation.actions import action, next_ref
from anlan.foundation.context import Ctx
from anlan.foundation.errors import Invalid, NotFound
from anlan.foundation.home import home
from anlan.foundation.worlds import BEIJING
from anlan.judge.models import BackTest
from anlan.judge.rules.backtest import Observed, Report, Series, back_test
from anlan.judge.rules.thresholds import compile
from anlan.places.atlas import Place
from anlan.wire import tables

MOST_ROWS = 200_000
TITLES = 6


@dataclass(frozen=True, kw_only=True)
class Rain:
    """A series to test with: its name, and (end of the step, 0.1 mm)."""

    name: str
    rows: tuple[tuple[datetime, int], ...]

    @property
    def digest(self) -> str:
        told = "\n".join(f"{at.isoformat()},{tenths}" for at, tenths in self.rows)
        return hashlib.sha256(told.encode()).hexdigest()


def read_csv(text: str, *, name: str) -> Rain:
    """Rows `time,mm` with an optional head; times without an offset are Beijing time. Raises: Invalid with the row."""
    rows: list[tuple[datetime, int]] = []
    for count, (number, row) in enumerate(tables.rows_of(text)):
        if count > MOST_ROWS:
            raise Invalid("文件超过 {n} 行，请分段回测。", n=MOST_ROWS)
        row = [tables.plain(cell) for cell in row]
        if not rows and count < TITLES and not any(cell[-1:].isdigit() for cell in row[1:2]):
            continue  # a title, or the names of the columns
        try:
            mm = tables.number(row[1])
            rows += [] if mm is None else [(tables.moment(row[0]).astimezone(BEIJING), round(mm * 10))]
        except (tables.Unclear, IndexError):
            text = "第 {n} 行读不懂。每行写“时间,毫米”，如 2021-08-12 04:05,3.5。"
            raise Invalid(text, n=number) from None
        if any(cell.isdigit() for cell in row[2:]):
            raise Invalid("第 {n} 行多出一个数：小数点写“.”，逗号只用来分栏。", n=number)
    if not rows:
        raise Invalid("文件里没有一行雨量。每行写“时间,毫米”，如 2021-08-12 04:05,3.5。")
    return Rain(name=name[:120], rows=tuple(rows))


def read_events(text: str, *, place: str) -> list[Observed]:
    """What really happened, one moment a line, Beijing time. Raises: Invalid with the line."""
    found = []
    for number, line in enumerate(text.splitlines(), start=1):
        if not line.strip():
            continue
        try:
            found.append(Observed(place, tables.moment(line).astimezone(BEIJING)))
        except tables.Unclear:
            raise Invalid("第 {n} 行的时刻读不懂，写成 2021-08-12 04:40。", n=number) from None
    return found


def run(
    ctx: Ctx, *, pack: str, rain: Rain, place: Place, events: str, from_level: int, lead_hours: int
) -> str:
    """Run and keep; returns the ref. Raises: NotFound; Invalid; rules.errors.RuleError for a series that will not do."""
    ctx.require("packs.view")
    if not ctx.scope.holds(place.path):
        raise NotFound("所选地点不在您的范围内。")
    chosen = packs.load_all(home=home()).get(pack)
    if chosen.kind != "threshold":
        raise Invalid("只有阈值规则包能回测。")
    rules = compile.compile_pack(chosen)
    kind = next((k for k in ("gauge", "village") if k in rules.subjects), "gauge")
    series = Series(
        place=place.code,
        kind=kind,
        times=tuple(at for at, _ in rain.rows),
        tenths=tuple(tenths for _, tenths in rain.rows),
    )
    report = back_test(
        rules,
        series=[series],
        events=read_events(events, place=place.code),
        from_level=from_level,
        lead_window=timedelta(hours=lead_hours),
    )
    result = _result(report, rain)
    with action(ctx, "packs.view"):
        row = BackTest.objects.create(
            world_id=ctx.world.id,
            ref=next_ref(ctx, "B"),
            pack=chosen.id,
            pack_version=chosen.version,
            place_id=place.id,
            series_name=rain.name,
            series_digest=rain.digest,
            ran_at=ctx.now,
            by=ctx.actor.ref,
            result=result,
        )
        told = {
            "pack": row.pack,
            "version": row.pack_version,
            "series": row.series_digest,
            "hits": len(report.hits),
            "misses": len(report.misses),
            "false_alarms": len(report.false_alarms),
        }
        journal.append(ctx, "warn.backtest.ran", refs={"back_test": row.ref}, body=told, place=place.path)
        return row.ref


def _result(report: Report, rain: Rain) -> dict[str, Any]:
    """What is kept: counts, figures, each hit and miss, and the line for the picture."""
    lead = report.median_lead
    return {
        "from_level": report.from_level,
        "from": report.from_at.isoformat(),
        "to": report.to_at.isoformat(),
        "events": len(report.hits) + len(report.misses),
        "hits": [
            {"at": h.event.at.isoformat(), "warned_at": h.warned_at.isoformat(), "lead_min": _minutes(h.lead)}
            for h in report.hits
        ],
        "misses": [m.at.isoformat() for m in report.misses],
        "false_alarms": [
            {"from": e.start.isoformat(), "to": e.until.isoformat() if e.until else None, "level": e.level}
            for e in report.false_alarms
        ],
        "episodes": len(report.episodes),
        "pod": report.pod,
        "far": report.far,
        "csi": report.csi,
        "median_lead_min": _minutes(lead) if lead is not None else None,
        "steps": [
            {"at": s.at.isoformat(), "level": s.level} for steps in report.timelines.values() for s in steps
        ],
        "rain": _picture(rain.rows),
    }


def _minutes(span: timedelta) -> int:
    return math.floor(span.total_seconds() / 60)


def _picture(rows: Sequence[tuple[datetime, int]], most: int = 240) -> list[dict[str, Any]]:
    """The rain in at most so many bars: [end of the bar, 0.1 mm]."""
    size = max(1, math.ceil(len(rows) / most))
    parts = [rows[n : n + size] for n in range(0, len(rows), size)]
    return [{"at": part[-1][0].isoformat(), "tenths": sum(t for _, t in part)} for part in parts]
