"""Forecasts that did not come are told: at the desk while they are missing, in the review for good."""

from datetime import datetime, timedelta

import pytest

from anlan.desk.due import dues
from anlan.foundation.models import Task
from anlan.simulate.running import live, runner
from tests.support.city import Mini, make_city
from tests.support.grounds import REF, keep_valley
from tests.support.inline import Inline

pytestmark = pytest.mark.django_db
TEN = timedelta(minutes=10)
BUSY = "Traceback …\ndjango.db.utils.OperationalError: database is locked"


@pytest.fixture
def night() -> Mini:
    mini = make_city().exercise()
    keep_valley(mini)
    live.start(mini.ctx(), ground_ref=REF, first=mini.ctx().now)
    return mini


def cycle(mini: Mini, n: int, state: str, error: str = "") -> datetime:
    """How the cycle of the n-th ten minutes ended."""
    at = mini.ctx().now + n * TEN
    key = f"simulate:cycle:{REF}:{n}"
    Task.objects.create(world=mini.world, kind="simulate.cycle", key=key, due_at=at, state=state, error=error)
    return at


def rows(mini: Mini) -> list[tuple[str, str]]:
    found = dues(mini.ctx("duty_officer"), lang="zh")
    return [(due.title, due.detail) for due in found if due.kind == "ill"]


def test_a_forecast_that_stopped_stands_on_the_desk_since_when_and_why(night: Mini) -> None:
    cycle(night, 1, "done", error="an old trace, of a try that failed before it went well")
    first = cycle(night, 2, "dead", BUSY)
    last = cycle(night, 3, "dead", BUSY)
    (missed,) = live.missed(night.ctx(), first - TEN)
    assert (missed.at, missed.why, missed.stands_since) == ((first, last), "busy", first)
    ((title, detail),) = rows(night)
    assert "滚动预报停了" in title
    assert "数据库忙" in detail


def test_a_forecast_that_came_back_is_off_the_desk_and_stays_in_the_review(night: Mini) -> None:
    lost = cycle(night, 1, "dead", BUSY)
    cycle(night, 2, "done")
    assert live.missed(night.ctx(), lost)[0].stands_since is None
    assert not rows(night)
    page = night.client("duty_officer").get(f"/w/{night.world.key}/review").content.decode()
    assert "有 1 次滚动预报没有算成" in page
    assert "数据库忙" in page


def test_a_cycle_that_died_is_begun_anew(night: Mini) -> None:
    Task.objects.filter(kind="simulate.cycle").update(state="dead", error=BUSY)
    live.keep_going(night.ctx())
    assert Task.objects.filter(kind="simulate.cycle", state="due").count() == 1


def test_what_a_busy_database_stopped_is_tried_again_and_no_run_is_failed_for_it(
    night: Mini, monkeypatch: pytest.MonkeyPatch
) -> None:
    from django.db import OperationalError

    from anlan.simulate import queries
    from anlan.simulate.actions import runs
    from anlan.simulate.running import ordered
    from tests.simulate.test_ordered import order

    ref = order(night)

    def locked(*args: object, **kwargs: object) -> None:
        raise OperationalError("database is locked")

    with monkeypatch.context() as held:
        held.setattr(runs, "begin", locked)
        held.setattr(runs, "fail", locked)
        ordered.look()
    assert queries.run(night.ctx(), ref).state == "queued"
    before = runner.runner()
    runner.use(Inline())
    try:
        ordered.look()
        assert queries.run(night.ctx(), ref).state == "running"
    finally:
        runner.use(before)
