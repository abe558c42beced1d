"""A small township for the call-down tests: settings, people, and a way to drive a night by a list of moves."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from anlan.call.rules.calldown.opening import Addressee, open_lines
from anlan.call.rules.calldown.reduce import (
    advance,
    on_answer,
    on_channel_down,
    on_door_checked,
    on_outcome,
    on_sent,
)
from anlan.call.rules.calldown.settings import CallSettings
from anlan.call.rules.calldown.shapes import (
    Answer,
    AnswerKind,
    Call,
    CallDown,
    CallState,
    Contact,
    Holder,
    LineKind,
    PlaceCall,
    Step,
)
from anlan.foundation.rules.grade import Grade

T0 = datetime(2021, 8, 11, 20, 0, tzinfo=UTC)
TOWN = "042013000021"

PACK: dict[str, object] = {
    "call_down": {
        "rounds": 3,
        "quiet_s": 120,
        "quiet_after_answer_s": 1800,
        "silence_limit_s": 600,
        "answer_within_s": {"voice": 45, "web": 90},
        "ladders": [
            {
                "kind": "village",
                "wanted": {"red": 2, "orange": 1},
                "rungs": [
                    _rung := {
                        "key": "person",
                        "roles": ["secretary"],
                        "timeout_s": 90,
                        "zh": "书记",
                        "en": "sec",
                    },
                    {**_rung, "key": "deputy", "roles": ["deputy", "group"]},
                    {**_rung, "key": "up", "roles": ["leader"], "stands_for_place": False},
                ],
            },
            {
                "kind": "township",
                "wanted": {"red": 1, "orange": 1},
                "rungs": [{**_rung, "roles": ["leader"]}],
            },
            {"kind": "county", "wanted": {"red": 1}, "rungs": [{**_rung, "roles": ["chief"]}]},
        ],
    }
}
SETTINGS = CallSettings.from_pack(PACK)


def holder(ref: str, role: str, *, channels: tuple[str, ...] = ("voice",)) -> Holder:
    return Holder(
        ref=ref,
        role=role,
        contacts=tuple(
            Contact(ref=f"{ref}#{number}", channel=channel) for number, channel in enumerate(channels)
        ),
    )


LEADER = holder("leader", "leader")


def village(name: str, *people: Holder) -> Addressee:
    return Addressee(kind=LineKind.VILLAGE, place=TOWN + name, holders=(*people, LEADER))


def township() -> Addressee:
    return Addressee(kind=LineKind.TOWNSHIP, place=TOWN, holders=(LEADER,))


def opened(*addressees: Addressee, grade: Grade = Grade.RED, ref: str = "C-1", at: datetime = T0) -> CallDown:
    return open_lines(ref=ref, place=TOWN, grade=grade, at=at, addressees=addressees, settings=SETTINGS)


def jinqiao() -> Addressee:
    return village("0001", holder("wang", "secretary"), holder("liu", "deputy"), holder("yang", "group"))


def answer(who: str, at: datetime, kind: AnswerKind = AnswerKind.RECEIVED, *, call: str = "") -> Answer:
    counts = {"households": 38, "people": 121} if kind is AnswerKind.MOVED else {}
    return Answer(holder=who, kind=kind, at=at, channel="voice", call=call, **counts)


@dataclass
class Night:
    """Drives a call-down: time goes on, the network answers, and every step taken is kept."""

    call_down: CallDown
    now: datetime = T0
    elsewhere: tuple[Call, ...] = ()
    steps: list[tuple[datetime, Step]] = field(default_factory=list)
    settings: CallSettings = SETTINGS

    def tick(self, seconds: int = 0) -> tuple[Step, ...]:
        self.now += timedelta(seconds=seconds)
        self.call_down, steps = advance(
            call_down=self.call_down, now=self.now, settings=self.settings, elsewhere=self.elsewhere
        )
        self.steps.extend((self.now, step) for step in steps)
        return steps

    def live(self) -> list[Call]:
        return [call for call in self.call_down.calls if call.state.is_live]

    def placed(self) -> list[tuple[datetime, PlaceCall]]:
        return [(at, step) for at, step in self.steps if isinstance(step, PlaceCall)]

    def say(self, who: str, kind: AnswerKind = AnswerKind.RECEIVED) -> None:
        call = next((call.key for call in reversed(self.call_down.calls) if call.holder == who), "")
        self.call_down = on_answer(call_down=self.call_down, answer=answer(who, self.now, kind, call=call))

    def end(self, who: str, outcome: CallState) -> None:
        call = next(call.key for call in self.live() if call.holder == who)
        self.call_down = on_outcome(call_down=self.call_down, call=call, outcome=outcome, at=self.now)

    def ring(self) -> None:
        for call in self.live():
            self.call_down = on_sent(call_down=self.call_down, call=call.key)

    def crash(self) -> None:
        for channel in {call.channel for call in self.live()}:
            self.call_down = on_channel_down(call_down=self.call_down, channel=channel, at=self.now)

    def knock(self, line: str) -> None:
        self.call_down = on_door_checked(call_down=self.call_down, line=line, at=self.now)

    def until(self, done: Callable[[], bool], *, limit: int = 500) -> int:
        """Go from one waking moment to the next in silence; gives the number of steps of the clock."""
        for count in range(limit):
            waits = [step.until for step in self.tick() if hasattr(step, "until") and step.until]
            if done():
                return count
            assert waits, "nothing is due any more"
            self.now = min(waits)
        raise AssertionError("not done in time")
