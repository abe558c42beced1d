"""Stations and what they measured, over the API."""

from datetime import UTC, datetime, timedelta
from typing import Annotated, Any

from ninja import Query, Router, Schema
from pydantic import AwareDatetime, Field

from anlan.foundation.api import Asked, CutIn, Given, Listing, Once, Ref, Said, WorldKey, may
from anlan.foundation.errors import Invalid, NotFound
from anlan.foundation.paging import part
from anlan.foundation.words import t
from anlan.observe import queries
from anlan.observe.actions import imports
from anlan.observe.events import IMPORT
from anlan.observe.ingest.shapes import millis
from anlan.observe.queries import StationInfo, series
from anlan.observe.queries import imports as import_queries
from anlan.observe.queries.series import Reading
from anlan.observe.rules.csvrows import Wrong
from anlan.places.atlas import atlas

router = Router(tags=["stations"])


class StationOut(Schema):
    address: str
    name: str
    kind: str
    place: str
    lon: float
    lat: float
    warning_cm: int | None
    guarantee_cm: int | None
    highest_cm: int | None
    serves: list[str]


def station_out(station: StationInfo) -> dict[str, Any]:
    names = [name for name in StationOut.model_fields if name not in ("place", "serves")]
    known = atlas().by_id
    return {
        **{name: getattr(station, name) for name in names},
        "place": known[station.place_id].code,
        "serves": [known[i].code for i in station.serves if i in known],
    }


@router.get("/w/{world}/stations", response=Listing[StationOut], summary="Gauges within scope")
@may("observe.view")
def stations(request: Asked, world: WorldKey, asked: Query[CutIn], kind: str = "") -> dict[str, Any]:
    found = part(queries.stations(request.ctx, kind), asked.cut())
    return {"items": [station_out(s) for s in found.items], "total": found.total}


@router.get("/w/{world}/stations/{address}", response=StationOut, summary="One gauge")
@may("observe.view")
def station(request: Asked, world: WorldKey, address: Ref) -> dict[str, Any]:
    found = next((s for s in queries.stations(request.ctx) if s.address == address), None)
    if found is None:
        raise NotFound("没有地址为 {address} 的测站，或不在您的范围内。", address=address)
    return station_out(found)


LONGEST = timedelta(days=31)
Element = Annotated[
    str, Field(pattern=r"^[0-9A-Fa-f]{2}$", description="SL 651 element, such as `22`, `26`, `39`")
]
EARLIEST = datetime(1971, 1, 1, tzinfo=UTC)
LATEST = datetime(2100, 1, 1, tzinfo=UTC)


class ReadingOut(Schema):
    """One reading; `value` in `unit`, null when missing. `known_at`: when it came in."""

    code: str
    at: datetime
    known_at: datetime
    value: float | None
    unit: str
    flags: list[str]


class SeriesIn(Schema):
    """Which readings: observed in (since, until], of each the value known last, or known last by `known_by`."""

    code: Element
    since: AwareDatetime
    until: AwareDatetime
    known_by: AwareDatetime | None = None


def reading_out(reading: Reading) -> dict[str, Any]:
    names = ("code", "at", "known_at", "value", "unit")
    return {**{name: getattr(reading, name) for name in names}, "flags": list(reading.flags)}


@router.get(
    "/w/{world}/stations/{address}/latest", response=list[ReadingOut], summary="The newest of each element"
)
@may("observe.view")
def latest(request: Asked, world: WorldKey, address: Ref) -> list[dict[str, Any]]:
    found = series.latest(request.ctx, address)
    return [reading_out(reading) for reading in found]


@router.get(
    "/w/{world}/stations/{address}/series", response=list[ReadingOut], summary="Readings of one element"
)
@may("observe.view")
def readings(request: Asked, world: WorldKey, address: Ref, asked: Query[SeriesIn]) -> list[dict[str, Any]]:
    row = queries.station(request.ctx, address)
    moments = [asked.since, asked.until, *([asked.known_by] if asked.known_by else [])]
    if not all(EARLIEST <= moment <= LATEST for moment in moments):
        raise Invalid("时间不可能：在 1971 年以前或 2100 年以后。")
    if not timedelta(0) < asked.until - asked.since <= LONGEST:
        raise Invalid("时段应在 {days} 天以内，止在起之后。", days=LONGEST.days)
    by = None if asked.known_by is None else millis(asked.known_by)
    found = series.between(
        request.ctx, row.address, int(asked.code, 16), asked.since, asked.until, known_by=by
    )
    return [reading_out(reading) for reading in found]


class ImportIn(Given):
    """A file of readings: columns station, code, at, value, under English or Chinese heads."""

    name: Annotated[Said, Field(min_length=1, max_length=120)]
    csv: Annotated[Said, Field(max_length=imports.MOST_BYTES)]


class WrongOut(Schema):
    """A row that is not taken; `line` counts from 1 with the head."""

    line: int
    column: str
    what: str
    value: str


class ImportOut(Schema):
    """`state`: read (wait for the confirmation), queued, done. `errors`: the first rows that are not taken."""

    ref: str
    state: str
    rows: int
    wrong: int
    taken: int | None
    repeats: int | None
    errors: list[WrongOut]


ERRORS_TOLD = 100


def import_out(request: Asked, ref: str) -> dict[str, Any]:
    run = import_queries.run(request.ctx, ref)
    wrongs = [Wrong(*row) for row in run.errors]
    told = [
        {"line": w.line, "column": w.column, "what": t(request.lang, w.text, n=w.n), "value": w.value}
        for w in wrongs[:ERRORS_TOLD]
    ]
    names = ("ref", "state", "rows", "taken", "repeats")
    return {**{name: getattr(run, name) for name in names}, "wrong": len(wrongs), "errors": told}


@router.post("/w/{world}/imports", response=ImportOut, summary="Upload readings as CSV; nothing is taken yet")
@may(IMPORT)
def upload(request: Asked, world: WorldKey, given: ImportIn, once: Once = "") -> dict[str, Any]:
    return import_out(request, imports.begin(request.ctx, name=given.name, data=given.csv.encode()))


@router.get("/w/{world}/imports/{ref}", response=ImportOut, summary="One import of readings")
@may(IMPORT)
def one_import(request: Asked, world: WorldKey, ref: Ref) -> dict[str, Any]:
    return import_out(request, ref)


@router.post(
    "/w/{world}/imports/{ref}/confirm", response=ImportOut, summary="Let the engine take the good rows"
)
@may(IMPORT)
def confirm(request: Asked, world: WorldKey, ref: Ref, once: Once = "") -> dict[str, Any]:
    imports.confirm(request.ctx, ref=ref)
    return import_out(request, ref)
