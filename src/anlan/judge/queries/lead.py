"""提前量: when the model first said that water comes, against the lines that the rain then crossed. For the review of an exercise."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from anlan.foundation import packs, shelf, worlds
from anlan.foundation.context import Ctx
from anlan.foundation.home import home
from anlan.foundation.packs.pack import PackNotFound
from anlan.foundation.rules.grade import Grade
from anlan.foundation.worlds import beijing
from anlan.judge.models import Exceedance
from anlan.judge.rules.lead import Lead, Span, lead, source_span
from anlan.observe.queries import moments, soil
from anlan.places.atlas import Place, atlas
from anlan.simulate import queries as simulate
from anlan.simulate.queries import VillageForecast, foretold
from anlan.simulate.rules.score import Counts

REPORT_MIN = 5
"""Rain is known this finely where a world does not say that its own was published by the hour."""


@dataclass(frozen=True, kw_only=True)
class Score:
    """How a baseline did on generated nights (合成)."""

    nowcast: str
    nights: int
    counts: Counts


@dataclass(frozen=True, kw_only=True)
class First:
    """The first forecast with water: the run, its last reading, when it was known, and the span in which that reading lies."""

    run: str
    reading_at: datetime
    known_at: datetime
    span: Span
    villages: tuple[VillageForecast, ...]
    nowcast: str
    score: Score | None
    is_synthetic: bool

    @property
    def cost(self) -> timedelta:
        """声明的计算用时: what passes between the last reading and the moment from which the forecast may be used."""
        return self.known_at - self.reading_at


@dataclass(frozen=True, kw_only=True)
class Line:
    """A line that was crossed: its pack and level, the span in which it happened, and the forecast's lead on it (if any)."""

    pack: str
    title: dict[str, str]
    level: str
    soil: str  # dry, normal, wet where the line depends on it, else ""
    span: Span
    lead: Lead | None


@dataclass(frozen=True, kw_only=True)
class Review:
    """One place of a night: the first forecast (None: none had water), the lines, and how finely the rain is known."""

    place: Place
    source_min: int
    has_made_up_gauges: bool
    first: First | None
    lines: tuple[Line, ...]


def reviews(ctx: Ctx) -> list[Review]:
    """Every place within scope over which the model looked ahead in this world."""
    places = {run.place_id for run in simulate.runs(ctx, limit=10_000, purpose="live")}
    return [review(ctx, atlas().by_id[place].path) for place in sorted(places)]


def review(ctx: Ctx, path: str) -> Review:
    """What one place's forecast was worth in time, from what the records hold."""
    settings = worlds.get(ctx.world.key).settings
    source_min = int(settings.get("source_min", REPORT_MIN))
    first = _first(ctx, path, source_min)
    return Review(
        place=atlas().by_path[path],
        source_min=source_min,
        has_made_up_gauges=bool(settings.get("made_up_gauges")),
        first=first,
        lines=tuple(_line(ctx, row, first, source_min) for row in _crossings(ctx, path)),
    )


def _first(ctx: Ctx, path: str, source_min: int) -> First | None:
    run = foretold.first_with_water(ctx, path=path)
    if run is None or run.known_at is None:
        return None
    reading = foretold.reading_at(run)
    wet = [v for v in simulate.water(ctx, run) if v.arrives_at is not None and v.place.path.startswith(path)]
    return First(
        run=run.ref,
        reading_at=reading,
        known_at=run.known_at,
        span=source_span(reading, minutes=source_min).later(run.known_at - reading),
        villages=tuple(sorted(wet, key=lambda v: (v.arrives_at or reading, v.place.path))),
        nowcast=run.inputs["rain"]["nowcast"],
        score=score_of(ctx, run.inputs["rain"]["nowcast"], code=atlas().by_id[run.place_id].code),
        is_synthetic=run.ground.synthetic,
    )


def score_of(ctx: Ctx, nowcast: str, *, code: str) -> Score | None:
    """How the baseline did, as the pack of live forecasts in force says; None where it says nothing of it."""
    pack = packs.load_all(home=home()).the("live_forecast", on=beijing(ctx.now).date(), division=code)
    for row in pack.data.get("scored", ()):
        if row["nowcast"] == nowcast:
            counts = Counts(hits=row["hits"], misses=row["misses"], false_alarms=row["false_alarms"])
            return Score(nowcast=nowcast, nights=row["nights"], counts=counts)
    return None


def _crossings(ctx: Ctx, path: str) -> list[Exceedance]:
    """The first time that rain here called for moving at once, and the first red line that it crossed."""
    rows = ctx.rows(Exceedance).filter(place__path__startswith=path, quantity="rain").order_by("onset", "pk")
    found = (rows.filter(stage="immediate").first(), rows.filter(stage="", level=int(Grade.RED)).first())
    return [row for row in found if row is not None]


def _line(ctx: Ctx, row: Exceedance, first: First | None, source_min: int) -> Line:
    span = source_span(row.onset, minutes=source_min)
    place = atlas().by_id[row.place_id]
    gauges = moments.gauges_of(ctx, [place.id])
    wet = soil.of_place(ctx, place.path, gauges, at=row.onset).wetness if row.stage else None
    return Line(
        pack=row.pack,
        title=_title(ctx, row.pack),
        level=row.stage or Grade(row.level).code,
        soil=wet or "",
        span=span,
        lead=lead(line=span, forecast=first.span) if first else None,
    )


def _title(ctx: Ctx, pack: str) -> dict[str, str]:
    """What the pack is called; its id where the city has put it away since."""
    try:
        return dict(shelf.get(ctx, pack).title)
    except PackNotFound:
        return {"zh": pack}
