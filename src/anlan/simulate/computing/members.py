"""One member of an ensemble 集合成员, computed in a process of its own: from the state at minute 0 that all share, under its own rain."""

from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from anlan.science.flood.domain import Domain
from anlan.science.flood.errors import Cancelled, LeftValidity, MassLost, NotFinite
from anlan.science.flood.outputs import Area, Outputs, Result
from anlan.science.flood.run import run
from anlan.science.flood.solver import Solver
from anlan.science.flood.sources import Rain, Sources
from anlan.science.flood.state import State
from anlan.simulate.computing import baseflow, compute, ensemble, folders, rainfield, states, villages
from anlan.simulate.computing.ensemble import Answer, Ensemble
from anlan.simulate.computing.shapes import NOW, WET_M, Job, Terrain
from anlan.simulate.maps import waters
from anlan.simulate.rules import ensemble as rules
from anlan.simulate.rules import verdict
from anlan.simulate.rules.ensemble import LOOK_MIN, NEVER, STEP_MIN, Member
from anlan.simulate.rules.verdict import Figures

KEPT_EVERY_MIN = 30


@dataclass(frozen=True, kw_only=True)
class Shared:
    """What members have in common; made once in each process."""

    terrain: Terrain
    domain: Domain
    solver: Solver
    areas: tuple[Area, ...]
    start: State | None  # at minute 0; None: dry


_shared: dict[str, Shared] = {}


def _share(asked: Ensemble) -> Shared:
    if asked.folder not in _shared:
        _shared.clear()
        job, now = asked.job, Path(asked.folder) / NOW
        terrain = Terrain.load(Path(job.ground))
        domain = villages.domain_of(terrain)
        _shared[asked.folder] = Shared(
            terrain=terrain,
            domain=domain,
            solver=compute.solver_of(job.solver, terrain, domain),
            areas=villages.around(job, terrain, radius_m=job.swift.radius_m) if job.swift else (),
            start=states.read(now) if _begins_wet(asked, terrain) else None,
        )
    return _shared[asked.folder]


def minutes(job: Job) -> list[int]:
    """Minutes of which the depth at homes is kept."""
    return list(range(KEPT_EVERY_MIN, int(job.until_min) + 1, KEPT_EVERY_MIN))


def warm(asked: Ensemble) -> None:
    """Bring the ground to minute 0 under the rain that fell, once for all members; and write what they share."""
    job, folder = asked.job, Path(asked.folder)
    terrain = Terrain.load(Path(job.ground))
    if _begins_wet(asked, terrain) and not (folder / NOW).exists():
        try:
            states.keep(folder / NOW, _begun(asked, terrain))
        except Cancelled:
            return
        except (NotFinite, MassLost, LeftValidity) as refused:
            for member in asked.drawn():
                ensemble.write(ensemble.file_of(folder, member.number), Answer.of_none(str(refused)))
            return
    frame = waters.Frame(terrain.west, terrain.north, terrain.dx, terrain.crs)
    here = np.unique(job.home_place[terrain.has_land(job.home_x, job.home_y)]).tolist()
    figures = {
        "bounds": list(frame.bounds(*terrain.bed.shape)),
        "concentration_min": round(terrain.concentration_min),
        **baseflow.base_figures(job, terrain),
    }
    ensemble.keep_frame(folder, places=here, minutes=minutes(job), frame=frame, figures=figures)


def _begins_wet(asked: Ensemble, terrain: Terrain) -> bool:
    """Whether rain fell before minute 0, or rivers flow without it."""
    return asked.fallen > 0 or terrain.base_m3_s.size > 0


