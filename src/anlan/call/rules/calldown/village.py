"""Where a village stands, from its line and its move: one rule for board, map, wall, desk and the door page."""

from __future__ import annotations

from anlan.call.rules.calldown.shapes import LineState

SETTLED = (LineState.ANSWERED, LineState.DOOR_CHECKED, LineState.CLOSED)
MARKS = {
    LineState.CALLING: "calling",
    LineState.DOOR_CHECK: "silent",
    LineState.CONTACT_LOST: "lost",
    LineState.ANSWERED: "answered",
    LineState.DOOR_CHECKED: "answered",
    LineState.CLOSED: "idle",
}
"""The palette's code."""


def village_state(
    line: LineState, *, is_complete: bool = False, is_asking: bool = False, has_set_out: bool = False
) -> tuple[str, str]:
    """The palette's code, and the word where the palette's own does not do.

    Counted in is moved; a cry for help goes before all that is under way; who is silent is not shown as on the way.
    """
    if is_complete:
        return "moved", ""
    if is_asking:
        return "help", ""
    if has_set_out and line not in (LineState.DOOR_CHECK, LineState.CONTACT_LOST):
        return "moving", ""
    return MARKS[line], line.word
