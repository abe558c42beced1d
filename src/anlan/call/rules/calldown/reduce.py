"""What becomes of a call-down when something happens: each function takes one value and gives the next.

All of them may be handed the same fact twice (a message repeated, a task run again after a crash) and give the
same value the second time.
"""

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime

from anlan.call.rules.calldown.ladder import is_under_way, next_steps
from anlan.call.rules.calldown.settings import CallSettings
from anlan.call.rules.calldown.shapes import (
    BY_HAND,
    OUTCOMES,
    RANK,
    Answer,
    AnswerKind,
    Call,
    CallDown,
    CallState,
    Close,
    Escalate,
    Line,
    LineKind,
    LineState,
    OrderDoorCheck,
    PlaceCall,
    Step,
    Wait,
)
from anlan.foundation.rules.errors import ChatIsNoAnswer, MovedNeedsCount, UnknownCall, UnknownLine

CHAT = "chat"


def apply(*, call_down: CallDown, step: Step, now: datetime) -> CallDown:
    """Take a step that next_steps gave. A call stands in `sending` from here: store it before the request."""
    match step:
        case PlaceCall():
            return _placed(call_down, step, now)
        case Escalate(line=key, to_rung=to):
            return _on_line(
                call_down,
                key,
                lambda line: line if line.rung >= to else replace(line, rung=to, rung_opened_at=now),
            )
        case OrderDoorCheck(line=key):
            return _on_line(
                call_down,
                key,
                lambda line: replace(
                    _moved_on(line, LineState.DOOR_CHECK), door_check_at=line.door_check_at or now
                ),
            )
        case Close(line=key, state=state):
            return _on_line(call_down, key, lambda line: _settled(line, state, now))
        case Wait():
            return call_down


def advance(
    *, call_down: CallDown, now: datetime, settings: CallSettings, elsewhere: tuple[Call, ...] = ()
) -> tuple[CallDown, tuple[Step, ...]]:
    """End what is overdue, then take every step that is due; gives the steps taken, the Waits last."""
    call_down = on_timeout(call_down=call_down, now=now)
    taken: list[Step] = []
    while True:
        steps = next_steps(call_down=call_down, now=now, settings=settings, elsewhere=elsewhere)
        due = [step for step in steps if not isinstance(step, Wait)]
        if not due:
            return call_down, (*taken, *steps)
        for step in due:
            call_down = apply(call_down=call_down, step=step, now=now)
        taken.extend(due)


def on_sent(*, call_down: CallDown, call: str) -> CallDown:
    """The network took the call, or the officer dials."""
    return _on_call(
        call_down,
        call,
        lambda old: replace(old, state=CallState.RINGING) if old.state is CallState.SENDING else old,
    )


def on_outcome(*, call_down: CallDown, call: str, outcome: CallState, at: datetime) -> CallDown:
    """A call ended without an answer. The first outcome stands, but what is known replaces `unknown`.

    Raises UnknownCall for a key never placed and ValueError for a state that is no outcome.
    """
    if outcome not in OUTCOMES:
        raise ValueError(f"{outcome} is no outcome; hand answers to on_answer")

    def end(old: Call) -> Call:
        if old.state.is_live or old.state is CallState.UNKNOWN:
            return replace(old, state=outcome, ended_at=at)
        return old

    return _on_call(call_down, call, end)


def on_answer(*, call_down: CallDown, answer: Answer) -> CallDown:
    """Someone answered, by any channel but a chat. All answers are kept; the latest of a person is current.

    Raises ChatIsNoAnswer, MovedNeedsCount, and UnknownCall when it names a call never placed.
    """
    if answer.channel == CHAT:
        raise ChatIsNoAnswer
    if answer.kind is AnswerKind.MOVED and (answer.households is None or answer.people is None):
        raise MovedNeedsCount
    if answer in call_down.answers:
        return call_down
    heard = replace(call_down, answers=(*call_down.answers, answer))
    if answer.call:
        return _on_call(heard, answer.call, lambda old: _answered(old, answer.at))
    calls = tuple(
        _answered(call, answer.at) if call.holder == answer.holder and call.state.is_live else call
        for call in heard.calls
    )
    return replace(heard, calls=calls)