def _begun(asked: Ensemble, terrain: Terrain) -> State:
    """The state at minute 0: rivers full of their base flow, then the rain that fell."""
    job, folder = asked.job, Path(asked.folder)
    domain, threads = villages.domain_of(terrain), ensemble.processes()
    solver, cancel = compute.solver_of(job.solver, terrain, domain), partial(folders.is_stopped, folder)
    start = baseflow.start(job, terrain, domain, solver, threads=threads, cancel=cancel)
    if start is not None and not asked.fallen:
        return start
    ended = run(
        domain, solver, until_s=60.0 * STEP_MIN * asked.fallen, start=start,
        sources=_sources(asked, terrain, asked.tenths[:, : asked.fallen], 0.0, 0.0), edges=baseflow.edges(terrain),
        outputs=Outputs(maps=()), precision=job.precision, threads=threads, cancel=cancel,  # type: ignore[arg-type]
        tick_s=compute.TICK_S,
    )  # fmt: skip
    return ended.state


def compute_member(asked: Ensemble, member: Member) -> None:
    """Compute a member and keep its answer; one that refuses itself keeps why. Stopped, it keeps nothing."""
    folder = Path(asked.folder)
    path = ensemble.file_of(folder, member.number)
    if path.exists() or folders.is_stopped(folder):
        return
    try:
        ensemble.write(path, _answer(asked, _run(asked, member)))
    except (NotFinite, MassLost, LeftValidity) as refused:
        ensemble.write(path, Answer.of_none(str(refused)))
    except Cancelled:
        return


def _run(asked: Ensemble, member: Member) -> Result:
    job, shared = asked.job, _share(asked)
    tenths = rules.coming(asked.tenths, member, fallen=asked.fallen, dry_before=not asked.gauge_x.size)
    outputs = Outputs(
        maps=("max_depth", "arrival_s"), wet_m=WET_M, snapshot_minutes=tuple(map(float, minutes(job))), areas=shared.areas,
        series_every_s=60.0 * KEPT_EVERY_MIN,
    )  # fmt: skip
    return run(
        shared.domain, shared.solver, until_s=60.0 * job.until_min, start=shared.start,
        sources=_sources(asked, shared.terrain, tenths, member.east_m, member.north_m),
        edges=baseflow.edges(shared.terrain),
        outputs=outputs, precision=job.precision, threads=1,  # type: ignore[arg-type]
        cancel=partial(folders.is_stopped, Path(job.folder)), tick_s=60.0 * LOOK_MIN,
    )  # fmt: skip


def _sources(
    asked: Ensemble, terrain: Terrain, tenths: NDArray[np.float64], east_m: float, north_m: float
) -> Sources:
    """Rain of five-minute sums from time 0 on; the field of the gauges is moved, the ground stays."""
    changes, told = rules.distinct(tenths)
    if asked.gauge_x.size:
        rates = rainfield.over(terrain, x=asked.gauge_x + east_m, y=asked.gauge_y + north_m, tenths=told)
    else:
        rates = told[0] * (60 / STEP_MIN / 10)
    rain = Rain.of([STEP_MIN * n for n in changes], rates)
    return Sources(rain=rain, infiltration=compute.soil_of(asked.job))


def _answer(asked: Ensemble, result: Result) -> Answer:
    """Whole centimetres and minutes; or why the member may not speak."""
    job, terrain = asked.job, _share(asked).terrain
    error, fast = abs(result.ledger.error_share), result.froude.overall
    bound = {"fast_bound": job.swift.bound} if job.swift else {}
    checks = Figures(solver=job.solver, precision=job.precision, mass_error=error, fast_share=fast, **bound)
    told = [each for _, each in sorted(villages.water_of_villages(job, terrain, result).items())]

    def column(values: list[int]) -> NDArray[np.int64]:
        return np.array(values, np.int64)

    return Answer(
        refused="; ".join(reason.text for reason in verdict.reasons(checks)),
        mass_error=error,
        fast_percent=round(100 * fast),
        steps=result.steps,
        wet=np.asarray(np.nan_to_num(result.maps["max_depth"]) >= WET_M),
        villages={
            "depth_cm": column([v.depth_cm for v in told]),
            "arrives_min": column([NEVER if v.arrives_min is None else v.arrives_min for v in told]),
            "households": column([v.households for v in told]),
            "fast_percent": column([v.fast_percent for v in told]),
            "curve": np.array([[depth for _, depth in v.curve] for v in told], np.int64).reshape(
                len(told), len(told[0].curve) if told else 0
            ),
        },
    )
