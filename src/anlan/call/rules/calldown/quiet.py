"""静默时间: who may be dialled now, and if not, when.

Two rules, both for calls at the same grade or lower; a higher grade may ring again at once.
1. No contact point is dialled twice within `quiet`. Contact points are tried in order, so one *round* over a
   person's contact points rings each once, and the next round cannot begin before the quiet time is over.
2. Nobody who has answered is called again within `quiet_after_answer`.
Besides, a person whose telephone is ringing is not rung by a second line.
"""

from collections.abc import Iterable
from datetime import datetime

from anlan.call.rules.calldown.settings import CallSettings
from anlan.call.rules.calldown.shapes import BY_HAND, Call, CallState, Contact
from anlan.foundation.rules.grade import Grade


def free_at(
    *, contact: Contact, grade: Grade, now: datetime, calls: Iterable[Call], settings: CallSettings
) -> datetime:
    """When this contact point may be dialled at this grade; `now` when at once.

    `calls` are all calls to this person, of this call-down and of others.
    """
    moments = [now]
    for call in calls:
        same_number = call.contact == contact.ref
        is_quiet = call.grade >= grade
        if call.state.is_live and (same_number or is_quiet):
            moments.append(call.deadline)
        if is_quiet and same_number:
            moments.append(_rung_at(call) + settings.quiet)
        if is_quiet and call.state is CallState.ANSWERED and call.ended_at is not None:
            moments.append(call.ended_at + settings.quiet_after_answer)
    return max(moments)


def _rung_at(call: Call) -> datetime:
    """When the telephone rang: a call on the desk may have waited long before somebody dialled it."""
    return call.ended_at if call.channel in BY_HAND and call.ended_at is not None else call.placed_at
