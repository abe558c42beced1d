"""What to do next in a call-down, decided from its value and the time.

The ladder of a line goes up as soon as everybody below has been tried once, or when the rung's time is over;
further rounds go on below meanwhile. At the top, or when the silence limit is over, someone is sent to the door.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from anlan.call.rules.calldown.quiet import free_at
from anlan.call.rules.calldown.settings import CallSettings
from anlan.call.rules.calldown.shapes import (
    RANK,
    Answer,
    Call,
    CallDown,
    CallState,
    Close,
    Contact,
    Escalate,
    Holder,
    Line,
    LineKind,
    LineState,
    OrderDoorCheck,
    PlaceCall,
    Step,
    Wait,
)

_UNDER_WAY = RANK[LineState.DOOR_CHECKED]


def next_steps(
    *, call_down: CallDown, now: datetime, settings: CallSettings, elsewhere: tuple[Call, ...] = ()
) -> tuple[Step, ...]:
    """All that is to be done now, line by line in their order; a Wait for each line where nothing is.

    `elsewhere` are the calls of other call-downs, so that quiet time holds across townships. Call on_timeout
    first: a call past its deadline still counts as live here.
    """
    view = _View.of(call_down, now=now, settings=settings, elsewhere=elsewhere)
    steps: list[Step] = []
    rung: set[str] = set()
    for line in call_down.lines:
        steps.extend(view.line_steps(line, rung))
    return tuple(steps)


def current_answers(call_down: CallDown) -> dict[str, Answer]:
    """Each person's answer as it stands: the latest by time, of two at the same time the one that came later."""
    current: dict[str, Answer] = {}
    for answer in call_down.answers:
        before = current.get(answer.holder)
        if before is None or answer.at >= before.at:
            current[answer.holder] = answer
    return current


def is_under_way(line: Line) -> bool:
    """Whether the line still looks for an answer."""
    return RANK[line.state] < _UNDER_WAY


