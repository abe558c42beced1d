"""What a flood leaves in its folder: summary.json and three maps; and the lines that a person reads."""

import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np

import anlan
from anlan.cli.simulate.files import InputWrong, put
from anlan.cli.simulate.flood import warming
from anlan.cli.simulate.flood.inputs import Setup
from anlan.cli.simulate.flood.job import Ended
from anlan.science.flood.outputs import Curve, MapName, Result
from anlan.wire.raster.tiff.writer import write_geotiff

SUMMARY = "summary.json"
MAPS: dict[str, tuple[MapName, str, float]] = {
    "max_depth.tif": ("max_depth", "greatest depth, m", 1.0),
    "arrival.tif": ("arrival_s", "first moment with water of 0.1 m, minutes; missing: never", 1 / 60),
    "max_speed.tif": ("max_speed", "greatest speed, m/s", 1.0),
}
_WORDS = {
    "zh": {
        "refused": "拒绝：结果不可用",
        "outside": "超出方法适用范围：结果不可据以行动",
        "head": ("地点", "最大水深 m", "最高水位 m", "到达 分钟"),
        "never": "未到",
        "mass": "水量误差",
        "cells": "格",
        "minutes": "分钟",
        "note": "注意",
    },
    "en": {
        "refused": "REFUSED: the result must not be used",
        "outside": "OUTSIDE ITS RANGE: nobody may rely on this result",
        "head": ("place", "max depth m", "max stage m", "arrival min"),
        "never": "never",
        "mass": "mass error",
        "cells": "cells",
        "minutes": "minutes",
        "note": "note",
    },
}


def folder(path: str) -> Path:
    """The folder of the results, made if it is not there. Raises `InputWrong`."""
    out = Path(path)
    try:
        out.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise InputWrong(f"--out {path}: {error.strerror}; give a folder that can be written") from error
    if not os.access(out, os.W_OK | os.X_OK):
        raise InputWrong(f"--out {path}: may not be written; give a folder that can be written")
    return out


def clear(out: Path) -> None:
    """Take away what an earlier run left: a refused run must not stand beside maps."""
    for name in (SUMMARY, *MAPS):
        (out / name).unlink(missing_ok=True)


def summary(setup: Setup, ended: Ended) -> dict[str, Any]:
    """The object of the contract."""
    result = ended.result
    return {
        "refused": result is None,
        "reasons": [ended.reason] if ended.reason else [],
        "solver": ended.solver,
        "steps": ended.steps,
        "cells": setup.domain.cells,
        "wall_s": round(ended.wall_s, 3),
        "mass_error": None if result is None else result.ledger.error_share,
        "points": _points(setup, result),
        "outside_range": None if result is None else result.outside_range or None,
        "tried_before": list(ended.tried),
        "notes": setup.notes,
        "warnings": [*setup.warnings, *warming.warnings(ended.warmed)],
        "catchment": setup.catchment,
        "soil": _soil(setup),
        "warm_up": ended.warmed,
        "links": [] if result is None else [_moved(curve) for curve in result.links],
        "minutes": setup.minutes,
        "precision": setup.args.precision,
        "boundary": setup.args.boundary,
        "crs": setup.grid.crs,
        "cell_m": setup.grid.dx,
        "wet_m": setup.outputs.wet_m,
        "memory_bytes": setup.bytes_stated,
        "water_m3": None if result is None else _water(result),
        "swift_share": None if result is None else _swift(result),
        "version": anlan.__version__,
    }


def write(setup: Setup, ended: Ended, found: Mapping[str, Any], out: Path) -> None:
    """The maps, unless the run is refused, and the summary last."""
    if ended.result is not None:
        away = ~setup.domain.inside
        for name, (key, what, unit) in MAPS.items():
            values = ended.result.maps[key] * np.float32(unit)
            values[away] = np.nan
            note = f"{what}; anlan {anlan.__version__}, {ended.solver}"
            if found["outside_range"]:
                note += f"; OUTSIDE ITS RANGE: {found['outside_range']}"
            put(out / name, write_geotiff(replace(setup.grid, values=values), note=note))
    put(out / SUMMARY, found)


