"""How often a page asks the records: at most 25 times, and what it shows beyond that is stated here."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from anlan.people.accounts.scope import permissions_of
from anlan.ui import shared
from tests.support.city import ROLES
from tests.support.routes import ABSENT, QUERIES, Stage, address, make_stage, pages

pytestmark = pytest.mark.django_db
BUDGET = 25
A_PART = 8
PARTS = {
    "w/<slug:world>/onset": 1,  # twenty steps, each from the data
    "w/<slug:world>/desk": 2,  # the due list and the town's map, beside the case
    "w/<slug:world>/away": 3,  # the due list as it was and as it is, and what the journal tells
    "w/<slug:world>/brief": 1,  # the due list, beside the counts
    "w/<slug:world>/wall": 1,  # the due list, beside the county's counts
    "w/<slug:world>/map/place/<str:path>": 1,  # the place's calls, beside its story
}
"""Pages that show parts of others beside their own, and how many."""
NO_PAGE = {"w/<slug:world>/live"}  # a stream, not an answer


def test_no_page_asks_more_often_than_its_budget() -> None:
    stage, over, seen = make_stage(), {}, 0
    for route in pages():
        if route.pattern in NO_PAGE | ABSENT.keys() or route.is_public:
            continue
        asked = _asked(stage, route)
        seen += asked is not None
        if asked is not None and asked > BUDGET + A_PART * PARTS.get(route.pattern, 0):
            over[route.pattern] = asked
    assert not over, "ask for rows together, or state the part that the page shows"
    assert seen > 60


def _asked(stage: Stage, route) -> int | None:  # type: ignore[no-untyped-def]
    """Queries of a page once its process is warm; None where nothing is shown."""
    role = next(r for r in ROLES if not route.permission or route.permission in permissions_of(r))
    client, (path, _) = stage.mini.client(role), address(route, stage)
    query = QUERIES[route.pattern](stage) if route.pattern in QUERIES else {}
    client.get(path, query)
    shared.forget()
    with CaptureQueriesContext(connection) as asked:
        reply = client.get(path, query)
    return len(asked) if reply.status_code == 200 else None