def on_taken_back(*, call_down: CallDown, holder: str, call: str, answer: Answer | None) -> CallDown:
    """A result recorded by mistake is taken back: its answer goes, its call lies on the desk again, its lines look on.

    A rung that was opened meanwhile stays open. What is still answered closes again by the next step.
    """
    at = answer.at if answer else None
    calls = tuple(
        replace(each, state=CallState.SENDING, ended_at=None)
        if each.channel in BY_HAND
        and (each.key == call or (at and each.holder == holder and each.ended_at == at))
        else each
        for each in call_down.calls
    )
    answers = tuple(each for each in call_down.answers if each != answer)
    lines = tuple(
        replace(
            line, state=LineState.DOOR_CHECK if line.door_check_at else LineState.CALLING, settled_at=None
        )
        if answer and line.state is LineState.ANSWERED and line.settled_at == at and _stands_on(line, holder)
        else line
        for line in call_down.lines
    )
    return replace(call_down, calls=calls, answers=answers, lines=lines)


def _stands_on(line: Line, holder: str) -> bool:
    return any(each.ref == holder for rung in line.rungs for each in rung.holders)


def on_timeout(*, call_down: CallDown, now: datetime) -> CallDown:
    """End the calls past their deadline: nobody answered, or we never learnt whether they went out.

    A call that waits on the desk stays until somebody dials it; meanwhile the rung's time-out opens the next rung.
    """
    ended = {CallState.RINGING: CallState.NO_ANSWER, CallState.SENDING: CallState.UNKNOWN}
    calls = tuple(
        replace(call, state=ended[call.state], ended_at=call.deadline)
        if call.state.is_live and call.deadline <= now and not call.waits_for_a_hand
        else call
        for call in call_down.calls
    )
    return replace(call_down, calls=calls)


def on_channel_down(*, call_down: CallDown, channel: str, at: datetime) -> CallDown:
    """The line is dead: what it was handed may have rung or not, and the ladder goes on by the next channel."""
    calls = tuple(
        replace(call, state=CallState.UNKNOWN, ended_at=at) if _is_stuck(call, channel) else call
        for call in call_down.calls
    )
    return replace(call_down, calls=calls)


def _is_stuck(call: Call, channel: str) -> bool:
    return call.state is CallState.SENDING and call.channel == channel and not call.waits_for_a_hand


def on_door_checked(*, call_down: CallDown, line: str, at: datetime) -> CallDown:
    """Someone stood at the door and reported."""
    return _on_line(call_down, line, lambda old: _settled(old, LineState.DOOR_CHECKED, at))


def on_contact_lost(*, call_down: CallDown) -> CallDown:
    """The township counts as lost: every village not heard yet is treated as the worst case."""
    lines = tuple(
        _moved_on(line, LineState.CONTACT_LOST)
        if line.kind is LineKind.VILLAGE and is_under_way(line)
        else line
        for line in call_down.lines
    )
    return replace(call_down, lines=lines)


def close(*, call_down: CallDown, why: str, at: datetime) -> CallDown:
    """Stand down, or give way to a call-down of a higher grade (`superseded`). What was settled stays so."""
    lines = tuple(
        replace(_settled(line, LineState.CLOSED, at), closed_why=why) if is_under_way(line) else line
        for line in call_down.lines
    )
    return replace(call_down, lines=lines)


def _placed(call_down: CallDown, step: PlaceCall, now: datetime) -> CallDown:
    if any(call.key == step.key for call in call_down.calls):
        return call_down
    call = Call(
        key=step.key,
        call_down=call_down.ref,
        holder=step.holder,
        contact=step.contact,
        channel=step.channel,
        grade=call_down.grade,
        round=step.round,
        placed_at=now,
        deadline=step.deadline,
    )
    return replace(call_down, calls=(*call_down.calls, call))


def _answered(call: Call, at: datetime) -> Call:
    """The first answer ends the call; a later one changes the answer, not when the phone was picked up."""
    return call if call.state is CallState.ANSWERED else replace(call, state=CallState.ANSWERED, ended_at=at)


def _moved_on(line: Line, state: LineState) -> Line:
    """A line never goes back."""
    return replace(line, state=state) if RANK[state] > RANK[line.state] else line


def _settled(line: Line, state: LineState, at: datetime) -> Line:
    after = _moved_on(line, state)
    return after if after is line else replace(after, settled_at=line.settled_at or at)


def _on_line(call_down: CallDown, key: str, change: Callable[[Line], Line]) -> CallDown:
    if all(line.key != key for line in call_down.lines):
        raise UnknownLine(key)
    lines = tuple(change(line) if line.key == key else line for line in call_down.lines)
    return replace(call_down, lines=lines)


def _on_call(call_down: CallDown, key: str, change: Callable[[Call], Call]) -> CallDown:
    if all(call.key != key for call in call_down.calls):
        raise UnknownCall(key)
    calls = tuple(change(call) if call.key == key else call for call in call_down.calls)
    return replace(call_down, calls=calls)
