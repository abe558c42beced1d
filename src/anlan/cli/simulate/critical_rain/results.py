"""What was found: a summary, a table, and the lines that a person reads."""

import csv
import io
from collections.abc import Mapping
from typing import Any

import anlan
from anlan.cli.simulate.critical_rain.inputs import MODEL, Setup
from anlan.cli.simulate.critical_rain.job import Runs
from anlan.cli.simulate.critical_rain.plan import Series
from anlan.cli.simulate.files import put
from anlan.science.flood.critical.checking import Fault, faults, shallower
from anlan.science.flood.critical.cutting import Catchment
from anlan.science.flood.critical.search import Crossing, cross
from anlan.science.flood.critical.storms import net_mm, retention_mm
from anlan.science.flood.critical.told import WETNESS, Row, tell

SUMMARY, TABLE = "summary.json", "critical_rain.csv"
COLUMNS = (
    "village", "code", "minutes", "wetness", "immediate_mm", "low_mm", "high_mm", "prepare_mm", "run_to_mm", "lead_min",
)  # fmt: skip


def summary(setup: Setup, runs: Runs) -> dict[str, Any]:
    """The object that `--json` prints and the packs are written from."""
    villages, wrong = [], []
    for place in setup.places:
        wrong += _out_of_order(place, runs)
        for n, name in enumerate(place.names):
            village, rows = _village(setup, place, n, runs)
            villages.append(village)
            wrong += faults(rows)
            assert village["name"] == name
    s = setup.settings
    reasons = sorted({each.refused for each in runs.series.values() if each.refused})
    return {
        "refused": bool(reasons),
        "reasons": reasons,
        "model": MODEL,
        "version": anlan.__version__,
        "terrain": setup.terrain,
        "terrain_sha256": setup.digest,
        "synthetic": setup.synthetic,
        "crs": setup.crs,
        "cell_m": setup.land.dx,
        "solver": setup.args.solver,
        "hyetograph": s.shape.name,
        "hyetograph_title": dict(s.shape_title),
        "cn": s.spread.cn,
        "cn_spread": s.spread.cn_spread,
        "roughness": list(s.roughness),
        "threshold_m": s.threshold_m,
        "homes_percent": round(100 * s.homes_share, 2),
        "clearing_min": s.spread.clearing_min,
        "prepare_percent": [round(100 * s.spread.least_share), round(100 * s.spread.most_share)],
        "settings": {"pack": s.pack.id, "version": s.pack.version},
        "computed_on": setup.on.isoformat(),
        "villages": villages + [{"name": name, "refused": why, "rows": []} for name, why in setup.refused.items()],
        "violations": [_fault(fault) for fault in wrong],
        "runs": sum(len(each.known) for each in runs.series.values()),
        "runs_made_now": runs.made,
        "runs_broken_off": sum(not once.is_whole for each in runs.series.values() for once in each.known.values()),
        "cpu_s": round(runs.cpu_s, 1),
        "wall_s": round(runs.wall_s, 1),
        "packs": [],
    }  # fmt: skip


def _village(setup: Setup, place: Catchment, n: int, runs: Runs) -> tuple[dict[str, Any], list[Row]]:
    """One village with its rows; a reason in place of rows where nothing may be said."""
    name = place.names[n]
    told: dict[str, Any] = {
        "name": name,
        "code": setup.codes.get(name, ""),
        "catchment": place.number,
        "area_km2": round(place.area_km2[n], 2),
        "concentration_min": round(place.concentration_min[n]),
        "homes": int(place.homes[n].size),
        "homes_left_out": place.left_out[n],
    }
    why = _cannot(setup, place, n, runs)
    if why:
        return told | {"refused": why, "rows": []}, []
    found: list[Row] = []
    printed: list[dict[str, Any]] = []
    for minutes in setup.settings.durations(place.concentration_min[n]):
        rows, more = _duration(setup, place, n, minutes, runs)
        found += rows
        printed += [_printed(row) | more[row.wetness] for row in rows]
    fast = max((row["fast_percent"] for row in printed), default=0)
    if setup.args.solver == "li" and fast > 100 * setup.settings.fast_share:
        return told | {"refused": f"outside the range of li: Fr > 0.8 in {fast} % of deep cells; run it with --solver godunov",
                       "rows": printed}, found  # fmt: skip
    return told | {"refused": "", "rows": printed}, found


def _cannot(setup: Setup, place: Catchment, n: int, runs: Runs) -> str:
    if place.area_km2[n] > setup.settings.most_km2:
        return f"{place.area_km2[n]:.0f} km² above it: a river's flood, no flash flood's (up to {setup.settings.most_km2:g} km²)"
    if not place.homes[n].size:
        return "none of its homes lies in the catchment of its stream"
    if not place.side:
        return "water can leave its ground nowhere: the outlet lies beside missing cells; cut the terrain at its edge there"
    refused = [each.refused for key, each in runs.series.items() if key[0] == place.number and each.refused]
    return refused[0] if refused else ""


def _duration(
    setup: Setup, place: Catchment, n: int, minutes: int, runs: Runs
) -> tuple[list[Row], dict[str, dict[str, Any]]]:
    s = setup.settings
    at = {w: runs.series[place.number, minutes, w, 1.0] for w in WETNESS}
    crossings = {w: _cross(setup, each, n) for w, each in at.items()}
    rougher, smoother = (
        _cross(setup, runs.series[place.number, minutes, "normal", rough], n) for rough in s.roughness
    )
    above = {w: at[w].known[c.above_mm] for w, c in crossings.items() if c.above_mm is not None}
    rows = tell(
        place.names[n], minutes, by_wetness=crossings, rougher=rougher, smoother=smoother,
        reached_min={w: t for w, once in above.items() if (t := once.reached_min[n]) is not None},
        shape=s.shape, spread=s.spread, run_to_mm=s.depths_mm[minutes][-1],
    )  # fmt: skip
    more = {
        w: {
            "between_mm": [crossings[w].below_mm, crossings[w].above_mm],
            "fast_percent": round(100 * above[w].fast[n]) if w in above else 0,
        }
        for w in WETNESS
    }
    return rows, more


