"""轻重: what comes first on desk, wall, phone and call board. Harm before deadline: urgent is not the same as due.

One table decides: the first row that fits a thing gives its class; inside a class the deadline orders. The docs print it.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from anlan.foundation.rules.grade import Grade
from anlan.foundation.rules.urgency import Harm

SMALL = 2
"""差得少: counts of so few households stand folded, one row a township."""
SPEAKS_FOR_ALL = ("approve", "cosign", "issue")
"""Steps of an alert before which nobody is called by it."""
BLIND = "blind"
"""The step of a part of the system that is ill, where nobody is found or called without it."""


@dataclass(frozen=True, kw_only=True)
class Thing:
    """What waits, or how a village stands: all that its class hangs on."""

    kind: str
    """A kind of waiting, or a village's state where nothing waits."""
    now: datetime
    grade: Grade | None = None
    is_village: bool = True
    is_told_to_move: bool = False
    water_at: datetime | None = None
    moving_takes: timedelta = timedelta(0)
    step: str = ""

    @property
    def water_comes(self) -> bool:
        return self.is_village and (
            self.is_told_to_move or self.grade is Grade.RED or self.water_at is not None
        )

    @property
    def water_is_sooner(self) -> bool:
        return self.water_at is not None and self.water_at - self.now <= self.moving_takes

    @property
    def nobody_is_called(self) -> bool:
        return self.grade is Grade.RED and (self.kind == "held" or self.step in SPEAKS_FOR_ALL)


Fits = Callable[[Thing], bool]
ROWS: tuple[tuple[Harm, tuple[str, ...], str, Fits], ...] = (
    (Harm.HELP, ("help",), "always", lambda it: True),
    (Harm.SILENT, ("lost",), "always: the worst is assumed", lambda it: True),
    (Harm.SILENT, ("silent",), "a village that is told to move, red, or forecast water", lambda it: it.water_comes),
    (
        Harm.WATER,
        ("calling", "forecast", "count", "refusal", "refused", "prepare", "moving", "answered"),
        "water is forecast sooner than moving takes",
        lambda it: it.water_is_sooner,
    ),
    (Harm.UNCALLED, ("refused_call_out",), "always: no order covers the line", lambda it: True),
    (Harm.UNCALLED, ("ill",), "what judges or calls has stopped", lambda it: it.step == BLIND),
    (Harm.UNCALLED, ("held", "alert"), "red, and it calls nobody until this is done", lambda it: it.nobody_is_called),
    (Harm.CALL, ("silent", "calling", "forecast", "held"), "else", lambda it: True),
    (Harm.CALL, ("alert",), "not issued yet", lambda it: it.step in SPEAKS_FOR_ALL),
    (Harm.COUNT, ("count", "refusal", "refused", "prepare", "moving"), "else", lambda it: True),
    (Harm.DONE, ("answered", "moved", "idle"), "else", lambda it: True),
)  # fmt: skip
"""Class, kinds, condition in words and as a function. What fits no row is paper."""

STATES = ("help", "lost", "silent", "refused", "calling", "prepare", "moving", "answered", "moved", "idle")
"""States of a village from urgent to quiet; what is urgent is drawn on top."""


def harm_of(it: Thing) -> Harm:
    """The class of a thing.

    >>> from datetime import UTC
    >>> harm_of(Thing(kind="sheet", now=datetime(2021, 8, 12, tzinfo=UTC)))
    <Harm.PAPER: 7>
    """
    return next((harm for harm, kinds, _, fits in ROWS if it.kind in kinds and fits(it)), Harm.PAPER)
