"""三个叫应: county leaders, township heads, departments and villages are called at once, each on a ladder.

Use: `open_lines` makes the value, `advance` takes every step due at a time, the `on_…` functions tell it what
happened. Everything is a value and nothing here knows a clock, so a night replays the same each time.

shapes    the values            settings  what the pack says
opening   from pack and people  ladder    what to do next
quiet     who may be dialled    reduce    what becomes of it when something happens
board     what is shown
"""

from anlan.call.rules.calldown.board import LineView, Summary, line_view, summary
from anlan.call.rules.calldown.ladder import current_answers, is_under_way
from anlan.call.rules.calldown.opening import Addressee, ladder_diagram, open_lines
from anlan.call.rules.calldown.reduce import (
    advance,
    close,
    on_answer,
    on_contact_lost,
    on_door_checked,
    on_outcome,
    on_restart,
    on_sent,
    on_timeout,
)
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

__all__ = [
    "BY_HAND",
    "OUTCOMES",
    "RANK",
    "Addressee",
    "Answer",
    "AnswerKind",
    "Call",
    "CallDown",
    "CallSettings",
    "CallState",
    "Contact",
    "Escalate",
    "Holder",
    "Line",
    "LineKind",
    "LineState",
    "LineView",
    "OrderDoorCheck",
    "PlaceCall",
    "Step",
    "Summary",
    "Wait",
    "advance",
    "close",
    "current_answers",
    "is_under_way",
    "ladder_diagram",
    "line_view",
    "on_answer",
    "on_contact_lost",
    "on_door_checked",
    "on_outcome",
    "on_restart",
    "on_sent",
    "on_timeout",
    "open_lines",
    "summary",
]
