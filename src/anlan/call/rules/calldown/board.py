"""What the board shows of a call-down: people and lines counted, never mixed with households moved."""

from dataclasses import dataclass
from datetime import datetime

from anlan.call.rules.calldown.ladder import current_answers
from anlan.call.rules.calldown.shapes import Answer, AnswerKind, CallDown, Line, LineState


@dataclass(frozen=True, kw_only=True)
class Summary:
    """应叫、已应、其中在岗、未应, in people."""

    to_call: int
    answered: int
    at_post: int
    silent: int
    need_help: int


@dataclass(frozen=True, kw_only=True)
class LineView:
    """One row of the board. `claimed` is what was said on the telephone, not what was counted in."""

    key: str
    state: LineState
    to_call: int
    answered: int
    at_post: int
    needs_help: bool
    first_call_at: datetime | None
    answered_at: datetime | None
    """When the line had what it wanted."""
    answered_by: str
    """The person whose answer completed it."""
    channel: str
    claimed_households: int | None


def summary(*, call_down: CallDown) -> Summary:
    """Count each person once, in however many lines they stand."""
    people = {holder.ref for line in call_down.lines for rung in line.rungs for holder in rung.holders}
    current = [answer for ref, answer in current_answers(call_down).items() if ref in people]
    return Summary(
        to_call=len(people),
        answered=len(current),
        at_post=sum(_is_at_post(answer) for answer in current),
        silent=len(people) - len(current),
        need_help=sum(answer.kind is AnswerKind.NEED_HELP for answer in current),
    )


def line_view(*, call_down: CallDown, line: Line) -> LineView:
    """One line with its people's current answers."""
    people = {holder.ref for rung in line.rungs for holder in rung.holders}
    current = [answer for ref, answer in current_answers(call_down).items() if ref in people]
    calls = [call.placed_at for call in call_down.calls if call.holder in people]
    decisive = _decisive(call_down, line)
    claims = [answer for answer in current if answer.kind is AnswerKind.MOVED]
    claim = max(claims, key=lambda answer: answer.at, default=None)
    return LineView(
        key=line.key,
        state=line.state,
        to_call=len(people),
        answered=len(current),
        at_post=sum(_is_at_post(answer) for answer in current),
        needs_help=any(answer.kind is AnswerKind.NEED_HELP for answer in current),
        first_call_at=min(calls, default=None),
        answered_at=decisive.at if decisive else None,
        answered_by=decisive.holder if decisive else "",
        channel=decisive.channel if decisive else "",
        claimed_households=claim.households if claim else None,
    )


def _decisive(call_down: CallDown, line: Line) -> Answer | None:
    """The answer that made up the number wanted; None while the line is not answered."""
    if line.state is not LineState.ANSWERED:
        return None
    standing = {holder.ref for rung in line.rungs if rung.stands_for_place for holder in rung.holders}
    heard: set[str] = set()
    for answer in sorted(call_down.answers, key=lambda answer: answer.at):
        if answer.holder in standing:
            heard.add(answer.holder)
            if len(heard) >= line.wanted:
                return answer
    return None


def _is_at_post(answer: Answer) -> bool:
    return answer.kind >= AnswerKind.AT_POST
