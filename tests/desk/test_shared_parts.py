"""A part that many watch is made once for all who see the same, and never for somebody else."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from anlan.foundation import journal
from tests.support.routes import Stage, make_stage

pytestmark = pytest.mark.django_db
SHARED = [("desk", "alarm"), ("desk", "forecast"), ("desk", "town"), ("wall", "wall")]
WHO_ASKS = 14  # session, account, post, world, marks, head


@pytest.fixture
def stage() -> Stage:
    return make_stage()


def ask(stage: Stage, client: Client, page: str, part: str) -> tuple[int, str]:
    with CaptureQueriesContext(connection) as asked:
        reply = client.get(f"/w/{stage.mini.world.key}/{page}", headers={"X-Anlan-Part": part})
    assert reply.status_code == 200
    return len(asked), reply.content.decode()


@pytest.mark.parametrize(("page", "part"), SHARED)
def test_a_second_officer_gets_what_the_first_one_had_made(stage: Stage, page: str, part: str) -> None:
    _, first = ask(stage, stage.mini.client("duty_officer"), page, part)
    queries, second = ask(stage, stage.mini.client("duty_officer"), page, part)
    assert second == first
    assert queries <= WHO_ASKS
    assert "csrfmiddlewaretoken" not in first


@pytest.mark.parametrize(("page", "part"), SHARED)
def test_another_county_and_another_language_get_their_own(stage: Stage, page: str, part: str) -> None:
    ask(stage, stage.mini.client("duty_officer"), page, part)
    assert "联盟村" not in ask(stage, stage.mini.client("foreign"), page, part)[1]
    english = stage.mini.client("duty_officer")
    english.get("/account?lang=en")
    _, read = ask(stage, english, page, part)
    assert read != ask(stage, stage.mini.client("duty_officer"), page, part)[1] or not read.strip()


def test_what_the_journal_says_anew_is_seen_at_once(stage: Stage) -> None:
    client = stage.mini.client("duty_officer")
    ask(stage, client, "wall", "wall")
    before, _ = ask(stage, client, "wall", "wall")
    journal.append(stage.mini.ctx(), "warn.sheet.made", refs={}, body={})
    after, _ = ask(stage, client, "wall", "wall")
    assert after > before
