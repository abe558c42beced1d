"""The journal over the API, cut by scope, with each entry's place in the chain."""

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

from ninja import Path, Query, Router, Schema
from pydantic import AwareDatetime

from anlan.foundation import journal, journal_reading
from anlan.foundation.api import LARGEST, Asked, CutIn, Listing, WorldKey, may

router = Router(tags=["journal"])
Seq = Annotated[int, Path(ge=1, le=LARGEST)]


class EntryOut(Schema):
    seq: int
    at: datetime
    name: str
    actor: str
    subject: str
    refs: dict[str, str]
    body: dict[str, Any]
    hash: str


class HeadOut(Schema):
    seq: int
    hash: str


class EntriesIn(CutIn):
    """`name` is a beginning such as `warn.alert.`; `after` a sequence number, for whoever follows the journal."""

    name: str = ""
    subject: str = ""
    since: AwareDatetime | None = None
    until: AwareDatetime | None = None
    after: Annotated[int | None, Query(ge=0, le=LARGEST)] = None


@router.get(
    "/w/{world}/journal", response=Listing[EntryOut], summary="What happened, oldest first after `after`"
)
@may("journal.view")
def entries(request: Asked, world: WorldKey, asked: Query[EntriesIn]) -> dict[str, Any]:
    found = journal_reading.entries(
        request.ctx,
        name=asked.name,
        subject=asked.subject,
        since=asked.since,
        until=asked.until,
        after=asked.after,
        newest_first=asked.after is None,
        cut=asked.cut(),
    )
    return {"items": [asdict(entry) for entry in found.items], "total": found.total}


@router.get("/w/{world}/journal/head", response=HeadOut, summary="Where the chain ends")
@may("journal.view")
def head(request: Asked, world: WorldKey) -> journal.Head:
    return journal.head(request.ctx.world)


@router.get("/w/{world}/journal/{seq}", response=EntryOut, summary="One entry")
@may("journal.view")
def entry(request: Asked, world: WorldKey, seq: Seq) -> journal_reading.Entry:
    return journal_reading.entry(request.ctx, seq)
