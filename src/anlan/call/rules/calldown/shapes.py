"""三个叫应: the values of a township's call-down.

A `CallDown` is one value: lines that all open at once (county leaders, township heads, departments, one a
village), the calls placed so far and the answers given so far. Every function in this folder takes one and
gives a new one; nothing here knows a clock or a database.

A person may stand in several lines. Calls belong to the person, so one call serves every line they stand in.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from anlan.foundation.rules.grade import Grade
from anlan.foundation.words import Worded, WordedNumber, w


class LineKind(Worded):
    """Who a line is for; the order is the order on the board."""

    COUNTY = "county", w("县领导")
    TOWNSHIP = "township", w("镇领导")
    DEPARTMENT = "department", w("部门")
    VILLAGE = "village", w("村（社区）")


class LineState(Worded):
    """How far a line has come. It only ever moves to the right; `RANK` holds the order."""

    CALLING = "calling", w("叫应中")
    DOOR_CHECK = "door_check", w("静默")
    """Silence: someone has been ordered to the door."""
    CONTACT_LOST = "contact_lost", w("失联")
    """Counted as the worst case with its township."""
    DOOR_CHECKED = "door_checked", w("已敲门")
    """Someone stood there and reported."""
    ANSWERED = "answered", w("已应")
    """The acknowledgements wanted are in. Never the same as moved."""
    CLOSED = "closed", w("已收")
    """Replaced by a higher grade, or stood down."""


RANK = {state: rank for rank, state in enumerate(LineState)}


class CallState(Worded):
    """Honest states of one call. `sending` is stored before the request leaves."""

    SENDING = "sending", w("待拨")
    RINGING = "ringing", w("正在拨")
    """Handed to the network, or the officer is dialling; nothing heard yet."""
    ANSWERED = "answered", w("接通")
    NO_ANSWER = "no_answer", w("未接")
    BUSY = "busy", w("占线")
    PICKED_UP = "picked_up", w("接了没按键")
    """Somebody lifted the receiver and pressed nothing: no answer, the ladder goes on."""
    WRONG_NUMBER = "wrong_number", w("号码错")
    REFUSED = "refused", w("拒绝")
    UNREACHABLE = "unreachable", w("打不通")
    UNKNOWN = "unknown", w("没拨成")
    """We fell over while sending: it may have rung, it may not. The ladder goes on by the next channel."""

    @property
    def is_live(self) -> bool:
        """Still waiting for the network or the person."""
        return self in (CallState.SENDING, CallState.RINGING)


OUTCOMES = frozenset(
    {
        CallState.NO_ANSWER,
        CallState.BUSY,
        CallState.PICKED_UP,
        CallState.WRONG_NUMBER,
        CallState.REFUSED,
        CallState.UNREACHABLE,
        CallState.UNKNOWN,
    }
)
"""What may end a call without an answer."""


BY_HAND = ("desk", "satellite")
"""Channels on which a person dials. Such a call stands in `sending` (待拨) until somebody has dialled it."""


class AnswerKind(WordedNumber):
    """The five keys on the telephone, the page and the call desk."""

    RECEIVED = 1, w("收到")
    AT_POST = 2, w("已到岗")
    MOVING = 3, w("正在转移")
    MOVED = 4, w("报转移完成")
    NEED_HELP = 5, w("求援")


@dataclass(frozen=True, kw_only=True)
class Contact:
    """One way to reach a person; `channel` is `voice`, `desk`, `sms`, `web`, `satellite`, `radio` …"""

    ref: str
    channel: str


@dataclass(frozen=True, kw_only=True)
class Holder:
    """责任人: a duty holder with their contact points in the order to try them."""

    ref: str
    contacts: tuple[Contact, ...]
    role: str = ""


@dataclass(frozen=True, kw_only=True)
class Rung:
    """A step of a ladder: these people are called together.

    `stands_for_place` is false on the upward rungs: a township officer who answers for a silent village
    helps, but the village has not been heard.
    """

    key: str
    holders: tuple[Holder, ...]
    timeout: timedelta
    stands_for_place: bool = True


@dataclass(frozen=True, kw_only=True)
class Line:
    """One addressee of the call-down: a village, a township head, a department, the county."""

    key: str
    kind: LineKind
    place: str
    """Division path."""
    rungs: tuple[Rung, ...]
    wanted: int = 1
    """So many different people who stand for the place must have answered."""
    opened_at: datetime
    state: LineState = LineState.CALLING
    rung: int = 0
    """Index of the highest rung opened."""
    rung_opened_at: datetime | None = None
    door_check_at: datetime | None = None
    """When the door check was ordered; stays set when a late answer comes."""
    settled_at: datetime | None = None
    """When the line became answered, door-checked or closed."""
    closed_why: str = ""


@dataclass(frozen=True, kw_only=True)
class Call:
    """One call to one contact point. `key` is the idempotency key, the same after a crash."""

    key: str
    call_down: str
    holder: str
    contact: str
    channel: str
    grade: Grade
    round: int
    """1 is the first pass over the person's contact points, 2 the next after the quiet time …"""
    placed_at: datetime
    deadline: datetime
    state: CallState = CallState.SENDING
    ended_at: datetime | None = None

    @property
    def waits_for_a_hand(self) -> bool:
        """It lies on the call desk and nobody has dialled it: its deadline proves nothing about the person."""
        return self.state is CallState.SENDING and self.channel in BY_HAND


@dataclass(frozen=True, kw_only=True)
class Answer:
    """回执: what a person said, by which channel. The latest of a person is the current one; all are kept."""

    holder: str
    kind: AnswerKind
    at: datetime
    channel: str
    call: str = ""
    """Key of the call it answers; empty when the person reported unasked."""
    households: int | None = None
    people: int | None = None
    words: str = ""


@dataclass(frozen=True, kw_only=True)
class CallDown:
    """叫应: all lines of one township for one cause at one grade."""

    ref: str
    place: str
    grade: Grade
    opened_at: datetime
    lines: tuple[Line, ...]
    calls: tuple[Call, ...] = ()
    answers: tuple[Answer, ...] = ()
    """In the order in which they came."""


@dataclass(frozen=True, kw_only=True)
class PlaceCall:
    """Ring this contact point now. `lines` are the lines that the person stands in."""

    key: str
    holder: str
    contact: str
    channel: str
    round: int
    deadline: datetime
    lines: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class Escalate:
    """Open the next rung of a line."""

    line: str
    to_rung: int
    why: str
    """`exhausted`: everybody below was tried; `timeout`: the rung's time is over."""


@dataclass(frozen=True, kw_only=True)
class OrderDoorCheck:
    """Silence: send someone to the door."""

    line: str
    place: str
    silent: tuple[str, ...]
    """Holders who were tried and did not answer."""
    why: str
    """`ladder_end`, `silence_limit` or `nobody` (no duty holder on file)."""


@dataclass(frozen=True, kw_only=True)
class Close:
    """The line has what it wanted."""

    line: str
    state: LineState
    by: tuple[str, ...]
    """The holders whose answers counted."""
    carried: tuple[str, ...] = ()
    """Those of them who answered another call-down within the quiet time and were not rung again."""


@dataclass(frozen=True, kw_only=True)
class Wait:
    """Nothing to do for this line before `until`; None when nothing more is due at all."""

    line: str
    until: datetime | None


Step = PlaceCall | Escalate | OrderDoorCheck | Close | Wait