def _points(setup: Setup, result: Result | None) -> list[dict[str, Any]]:
    found = []
    for n, point in enumerate(setup.outputs.points):
        cell = setup.domain.cell(point.x, point.y)
        bed = float(setup.domain.bed[cell]) + setup.domain.datum
        row: dict[str, Any] = {"name": point.name, "bed_m": round(bed, 4)}
        found.append(row | (_nothing() if result is None else _told(bed, cell, result, result.points[n])))
    return found


def _nothing() -> dict[str, Any]:
    return {"max_depth_m": None, "max_stage_m": None, "arrival_min": None, "fast_share": None, "depth_m": []}


def _told(bed: float, cell: tuple[int, int], result: Result, curve: Curve) -> dict[str, Any]:
    deepest = float(result.maps["max_depth"][cell])
    arrival = float(result.maps["arrival_s"][cell])
    return {
        "max_depth_m": round(deepest, 4),
        "max_stage_m": round(bed + deepest, 4),
        "arrival_min": None if np.isnan(arrival) else round(arrival / 60, 2),
        "fast_share": round(float(result.froude.points[curve.name]), 4),
        "depth_m": [
            [round(float(s) / 60, 3), round(float(depth), 4)]
            for s, depth in zip(curve.seconds, curve.values[:, 0], strict=True)
        ],
    }


def _water(result: Result) -> dict[str, float]:
    """Where the water came from and went, m³."""
    ledger = result.ledger
    kinds = ("rain", "inflow", "outflow", "infiltration", "stored")
    return {kind: round(float(getattr(ledger, kind)), 3) for kind in kinds}


def _soil(setup: Setup) -> dict[str, Any] | None:
    if setup.sources.infiltration is None:
        return None
    return {"model": setup.args.soil, "wetness": setup.sources.infiltration.wetness}


def _moved(curve: Curve) -> dict[str, Any]:
    """What a link moved."""
    minutes = [round(float(s) / 60, 3) for s in curve.seconds]
    flow, level, moved = curve.values.T
    return {
        "name": curve.name,
        "moved_m3": round(float(moved[-1]), 3),
        "max_m3_s": round(float(flow.max()), 4),
        "m3_s": [[m, round(float(q), 4)] for m, q in zip(minutes, flow, strict=True)],
        "stage_m": [
            [m, None if np.isnan(v) else round(float(v), 4)] for m, v in zip(minutes, level, strict=True)
        ],
    }


def _swift(result: Result) -> dict[str, Any]:
    """The share of wet cells with a Froude number above 0.8, over all and around each point."""
    around = {name: round(float(share), 4) for name, share in result.froude.points.items()}
    return {"overall": round(float(result.froude.overall), 4), "points": around}


def lines(found: Mapping[str, Any], out: Path, lang: str) -> list[str]:
    """A screenful; what forbids to use the result stands first and last."""
    words = _WORDS[lang]
    told = [f"{words['refused']}: {reason}" for reason in found["reasons"]]
    told += [f"{words['outside']}: {found['outside_range']}"] if found["outside_range"] else []
    mass = "" if found["mass_error"] is None else f" · {words['mass']} {found['mass_error']:.1e}"
    head = (
        f"{found['solver']} {found['precision']} · {found['cells']} {words['cells']} · {found['minutes']:g} "
        f"{words['minutes']} · {found['wall_s']:.1f} s{mass}"
    )
    rows = [] if found["refused"] else _table(found, words)
    notes = [f"{words['note']}: {note}" for note in (*found["warnings"], *found["notes"])]
    return [*told, head, *rows, *notes, str(out / SUMMARY), *told]


def _table(found: Mapping[str, Any], words: Mapping[str, Any]) -> list[str]:
    if not found["points"]:
        return []
    rows = ["  ".join(words["head"])]
    for row in found["points"]:
        arrival = words["never"] if row["arrival_min"] is None else f"{row['arrival_min']:.0f}"
        rows.append(f"{row['name']}  {row['max_depth_m']:.2f}  {row['max_stage_m']:.2f}  {arrival}")
    return rows
