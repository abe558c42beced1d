"""The call-down's settings, read from a pack: time-outs, tries, acknowledgements wanted, quiet times."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta

from anlan.call.rules.calldown.shapes import AnswerKind, LineKind
from anlan.foundation.rules.errors import BadPack
from anlan.foundation.rules.grade import Grade
from anlan.foundation.rules.pack import Data, flag, number, seconds, strings, table, tables, text


@dataclass(frozen=True, kw_only=True)
class RungSetting:
    """One step of a ladder as the pack describes it: which roles, for how long."""

    key: str
    roles: tuple[str, ...]
    timeout: timedelta
    stands_for_place: bool
    zh: str
    en: str


@dataclass(frozen=True, kw_only=True)
class LadderSetting:
    """The ladder of one kind of line."""

    kind: LineKind
    rungs: tuple[RungSetting, ...]
    wanted: Mapping[Grade, int]
    """Acknowledgements wanted at each grade; a grade left out is not called."""


@dataclass(frozen=True, kw_only=True)
class CallSettings:
    """All that a call-down takes from its pack."""

    ladders: Mapping[LineKind, LadderSetting]
    answer_within: Mapping[str, timedelta]
    """By channel: how long a call may stay without an answer."""
    rounds: int
    """How often each contact point is tried at most."""
    quiet: timedelta
    """Within this time no number is dialled twice and nobody begins a second round, unless the grade rose."""
    quiet_after_answer: timedelta
    """Nobody who has answered is called again within this time at the same grade or lower."""
    silence_limit: timedelta
    """A line silent for so long gets its door check however far its ladder has come."""
    least_answer: AnswerKind
    """Answers below this do not count as an acknowledgement."""

    @classmethod
    def from_pack(cls, data: Data) -> CallSettings:
        """Read `[call_down]`; docs/explanation/call-down.md says what the keys do."""
        data = table(data, "call_down")
        quiet = seconds(data, "quiet_s", 120)
        after = seconds(data, "quiet_after_answer_s", 1200)
        if after < quiet:
            raise BadPack(key="quiet_after_answer_s", problem="it is shorter than quiet_s")
        channels = table(data, "answer_within_s")
        return cls(
            ladders={ladder.kind: ladder for ladder in map(_ladder, tables(data, "ladders"))},
            answer_within={channel: seconds(channels, channel, 45) for channel in channels},
            rounds=number(data, "rounds", 3, least=1),
            quiet=quiet,
            quiet_after_answer=after,
            silence_limit=seconds(data, "silence_limit_s", 600),
            least_answer=AnswerKind(number(data, "least_answer", 1, least=1)),
        )

    def within(self, channel: str) -> timedelta:
        """How long a call by this channel may stay silent. Raises BadPack for a channel not set."""
        if channel not in self.answer_within:
            raise BadPack(key=f"answer_within_s.{channel}", problem="the channel has no time-out")
        return self.answer_within[channel]

    def ladder(self, kind: LineKind) -> LadderSetting:
        """The ladder of a kind of line. Raises BadPack when the pack has none."""
        if kind not in self.ladders:
            raise BadPack(key="ladders", problem=f"there is no ladder for {kind}")
        return self.ladders[kind]


def _ladder(data: Data) -> LadderSetting:
    wanted = table(data, "wanted")
    return LadderSetting(
        kind=LineKind(text(data, "kind")),
        rungs=tuple(map(_rung, tables(data, "rungs"))),
        wanted={Grade.parse(grade): number(wanted, grade, 1, least=1) for grade in wanted},
    )


def _rung(data: Data) -> RungSetting:
    return RungSetting(
        key=text(data, "key"),
        roles=strings(data, "roles"),
        timeout=seconds(data, "timeout_s", 90),
        stands_for_place=flag(data, "stands_for_place", True),
        zh=text(data, "zh"),
        en=text(data, "en"),
    )
