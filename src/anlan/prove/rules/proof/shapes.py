"""证明: the facts from which a proof is made, and the proofs."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from anlan.foundation.rules.grade import Grade
from anlan.foundation.words import Sentence


class FactKind(StrEnum):
    """What a fact of the timeline says. In brackets: the keys of `detail` that are read."""

    EXCEEDANCE = "exceedance"
    """[what]"""
    IMPORTED = "imported"
    """A lawful issuer's warning came in. `at` is its issue. [alert, level]"""
    DRAFTED = "drafted"
    """[alert, level]"""
    APPROVED = "approved"
    """[alert, verbal: 1 where by telephone]"""
    COSIGNED = "cosigned"
    """A unit that issues it jointly agreed. [alert, unit, verbal]"""
    COUNTERSIGNED = "countersigned"
    """[alert, unit: whose leader signed, empty for the issuer's own]"""
    ISSUED = "issued"
    """[alert, level]"""
    CALLED = "called"
    """A call to `who` left by a line, or was dialled by hand. [call, channel, what]"""
    HANDED = "handed"
    """An officer handed `who` the link of their answer page. [channel]"""
    LAID = "laid"
    """A call lies on the officer's desk, for somebody to dial; nobody is called by it yet. [call, channel]"""
    NO_ANSWER = "no_answer"
    """[call, outcome]"""
    ANSWERED = "answered"
    """`who` answered. [call, channel, answer]"""
    LINE_ANSWERED = "line_answered"
    """The acknowledgements wanted of the village are in; `who` completed them. [channel]"""
    DOOR_ORDERED = "door_ordered"
    DOOR_CHECKED = "door_checked"
    """`who` stood at the door."""
    CONTACT_LOST = "contact_lost"
    STAGE_ORDERED = "stage_ordered"
    """`who` ordered. [stage]"""
    LISTED = "listed"
    """The list of households to move as it stands. [households, people]"""
    COUNTED = "counted"
    """Households and people counted in so far, in all, and of them by name. [households, people, named]"""
    TASKED = "tasked"
    """Something was asked of `who` from above. [task, what]"""
    DONE = "done"
    """`who` reported it done. [task, what]"""


Detail = Mapping[str, str | int]


@dataclass(frozen=True, kw_only=True)
class Fact:
    """One fact with its place in the journal. `places` are division paths; a township's fact touches its villages."""

    kind: FactKind
    at: datetime
    places: tuple[str, ...]
    seq: int
    who: str = ""
    detail: Detail = field(default_factory=dict)

    def touches(self, place: str) -> bool:
        """Whether the fact is about this place or one that it lies in."""
        return any(place.startswith(named) for named in self.places)

    def is_within(self, place: str) -> bool:
        """Whether the fact is about this place or something inside it."""
        return any(named.startswith(place) for named in self.places)

    def text(self, key: str) -> str:
        """A detail as text; empty where the fact has none."""
        return str(self.detail.get(key, ""))

    def count(self, key: str) -> int:
        """A detail as a number; 0 where the fact has none."""
        value = self.detail.get(key, 0)
        return value if isinstance(value, int) else 0


@dataclass(frozen=True, kw_only=True)
class Gap:
    """What was not done, or not recorded, in plain words."""

    name: str
    words: Sentence


@dataclass(frozen=True, kw_only=True)
class Mark:
    """A moment with its journal entry and who."""

    at: datetime
    seq: int
    who: str = ""
    note: str = ""


@dataclass(frozen=True, kw_only=True)
class VillageProof:
    """处置证明 of one village.

    `answered` is the moment when the acknowledgements wanted were in; `first_answer` when the first person answered.
    `proof_at` is the moment from which it is provable that the village was *reached*: the earlier of `answered` and
    `door_checked`. It says nothing about moving: that is `moved_at`, when the last household was counted in.
    """

    place: str
    first_exceedance: Mark | None
    called: Mark | None
    known: Mark | None
    """First knowledge: the earliest of a call, a link handed over, an answer that came unasked."""
    first_answer: Mark | None
    answered: Mark | None
    channel: str
    door_checked: Mark | None
    households_to_move: int | None
    people_to_move: int | None
    households_moved: int
    people_moved: int
    households_named: int
    moved_at: datetime | None
    draft: Mark | None
    approval: Mark | None
    issue: Mark | None
    first_red: Mark | None
    proof_at: datetime | None
    gaps: tuple[Gap, ...]


@dataclass(frozen=True, kw_only=True)
class AlertProof:
    """处置证明 of the whole: villages together."""

    villages: tuple[VillageProof, ...]
    first_call_at: datetime | None
    last_proof_at: datetime | None
    """When the last village was proved reached; None while one is not."""
    reached: int
    households_to_move: int
    households_moved: int


@dataclass(frozen=True, kw_only=True)
class Told:
    """What came to the holder: a call with what was said, how, and how soon they answered."""

    at: datetime
    what: str
    channel: str
    answered_after_s: int | None
    answer: str
    seq: int


@dataclass(frozen=True, kw_only=True)
class Did:
    """What the holder did, and the journal entry that shows it."""

    at: datetime
    kind: FactKind
    what: str
    seq: int


@dataclass(frozen=True, kw_only=True)
class Asked:
    """What was asked from above and has no record of being done, which does not mean that it was not."""

    at: datetime
    what: str
    seq: int


@dataclass(frozen=True, kw_only=True)
class DutyRecord:
    """尽职照单免责: one holder's sheet: told when, did what, asked what."""

    holder: str
    told: tuple[Told, ...]
    did: tuple[Did, ...]
    asked_unrecorded: tuple[Asked, ...]
    first_told_at: datetime | None
    slowest_answer_s: int | None


RED = Grade.RED.code
