"""Where alerts come from: our own findings become drafts of the lawful issuer, other issuers' warnings are taken in once."""

from datetime import timedelta

import pytest

from anlan.foundation import tasks
from anlan.foundation.errors import Invalid, NotFound
from anlan.foundation.models import Task
from anlan.foundation.rules.errors import AlertRefused
from anlan.judge.models import Exceedance
from anlan.warn.actions.alerts import approving, drafting, importing, proposing
from anlan.warn.models import Alert
from tests.support.alertfolk import (
    RAINSTORM,
    STATION,
    after,
    found,
    go_out,
    proposed,
    refusal,
    row,
    staff,
    told,
)
from tests.support.city import FOREIGN_TOWN, NIGHT, TOWN, VILLAGE, Mini


@pytest.fixture
def night(city: Mini) -> Mini:
    return staff(city).exercise()


# ---------- from a finding ----------
def test_a_finding_becomes_the_weather_stations_draft_in_plain_words(night: Mini) -> None:
    draft = row(proposed(night))
    assert (draft.issuer and draft.issuer.ref, draft.state, draft.level) == (STATION, "draft", 4)
    assert draft.description == "这是演练。柳林镇三小时下了102毫米，还在下，山洪随时会来。"
    assert draft.by_when.startswith("现在就走")
    assert told("proposed")[0]["named"] == [TOWN]


def test_one_chain_for_a_township(night: Mini) -> None:
    first = proposed(night, 3)
    assert found(night, 3, at=1, place=VILLAGE) is None
    assert found(night, 4, at=2) == first  # not issued yet: the draft is raised
    assert (row(first).level, row(first).revision, row(first).message) == (4, 2, "alert")
    assert Alert.objects.count() == 1


def test_a_higher_finding_after_the_issue_makes_an_update(night: Mini) -> None:
    first = proposed(night, 3)
    go_out(night, first)
    second = found(night, 4, at=20)
    assert second is not None
    assert (row(second).message, row(second).predecessor_id) == ("update", row(first).pk)
    assert found(night, 3, at=21) is None


def test_a_higher_finding_takes_back_what_waits_for_approval(night: Mini) -> None:
    first = proposed(night, 3)
    approving.submit(after(night, "forecaster", minutes=1), ref=first)
    assert found(night, 4, at=2) == first
    assert (row(first).state, row(first).level) == ("draft", 4)


@pytest.mark.parametrize(
    ("level", "place", "pack"),
    [
        (2, TOWN, "rainstorm-signal-national"),
        (4, FOREIGN_TOWN, "rainstorm-signal-national"),  # no unit set up there
        (4, TOWN, "flash-flood-jianghua"),  # an example pack stands behind no public alert
    ],
)
def test_nothing_is_proposed(night: Mini, level: int, place: str, pack: str) -> None:
    assert found(night, level, place=place, pack=pack) is None
    assert not Alert.objects.exists()


def test_what_still_stands_is_prolonged_before_it_runs_out(night: Mini) -> None:
    first = proposed(night)
    go_out(night, first)
    due = Task.objects.get(kind="warn.alert.renew")
    assert due.due_at == NIGHT + timedelta(minutes=150)
    tasks.run(due, night._fresh())
    assert Alert.objects.get(state="draft").predecessor_id == row(first).pk
    Exceedance.objects.update(ended_at=NIGHT)
    assert proposing.renew(night.ctx(), ref=first) is None


# ---------- taking in ----------
def take(night: Mini, who: str = "duty_officer", **changes: object) -> str:
    given = {
        "issuer_name": "随州市气象台", "event_type": RAINSTORM, "level": 4, "named": [TOWN],
        "headline": "随州市气象台发布暴雨红色预警信号", "issued_at": NIGHT, **changes,
    }  # fmt: skip
    return importing.take_in(night.ctx(who), **given)  # type: ignore[arg-type]


def test_taking_in_twice_is_one(night: Mini) -> None:
    assert take(night, identifier="published-2") == take(night, identifier="published-2", level=3)
    assert take(night) == take(night)
    assert Alert.objects.count() == 2
    assert len(told("imported")) == 2


def test_a_warning_that_names_only_foreign_places_is_not_ours(night: Mini) -> None:
    with pytest.raises(NotFound):
        take(night, named=[FOREIGN_TOWN])


def test_an_imported_warning_is_its_issuers_to_change(night: Mini) -> None:
    ref = take(night)
    with pytest.raises(AlertRefused) as error:
        drafting.follow_up(night.ctx("duty_officer"), ref=ref, message="all_clear")
    assert refusal(error) == "imported"


def test_an_imported_all_clear_ends_what_it_names(night: Mini) -> None:
    first = take(night, identifier="A-1")
    take(night, identifier="A-2", message="all_clear", references="42,A-1,2021-08-12T04:00:00+08:00")
    assert row(first).state == "all_clear"


@pytest.mark.parametrize(
    "wrong", [{"level": 5}, {"message": "hello"}, {"issued_at": NIGHT + timedelta(hours=1)}]
)
def test_what_cannot_be_is_refused(night: Mini, wrong: dict[str, object]) -> None:
    with pytest.raises(Invalid):
        take(night, **wrong)
