"""What people do to readings and broken input: correct, feed again, drop. The engine, the only writer, carries it out."""

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

from anlan.foundation import journal, tasks
from anlan.foundation.actions import action, reason_in
from anlan.foundation.context import Ctx
from anlan.foundation.errors import Invalid
from anlan.observe import queries
from anlan.observe.events import CORRECT, DROP, REQUEUE
from anlan.observe.ingest.ingest import Ingest
from anlan.observe.ingest.typed import Typed
from anlan.observe.queries import quarantine
from anlan.observe.rules import csvrows
from anlan.places.atlas import atlas

CUT = "第 {number} 号只留了开头的字节，不能重新送入：让测站重发，或把它放到一边。"


def correct(ctx: Ctx, *, address: str, code: str, at: str, value: str, reason: str) -> None:
    """Put a value beside what the gauge sent; it counts from now on, the old one stays. Raises Invalid, NotFound.

    ``at`` Beijing time, ``value`` in the element's unit, empty for missing.
    """
    ctx.require(CORRECT)
    station = queries.station(ctx, address)
    row = _one(ctx, address, code, at, value)
    reason = reason_in(reason)
    with action(ctx, CORRECT):
        told = {"code": row.code, "at": row.at, "value": None if row.value is None else str(row.value)}
        key = f"correct:{address}:{row.code}:{journal.utc(row.at)}:{journal.head(ctx.world).seq}"
        payload = {"address": address, **told, "at": row.at.isoformat()}
        tasks.schedule(ctx, CORRECT, key=key, due_at=ctx.now, payload=payload)
        place = atlas().by_id[station.place_id]
        refs = {"station": address, "place": place.code}
        body = {**told, "reason": reason}
        journal.append(ctx, "observe.reading.corrected", refs=refs, body=body, place=place.path)


def _one(ctx: Ctx, address: str, code: str, at: str, value: str) -> csvrows.Row:
    text = f"station,code,at,value\n{address},{code},{at},{value}\n"
    parsed = csvrows.parse(text.encode(), now=ctx.now, stations=frozenset({address}))
    if parsed.wrongs:
        raise Invalid(parsed.wrongs[0].text)
    return parsed.rows[0]


@tasks.task(CORRECT, slow=True)
def _correct(ctx: Ctx, payload: dict[str, Any]) -> None:
    value = None if payload["value"] is None else Decimal(payload["value"])
    row = Typed(payload["address"], payload["code"], datetime.fromisoformat(payload["at"]), value)
    with Ingest.of(ctx.world) as ingest:
        ingest.type_in([row], known_at=ctx.now)


def requeue(ctx: Ctx, *, ids: Sequence[int]) -> None:
    """Feed broken input again, as after a mended password or a new station. Raises NotFound, Invalid."""
    _order(ctx, REQUEUE, "observe.quarantine.requeued", ids)


def drop(ctx: Ctx, *, ids: Sequence[int]) -> None:
    """Put broken input aside that is of no use. Raises NotFound, Invalid."""
    _order(ctx, DROP, "observe.quarantine.dropped", ids)


def _order(ctx: Ctx, kind: str, name: str, ids: Sequence[int]) -> None:
    with action(ctx, REQUEUE):
        if not ids:
            raise Invalid("请先选中要处理的报文。")
        for number in ids:
            if quarantine.one(ctx, number).is_cut and kind == REQUEUE:
                raise Invalid(CUT, number=number)
        seq = journal.head(ctx.world).seq
        key = f"{kind}:{min(ids)}:{seq}"
        tasks.schedule(ctx, kind, key=key, due_at=ctx.now, payload={"ids": sorted(ids)})
        journal.append(ctx, name, refs={"quarantine": str(min(ids))}, body={"ids": sorted(ids)})


@tasks.task(REQUEUE, slow=True)
def _requeue(ctx: Ctx, payload: dict[str, Any]) -> None:
    with Ingest.of(ctx.world) as ingest:
        ingest.feed_again(payload["ids"], known_at=ctx.now)


@tasks.task(DROP, slow=True)
def _drop(ctx: Ctx, payload: dict[str, Any]) -> None:
    with Ingest.of(ctx.world) as ingest:
        ingest.drop(payload["ids"])
