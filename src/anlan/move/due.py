"""What this room brings to the desk: villages to be counted, which the calls tell when they are heard, and who will not go."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime

from anlan.foundation.context import Ctx
from anlan.foundation.rules.urgency import Harm
from anlan.foundation.words import w
from anlan.judge.queries.foreseen import arrivals
from anlan.judge.rules.urgency import SMALL, Thing, harm_of
from anlan.move.queries.moves import moving_takes
from anlan.move.queries.waiting import refusals
from anlan.places.atlas import atlas
from anlan.ui.due import Act, Due, Dues, Kind, Next, Pick, Wait, due, opens
from anlan.ui.speech import Words


def waits(ctx: Ctx, at: datetime | None, path: str) -> Iterator[Wait]:
    found = list(refusals(ctx, at, path)) if ctx.may("warn.view") else []
    water = arrivals(ctx, path=path, at=at) if found and ctx.may("simulate.view") else {}
    for it in found:
        thing = Thing(
            kind=it.kind,
            now=at or ctx.now,
            water_at=water.get(it.place.id),
            moving_takes=moving_takes(ctx, it.place),
        )
        yield replace(it, harm=harm_of(thing))


def _count(say: Words, it: Wait) -> Due:
    move = it.facts["move"]
    title = say(w("{place}清点：还差 {n} 户"), place=it.place.name, n=move.to_move - move.moved)
    detail = say(
        w("应转 {to_move} 户，在路上 {moving}，已到 {moved}"),
        to_move=move.to_move,
        moving=move.moving,
        moved=move.moved,
    )
    is_under_way = move.moving or move.moved
    return due(
        it,
        title=title,
        detail=detail,
        state="moving" if is_under_way else "",
        badge="" if is_under_way else say(w("未动")),
    )


def _lacking(it: Due) -> int:
    return int(it.facts["move"].to_move - it.facts["move"].moved)


def _of_township(it: Due) -> object:
    """Counts that lack few households stand folded, one row a township."""
    return atlas().township(it.place).id if it.harm is Harm.COUNT and _lacking(it) <= SMALL else None


def _counts(say: Words, rows: Sequence[Due], first: Due) -> Due:
    town, left = atlas().township(first.place), sum(map(_lacking, rows))
    title = say(w("{place} {n} 个村清点，共差 {left} 户"), place=town.name, n=len(rows), left=left)
    names = say.list(row.place.name for row in rows)
    return replace(first, key=f"counts:{town.path}", kind="counts", title=title, detail=names, place=town)


def _counting(say: Words, it: Due) -> Next:
    move = it.facts["move"]
    picks = [
        Pick(
            sign="✓", strong=say(w("已到 {n} 户"), n=move.moved), text=say(w("安置点点名算数，口头报的不算"))
        ),
        Pick(sign="●", strong=say(w("在路上 {n} 户"), n=move.moving)),
        Pick(sign="✕", strong=say(w("未动 {n} 户"), n=move.still)),
    ]
    return Next(
        word=say(w("逐户核对，没到的派人找")),
        picks=picks,
        primary=Act(word=say(w("打开户册清点")), url=say.link("move:moving-one", ref=move.ref)),
        others=[Act(word=say(w("看叫应板")), url=say.url("calls", it.facts["call_down"]))],
    )


def _refusal(say: Words, it: Wait) -> Due:
    title = say(w("{place} {n} 户不肯走"), place=it.place.name, n=it.facts["households"])
    return due(it, title=title, detail=say(w("下一步：乡镇主要领导当面劝")), state="refused")


DUES = Dues(
    waits=waits,
    kinds={
        "count": Kind(say=_count, next=_counting, alike=_of_township, most=1, as_one=_counts),
        "counts": Kind(say=_count, next=opens(w("打开转移板"), lambda say, it: say.url("moving"))),
        "refusal": Kind(
            say=_refusal, next=opens(w("请镇长当面劝，打开叫应板"), lambda say, it: say.url("calls"))
        ),
    },
)
