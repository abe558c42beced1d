"""预警生命周期: the values on which the public alert's life cycle is decided.

`AlertState` is everything the table looks at and nothing else: the words and the map stay in the model, and
`revision` says which text an approval was given to.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from anlan.foundation.rules.grade import Grade
from anlan.foundation.rules.pack import hours, minutes, number, table
from anlan.foundation.words import Sentence, Worded, w


class State(Worded):
    """Where an alert stands."""

    DRAFT = "draft", w("起草")
    REVIEW = "review", w("待批准")
    APPROVED = "approved", w("已批准")
    ISSUED = "issued", w("已签发")
    UPDATED = "updated", w("已被更新")
    ALL_CLEAR = "all_clear", w("已解除")
    CANCELLED = "cancelled", w("已取消")
    EXPIRED = "expired", w("已过期")


class Event(Worded):
    """What someone, or the clock, does to an alert."""

    EDIT = "edit", w("改稿")
    SUBMIT = "submit", w("送审")
    REVIEW = "review", w("复核")
    REJECT = "reject", w("退回")
    WITHDRAW = "withdraw", w("撤回改稿")
    APPROVE = "approve", w("批准")
    APPROVE_VERBALLY = "approve_verbally", w("电话签批")
    CONFIRM_VERBALLY = "confirm_verbally", w("确认电话签批")
    COSIGN = "cosign", w("会签")
    COSIGN_VERBALLY = "cosign_verbally", w("电话会签")
    COUNTERSIGN = "countersign", w("补签")
    ISSUE = "issue", w("签发")
    UPDATE = "update", w("被更新")
    ALL_CLEAR = "all_clear", w("解除")
    CANCEL = "cancel", w("取消")
    EXPIRE = "expire", w("过期")


class Message(Worded):
    """What this link of the chain says: a first alert, or something about the one before it."""

    ALERT = "alert", w("首发")
    UPDATE = "update", w("更新")
    CANCEL = "cancel", w("取消")
    ALL_CLEAR = "all_clear", w("解除")


@dataclass(frozen=True, kw_only=True)
class Actor:
    """Who acts, with the permissions they hold for this place; `unit` is the ref of their own."""

    ref: str
    permissions: frozenset[str]
    unit: str = ""


@dataclass(frozen=True, kw_only=True)
class VerbalApproval:
    """电话签批: what was heard on the telephone, written down at once.

    It counts once a second officer has confirmed it from an own account, having listened or rung the leader back.
    `leader_permissions` are the leader's own, looked up.
    """

    leader: str
    leader_permissions: frozenset[str]
    number: str
    at: datetime
    words: str
    recorded_by: str = ""
    confirmed_by: str = ""
    confirmed_at: datetime | None = None


@dataclass(frozen=True, kw_only=True)
class CoSigner:
    """联合发布单位: a unit that issues a joint alert with its own, and how far it has agreed.

    An agreement belongs to one `revision` of the text, like an approval. `verbal` is set where it came by telephone.
    """

    unit: str
    name: str
    by: str = ""
    at: datetime | None = None
    revision: int | None = None
    verbal: VerbalApproval | None = None
    countersign_due_at: datetime | None = None
    countersigned_at: datetime | None = None

    @property
    def owes_signature(self) -> bool:
        """Agreed by telephone, and not signed yet."""
        return self.verbal is not None and self.countersigned_at is None


@dataclass(frozen=True, kw_only=True)
class Link:
    """A neighbour in the chain of alerts, as it stands now."""

    ref: str
    state: State
    message: Message
    predecessor: str = ""


@dataclass(frozen=True, kw_only=True)
class IssuerVerdict:
    """发布主体: whether this unit may lawfully issue this kind of alert; decided by `issuers`."""

    lawful: bool
    says: Sentence | None = None


@dataclass(frozen=True, kw_only=True)
class Evidence:
    """What the actor brings with the event."""

    issuer: IssuerVerdict | None = None
    retyped_place: str = ""
    retyped_level: str = ""
    reason: str = ""
    verbal: VerbalApproval | None = None
    cosigner: str = ""
    """Ref of the unit that agreed by telephone."""
    predecessor: Link | None = None
    successor: Link | None = None
    missing: tuple[str, ...] = ()
    """What the composer still lacks, in plain words (`给居民的话`); empty when the draft is complete."""


@dataclass(frozen=True, kw_only=True)
class AlertState:
    """预警: one link of the chain, reduced to what its life cycle needs."""

    ref: str
    state: State
    message: Message
    grade: Grade
    place: str
    """The place name as it stands in the title; retyped by hand for a red."""
    authors: frozenset[str]
    """Everybody who wrote or changed this text; none of them may review or approve it."""
    revision: int
    expires_at: datetime | None
    predecessor: str = ""
    submitted_at: datetime | None = None
    reviewed_by: str = ""
    approved_by: str = ""
    approved_at: datetime | None = None
    approved_revision: int | None = None
    verbal: VerbalApproval | None = None
    countersign_due_at: datetime | None = None
    countersigned_at: datetime | None = None
    cosigners: tuple[CoSigner, ...] = ()
    """The units that issue it as well, each once; without every one of them it is not issued."""
    issued_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def unconfirmed(self) -> tuple[VerbalApproval, ...]:
        """What was heard on the telephone and no second officer has confirmed."""
        heard = (self.verbal, *(each.verbal for each in self.cosigners))
        return tuple(each for each in heard if each is not None and not each.confirmed_by)

    @property
    def unsigned(self) -> tuple[CoSigner, ...]:
        """The units that have not agreed to this text yet."""
        return tuple(each for each in self.cosigners if each.revision != self.revision)


@dataclass(frozen=True, kw_only=True)
class Transition:
    """A yes: the alert as it stands afterwards."""

    event: Event
    from_state: State
    to_state: State
    alert: AlertState
    due_at: datetime | None = None
    """By when somebody must act on it; for what was heard by telephone, sign."""


@dataclass(frozen=True, kw_only=True)
class AlertSettings:
    """The place's own rules for the life cycle."""

    retype_from: Grade = Grade.RED
    countersign_within: timedelta = timedelta(hours=24)
    cosign_by_telephone: bool = False
    """Whether a unit that issues jointly may agree by telephone."""
    reviews_needed: int = 0
    """0: drafter and approver; 1: a reviewer besides them."""
    longest: timedelta = timedelta(hours=24)
    """An alert may not be valid for longer than this without an update."""
    approve_within: Mapping[Grade, timedelta] = field(default_factory=dict)
    """From submission to approval, for the duty desk's deadline."""

    @classmethod
    def from_pack(cls, data: Mapping[str, object]) -> AlertSettings:
        """Read `[approval]`: sign_afterwards_hours, retype_from_level, people_needed, longest_hours,
        cosign_by_telephone, approve_minutes by level.
        """
        part = table(data, "approval")
        within = table(part, "approve_minutes")
        return cls(
            retype_from=Grade(number(part, "retype_from_level", Grade.RED, least=1)),
            countersign_within=hours(part, "sign_afterwards_hours", 24),
            cosign_by_telephone=part.get("cosign_by_telephone") is True,
            reviews_needed=number(part, "people_needed", 2, least=2) - 2,
            longest=hours(part, "longest_hours", 24),
            approve_within={Grade.parse(level): minutes(within, level, 1) for level in within},
        )
