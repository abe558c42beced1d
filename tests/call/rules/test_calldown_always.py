"""What holds of every call-down, whatever happens in whatever order."""

from __future__ import annotations

from collections import defaultdict
from datetime import timedelta
from itertools import pairwise

from hypothesis import given, settings
from hypothesis import strategies as st

from anlan.call.rules.calldown.ladder import is_under_way
from anlan.call.rules.calldown.reduce import on_contact_lost
from anlan.call.rules.calldown.shapes import OUTCOMES, RANK, AnswerKind, CallState, LineState
from anlan.foundation.rules.grade import Grade
from tests.call.rules.callnight import SETTINGS, T0, Night, holder, jinqiao, opened, township, village

PEOPLE = ("wang", "liu", "yang", "zhou", "leader")
CHANNELS = st.sampled_from([("voice",), ("voice", "web"), ("voice", "voice", "web"), ()])
MOVES = st.lists(
    st.one_of(
        st.tuples(st.just("tick"), st.integers(0, 150)),
        st.tuples(st.just("say"), st.sampled_from(PEOPLE), st.sampled_from(AnswerKind)),
        st.tuples(st.just("end"), st.integers(0, 9), st.sampled_from(sorted(OUTCOMES))),
        st.tuples(st.just("ring")),
        st.tuples(st.just("crash")),
        st.tuples(st.just("lost")),
    ),
    max_size=40,
)


def a_night(channels: tuple[str, ...], grade: Grade = Grade.RED) -> Night:
    zhou = holder("zhou", "secretary", channels=channels)
    two = village("0002", zhou, holder("liu", "deputy"))
    return Night(opened(jinqiao(), two, township(), grade=grade))


def play(night: Night, move: tuple[object, ...]) -> None:
    match move:
        case ("tick", int(seconds)):
            night.tick(seconds)
        case ("say", str(who), AnswerKind() as kind):
            night.say(who, kind)
        case ("end", int(index), outcome) if night.live():
            call = night.live()[index % len(night.live())]
            night.end(call.holder, CallState(str(outcome)))
        case ("ring",):
            night.ring()
        case ("crash",):
            night.crash()
        case ("lost",):
            night.call_down = on_contact_lost(call_down=night.call_down)


@settings(max_examples=80, deadline=None)
@given(channels=CHANNELS, moves=MOVES)
def test_nobody_is_called_twice_within_the_quiet_time(
    channels: tuple[str, ...], moves: list[tuple[object, ...]]
):
    night = a_night(channels)
    for move in moves:
        play(night, move)
        night.tick()
    dialled: dict[str, list[object]] = defaultdict(list)
    rounds: dict[tuple[str, int], object] = {}
    for call in night.call_down.calls:
        dialled[call.contact].append(call.placed_at)
        rounds.setdefault((call.holder, call.round), call.placed_at)
    for times in dialled.values():
        assert all(b - a >= SETTINGS.quiet for a, b in pairwise(times))
    for (who, round_), begun in rounds.items():
        if round_ > 1:
            assert begun - rounds[who, round_ - 1] >= SETTINGS.quiet
    assert len({call.key for call in night.call_down.calls}) == len(night.call_down.calls)


@settings(max_examples=60, deadline=None)
@given(moves=MOVES, gap=st.integers(0, 400), lower=st.sampled_from([Grade.ORANGE, Grade.RED]))
def test_a_second_call_down_keeps_the_quiet_time_of_the_first(
    moves: list[tuple[object, ...]], gap: int, lower: Grade
):
    first = a_night(("voice",))
    for move in moves:
        play(first, move)
        first.tick()
    first.now += timedelta(seconds=gap)
    again = Night(
        opened(jinqiao(), township(), grade=lower, ref="C-2", at=first.now),
        now=first.now,
        elsewhere=first.call_down.calls,
    )
    for _ in range(8):
        again.tick(45)
    for _, step in again.placed():
        call = next(call for call in again.call_down.calls if call.key == step.key)
        before = [old for old in first.call_down.calls if old.contact == call.contact]
        assert all(call.placed_at - old.placed_at >= SETTINGS.quiet for old in before)
        heard = [
            old for old in first.call_down.calls if old.holder == call.holder and old.state == "answered"
        ]
        assert all(call.placed_at - old.ended_at >= SETTINGS.quiet_after_answer for old in heard)


@settings(max_examples=80, deadline=None)
@given(channels=CHANNELS, moves=MOVES)
def test_lines_and_calls_never_go_back(channels: tuple[str, ...], moves: list[tuple[object, ...]]):
    night = a_night(channels)
    rank = dict.fromkeys((line.key for line in night.call_down.lines), 0)
    answers = 0
    for move in moves:
        play(night, move)
        night.tick()
        for line in night.call_down.lines:
            assert RANK[line.state] >= rank[line.key]
            rank[line.key] = RANK[line.state]
        assert len(night.call_down.answers) >= answers
        answers = len(night.call_down.answers)


@settings(max_examples=80, deadline=None)
@given(channels=CHANNELS, moves=MOVES)
def test_from_any_state_silence_leads_to_an_answer_or_a_door_check(
    channels: tuple[str, ...], moves: list[tuple[object, ...]]
):
    night = a_night(channels)
    for move in moves:
        play(night, move)
    begun = night.now

    def settled() -> bool:
        return all(not is_under_way(line) or line.door_check_at for line in night.call_down.lines)

    steps = night.until(settled, limit=60)
    assert steps <= 60
    assert night.now <= max(begun, T0 + SETTINGS.silence_limit)


@settings(max_examples=60, deadline=None)
@given(channels=CHANNELS, moves=MOVES)
def test_a_village_is_answered_only_by_the_people_wanted(
    channels: tuple[str, ...], moves: list[tuple[object, ...]]
):
    night = a_night(channels)
    for move in moves:
        play(night, move)
        night.tick()
    said = {answer.holder for answer in night.call_down.answers}
    for line in night.call_down.lines:
        standing = {person.ref for rung in line.rungs if rung.stands_for_place for person in rung.holders}
        enough = len(said & standing) >= line.wanted
        assert (line.state is LineState.ANSWERED) == enough


@settings(max_examples=60, deadline=None)
@given(channels=CHANNELS, moves=MOVES, cuts=st.sets(st.integers(0, 40)))
def test_asking_more_often_changes_nothing(
    channels: tuple[str, ...], moves: list[tuple[object, ...]], cuts: set[int]
):
    often, once = a_night(channels), a_night(channels)
    for index, move in enumerate(moves):
        for night in (often, once):
            play(night, move)
            night.tick()
        if index in cuts:
            often.tick()
            often.tick()
    assert often.call_down == once.call_down
