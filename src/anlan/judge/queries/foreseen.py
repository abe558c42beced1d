"""预报来水: villages to which the model says water comes. A forecast is no finding: it calls nobody by itself."""

from dataclasses import dataclass
from datetime import datetime

from anlan.foundation.context import Ctx
from anlan.foundation.kept import asked_once
from anlan.places.atlas import Place
from anlan.simulate import queries as simulate
from anlan.simulate.queries import VillageForecast


@dataclass(frozen=True, kw_only=True)
class Foreseen:
    """The newest live forecast that holds, and its villages with water, the earliest first.

    unsaid: villages of which it says nothing (未模拟, or outside its range). They are not dry: nobody knows.
    holds_until: from then on it is too old to be shown.
    """

    run: str
    known_at: datetime
    holds_until: datetime
    is_synthetic: bool
    villages: tuple[VillageForecast, ...]
    unsaid: tuple[Place, ...] = ()


@asked_once
def foreseen(ctx: Ctx, *, at: datetime | None = None, path: str = "") -> Foreseen | None:
    """What the model says now, or said as of a past moment, below a path; None where nothing holds or nobody is reached."""
    run = simulate.forecast(ctx, at=at)
    if run is None or run.known_at is None:
        return None
    told = [v for v in simulate.water(ctx, run) if v.place.path.startswith(path)]
    wet = [v for v in told if v.arrives_at is not None]
    if not wet:
        return None
    villages = tuple(sorted(wet, key=lambda v: (v.arrives_at or run.ordered_at, v.place.path)))
    unsaid = [v.place for v in told if v.is_unsaid]
    unsaid += [place for place in simulate.unmodelled(ctx, run) if place.path.startswith(path)]
    return Foreseen(
        run=run.ref,
        known_at=run.known_at,
        holds_until=run.known_at + simulate.HOLDS,
        is_synthetic=run.ground.synthetic,
        villages=villages,
        unsaid=tuple(sorted(unsaid, key=lambda place: place.path)),
    )


def arrivals(ctx: Ctx, *, path: str, at: datetime | None = None) -> dict[int, datetime]:
    """When water is expected at each village below a path, by division id."""
    found = foreseen(ctx, at=at, path=path)
    villages = found.villages if found else ()
    return {v.place.id: v.arrives_at for v in villages if v.arrives_at is not None}
