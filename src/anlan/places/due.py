"""What registers bring to the desk: entries whose deadline has passed, or passes within a day, at their place."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

from anlan.foundation.context import Ctx
from anlan.foundation.scope import STEP
from anlan.foundation.words import w
from anlan.places.atlas import Place, atlas
from anlan.registers import lives, queries
from anlan.registers.all import registers
from anlan.registers.register import Register
from anlan.ui.due import Due, Dues, Kind, Wait, due, opens
from anlan.ui.speech import Words

SOON = timedelta(days=1)
MOST = 200


def waits(ctx: Ctx, at: datetime | None, path: str) -> Iterator[Wait]:
    """For whoever keeps the register, and once it is late for whoever oversees it; of now, not of a past moment."""
    kept = {name: each for name, each in registers().items() if each.life and _concerns(ctx, each, late=True)}
    if at is not None or not kept:
        return
    for row in lives.deadlines(ctx, kept, ctx.now + SOON, path)[:MOST]:
        register = kept[row.register]
        if _concerns(ctx, register, late=row.due_at < ctx.now):
            yield Wait(
                kind="register", key=f"register:{row.register}:{row.ref}", place=_place(row.place), since=row.since,
                due_at=row.due_at, facts={"register": register, "ref": row.ref, "state": row.stands},
            )  # fmt: skip


def _concerns(ctx: Ctx, register: Register, *, late: bool) -> bool:
    return ctx.may(register.keep) or bool(late and register.oversees and ctx.may(register.oversees))


def _place(path: str) -> Place:
    """The division, or the nearest above it that stands."""
    here = atlas()
    above = (path[:end] for end in range(len(path), 0, -STEP))
    return next((here.by_path[each] for each in above if each in here.by_path), here.city)


def _entry(say: Words, it: Wait) -> Due:
    register, ref = it.facts["register"], it.facts["ref"]
    state = queries.word_of_state(register, it.facts["state"])
    is_late = it.due_at is not None and it.due_at < say.ctx.now
    text = w("{place}{word}逾期：{ref}") if is_late else w("{place}{word}快到期：{ref}")
    title = say(text, place=it.place.name, word=say(register.word), ref=ref)
    return due(it, title=title, detail=say(w("还是“{state}”"), state=say(state)), badge=say(w("台账")))


def _many(say: Words, rows: Sequence[Due], first: Due) -> Due:
    register = first.facts["register"]
    title = say(w("{word} {n} 条逾期或快到期"), word=say(register.word), n=len(rows))
    names = say.list(row.place.name for row in rows)
    return replace(first, key=f"register:{register.name}", kind="registers", title=title, detail=names)


DUES = Dues(
    waits=waits,
    kinds={
        "register": Kind(
            say=_entry, alike=lambda it: it.facts["register"].name, most=3, as_one=_many,
            next=opens(w("打开这一条"), lambda say, it: say.url("registers", it.facts["register"].name, it.facts["ref"])),
        ),
        "registers": Kind(
            say=_entry,
            next=opens(w("打开台账"), lambda say, it: say.url("registers", it.facts["register"].name) + "?figure=late"),
        ),
    },
)  # fmt: skip
