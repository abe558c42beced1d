"""静默时间: who may be dialled now, and if not, when.

Two rules, both for calls at the same grade or lower; a higher grade may ring again at once.
1. No contact point is dialled twice within `quiet`. Contact points are tried in order, so one *round* over a
   person's contact points rings each once, and the next round cannot begin before the quiet time is over.
2. Nobody who has answered is called again within `quiet_after_answer`.
Besides, a person whose telephone is ringing is not rung by a second line.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from anlan.warn.rules.calldown.settings import CallSettings
from anlan.warn.rules.calldown.shapes import Call, CallState, Contact
from anlan.warn.rules.grade import Grade


def free_at(
    *, contact: Contact, grade: Grade, now: datetime, calls: Iterable[Call], settings: CallSettings
) -> datetime:
    """When this contact point may be dialled at this grade; `now` when at once.

    `calls` are all calls to this person, of this call-down and of others.
    """
    earliest = now
    for call in calls:
        until = _silences_until(call, contact=contact, grade=grade, settings=settings)
        if until is not None:
            earliest = max(earliest, until)
    return earliest


def _silences_until(call: Call, *, contact: Contact, grade: Grade, settings: CallSettings) -> datetime | None:
    """Until when this earlier call forbids a new one; None when it does not."""
    same_number = call.contact == contact.ref
    rings_until = call.deadline if call.state.is_live and (same_number or call.grade >= grade) else None
    if call.grade < grade or not same_number:
        until = rings_until
    else:
        until = max(call.placed_at + settings.quiet, rings_until or call.placed_at)
    if call.grade < grade:
        return until
    if call.state is CallState.ANSWERED and call.ended_at is not None:
        after = call.ended_at + settings.quiet_after_answer
        until = after if until is None else max(until, after)
    return until
