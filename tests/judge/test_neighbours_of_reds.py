"""Who prepares because of a red nearby: judged by what was in force just before, so that a moment judged twice says the same."""

from datetime import timedelta

import pytest

from anlan.foundation import journal
from anlan.judge.actions import exceedances
from anlan.judge.models import Exceedance
from anlan.judge.watching import Watching
from anlan.observe.ingest.ingest import Ingest
from anlan.warn.models import Alert
from tests.support.city import NIGHT, VILLAGE, VILLAGE_2, Mini, make_city

MIN = timedelta(minutes=1)


@pytest.fixture
def mini(db: None) -> Mini:
    return make_city().exercise()


def red(mini: Mini, *, issued: float, known: float | None = None) -> Alert:
    """A red warning in force that names Liulin's first village, minutes from NIGHT."""
    row = Alert.objects.create(
        world=mini.world, ref=f"A-{issued}", source="imported", issuer_name="随县气象台", event_type="11B03", level=4,
        kind="alert", state="issued", place_id=mini.ids[VILLAGE], headline="暴雨红色预警信号",
        drafted_at=NIGHT + (issued if known is None else known) * MIN, drafted_by="import", issued_at=NIGHT + issued * MIN,
    )  # fmt: skip
    row.names.set([mini.ids[VILLAGE]])
    return row


def look(mini: Mini, minute: float = 0) -> list[int]:
    """Judge a moment; who prepares then because of a red."""
    ingest = Ingest(mini.ctx().world)
    try:
        Watching(mini.ctx(), ingest.addresses).look(mini.ctx(at=NIGHT + minute * MIN), ingest)
    finally:
        ingest.close()
    found = Exceedance.objects.filter(world=mini.world, quantity="neighbour", ended_at=None)
    return list(found.values_list("place_id", flat=True))


def test_a_red_that_came_before_prepares_the_neighbour(mini: Mini) -> None:
    red(mini, issued=-1)
    assert look(mini) == [mini.ids[VILLAGE_2]]


@pytest.mark.parametrize(("issued", "known"), [(0, 0), (2, 2), (-30, 0), (-30, 3)])
def test_a_moment_judged_again_does_not_see_what_came_in_since(mini: Mini, issued: int, known: int) -> None:
    assert look(mini) == []
    red(mini, issued=issued, known=known)
    assert look(mini) == [], "the engine fell and judges this moment again"
    assert look(mini, 5) == [mini.ids[VILLAGE_2]]


def test_a_red_that_ended_since_was_still_in_force_at_that_moment(mini: Mini) -> None:
    row = red(mini, issued=-20)
    Alert.objects.filter(pk=row.pk).update(state="expired", ended_at=NIGHT + MIN)
    assert look(mini) == [mini.ids[VILLAGE_2]]


def test_a_red_that_ended_before_prepares_nobody(mini: Mini) -> None:
    row = red(mini, issued=-20)
    Alert.objects.filter(pk=row.pk).update(state="expired", ended_at=NIGHT - MIN)
    assert look(mini) == []


def test_many_that_prepare_at_once_stand_a_few_in_a_transaction_and_who_stands_already_costs_none(
    mini: Mini, monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[int] = []
    monkeypatch.setattr(exceedances, "FOUND_AT_ONCE", 1)
    append = journal.append_many
    monkeypatch.setattr(
        journal, "append_many", lambda ctx, notes: (taken.append(len(notes)), append(ctx, notes))
    )
    reason = {"red": VILLAGE, "distance_m": 900, "within_m": 5000, "upstream": False}
    rows = [(mini.ids[code], reason) for code in (VILLAGE, VILLAGE_2)]
    for new in (2, 0):
        found = exceedances.open_neighbours(mini.ctx(), pack="neighbours", version="1", villages=rows)
        assert found == new
    exceedances.end_neighbours(mini.ctx(at=NIGHT + MIN), pack="neighbours", still=set(), before=NIGHT + MIN)
    assert taken == [1, 1, 1, 1]
