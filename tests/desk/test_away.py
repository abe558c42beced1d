"""What changed on one's desk while one was away: the list then against the list now, within scope."""

from datetime import timedelta

import pytest

from anlan.foundation import journal
from tests.support.routes import make_stage

pytestmark = pytest.mark.django_db


def test_what_came_while_one_was_away_is_named_and_what_was_there_before_is_only_counted() -> None:
    stage = make_stage()
    client, world = stage.mini.client("duty_officer"), stage.mini.world
    first = client.get(f"/w/{world.key}/away", {"after": "0"})
    assert first.status_code == 200
    since_now = client.get(f"/w/{world.key}/away", {"after": str(journal.head(world).seq)})
    untold = {due.kind for due in since_now.context["fresh"]}
    assert untold <= {"lost"}, "the stage's lost contact stands in its table alone, no entry tells of it"
    all_of_them = len(client.get(f"/w/{world.key}/desk").context["dues"])
    assert since_now.context["kept"] + len(since_now.context["fresh"]) == all_of_them > 1
    assert not since_now.context["told"]


def test_without_a_number_it_begins_where_one_signed_out() -> None:
    stage = make_stage()
    reply = stage.mini.client("duty_officer").get(f"/w/{stage.mini.world.key}/away")
    assert reply.status_code == 200
    assert reply.context["then"] - stage.mini.ctx().now < timedelta(hours=7)


def test_somebody_elsewhere_reads_of_nothing_here() -> None:
    stage = make_stage()
    text = (
        stage.mini.client("foreign").get(f"/w/{stage.mini.world.key}/away", {"after": "0"}).content.decode()
    )
    assert "柳林" not in text
    assert "联盟村" not in text


@pytest.mark.parametrize("after", ["-1", "x", "9" * 40, "９"])
def test_a_number_that_is_none_is_as_good_as_no_number(after: str) -> None:
    stage = make_stage()
    assert (
        stage.mini.client("duty_officer").get(f"/w/{stage.mini.world.key}/away", {"after": after}).status_code
        == 200
    )
