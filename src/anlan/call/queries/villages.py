"""Every village at a moment: how far its call-down and its move have come. For map, desk and wall.

One reading of rows for the whole city. The past is told from the times in the rows and from the journal alone.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Q

from anlan.call.events import CONTACT_LOST
from anlan.call.models import Answer, CallDown, CallLine, ContactLost
from anlan.call.rules.calldown.shapes import AnswerKind, LineState
from anlan.call.rules.calldown.village import SETTLED, village_state
from anlan.foundation import journal_reading
from anlan.foundation.context import Ctx
from anlan.foundation.kept import asked_once
from anlan.foundation.rules.grade import Grade
from anlan.judge.queries import exceedances
from anlan.judge.rules.urgency import STATES
from anlan.move.queries.moves import Move, moves
from anlan.places.atlas import Place, atlas


@dataclass(frozen=True, kw_only=True)
class VillageState:
    """One village that was called. `state` is the palette's code, `word` replaces its usual word."""

    place: Place
    state: str
    word: str
    call_down: str
    line: str
    grade: Grade
    opened_at: datetime
    silent_since: datetime | None
    settled_at: datetime | None
    move: Move | None

    @property
    def is_under_way(self) -> bool:
        return self.state in ("calling", "silent", "lost")

    @property
    def order(self) -> int:
        """Greater is more urgent, drawn on top."""
        return len(STATES) - 1 - STATES.index(self.state)


_LINE = (
    "place_id",
    "call_down_id",
    "call_down__ref",
    "call_down__grade",
    "key",
    "state",
    "opened_at",
    "door_check_at",
    "settled_at",
)


@asked_once
def village_states(ctx: Ctx, *, path: str = "", at: datetime | None = None) -> dict[int, VillageState]:
    """Villages at or below a path that have been called, by division id: of each its newest line."""
    rows = ctx.rows(CallLine).filter(kind="village", place__path__startswith=path)
    if at is not None:
        rows = rows.filter(opened_at__lte=at)
    newest = {
        line[0]: dict(zip(_LINE, line, strict=True)) for line in rows.order_by("pk").values_list(*_LINE)
    }
    known, helped = moves(ctx, path, at), asking(ctx, path=path, at=at)
    lost = {row.place_id for row in lost_rows(ctx, at)}
    places = atlas()
    found = {}
    for place_id, line in newest.items():
        place, move = places.by_id[place_id], known.get(place_id)
        state, word = village_state(
            _line_then(line, at, is_lost=places.township(place).id in lost),
            is_complete=move is not None and move.is_complete,
            is_asking=place_id in helped.get(line["call_down_id"], ()),
            has_set_out=move is not None and bool(move.moving or move.moved),
        )
        found[place_id] = _made(place, line, at, state, word, move)
    return found


def _made(
    place: Place, line: dict[str, Any], at: datetime | None, state: str, word: str, move: Move | None
) -> VillageState:
    return VillageState(
        place=place,
        state=state,
        word=word,
        call_down=line["call_down__ref"],
        line=line["key"],
        grade=Grade(line["call_down__grade"]),
        opened_at=line["opened_at"],
        silent_since=_by(line["door_check_at"], at),
        settled_at=_by(line["settled_at"], at),
        move=move,
    )


def _line_then(line: dict[str, Any], at: datetime | None, *, is_lost: bool) -> LineState:
    """How far the line had come, by its times; a township out of contact counts for each of its villages."""
    if line["state"] in SETTLED if at is None else _by(line["settled_at"], at) is not None:
        return LineState(line["state"])
    if is_lost:
        return LineState.CONTACT_LOST
    return LineState.DOOR_CHECK if _by(line["door_check_at"], at) is not None else LineState.CALLING


def _by(moment: datetime | None, at: datetime | None) -> datetime | None:
    """The moment, if it had come by then."""
    return moment if moment is not None and (at is None or moment <= at) else None


