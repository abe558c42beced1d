"""Runs that people ordered: one at a time on its way, the others in the queue, and nothing kept of what nobody waits for."""

from collections.abc import Iterator
from typing import Any

import pytest

from anlan.simulate import queries
from anlan.simulate.actions import ensembles, runs
from anlan.simulate.running import ordered, runner
from tests.support.city import Mini, make_city
from tests.support.grounds import REF, keep_valley
from tests.support.inline import Inline

pytestmark = pytest.mark.django_db


class Slow(Inline):
    """Computes only what it was told to be done with."""

    def __init__(self) -> None:
        super().__init__()
        self.done = set[str]()

    def is_done(self, folder: str) -> bool:
        return folder in self.done


@pytest.fixture
def lane() -> Iterator[Slow]:
    before, slow = runner.runner(), Slow()
    runner.use(slow)
    yield slow
    runner.use(before)


@pytest.fixture
def night() -> Mini:
    mini = make_city().exercise()
    keep_valley(mini)
    return mini


def order(mini: Mini) -> str:
    rain = {"kind": "design", "mm_h": 60.0, "minutes": 10}
    told: dict[str, Any] = {"title": "", "ground_ref": REF, "minutes": 10, "rain": rain}
    return runs.order(mini.ctx("duty_officer"), solver="li", precision="f32", **told)


def order_ensemble(mini: Mini) -> str:
    rain = {"kind": "design", "mm_h": 60.0, "minutes": 10}
    return ensembles.order_ensemble(mini.ctx("duty_officer"), title="", ground_ref=REF, minutes=10, rain=rain)


def states(mini: Mini, *refs: str) -> list[str]:
    return [queries.run(mini.ctx(), ref).state for ref in refs]


def folder(mini: Mini, ref: str) -> str:
    return str(queries.folder_of(mini.ctx(), queries.run(mini.ctx(), ref)))


def test_of_runs_ordered_at_once_one_is_computed_and_the_others_wait_their_turn(
    night: Mini, lane: Slow
) -> None:
    first, second, third = (order(night) for _ in range(3))
    ordered.look()
    ordered.look()
    assert states(night, first, second, third) == ["running", "queued", "queued"]
    assert queries.run(night.ctx(), second).started_at is None
    lane.done.add(folder(night, first))
    ordered.look()
    assert states(night, first, second, third) == ["accepted", "running", "queued"]


def test_an_ensemble_stands_behind_no_run(night: Mini, lane: Slow) -> None:
    refs = order(night), order_ensemble(night), order_ensemble(night)
    ordered.look()
    assert states(night, *refs) == ["running", "running", "queued"]


def test_a_run_that_cannot_begin_holds_up_nobody(night: Mini, lane: Slow) -> None:
    rain = {"kind": "stations", "until": night.ctx().now.isoformat(), "back_min": 60, "nowcast": "zero"}
    dry = runs.order(
        night.ctx("duty_officer"), title="", ground_ref=REF, solver="li", precision="f32", minutes=60, rain=rain
    )  # fmt: skip
    behind = order(night)
    ordered.look()
    assert states(night, dry, behind) == ["failed", "running"]


def test_what_an_engine_before_began_goes_first(night: Mini, lane: Slow) -> None:
    waits, begun = order(night), order(night)
    runs.begin(night.ctx(), ref=begun)
    ordered.look()
    assert states(night, waits, begun) == ["queued", "running"]
    assert lane.given() == {folder(night, begun)}


def test_of_a_cancelled_run_nothing_is_kept_and_the_next_begins(night: Mini, lane: Slow) -> None:
    first, second = order(night), order(night)
    ordered.look()
    runs.cancel(night.ctx("duty_officer"), ref=first)
    ordered.look()
    assert states(night, first, second) == ["cancelled", "running"]
    assert lane.given() == {folder(night, second)}