@dataclass(frozen=True)
class _View:
    """The call-down sorted by person, with the time and the settings at hand."""

    call_down: CallDown
    now: datetime
    settings: CallSettings
    own: dict[str, tuple[Call, ...]]
    all: dict[str, tuple[Call, ...]]
    answers: dict[str, Answer]
    stands_in: dict[str, tuple[str, ...]]
    """Person → the lines on whose opened rungs they stand."""

    @classmethod
    def of(
        cls, call_down: CallDown, *, now: datetime, settings: CallSettings, elsewhere: tuple[Call, ...]
    ) -> _View:
        others = tuple(call for call in elsewhere if call.call_down != call_down.ref)
        return cls(
            call_down,
            now,
            settings,
            _by_holder(call_down.calls),
            _by_holder(call_down.calls + others),
            current_answers(call_down),
            _stands_in(call_down),
        )

    def line_steps(self, line: Line, rung: set[str]) -> Iterator[Step]:
        """The steps of one line; `rung` holds the people already rung for an earlier line."""
        if not is_under_way(line):
            yield Wait(line=line.key, until=None)
            return
        close = self.close(line)
        if close is not None:
            yield close
            return
        escalate = self.escalate(line)
        if escalate is not None:
            yield escalate
            return
        order = self.door_check(line)
        if order is not None:
            yield order
        calls = [call for call in self.calls_to_place(line) if call.holder not in rung]
        rung.update(call.holder for call in calls)
        yield from calls
        if order is None and not calls:
            yield Wait(line=line.key, until=self.wakes_at(line))

    def close(self, line: Line) -> Close | None:
        """The line is answered when enough different people who stand for the place have said so."""
        standing = [holder.ref for step in line.rungs if step.stands_for_place for holder in step.holders]
        said = [ref for ref in standing if self.has_acknowledged(ref)]
        carried = [ref for ref in standing if ref not in said and self.is_up_already(ref, line)]
        if (not said and not carried) or len(said) + len(carried) < line.wanted:
            return None
        return Close(
            line=line.key, state=LineState.ANSWERED, by=tuple(said + carried), carried=tuple(carried)
        )

    def has_acknowledged(self, ref: str) -> bool:
        answer = self.answers.get(ref)
        return answer is not None and answer.kind >= self.settings.least_answer

    def is_up_already(self, ref: str, line: Line) -> bool:
        """Whether an office holder answered another call-down just now; a village must always be heard itself."""
        if line.kind is LineKind.VILLAGE:
            return False
        return any(
            call.state is CallState.ANSWERED
            and call.call_down != self.call_down.ref
            and call.grade >= self.call_down.grade
            and call.ended_at is not None
            and self.now < call.ended_at + self.settings.quiet_after_answer
            for call in self.all.get(ref, ())
        )

    def escalate(self, line: Line) -> Escalate | None:
        if line.rung + 1 >= len(line.rungs):
            return None
        why = self.rung_is_over(line)
        return Escalate(line=line.key, to_rung=line.rung + 1, why=why) if why else None

    def rung_is_over(self, line: Line) -> str:
        """`exhausted`, `timeout`, or empty while the rung still has a chance."""
        if all(self.was_tried_once(holder) for holder in _opened(line)):
            return "exhausted"
        return "timeout" if self.now >= self.rung_ends_at(line) else ""

    def rung_ends_at(self, line: Line) -> datetime:
        return (line.rung_opened_at or line.opened_at) + line.rungs[line.rung].timeout

    def door_check(self, line: Line) -> OrderDoorCheck | None:
        if line.door_check_at is not None:
            return None
        if not line.rungs:
            why = "nobody"
        elif line.rung + 1 == len(line.rungs) and self.rung_is_over(line):
            why = "ladder_end"
        elif self.now >= line.opened_at + self.settings.silence_limit:
            why = "silence_limit"
        else:
            return None
        silent = tuple(holder.ref for holder in _opened(line) if not self.has_acknowledged(holder.ref))
        return OrderDoorCheck(line=line.key, place=line.place, silent=silent, why=why)

    def calls_to_place(self, line: Line) -> Iterator[PlaceCall]:
        for holder in _opened(line):
            following = self.next_contact(holder)
            if following is None:
                continue
            round_, contact = following
            if self.free_at(holder, contact) > self.now:
                continue
            yield PlaceCall(
                key=f"{self.call_down.ref}/{holder.ref}/{contact.ref}/{round_}",
                holder=holder.ref,
                contact=contact.ref,
                channel=contact.channel,
                round=round_,
                deadline=self.now + self.settings.within(contact.channel),
                lines=self.stands_in[holder.ref],
            )

    def free_at(self, holder: Holder, contact: Contact) -> datetime:
        return free_at(
            contact=contact,
            grade=self.call_down.grade,
            now=self.now,
            calls=self.all.get(holder.ref, ()),
            settings=self.settings,
        )

    def next_contact(self, holder: Holder) -> tuple[int, Contact] | None:
        """The next contact point in order, with its round; None when the person answered, refused or is tried out."""
        own = self.own.get(holder.ref, ())
        if self.is_done_with(holder) or any(call.waits_for_a_hand for call in own):
            return None
        placed = {(call.round, call.contact) for call in own}
        for round_ in range(1, self.settings.rounds + 1):
            for contact in self.usable(holder):
                if (round_, contact.ref) not in placed:
                    return round_, contact
        return None

    def is_done_with(self, holder: Holder) -> bool:
        return holder.ref in self.answers or any(
            call.state is CallState.REFUSED for call in self.own.get(holder.ref, ())
        )

    def usable(self, holder: Holder) -> list[Contact]:
        """Contact points that are not known to be somebody else's."""
        wrong = {
            call.contact for call in self.own.get(holder.ref, ()) if call.state is CallState.WRONG_NUMBER
        }
        return [contact for contact in holder.contacts if contact.ref not in wrong]

    def was_tried_once(self, holder: Holder) -> bool:
        """The first round is over: every usable contact point was dialled and none of those calls still rings."""
        if self.is_done_with(holder):
            return True
        calls = [call for call in self.own.get(holder.ref, ()) if call.round == 1]
        dialled = {call.contact for call in calls}
        return not any(call.state.is_live for call in calls) and all(
            contact.ref in dialled for contact in self.usable(holder)
        )

    def wakes_at(self, line: Line) -> datetime | None:
        """The next moment at which the time alone changes something for this line."""
        moments = [
            call.deadline
            for holder in _opened(line)
            for call in self.own.get(holder.ref, ())
            if call.state.is_live
        ]
        for holder in _opened(line):
            following = self.next_contact(holder)
            if following is not None:
                moments.append(self.free_at(holder, following[1]))
        if line.door_check_at is None:
            moments.append(line.opened_at + self.settings.silence_limit)
        if line.rungs and not self.rung_is_over(line):
            moments.append(self.rung_ends_at(line))
        later = [moment for moment in moments if moment > self.now]
        return min(later, default=None)


def _by_holder(calls: tuple[Call, ...]) -> dict[str, tuple[Call, ...]]:
    grouped: dict[str, list[Call]] = {}
    for call in calls:
        grouped.setdefault(call.holder, []).append(call)
    return {ref: tuple(own) for ref, own in grouped.items()}


def _opened(line: Line) -> tuple[Holder, ...]:
    """The people of every rung opened so far, lowest first."""
    return tuple(holder for step in line.rungs[: line.rung + 1] for holder in step.holders)


def _stands_in(call_down: CallDown) -> dict[str, tuple[str, ...]]:
    lines: dict[str, list[str]] = {}
    for line in call_down.lines:
        for holder in _opened(line) if is_under_way(line) else ():
            lines.setdefault(holder.ref, []).append(line.key)
    return {ref: tuple(keys) for ref, keys in lines.items()}
