"""The journal: one chain per world, in the order of commits, and whoever edits it by hand is named."""

import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta, timezone

import pytest
from django.db import transaction
from hypothesis import given
from hypothesis import strategies as st

from anlan.foundation import journal, worlds
from anlan.foundation.journal import NotCanonical, Note, NotInAction
from anlan.foundation.models import JournalEntry, JournalHead, World
from tests.foundation.conftest import NIGHT, make_exercise
from tests.support.crowd import at_once


def write(world: World, count: int = 5) -> None:
    for n in range(count):
        with transaction.atomic():
            journal.append(
                worlds.context(world), "warn.test.noted", refs={"test": f"T-{n}"}, body={"n": n}, place="0001"
            )


def verdict(world: World) -> journal.Verdict:
    return journal.verify(worlds.info(world), world.scenario)


def test_entries_are_numbered_without_a_gap_and_the_chain_holds(exercise: World) -> None:
    write(exercise)
    assert [entry.seq for entry in journal.tail(exercise.pk, 0)] == [1, 2, 3, 4, 5]
    found = verdict(exercise)
    assert (found.entries, found.bad_seq) == (5, None)
    assert found.head == journal.head(worlds.info(exercise)).hash


def test_each_world_has_a_chain_of_its_own(exercise: World, live: World) -> None:
    write(exercise, 3)
    write(live, 2)
    assert journal.head(worlds.info(exercise)).seq == 3
    assert journal.head(worlds.info(live)).seq == 2


def test_the_same_story_from_the_same_seed_has_the_same_head(live: World) -> None:
    one, same, other = make_exercise(7), make_exercise(7), make_exercise(8)
    for world in (one, same, other):
        write(world)
    heads = [journal.head(worlds.info(world)).hash for world in (one, same, other)]
    assert heads[0] == heads[1] != heads[2]


def test_many_at_once_are_as_one_after_the_other(live: World) -> None:
    single, many = make_exercise(), make_exercise()
    write(single, 3)
    with transaction.atomic():
        notes = [Note("warn.test.noted", {"test": f"T-{n}"}, {"n": n}, "0001") for n in range(3)]
        assert journal.append_many(worlds.context(many), notes) == 3
    assert journal.head(worlds.info(single)).hash == journal.head(worlds.info(many)).hash


def test_the_hashed_text_says_who_when_what_and_nothing_of_the_database(exercise: World) -> None:
    write(exercise, 1)
    entry = journal.tail(exercise.pk, 0)[0]
    assert json.loads(entry.text) == {
        "actor": "system", "at": "2021-08-11T20:00:00.000Z", "body": {"n": 0}, "name": "warn.test.noted",
        "place": "0001", "refs": {"test": "T-0"}, "seq": 1,
    }  # fmt: skip
    assert (entry.subject, entry.place, entry.at) == ("T-0", "0001", NIGHT)


def test_outside_an_action_nothing_is_appended(durable_exercise: World) -> None:
    with pytest.raises(NotInAction):
        journal.append(worlds.context(durable_exercise), "warn.test.noted", refs={}, body={})
    assert journal.head(worlds.info(durable_exercise)).seq == 0


