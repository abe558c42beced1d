"""What the journal tells of call-downs: every answer, the lines that were answered, and how calls ended."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from anlan.call.events import CALL_ANSWERED, CALL_ENDED, CALLDOWN_CLOSED, LINE_ANSWERED
from anlan.call.models import Answer, Call, CallDown, CallLine
from anlan.call.queries.taken_back import taken_back
from anlan.call.rules.calldown.shapes import CallState, LineState
from anlan.foundation import journal
from anlan.foundation.context import WorldInfo
from anlan.foundation.edited import Edited, derives


@derives
def call_downs(world: WorldInfo) -> Iterator[Edited]:
    """Answers one for one, lines that closed, calls that ended, call-downs that were stood down."""
    said: Counter[tuple[Any, ...]] = Counter()
    answered: dict[tuple[str, str], str] = {}
    ended: dict[str, str] = {}
    closed: set[str] = set()
    undone = taken_back(world.id)
    for entry in journal.of_names(world, ("warn.call.", LINE_ANSWERED, CALLDOWN_CLOSED)):
        if entry.seq in undone:
            continue
        told = journal.read(entry)
        body, ref = told["body"], told["refs"]["call_down"]
        if entry.name == CALL_ANSWERED:
            numbers = (body["households"], body["people"])
            said[
                ref, told["refs"]["holder"], body["answer"], journal.utc(entry.at), body["channel"], *numbers
            ] += 1
        elif entry.name == LINE_ANSWERED:
            answered[ref, told["refs"]["line"]] = body["state"]
        elif entry.name == CALL_ENDED:
            ended |= {call["call"]: call["outcome"] for call in body["calls"] if call["call"] not in ended}
        elif entry.name == CALLDOWN_CLOSED:
            closed.add(ref)
    yield from _answers(world, said)
    lines = CallLine.objects.filter(world_id=world.id)
    for ref, key, state in lines.values_list("call_down__ref", "key", "state"):
        if (answered.get((ref, key)) == state) != (state == LineState.ANSWERED):
            yield Edited(f"{ref} {key}", "state")
    for key, state in Call.objects.filter(world_id=world.id).values_list("key", "state"):
        is_over = state not in (CallState.SENDING, CallState.RINGING, CallState.ANSWERED)
        if is_over and key not in ended:
            yield Edited(key, "state")
    rows = CallDown.objects.filter(world_id=world.id, ref__in=closed, closed_at=None)
    yield from (Edited(ref, "closed_at") for ref in rows.values_list("ref", flat=True))


def _answers(world: WorldInfo, said: Counter[tuple[Any, ...]]) -> Iterator[Edited]:
    columns = ("call_down__ref", "holder__ref", "kind", "at", "channel", "households", "people")
    rows = Counter(
        (ref, holder, kind, journal.utc(at), *rest)
        for ref, holder, kind, at, *rest in Answer.objects.filter(world_id=world.id).values_list(*columns)
    )
    for ref, holder, *_ in ((rows - said) | (said - rows)).elements():
        yield Edited(f"{ref} {holder}", "answer")
