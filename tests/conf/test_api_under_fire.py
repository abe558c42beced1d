"""The API under random requests made from its own document: whatever is sent, no answer is a 500, and each fits the document."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.core.signals import request_finished, request_started
from django.core.wsgi import get_wsgi_application
from django.db import close_old_connections
from hypothesis import HealthCheck, Phase, given, seed, settings

from anlan.people.accounts import tokens
from tests.support.city import Mini
from tests.support.routes import make_stage, operations

pytestmark = pytest.mark.django_db
SEED = int(os.environ.get("ANLAN_FUZZ_API", 0))
"""0: the same requests every time, for CI. Any other number: a fuzz of its own, with more of them (`just fuzz`)."""
EXAMPLES = 100 if SEED else 12
PHASES = (Phase.generate, Phase.target, Phase.shrink) if SEED else (Phase.generate, Phase.shrink)
WAYS = ("duty_officer", "foreign")


def bearer(mini: Mini, role: str) -> dict[str, str]:
    return {"Authorization": f"Bearer {tokens.make(mini.ctx(), account=mini.account(role), label='fire')}"}


@pytest.fixture(autouse=True)
def one_connection() -> Iterator[None]:
    """Requests share the test's transaction instead of closing its connection when they end."""
    request_started.disconnect(close_old_connections)
    request_finished.disconnect(close_old_connections)
    yield
    request_started.connect(close_old_connections)
    request_finished.connect(close_old_connections)


@pytest.mark.parametrize("role", WAYS)
def test_no_request_breaks_an_operation(role: str) -> None:
    import schemathesis  # seconds that the collection of all tests need not spend

    mini = make_stage().mini
    headers = bearer(mini, role)
    schema = schemathesis.openapi.from_wsgi(
        "/api/v1/openapi.json", get_wsgi_application(), headers=bearer(mini, "duty_officer")
    )
    tried = 0
    for found in schema.get_all_operations():
        operation = found.ok()
        tried += 1

        @seed(SEED)
        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            derandomize=not SEED,
            phases=PHASES,
            suppress_health_check=list(HealthCheck),
        )
        @given(case=operation.as_strategy())
        def fire(case: Any) -> None:
            if role == "duty_officer" and "world" in case.path_parameters:
                case.path_parameters["world"] = (
                    mini.world.key
                )  # so that what lies behind the address is tried
            response = case.call(headers=headers)
            assert response.status_code < 500, f"{case.method} {case.formatted_path}"
            if response.status_code == 200:
                case.operation.validate_response(response)

        fire()
    assert tried == len(operations()), "an operation is missing in the document"