def _cross(setup: Setup, series: Series, n: int) -> Crossing:
    retention = retention_mm(setup.settings.spread.cn, wetness=WETNESS[series.key[2]])
    dry = 0.2 * retention
    assert net_mm(dry, retention_mm=retention) == 0.0
    return cross(
        series.depths_mm, series.depths(n, setup.settings), 0, threshold_m=setup.settings.threshold_m, dry_mm=dry
    )  # fmt: skip


def _printed(row: Row) -> dict[str, Any]:
    return {
        "minutes": row.minutes,
        "wetness": row.wetness,
        "reached": row.immediate is not None,
        "immediate_mm": _mm(row.immediate),
        "low_mm": _mm(row.low),
        "high_mm": _mm(row.high),
        "prepare_mm": _mm(row.prepare),
        "prepare_low_mm": _mm(row.prepare_low),
        "prepare_high_mm": _mm(row.prepare_high),
        "run_to_mm": row.run_to_mm,
        "reached_min": None if row.reached_min is None else round(row.reached_min),
        "lead_min": None if row.lead_min is None else round(row.lead_min),
    }


def _mm(value: float | None) -> float | None:
    return None if value is None else round(value, 1)


def _out_of_order(place: Catchment, runs: Runs) -> list[Fault]:
    """Runs in which more rain made shallower water."""
    found = []
    for (number, minutes, wetness, rough), each in runs.series.items():
        if number == place.number:
            known = {mm: once.depth_m for mm, once in each.known.items()}
            found += shallower(place.names, known, where=f"{minutes} min, {wetness}, roughness × {rough:g}")
    return found


def _fault(fault: Fault) -> dict[str, Any]:
    return {
        "village": fault.village,
        "what": fault.what,
        "where": fault.where,
        "first": round(fault.first, 3),
        "second": round(fault.second, 3),
    }


def write(setup: Setup, found: Mapping[str, Any]) -> None:
    """The table, and the summary last."""
    text = io.StringIO()
    rows = csv.DictWriter(text, COLUMNS, extrasaction="ignore", lineterminator="\n")
    rows.writeheader()
    for village in found["villages"]:
        if not village["refused"]:
            rows.writerows(
                {"village": village["name"], "code": village["code"], **row} for row in village["rows"]
            )
    (setup.out / TABLE).write_text(
        text.getvalue(), encoding="utf-8-sig"
    )  # so that a spreadsheet sees the Chinese
    put(setup.out / SUMMARY, found)


WORDS = {
    "zh": {
        "synthetic": "合成地形：只能用于演练",
        "head": ("村", "时段 h", "土壤", "立即转移 mm", "低–高", "准备转移 mm", "提前 分钟"),
        "dry": "较干", "normal": "一般", "wet": "较湿",
        "never": "{mm:g} 以内未达到",
        "refused": "不给结论",
        "out": "次序不对（照实列出，未改）",
        "runs": "{runs} 次推演 · {cpu:.0f} CPU 秒 · 雨型 {shape}",
        "packs": "规则包：{n} 个，在 {at}",
    },
    "en": {
        "synthetic": "MADE-UP TERRAIN: for exercises only",
        "head": ("village", "hours", "soil", "move now mm", "low–high", "prepare mm", "lead min"),
        "dry": "dry", "normal": "normal", "wet": "wet",
        "never": "not reached within {mm:g}",
        "refused": "nothing is said",
        "out": "out of order (as found, not mended)",
        "runs": "{runs} runs · {cpu:.0f} s of processor · hyetograph {shape}",
        "packs": "rule packs: {n}, in {at}",
    },
}  # fmt: skip


def lines(setup: Setup, found: Mapping[str, Any], lang: str) -> list[str]:
    """The table, what is not said and why, what is out of order."""
    words: Mapping[str, Any] = WORDS[lang]
    title = found["hyetograph_title"][lang]
    told = [words["synthetic"]] if found["synthetic"] else []
    told.append(words["runs"].format(runs=found["runs"], cpu=found["cpu_s"], shape=title))
    told.append("  ".join(words["head"]))
    for village in found["villages"]:
        if village["refused"]:
            told.append(f"{village['name']}: {words['refused']}: {village['refused']}")
            continue
        told += [_line(village["name"], row, words) for row in village["rows"]]
    told += [
        f"{words['out']}: {v['village']} {v['what']} {v['where']}: {v['first']:g}, {v['second']:g}"
        for v in found["violations"]
    ]
    told.append(words["packs"].format(n=len(found["packs"]), at=setup.out))
    return told


def _line(name: str, row: Mapping[str, Any], words: Mapping[str, Any]) -> str:
    head = f"{name}  {row['minutes'] / 60:g}  {words[row['wetness']]}"
    if not row["reached"]:
        return f"{head}  {words['never'].format(mm=row['run_to_mm'])}"
    high = "…" if row["high_mm"] is None else f"{row['high_mm']:.0f}"
    lead = "–" if row["lead_min"] is None else f"{row['lead_min']}"
    return f"{head}  {row['immediate_mm']:.0f}  {row['low_mm']:.0f}–{high}  {row['prepare_mm']:.0f}  {lead}"