@asked_once
def asking(ctx: Ctx, *, path: str = "", at: datetime | None = None) -> dict[int, dict[int, datetime]]:
    """求援: by call-down and place, since when somebody there needs help; a later answer takes it back."""
    said = ctx.rows(Answer).filter(place__path__startswith=path)
    if at is not None:
        said = said.filter(at__lte=at)
    askers = said.filter(kind=int(AnswerKind.NEED_HELP)).values_list("call_down_id", "holder_id")
    pairs = set(askers)
    if not pairs:
        return {}
    latest: dict[tuple[int, int], tuple[int, int, datetime]] = {}
    rows = said.filter(holder_id__in={holder for _, holder in pairs}).order_by("at", "pk")
    for call_down, holder, kind, place, when in rows.values_list(
        "call_down_id", "holder_id", "kind", "place_id", "at"
    ):
        latest[(call_down, holder)] = (kind, place, when)
    found: dict[int, dict[int, datetime]] = {}
    for (call_down, _), (kind, place, when) in latest.items():
        if kind == AnswerKind.NEED_HELP:
            found.setdefault(call_down, {})[place] = when
    return found


@asked_once
def lost_rows(ctx: Ctx, at: datetime | None = None) -> list[ContactLost]:
    """Townships out of contact at a moment: declared by then, and not reached again."""
    rows = ctx.rows(ContactLost).order_by("since", "pk")
    if at is None:
        return list(rows.filter(ended_at=None))
    told = journal_reading.rows(ctx).filter(name=CONTACT_LOST, at__lte=at)
    declared = set(told.values_list("subject", flat=True))
    return [row for row in rows.filter(Q(ended_at=None) | Q(ended_at__gt=at)) if row.ref in declared]


@asked_once
def running(ctx: Ctx, *, at: datetime | None = None) -> list[CallDown]:
    """Call-downs that ran at a moment, oldest first."""
    rows = ctx.rows(CallDown)
    if at is None:
        rows = rows.filter(closed_at=None)
    else:
        rows = rows.filter(opened_at__lte=at).filter(Q(closed_at=None) | Q(closed_at__gt=at))
    return list(rows.order_by("opened_at", "pk"))


def rain_began(ctx: Ctx, *, path: str, at: datetime | None = None) -> datetime | None:
    """When the rain began that first crossed a line below a path within the last day, as far as its window tells."""
    now = at or ctx.now
    rows = exceedances.in_scope(ctx).filter(place__path__startswith=path, quantity="rain", known_at__lte=now)
    recent = rows.filter(onset__gte=now - timedelta(hours=24)).order_by("onset")
    first = recent.values_list("onset", "window_min").first()
    return first[0] - timedelta(minutes=first[1] or 60) if first else None


@dataclass(frozen=True, kw_only=True)
class People:
    """责任人, each once: to call, answered, of them at post or beyond."""

    to_call: int
    answered: int
    at_post: int

    @property
    def unheard(self) -> int:
        return self.to_call - self.answered


def people_called(ctx: Ctx, *, path: str = "", at: datetime | None = None) -> People:
    """The people of the call-downs that run below a path, by what they said last."""
    downs = [row.pk for row in running(ctx, at=at)]
    lines = ctx.rows(CallLine).filter(call_down__in=downs, place__path__startswith=path)
    said = ctx.rows(Answer).filter(call_down__in=downs, place__path__startswith=path)
    if at is not None:
        lines, said = lines.filter(opened_at__lte=at), said.filter(at__lte=at)
    asked = {
        ref for rungs in lines.values_list("rungs", flat=True) for rung in rungs for ref in rung["holders"]
    }
    latest = dict(said.order_by("at", "pk").values_list("holder__ref", "kind"))
    heard = [kind for ref, kind in latest.items() if ref in asked]
    at_post = sum(kind >= AnswerKind.AT_POST for kind in heard)
    return People(to_call=len(asked), answered=len(heard), at_post=at_post)


@dataclass(frozen=True, kw_only=True)
class Tally:
    """户 of some villages, and how many villages stand where. Moved is counted in, never said."""

    villages: int
    answered: int
    silent: int
    to_move: int
    moving: int
    moved: int

    @property
    def still(self) -> int:
        return max(0, self.to_move - self.moving - self.moved)


def tally(states: Iterable[VillageState]) -> Tally:
    states = list(states)
    called = [s.move for s in states if s.move is not None]
    return Tally(
        villages=len(states),
        answered=sum(s.settled_at is not None for s in states),
        silent=sum(s.state in ("silent", "lost") for s in states),
        to_move=sum(m.to_move for m in called),
        moving=sum(m.moving for m in called),
        moved=sum(m.moved for m in called),
    )
