"""A flood for each try; what was found is written after every one, so that Ctrl-C loses nothing."""

import argparse
import contextlib
import io
import math
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from anlan.cli.simulate.calibrate import told
from anlan.cli.simulate.calibrate.given import FACTOR, Gauge, options
from anlan.cli.simulate.files import InputWrong, put
from anlan.cli.simulate.flood import inputs, job
from anlan.cli.simulate.stopping import WrittenOver
from anlan.science.flood.calibrate import Parameter, score, search
from anlan.science.flood.objective import compare_stage
from anlan.science.flood.outputs import Result
from anlan.science.jit import Floats

FILE = "calibration.json"


@dataclass(slots=True)
class _Log:
    """All tries so far, as they are written."""

    args: argparse.Namespace
    gauges: tuple[Gauge, ...]
    out: Path
    rows: list[dict[str, Any]] = field(default_factory=list)


def search_for(
    args: argparse.Namespace,
    parameters: tuple[Parameter, ...],
    gauges: tuple[Gauge, ...],
    *,
    most: int,
    seed: int,
    out: Path,
) -> dict[str, Any]:
    """Search, write, and give what was found. Raises `InputWrong`."""
    _check(args, parameters, gauges)
    log, progress = _Log(args, gauges, out), WrittenOver(every_s=0.0)

    def attempt(values: Mapping[str, float]) -> float:
        found = _try(log, values)
        log.rows.append(found)
        put(out / FILE, {"objective": args.objective, "tries": log.rows})
        progress.say(f"try {len(log.rows)} of {most}: {told.values(found)}")
        return -math.inf if found["score"] is None else float(found["score"])

    found = search(parameters, attempt, most=most, seed=seed)
    best = log.rows[found.tries.index(found.best)]
    whole = {
        "refused": best["score"] is None,
        "reasons": ["every try was refused"] if best["score"] is None else [],
        "objective": args.objective,
        "best": best,
        "start": log.rows[0],
        "at_bound": list(found.at_bound),
        "alike": {name: list(ends) for name, ends in found.alike().items()}
        if args.objective in ("nse", "kge")
        else None,
        "options": " ".join(f"--{name} {word}" for name, word in options(best["values"]).items()),
        "seed": seed,
        "tries": log.rows,
    }
    put(out / FILE, whole)
    return whole


def _check(args: argparse.Namespace, parameters: tuple[Parameter, ...], gauges: tuple[Gauge, ...]) -> None:
    """That the gauges stand at points, and that each parameter has a soil or a roughness to change."""
    if not args.points:
        raise InputWrong("--points is missing: give the places of the gauges")
    names = [parameter.name for parameter in parameters]
    if FACTOR in names and "manning" in names:
        raise InputWrong(f"--parameters: manning and {FACTOR} change the same; give one of them")
    if "manning" in names and args.friction:
        raise InputWrong(f"--parameters: manning only fills the gaps of --friction; give {FACTOR}")
    setup = inputs.read(_with(args, {p.name: p.start for p in parameters}))
    known = [point.name for point in setup.outputs.points]
    for gauge in gauges:
        if gauge.name not in known:
            raise InputWrong(f"--observed: {gauge.name!r} is no point: give its place in --points")
        if (
            not (np.isfinite(gauge.values) & (gauge.minutes >= 0) & (gauge.minutes <= setup.minutes)).sum()
            > 1
        ):
            raise InputWrong(
                f"--observed: {gauge.name} saw nothing twice in the {setup.minutes:g} minutes of the run"
            )


def _with(args: argparse.Namespace, values: Mapping[str, float]) -> argparse.Namespace:
    return argparse.Namespace(**{**vars(args), **options(values)})


def _try(log: _Log, values: Mapping[str, float]) -> dict[str, Any]:
    """One flood and how it fits; a score of null where it is refused."""
    with contextlib.redirect_stderr(io.StringIO()):
        setup = inputs.read(_with(log.args, values))
        if FACTOR in values:
            rough = np.minimum(setup.domain.manning * values[FACTOR], 1.0)
            setup = replace(setup, domain=replace(setup.domain, manning=rough))
        ended = job.do(setup, log.out, resume=False)
    row: dict[str, Any] = {
        "values": {name: float(f"{v:.6g}") for name, v in values.items()},
        "solver": ended.solver,
    }
    if ended.result is None:
        return row | {"score": None, "reason": ended.reason, "gauges": []}
    if ended.result.outside_range:
        return row | {"score": None, "reason": ended.result.outside_range, "gauges": []}
    fits = [_fit(log.args.objective, gauge, _modelled(gauge, ended.result)) for gauge in log.gauges]
    return row | {"score": float(np.mean([fit["score"] for fit in fits])), "reason": "", "gauges": fits}


def _modelled(gauge: Gauge, result: Result) -> Floats:
    """The curve of the gauge's point at its minutes, NaN beyond the run."""
    curve = next(curve for curve in result.points if curve.name == gauge.name)
    values = curve.values[:, 1 if gauge.kind == "stage_m" else 0]
    found: Floats = np.interp(60 * gauge.minutes, curve.seconds, values, left=np.nan, right=np.nan)
    return found


def _fit(objective: Any, gauge: Gauge, modelled: Floats) -> dict[str, Any]:
    check = compare_stage(gauge.minutes, gauge.values, modelled, band_m=1.0)
    kept = {
        k: None if isinstance(v, float) and math.isnan(v) else v
        for k, v in asdict(check).items()
        if k != "agrees"
    }
    found = score(objective, minutes=gauge.minutes, observed=gauge.values, modelled=modelled)
    return {"name": gauge.name, "score": found, **kept}
