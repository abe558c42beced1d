"""预报图层: the newest live forecast that holds, as moments over the one map. It is off until somebody puts it on."""

from datetime import datetime
from typing import Any

from anlan.foundation.context import Ctx
from anlan.judge.queries.foreseen import Foreseen, foreseen
from anlan.simulate import queries as simulate
from anlan.simulate.maps.kinds import DEPTH
from anlan.simulate.queries import moments


def frames(ctx: Ctx, *, at: datetime | None, lang: str) -> dict[str, Any] | None:
    """Context of `ui/parts/frames.html`, of now or as it was known at a past moment; None where no forecast holds."""
    run = simulate.forecast(ctx, at=at) if ctx.may("simulate.view") else None
    if run is None or not run.figures.get("bounds") or not run.figures.get("kept_min"):
        return None
    here = f"/w/{ctx.world.key}/runs/{run.ref}"
    return {
        "links": moments.stops(run, here, now=at or ctx.now, lang=lang),
        "live": {
            "bounds": ",".join(f"{edge:.6f}" for edge in run.figures["bounds"]),
            "known_at": run.known_at,
            "run_url": here,
            "synthetic": run.ground.synthetic,
            "look": DEPTH.ink,
            "ranks": list(enumerate(DEPTH.words, start=1)),
        },
    }


def water(ctx: Ctx, *, path: str) -> Foreseen | None:
    """Villages of a place that the forecast brings water to, for the wall; None where none holds or nobody is reached."""
    return foreseen(ctx, path=path) if ctx.may("simulate.view") else None
