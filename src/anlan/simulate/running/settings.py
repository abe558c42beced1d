"""The packs that govern a ground: live forecasts 滚动预报 (cycle, horizon, cost, baseline, a model's range) and ensembles 集合."""

from typing import Any

from anlan.foundation import packs
from anlan.foundation.context import Ctx
from anlan.foundation.home import home
from anlan.foundation.worlds import beijing
from anlan.places.atlas import Place, atlas
from anlan.simulate.computing.shapes import Swift
from anlan.simulate.models import Ground


def live(ctx: Ctx, over: Ground) -> dict[str, Any]:
    """The figures of the live forecast for the place of a ground, as of now."""
    return live_of(ctx, atlas().by_id[over.place_id])


def live_of(ctx: Ctx, place: Place) -> dict[str, Any]:
    """The same of a place whose ground is not put in yet."""
    return _table(ctx, place, "live_forecast", "live")


def ensemble(ctx: Ctx, over: Ground) -> dict[str, Any]:
    """The figures of ensembles: members, spreads, and how many may refuse themselves."""
    return _table(ctx, atlas().by_id[over.place_id], "ensemble", "ensemble")


def _table(ctx: Ctx, place: Place, kind: str, name: str) -> dict[str, Any]:
    pack = packs.load_all(home=home()).the(kind, on=beijing(ctx.now).date(), division=place.code)
    return dict(pack.data[name])


def gauges(ctx: Ctx, over: Ground) -> tuple[float, int]:
    """How far a modelled rise may lie from a gauge's (m), and over how many minutes before minute 0."""
    told = live(ctx, over)
    return float(told["gauge_band_m"]), int(told["gauge_span_min"])


def swift(ctx: Ctx, over: Ground) -> Swift:
    """From which share of fast water on a village is asked of Godunov, and how far that may go."""
    told = live(ctx, over)
    return Swift(
        radius_m=float(told["fast_radius_m"]),
        bound=told["fast_percent"] / 100,
        below_m=float(told["fast_below_m"]),
        most_msteps=float(told["fast_most_msteps"]),
    )
