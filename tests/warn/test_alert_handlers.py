"""What follows from an alert by itself: calls, drafts, and in an exercise the simulated issuer."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from anlan.call.models import CallDown
from anlan.exercise import parts
from anlan.foundation import events, tasks
from anlan.foundation.models import JournalEntry, Task
from anlan.judge.models import Exceedance
from anlan.warn.actions.alerts import importing
from anlan.warn.models import Alert
from anlan.warn.queries import rows as replay
from tests.support.alertfolk import RAINSTORM, issued, staff
from tests.support.city import LIULIN_PATH, NIGHT, TOWN, Mini, make_city


@pytest.fixture
def night(db: None) -> Mini:
    return staff(make_city()).exercise()


def settle(night: Mini, *, until: timedelta = timedelta(0)) -> None:
    """Handlers and due work, in order, as the driver does; an exercise's own calls stay unsent."""
    for _ in range(200):
        while events.step(night._fresh()):
            pass
        work = tasks.next_due(night.world.pk, NIGHT + until)
        if work is None:
            return
        tasks.run(work, night._fresh())
    raise AssertionError("due work without end")


def take(night: Mini, level: int, named: list[str], **more: Any) -> str:
    return importing.take_in(
        night.ctx(), issuer_name="随州市气象台", event_type=RAINSTORM, level=level, named=named,
        headline="随州市气象台发布暴雨预警信号", issued_at=NIGHT, **more,
    )  # fmt: skip


@pytest.mark.parametrize(("level", "calls"), [(4, [4]), (3, [3]), (2, [])])
def test_an_imported_red_or_orange_calls_the_named_townships_out(
    night: Mini, level: int, calls: list[int]
) -> None:
    ref = take(night, level, [TOWN])
    settle(night)
    assert list(CallDown.objects.values_list("grade", flat=True)) == calls
    assert not calls or CallDown.objects.get().cause == ref


def test_an_alert_of_our_own_calls_out_when_it_is_issued(night: Mini) -> None:
    ref = issued(night)
    settle(night)
    assert CallDown.objects.get().cause == ref


def test_a_warning_that_names_no_place_calls_nobody_and_says_so(night: Mini) -> None:
    take(night, 3, [])
    settle(night)
    assert not CallDown.objects.exists()
    assert JournalEntry.objects.filter(name="warn.callout.refused", text__contains="names_no_place").exists()


def test_an_all_clear_calls_nobody(night: Mini) -> None:
    take(night, 4, [TOWN], message="all_clear")
    settle(night)
    assert not CallDown.objects.exists()


# ---------- the simulated issuer ----------
def simulated(night: Mini) -> Mini:
    return replace(night, world=night.exercise(settings={"simulated_issuer": "yes", "hours": "ending"}).world)


def finding(night: Mini, level: int, minute: int = 0) -> None:
    """A finding as the watch keeps it, with its entry."""
    from anlan.foundation import journal
    from anlan.foundation.actions import action

    at = NIGHT + timedelta(minutes=minute)
    ctx = night.ctx(at=at)
    row = Exceedance.objects.create(
        world_id=night.world.pk, ref=f"X-20210812-{level}{minute:02d}", pack="rainstorm-signal-national", rule_version="v",
        place_id=night.ids[TOWN], level=level, onset=at, known_at=at, quantity="rain", value=1020, threshold=1000,
        window_min=180,
    )  # fmt: skip
    with action(ctx, "warn.call"):
        refs, body = {"exceedance": row.ref, "place": TOWN}, {"stage": "", "level": level}
        journal.append(ctx, "warn.exceedance.opened", refs=refs, body=body, place=LIULIN_PATH)


def test_a_red_finding_is_an_issued_red_in_three_minutes(night: Mini) -> None:
    night = simulated(night)
    finding(night, 4)
    settle(night, until=timedelta(minutes=5))
    red = Alert.objects.get(state="issued")
    assert (red.level, red.approved_by, red.drafted_by) == (4, "sim-approver", "system")
    assert red.issued_at == NIGHT + timedelta(minutes=3, seconds=10)
    assert replay.first_red_naming(night.ctx(), LIULIN_PATH) == red.issued_at


def test_the_simulated_issuer_leaves_a_raised_draft_to_its_new_clock(night: Mini) -> None:
    night = simulated(night)
    finding(night, 3)
    settle(night, until=timedelta(minutes=2))
    finding(night, 4, minute=2)
    settle(night, until=timedelta(minutes=9))
    red = Alert.objects.get()
    assert (red.state, red.level, red.issued_at) == ("issued", 4, NIGHT + timedelta(minutes=5, seconds=10))


def test_without_a_simulated_issuer_the_draft_waits_for_people(night: Mini) -> None:
    finding(night, 4)
    settle(night, until=timedelta(hours=1))
    assert Alert.objects.get().state == "draft"


def test_a_warning_from_outside_comes_in_once_at_its_time_with_the_towns_it_names(night: Mini) -> None:
    night, at = simulated(night), NIGHT + timedelta(minutes=51)
    for _ in range(2):
        parts.incoming(
            night.ctx(),
            key="published-2",
            at=at,
            issuer="随县气象台",
            colour="red",
            named=[TOWN],
            text="三小时 100 毫米",
        )
    settle(night, until=timedelta(hours=1))
    found = Alert.objects.get(source="imported")
    assert (found.issued_at, found.identifier, found.level) == (at, "published-2", 4)
    assert [p.name for p in found.names.all()] == ["柳林镇"]
    assert Task.objects.filter(kind=parts.WARNING, state="done").count() == 1
