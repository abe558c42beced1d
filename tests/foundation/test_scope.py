"""Scope: one rule for a record in memory and for a condition in the database; it fails closed."""

import pytest
from django.db import models
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from anlan.foundation import worlds
from anlan.foundation.context import Actor, Ctx, Unclassified
from anlan.foundation.models import Counter, JournalEntry, Task, World
from anlan.foundation.scope import Scope, after
from tests.foundation.conftest import NIGHT, make_exercise

path = st.lists(st.integers(1, 3).map("{:04d}".format), min_size=1, max_size=4).map("".join)


@given(st.lists(path, max_size=5), path)
def test_a_scope_of_places_holds_what_lies_below_one_of_them(places: list[str], asked: str) -> None:
    assert Scope.of(*places).holds(asked) == any(asked.startswith(place) for place in places)


@given(st.lists(path, max_size=5))
def test_no_place_of_a_scope_lies_in_another(places: list[str]) -> None:
    kept = Scope.of(*places).paths
    assert not [(a, b) for a in kept for b in kept if a != b and a.startswith(b)]


@given(path, path)
def test_the_end_of_a_range_comes_after_all_below_and_before_the_next(place: str, asked: str) -> None:
    assert asked.startswith(place) == (place <= asked < after(place))


def test_an_empty_scope_sees_nothing_and_a_record_without_place_is_for_the_whole_city() -> None:
    assert not Scope().holds("0001")
    assert not Scope.of("").holds("0001")
    assert not Scope.of("0001").holds("")
    assert Scope.everywhere().holds("")


class InTheDatabase(TestCase):
    """The same rule as a condition gives the same rows."""

    @classmethod
    def setUpTestData(cls) -> None:
        worlds.ensure_live("test-installation")
        cls.world = make_exercise()
        cls.places = [f"{a:04d}{b:04d}" if b else f"{a:04d}" for a in range(1, 4) for b in range(4)] + [""]
        JournalEntry.objects.bulk_create(
            JournalEntry(
                world=cls.world, seq=n + 1, at=NIGHT, name="t", place=place, text="{}", hash="0" * 64
            )
            for n, place in enumerate(cls.places)
        )

    @settings(max_examples=40, deadline=None)
    @given(st.lists(path, max_size=3))
    def test_rows_are_those_that_the_scope_holds(self, places: list[str]) -> None:
        scope = Scope.of(*places)
        ctx = worlds.context(self.world, actor=Actor("U-0001"), scope=scope)
        found = set(ctx.rows(JournalEntry).values_list("place", flat=True))
        assert found == {place for place in self.places if scope.holds(place)}


@pytest.fixture
def two(exercise: World) -> tuple[Ctx, Ctx]:
    """The officer of one place, in an exercise where a second one has rows too."""
    other = make_exercise()
    for world in (exercise, other):
        Counter.objects.create(world=world, kind="A-20210812")
        Task.objects.create(world=world, kind="note", key="a", due_at=NIGHT)
    officer = worlds.context(exercise, actor=Actor("U-0001"), scope=Scope.of("0001"))
    return officer, worlds.context(exercise)


def test_rows_of_another_world_are_never_seen(two: tuple[Ctx, Ctx]) -> None:
    _, system = two
    assert {row.world_id for row in system.rows(Task)} == {system.world.id}


def test_bookkeeping_is_for_those_who_see_everything(two: tuple[Ctx, Ctx]) -> None:
    officer, system = two
    assert not officer.rows(Task).exists()
    assert not officer.rows(Counter).exists()
    assert system.rows(Task).count() == 1


def test_a_model_that_does_not_say_how_it_is_cut_is_refused(two: tuple[Ctx, Ctx]) -> None:
    class Loose(models.Model):
        class Meta:
            app_label = "foundation"
            managed = False

    try:
        for ctx in two:
            with pytest.raises(Unclassified):
                ctx.rows(Loose)
    finally:
        from django.apps import apps

        del apps.all_models["foundation"]["loose"]
        apps.clear_cache()
