"""The call board: who has not answered, who has not moved, what falls due next; now or as it was known then.

People and households are counted apart: 已应 is never 已转移.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from anlan.call import calldown_rows
from anlan.call.models import CallDown, DoorCheck
from anlan.call.queries.contact import Lost, lost_in
from anlan.call.rules.calldown import board as rules_board
from anlan.call.rules.calldown import ladder, shapes
from anlan.call.rules.calldown.board import LineView, Summary, line_view
from anlan.call.rules.calldown.settings import CallSettings
from anlan.call.rules.calldown.shapes import AnswerKind, Call, CallState, Line, LineKind, LineState
from anlan.call.rules.calldown.village import village_state
from anlan.call.shelf import call_settings
from anlan.foundation.context import Ctx
from anlan.foundation.rules.grade import Grade
from anlan.foundation.rules.stage import Stage
from anlan.foundation.rules.urgency import rank
from anlan.foundation.words import w
from anlan.judge.queries.foreseen import arrivals
from anlan.judge.rules.urgency import Thing, harm_of
from anlan.move.queries.moves import Move, moves, moving_takes
from anlan.people import queries as people
from anlan.places.atlas import Place, atlas

MEANS_WORDS = {
    "person": w("上门敲门"),
    "gong": w("铜锣"),
    "hand_siren": w("手摇报警器"),
    "loudspeaker": w("大喇叭"),
    "next_group_on_high_ground": w("高处邻组喊话"),
    "neighbouring_township": w("请邻镇派人"),
}
OUTCOMES_AT_DOOR = {
    "reached": w("见到人"),
    "nobody_home": w("敲门无人"),
    "warned_from_afar": w("远处示警"),
    "turned_back": w("中途折返"),
}


@dataclass(frozen=True, kw_only=True)
class Chip:
    """A step of the ladder: `look` is yes, no, live or next; words are source strings or titles of a pack."""

    look: str
    title: dict[str, str] | str
    word: str = ""
    count: str = ""
    at: datetime | None = None

    @property
    def sign(self) -> str:
        return {"yes": "✓", "no": "✕", "live": "●", "next": ""}[self.look]


@dataclass(frozen=True, kw_only=True)
class Row:
    """One line of the board."""

    key: str
    kind: LineKind
    place: Place
    name: str
    """The village's; of an office the unit's ref, which the page words."""
    state: str
    state_word: str
    chips: tuple[Chip, ...]
    to_call: int
    answered: int
    at_post: int
    wanted: int
    claimed: int | None
    """Households said to have moved on the telephone; shown beside the count, never in it."""
    move: Move | None
    due_word: str
    due_at: datetime | None
    check: DoorCheck | None


@dataclass(frozen=True, kw_only=True)
class Board:
    """All of one call-down."""

    row: CallDown
    place: Place
    grade: Grade
    at: datetime
    is_past: bool
    summary: Summary
    villages: tuple[Row, ...]
    offices: tuple[Row, ...]
    lost: tuple[Lost, ...]
    to_move: int
    moving: int
    moved: int
    still: int


def board(ctx: Ctx, ref: str, *, at: datetime | None = None) -> Board:
    """The board of a call-down, or what the reader sees of it; with `at`, only what was known by then. Raises: NotFound."""
    row = calldown_rows.the_call_down(ctx, ref)
    place = calldown_rows.place_seen(ctx, row)
    lost = lost_in(ctx, place.path, at)
    value = calldown_rows.value_of(ctx, row)
    if place.id != row.place_id:
        value = replace(value, lines=tuple(line for line in value.lines if ctx.scope.holds(line.place)))
    if at is not None:
        value = as_known(value, at, is_lost=bool(lost))
    known = moves(ctx, place.path, at)
    checks = _checks(ctx, row, at)
    settings = call_settings(ctx, atlas().by_id[row.place_id].code)
    now = at or ctx.now
    units = people.unit_names([line.key.rpartition(":")[2] for line in value.lines])
    rows = [_row(value, line, known, checks.get(line.key), settings, now) for line in value.lines]
    rows = [replace(row, name=units.get(row.name, row.name)) for row in rows]
    water = arrivals(ctx, path=place.path, at=at) if ctx.may("simulate.view") else {}
    village_rows = (r for r in rows if r.kind is LineKind.VILLAGE)
    villages = sorted(village_rows, key=lambda r: _order(ctx, r, now, water))
    called = [r.move for r in villages if r.move]
    return Board(
        row=row,
        place=place,
        grade=Grade(row.grade),
        at=now,
        is_past=at is not None,
        summary=rules_board.summary(call_down=reached(value)),
        villages=tuple(villages),
        offices=tuple(r for r in rows if r.kind is not LineKind.VILLAGE),
        lost=tuple(lost),
        to_move=sum(m.to_move for m in called),
        moving=sum(m.moving for m in called),
        moved=sum(m.moved for m in called),
        still=sum(m.still for m in called),
    )


def reached(value: shapes.CallDown) -> shapes.CallDown:
    """Only the people whose rung was reached: who was never called is not silent."""
    return replace(value, lines=tuple(_opened(line) for line in value.lines))


def _opened(line: Line) -> Line:
    return replace(line, rungs=line.rungs[: line.rung + 1])


def as_known(value: shapes.CallDown, at: datetime, *, is_lost: bool) -> shapes.CallDown:
    """The call-down as it stood at a past moment, from the times in its rows."""
    calls = tuple(_call_then(c, at) for c in value.calls if c.placed_at <= at)
    called = {c.holder for c in calls}
    return replace(
        value,
        calls=calls,
        answers=tuple(a for a in value.answers if a.at <= at),
        lines=tuple(_line_then(line, at, called, is_lost) for line in value.lines if line.opened_at <= at),
    )


def _call_then(call: Call, at: datetime) -> Call:
    if call.ended_at is None or call.ended_at <= at:
        return call
    return replace(call, state=CallState.RINGING, ended_at=None)


def _line_then(line: Line, at: datetime, called: set[str], is_lost: bool) -> Line:
    """Rungs count as opened up to the highest one somebody of which had been called."""
    if line.settled_at is not None and line.settled_at <= at:
        return line
    opened = [n for n, rung in enumerate(line.rungs) if any(h.ref in called for h in rung.holders)]
    sent = line.door_check_at is not None and line.door_check_at <= at
    state = LineState.DOOR_CHECK if sent else LineState.CALLING
    if is_lost and line.kind is LineKind.VILLAGE and line.state is LineState.CONTACT_LOST:
        state = LineState.CONTACT_LOST
    return replace(
        line,
        state=state,
        rung=max(opened, default=0),
        door_check_at=line.door_check_at if sent else None,
        settled_at=None,
    )


def _checks(ctx: Ctx, row: CallDown, at: datetime | None) -> dict[str, DoorCheck]:
    """The latest door check of each line."""
    rows = ctx.rows(DoorCheck).filter(call_down=row).select_related("line", "holder").order_by("pk")
    if at is not None:
        rows = rows.filter(ordered_at__lte=at)
    found = {}
    for check in rows:
        if at is not None and check.done_at is not None and check.done_at > at:
            check.done_at, check.outcome, check.state = None, "", DoorCheck.State.ORDERED
        found[check.line.key] = check
    return found


def _row(
    value: shapes.CallDown,
    line: Line,
    known: dict[int, Move],
    check: DoorCheck | None,
    settings: CallSettings,
    now: datetime,
) -> Row:
    place = atlas().by_path[line.place]
    view = line_view(call_down=value, line=_opened(line))
    move = known.get(place.id) if line.kind is LineKind.VILLAGE else None
    state, word = village_state(
        line.state,
        is_complete=move is not None and move.is_complete,
        is_asking=view.needs_help,
        has_set_out=move is not None and bool(move.moving or move.moved),
    )
    due_word, due_at = _due(value, line, view, move, check, settings)
    return Row(
        key=line.key,
        kind=line.kind,
        place=place,
        name=place.name if line.kind is LineKind.VILLAGE else line.key.partition(f"{line.place}:")[2],
        state=state,
        state_word=word,
        chips=(*_chips(value, line, settings), *_door_chip(check, now)) or _carried(line),
        to_call=view.to_call,
        answered=view.answered,
        at_post=view.at_post,
        wanted=line.wanted,
        claimed=view.claimed_households,
        move=move,
        due_word=due_word,
        due_at=due_at,
        check=check,
    )


def _due(
    value: shapes.CallDown,
    line: Line,
    view: LineView,
    move: Move | None,
    check: DoorCheck | None,
    settings: CallSettings,
) -> tuple[str, datetime | None]:
    """What comes next for a line, and by when."""
    if move is not None and move.is_complete:
        return w("已点齐"), None
    if view.needs_help:
        own = {holder.ref for rung in line.rungs for holder in rung.holders}
        said = ladder.current_answers(value).values()
        asked = [a.at for a in said if a.kind is AnswerKind.NEED_HELP and a.holder in own]
        return w("回电问支援"), max(asked, default=None)
    if line.state in (LineState.DOOR_CHECK, LineState.CONTACT_LOST):
        if check is not None and check.state == DoorCheck.State.ORDERED:
            return w("等敲门回报"), check.due_at
        return w("再派人"), line.door_check_at
    if line.state is LineState.CALLING:
        return _next_rung(line, settings)
    if move is not None and move.to_move and move.stage in (Stage.MOVE, Stage.COUNT):
        return w("等清点"), None
    return "", None


def _next_rung(line: Line, settings: CallSettings) -> tuple[str, datetime]:
    silence = line.opened_at + settings.silence_limit
    if not line.rungs:
        return w("派敲门"), silence
    over = (line.rung_opened_at or line.opened_at) + line.rungs[line.rung].timeout
    if line.rung + 1 < len(line.rungs) and over < silence:
        return w("上提一级"), over
    return w("派敲门"), min(over, silence)


def _order(ctx: Ctx, row: Row, now: datetime, water: Mapping[int, datetime]) -> tuple[int, float, str]:
    thing = Thing(
        kind=row.state,
        now=now,
        is_told_to_move=row.move is not None and row.move.stage in (Stage.MOVE, Stage.COUNT),
        water_at=water.get(row.place.id),
        moving_takes=moving_takes(ctx, row.place) if row.place.id in water else timedelta(0),
    )
    return rank(harm_of(thing), row.due_at, row.place.path)


def _chips(value: shapes.CallDown, line: Line, settings: CallSettings) -> Iterable[Chip]:
    """One chip a rung: what its people said, else how they were tried."""
    titles = {r.key: {"zh": r.zh, "en": r.en} for r in settings.ladder(line.kind).rungs}
    current = ladder.current_answers(value)
    for number, rung in enumerate(line.rungs):
        if number > line.rung and not rung.stands_for_place and not ladder.is_under_way(line):
            continue  # never reached: what they said elsewhere is not this village's
        title = titles.get(rung.key, rung.key)
        own = [h.ref for h in rung.holders]
        said = [current[ref] for ref in own if ref in current]
        calls = [c for c in value.calls if c.holder in own]
        if said:
            best = max(said, key=lambda a: (a.kind, a.at))
            count = f"{len(said)}／{len(own)}" if len(own) > 1 else ""
            yield Chip(look="yes", title=title, word=best.kind.word, at=best.at, count=count)
        elif any(c.state.is_live for c in calls):
            live = next(c for c in calls if c.state.is_live)
            yield Chip(look="live", title=title, word=live.state.word)
        elif calls:
            last = max(calls, key=lambda c: c.placed_at)
            count = f"×{len(calls)}" if len(calls) > 1 else ""
            yield Chip(look="no", title=title, word=last.state.word, count=count)
        elif ladder.is_under_way(line):
            yield Chip(look="next", title=title)


def _carried(line: Line) -> tuple[Chip, ...]:
    """An office holder who answered another call-down a moment ago is not rung again."""
    if line.state is not LineState.ANSWERED:
        return ()
    return (
        Chip(look="yes", title={"zh": "刚在另一叫应里应过", "en": "answered another call-down just now"}),
    )


def _door_chip(check: DoorCheck | None, now: datetime) -> Iterable[Chip]:
    if check is None or check.state == DoorCheck.State.CANCELLED:
        return
    title = MEANS_WORDS.get(check.means, check.means)
    if check.state == DoorCheck.State.DONE:
        look = "yes" if check.outcome in ("reached", "nobody_home") else "no"
        yield Chip(look=look, title=title, word=OUTCOMES_AT_DOOR.get(check.outcome, ""), at=check.done_at)
    else:
        late = check.state == DoorCheck.State.OVERDUE or check.due_at < now
        yield Chip(look="no" if late else "live", title=title, word=w("没回报") if late else w("已派"))
