"""集合 ensembles: ordered by a person, taken in as one run. Its members are no rows; what they say together is."""

from collections.abc import Mapping
from typing import Any

from anlan.foundation.actions import action
from anlan.foundation.context import Ctx
from anlan.foundation.errors import Invalid
from anlan.places.atlas import atlas
from anlan.simulate import queries
from anlan.simulate.actions.runs import CURVE_NUMBER, check, enlist, finish
from anlan.simulate.computing import ensemble
from anlan.simulate.computing.shapes import Found
from anlan.simulate.models import Run
from anlan.simulate.rules import ensemble as rules
from anlan.simulate.running import ground, settings

KIND = "ensemble"
SOLVER, PRECISION = "li", "f32"
"""Fifty runs are wanted within a minute; where water runs too fast for this, nothing is said of a village."""
SPREADS = ("amount_percent", "shift_m", "timing_min", "excluded_percent")
MOST_SEED = 2**62


def order_ensemble(
    ctx: Ctx,
    *,
    title: str,
    ground_ref: str,
    minutes: int,
    rain: Mapping[str, Any],
    members: int | None = None,
    seed: int | None = None,
    wetness: str = "wet",
) -> str:
    """Put an ensemble on the list; gives its ref.

    Args:
        rain: as of a run: a design rain, or stations with a nowcast.
        members: as the pack says unless given. seed: that of the world unless given; the same seed draws the same members.

    Raises: NotFound, Invalid with the field and the mend.
    """
    check(solver=SOLVER, precision=PRECISION, minutes=minutes, rain=rain)
    with action(ctx, "simulate.run"):
        over = ground.get(ctx, ground_ref)
        told = settings.ensemble(ctx, over)
        count = told["members"] if members is None else members
        drawn = ctx.world.seed if seed is None else seed
        _check(count, drawn)
        params = {
            "precision": PRECISION, "minutes": minutes, "cn": CURVE_NUMBER, "wetness": wetness, "members": count,
            "spread": {name: told[name] for name in SPREADS},
        }  # fmt: skip
        return enlist(
            ctx, over=over, title=title, model=SOLVER, rain=rain, params=params, kind=KIND, purpose="analyst", seed=drawn,
            told={"members": count, "seed": str(drawn)},
        )  # fmt: skip


def _check(members: int, seed: int) -> None:
    if not rules.LEAST <= members <= rules.MOST:
        raise Invalid("成员数要在 {least} 到 {most} 之间。", least=rules.LEAST, most=rules.MOST)
    if not 0 <= seed <= MOST_SEED:
        raise Invalid("种子要是 0 到 2 的 62 次方之间的整数。")


def publish_ensemble(ctx: Ctx, *, run: Run, found: Found) -> None:
    """Judge what the members say together, and keep it."""
    why = rules.reasons(
        members=run.params["members"],
        excluded=found.figures.get("excluded", 0),
        most_percent=run.params["spread"]["excluded_percent"],
        stopped=found.checks.stopped,
    )
    known, times = atlas().by_id, found.figures.get("times", {})
    figures = {**found.figures, "times": {known[int(place)].code: each for place, each in times.items()}}
    finish(
        ctx,
        ref=run.ref,
        figures=figures,
        villages=found.villages,
        reasons=why,
        known_at=ctx.now,
        log=found.log,
    )
    ensemble.clear(queries.folder_of(ctx, run))
