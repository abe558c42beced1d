"""A register with a life: its contract, and what its steps, deadlines and the desk make of it."""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest

from anlan.foundation import journal, tasks
from anlan.foundation.context import Ctx
from anlan.foundation.errors import Conflict, Forbidden
from anlan.foundation.models import Task
from anlan.places.due import DUES
from anlan.registers import queries, saving, steps, undoing
from anlan.registers.events import LATE, STEPPED
from anlan.registers.models import Deadline
from tests.support.city import Mini
from tests.support.planted import DEFECTS, GOOD, planted
from tests.support.registers import RegisterTests


class TestDefects(RegisterTests):
    register = DEFECTS
    good = GOOD
    change = {"people": "20"}
    wrong = {"people": "many"}
    step = ("mend", {"mended_on": "2021-08-11"})

    @pytest.fixture(autouse=True)
    def table(self, db: None) -> Iterator[None]:
        with planted():
            yield

    def row(self, mini: Mini, ref: str) -> Any:
        return queries.entry(self.ctx(mini), DEFECTS, ref)

    def mended(self, mini: Mini) -> str:
        ref = self.add(mini)
        steps.take(self.ctx(mini), DEFECTS, [self.row(mini, ref)], *self.step)
        return ref

    def issuer(self, mini: Mini, who: str = "U-other") -> Ctx:
        ctx = mini.may("warn.issue", "places.view")
        return Ctx(ctx.world, ctx.now, type(ctx.actor)(ref=who, permissions=ctx.actor.permissions), ctx.scope)

    def test_a_step_wants_its_columns_and_its_reason(self, mini: Mini) -> None:
        ref = self.add(mini)
        with pytest.raises(saving.NotRead) as refused:
            steps.take(self.ctx(mini), DEFECTS, [self.row(mini, ref)], "mend", {})
        assert set(refused.value.wrong) == {"mended_on"}
        with pytest.raises(steps.StepRefused):
            steps.take(self.issuer(mini), DEFECTS, [self.row(mini, ref)], "reject", {}, why="没有修好")
        assert self.row(mini, ref).state == "found"

    def test_another_person_confirms_and_only_who_may(self, mini: Mini) -> None:
        ref = self.mended(mini)
        mender = self.ctx(mini).actor.ref
        row = self.row(mini, ref)
        with pytest.raises(Forbidden):
            steps.take(self.ctx(mini), DEFECTS, [row], "check", {})
        with pytest.raises(steps.StepRefused, match="同一个人"):
            steps.take(self.issuer(mini, mender), DEFECTS, [row], "check", {})
        assert [str(s.event) for s in steps.open_to(self.issuer(mini, mender), DEFECTS, row)] == ["reject"]
        steps.take(self.issuer(mini), DEFECTS, [row], "check", {})
        assert self.row(mini, ref).state == "checked"
        assert not Deadline.objects.exists()

    def test_a_step_is_taken_back_by_who_may_take_it_and_its_deadline_comes_back(self, mini: Mini) -> None:
        ref = self.mended(mini)
        before = self.row(mini, ref).due_of_life
        steps.take(self.issuer(mini), DEFECTS, [self.row(mini, ref)], "check", {})
        with pytest.raises(Forbidden):
            undoing.take_back(self.ctx(mini), DEFECTS, ref, why="看错了")
        undoing.take_back(self.issuer(mini), DEFECTS, ref, why="看错了")
        again = self.row(mini, ref)
        assert (again.state, again.due_of_life) == ("mended", before)

    def test_what_is_late_is_told_once_and_stands_on_the_desk(self, mini: Mini) -> None:
        ref = self.add(mini)
        due = self.row(mini, ref).due_of_life
        assert due - self.ctx(mini).now > timedelta(days=6)
        keeper, leader = self.ctx(mini), self.issuer(mini)
        assert not list(DUES.waits(keeper, None, ""))
        soon, late = due - timedelta(hours=3), due + timedelta(hours=1)
        assert [it.facts["ref"] for it in DUES.waits(keeper.at(soon), None, "")] == [ref]
        assert not list(DUES.waits(leader.at(soon), None, ""))
        assert [it.facts["ref"] for it in DUES.waits(leader.at(late), None, "")] == [ref]
        work = Task.objects.get(key__startswith="late:")
        assert work.due_at == due
        for _ in range(2):
            steps.late(mini.ctx().at(late), DEFECTS, ref)
        assert [e["name"] for e in journal.story(mini.ctx(), ref)].count(LATE) == 1
        assert queries.view(keeper.at(late), DEFECTS, {"figure": "late"}).count() == 1
        steps.take(keeper.at(late), DEFECTS, [self.row(mini, ref)], *self.step)
        assert tasks.run(work, mini.world), "the work of a deadline that went finds nothing to tell"

    def test_the_state_is_never_typed(self, mini: Mini) -> None:
        ref = self.add(mini)
        with pytest.raises(saving.NotRead):
            saving.change(self.ctx(mini), DEFECTS, self.row(mini, ref), {"state": "checked"})
        with pytest.raises(saving.NotRead):
            self.add(mini, name="另一处", state="checked")

    def test_several_take_a_step_or_none(self, mini: Mini) -> None:
        first, second = self.add(mini), self.add(mini, name="另一处")
        rows = queries.entries(self.ctx(mini), DEFECTS, [first, second])
        steps.take(self.ctx(mini), DEFECTS, rows[1:], *self.step)
        rows = queries.entries(self.ctx(mini), DEFECTS, [first, second])
        with pytest.raises(steps.StepRefused):
            steps.take(self.ctx(mini), DEFECTS, rows, *self.step)
        assert self.row(mini, first).state == "found"

    def test_what_was_added_goes_with_its_deadline(self, mini: Mini) -> None:
        ref = self.add(mini)
        undoing.take_back(self.ctx(mini), DEFECTS, ref, why="登记错了")
        assert not Deadline.objects.exists()

    def test_a_stale_step_is_refused(self, mini: Mini) -> None:
        ref = self.add(mini)
        version = DEFECTS.version_of(self.row(mini, ref))
        saving.change(self.ctx(mini), DEFECTS, self.row(mini, ref), self.change)
        with pytest.raises(Conflict):
            steps.take(self.ctx(mini), DEFECTS, [self.row(mini, ref)], *self.step, version=version)
        assert not [e for e in journal.story(mini.ctx(), ref) if e["name"] == STEPPED]
