"""What a flood run says when it cannot go on.

FloodError
├── BadInput      a field that was given is wrong: names the field, what is wrong and the mend
├── Refused       the run began and its result must not be passed on: names the reason
│   ├── NotFinite     depth, terrain or rain is no number
│   ├── MassLost      water appeared or vanished beyond the stated share
│   └── LeftValidity  depth or step beyond what the equations describe
└── Cancelled     somebody asked for it; what was reached can be resumed
"""

from collections.abc import Mapping
from typing import Any


class FloodError(ValueError):
    """The root of what a flood run raises."""


class BadInput(FloodError):
    """An input is wrong: ``field`` which one, ``what`` is wrong with it, ``mend`` the next step."""

    def __init__(self, field: str, what: str, mend: str) -> None:
        super().__init__(f"{field}: {what}. {mend}.")
        self.field, self.what, self.mend = field, what, mend


class Refused(FloodError):
    """A run whose numbers must not reach anybody: ``reason`` says why, ``time_s`` when it was seen."""

    def __init__(self, reason: str, *, time_s: float) -> None:
        super().__init__(f"Refused at {time_s / 60:.1f} min: {reason}.")
        self.reason, self.time_s = reason, time_s


class NotFinite(Refused):
    """A NaN or an infinity reached the state: look for missing cells in terrain, rain or the start."""


class MassLost(Refused):
    """The mass balance does not close within the stated share: the result is no flood but an artefact. ``share`` of all water."""

    def __init__(self, reason: str, *, time_s: float, share: float) -> None:
        super().__init__(reason, time_s=time_s)
        self.share = share


class LeftValidity(Refused):
    """The run left what its equations describe: check units of terrain and inflow, or run a finer grid."""


class NotWarm(Refused):
    """The warm-up ended before the rivers were full: give it longer, or less base flow than the channel carries."""


class Cancelled(FloodError):
    """The run was cancelled; ``checkpoint`` resumes it."""

    def __init__(self, message: str, checkpoint: Mapping[str, Any]) -> None:
        super().__init__(message)
        self.checkpoint = checkpoint
