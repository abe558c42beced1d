"""`anlan simulate breach`: how wide and how fast a dam may break, what runs out, and a hydrograph for `flood --inflow`."""

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from anlan.cli.simulate.files import (
    Answer,
    InputWrong,
    add_model,
    cited,
    json_object,
    number,
    packs,
    text,
    vouch,
)

CAUSES = {"overtopping": True, "piping": False}
MEMBERS = 50
MOST_MEMBERS = 1000


def register(models: Any) -> None:
    parser = add_model(
        models,
        "breach",
        what="breach of an embankment dam (Froehlich 2008), with its spread",
        file="JSON with volume_m3, height_m, cause",
        work=work,
    )
    parser.add_argument("--csv", default="", metavar="FILE", help="write the hydrograph for flood --inflow")
    parser.add_argument("--at", default="", metavar="X,Y,RADIUS", help="where it enters the terrain, metres")


def work(args: argparse.Namespace) -> Answer:
    from anlan.science.flood.breach import froehlich, series, spread
    from anlan.science.flood.errors import BadInput

    given = json_object(text(args.file))
    cause = str(given.get("cause") or "")
    if cause not in CAUSES:
        raise InputWrong(f"cause is {cause or 'missing'}: give overtopping (漫顶) or piping (管涌)")
    members, seed = _whole(given, "members", MEMBERS, 1, MOST_MEMBERS), _whole(given, "seed", 0, 0, 2**53)
    shelf, on = packs(args)
    pack = shelf.the("flood_breach", on=on)
    sigma = {key: float(pack.data["spread"][key]) for key in ("width_log10", "time_log10")}
    flowing = {
        "inflow_m3_s": number(given, "inflow_m3_s", default=0),
        "exponent": number(given, "exponent", default=2),
    }
    try:
        made = froehlich(
            volume_m3=number(given, "volume_m3"),
            height_m=number(given, "height_m"),
            is_overtopped=CAUSES[cause],
        )
        curve = series(made, **flowing)
        others = spread(made, members, seed=seed, **sigma)
        found = {
            "cause": cause,
            **_told(made, flowing),
            "scenarios": _scenarios(others, flowing),
            "members": members,
            "seed": seed,
            "hydrograph_m3_s": [
                [round(m, 3), round(q, 3)] for m, q in zip(curve.minutes, curve.values, strict=True)
            ],
            "pack": vouch(pack, args.lang),
        }
    except BadInput as error:
        raise InputWrong(str(error)) from error
    if args.csv:
        _write(Path(args.csv), args.at, found["hydrograph_m3_s"])
    return found, [*_lines(found), cited(pack, args.lang)]


def _whole(given: Mapping[str, Any], key: str, default: int, least: int, most: int) -> int:
    found = number(given, key, default=default)
    if found != int(found) or not least <= found <= most:
        raise InputWrong(f"{key} is {found:g}: give a whole number, {least} to {most}")
    return int(found)


def _told(breach: Any, flowing: Mapping[str, float]) -> dict[str, float]:
    from anlan.science.flood.breach import outflow

    peak = float(outflow(breach, steps=400, **flowing)[1].max())
    return {
        "width_m": round(breach.width_m, 2),
        "time_min": round(breach.time_s / 60, 2),
        "peak_m3_s": round(peak, 1),
    }


def _scenarios(breaches: Any, flowing: Mapping[str, float]) -> dict[str, dict[str, float]]:
    """Low, middle and high of each figure: a tenth of the scenarios lies beyond each end."""
    import numpy as np

    rows = [_told(one, flowing) for one in breaches]
    ends = ("low", "middle", "high")
    return {
        key: dict(
            zip(
                ends,
                np.quantile([row[key] for row in rows], [0.1, 0.5, 0.9]).round(2).tolist(),
                strict=True,
            )
        )
        for key in rows[0]
    }


def _write(path: Path, at: str, hydrograph: list[list[float]]) -> None:
    parts = at.split(",")
    if len(parts) != 3:
        raise InputWrong("--at is missing: give X,Y,RADIUS in metres of the terrain's own system with --csv")
    row = dict(zip(("x", "y", "radius_m"), parts, strict=True))
    x, y, radius = (number(row, key, where="--at: ") for key in row)
    lines = [f"{x:.10g},{y:.10g},{radius:.10g},{minute:g},{flow:g}" for minute, flow in hydrograph]
    try:
        path.write_text("\n".join(["x,y,radius_m,minute,m3_s", *lines, ""]), encoding="utf-8")
    except OSError as error:
        raise InputWrong(f"{path}: {error.strerror}; give a file that can be written") from error


def _lines(found: Mapping[str, Any]) -> list[str]:
    words = {"width_m": "溃口宽 width m", "time_min": "历时 time min", "peak_m3_s": "峰值 peak m³/s"}
    lines = []
    for key, word in words.items():
        some = found["scenarios"][key]
        lines.append(f"{word}  {found[key]:g}  ({some['low']:g} – {some['high']:g})")
    return [*lines, f"( ) 80 % / {found['members']} 情景 scenarios"]