def test_an_action_that_fails_leaves_no_entry_and_wakes_nobody(
    durable_exercise: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    woken: list[int] = []
    monkeypatch.setattr(journal, "_listeners", [lambda: woken.append(1)])

    def fail_after_appending() -> None:
        with transaction.atomic():
            journal.append(worlds.context(durable_exercise), "warn.test.noted", refs={}, body={})
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail_after_appending()
    assert (journal.head(worlds.info(durable_exercise)).seq, woken) == (0, [])
    write(durable_exercise, 2)
    assert woken == [1, 1]
    assert verdict(durable_exercise).bad_seq is None


def test_hands_at_once_leave_one_chain_without_a_gap(durable_exercise: World) -> None:
    at_once(*[lambda: write(durable_exercise, 10)] * 4)
    found = verdict(durable_exercise)
    assert (found.entries, found.bad_seq) == (40, None)


# What an editor with the database in hand can do.


def edit(seq: int, **columns: object) -> None:
    assert JournalEntry.objects.filter(seq=seq).update(**columns) == 1


def rewritten_text(seq: int) -> None:
    text = JournalEntry.objects.get(seq=seq).text
    edit(seq, text=text.replace('"n":2', '"n":9'))


def an_entry_put_in(seq: int) -> None:
    last = JournalEntry.objects.get(seq=seq - 1)
    last.pk, last.seq = None, seq
    last.text = last.text.replace(f'"seq":{seq - 1}', f'"seq":{seq}')
    last.hash = journal.link(last.hash, last.text)
    last.save(force_insert=True)


TAMPERINGS: dict[str, tuple[Callable[[], object], int]] = {
    "a word of the text": (lambda: rewritten_text(3), 3),
    "its hash": (lambda: edit(3, hash="0" * 64), 3),
    "the name beside the text": (lambda: edit(3, name="warn.test.other"), 3),
    "the time beside the text": (lambda: edit(3, at=NIGHT + timedelta(minutes=1)), 3),
    "the thing it is found by": (lambda: edit(3, subject="T-9"), 3),
    "the place by which scope is cut": (lambda: edit(3, place="00010002"), 3),
    "its place taken off": (lambda: edit(3, place=""), 3),
    "an entry taken out of the middle": (lambda: JournalEntry.objects.filter(seq=3).delete(), 3),
    "the last entry taken off": (lambda: JournalEntry.objects.filter(seq=5).delete(), 5),
    "the first entry taken off": (lambda: JournalEntry.objects.filter(seq=1).delete(), 1),
    "an entry put on the end": (lambda: an_entry_put_in(6), 6),
    "the head set back": (lambda: JournalHead.objects.update(seq=4), 5),
    "the head's hash": (lambda: JournalHead.objects.update(hash="0" * 64), 5),
}


@pytest.mark.parametrize("what", TAMPERINGS)
def test_a_hand_in_the_journal_is_named_with_its_entry(exercise: World, what: str) -> None:
    write(exercise)
    tamper, seq = TAMPERINGS[what]
    tamper()
    found = verdict(exercise)
    assert found.bad_seq == seq
    assert found.reason


def test_another_seed_does_not_fit_the_chain(exercise: World) -> None:
    write(exercise)
    World.objects.filter(pk=exercise.pk).update(seed=8)
    exercise.refresh_from_db()
    assert verdict(exercise).bad_seq == 1


# One spelling.

plain = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@given(st.dictionaries(st.text(), plain, min_size=1, max_size=6))
def test_a_body_has_one_spelling_whatever_its_order(body: dict[str, object]) -> None:
    turned = dict(reversed(body.items()))
    assert journal.canonical(body) == journal.canonical(turned)
    assert json.loads(journal.canonical(body)) == body


@given(st.datetimes(timezones=st.just(UTC)), st.integers(-14, 14))
def test_a_moment_has_one_spelling_in_every_zone(moment: datetime, hours: int) -> None:
    moment = moment.replace(year=max(2, min(moment.year, 9998)))
    there = moment.astimezone(timezone(timedelta(hours=hours)))
    assert journal.utc(there) == journal.utc(moment)
    assert datetime.fromisoformat(journal.utc(moment)) <= moment


@pytest.mark.parametrize("value", [1.5, {"a": 0.1}, [b"x"], {1, 2}, datetime(2021, 8, 12)])  # noqa: DTZ001
def test_what_has_no_one_spelling_is_refused(value: object) -> None:
    with pytest.raises(NotCanonical):
        journal.canonical({"body": value})


@given(st.text(), st.text())
def test_a_link_depends_on_all_before_and_on_the_text(a: str, b: str) -> None:
    start = journal.genesis("mini", 7)
    assert (journal.link(start, a) == journal.link(start, b)) == (a == b)
    assert journal.link(start, a) != journal.link(journal.genesis("mini", 8), a)
