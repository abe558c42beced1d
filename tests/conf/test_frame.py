"""The frame around every page: headers, errors with a next step, doors, the world in the address."""

import pytest
from django.test import Client

from tests.support.city import make_city

pytestmark = pytest.mark.django_db


def test_a_page_without_a_session_leads_to_the_sign_in_and_back() -> None:
    make_city(with_accounts=False)
    response = Client().get("/account")
    assert (response.status_code, response.headers["Location"]) == (302, "/sign-in?next=%2Faccount")


def test_the_api_without_a_session_answers_401_with_the_next_step() -> None:
    response = Client().get("/api/v1/me?lang=en")
    assert response.status_code == 401
    assert response.json() == {"code": "not_signed_in", "error": "Sign in, or bring a valid API token."}


def test_everything_carries_the_strict_content_policy_and_is_kept_nowhere() -> None:
    mini = make_city()
    for path in ("/sign-in", "/account", "/nowhere", "/api/v1/me"):
        headers = mini.client("duty_officer").get(path).headers
        policy = headers["Content-Security-Policy"]
        assert "default-src 'none'" in policy
        assert "unsafe" not in policy
        assert headers["X-Frame-Options"] == "DENY"
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Referrer-Policy"] == "same-origin"
        assert headers["Cache-Control"] == "no-store"


def test_an_error_of_ours_is_a_page_that_says_what_to_do_in_the_readers_language() -> None:
    client = make_city().client("duty_officer")
    response = client.get("/w/live/registers/accounts?lang=en")
    assert response.status_code == 403
    assert "Ask somebody who has it" in response.content.decode()
    assert client.get("/api/v1/w/x9/places").status_code == 404


def test_the_page_head_shows_the_unit_and_a_masked_name_and_only_rooms_one_may_enter() -> None:
    mini = make_city()
    text = mini.client("administrator").get("/account").content.decode()
    assert "随县应急管理局" in text
    assert "李守夜" not in text
    assert 'href="/w/live/registers/accounts"' in text
    assert (
        'href="/w/live/registers/accounts"'
        not in mini.client("duty_officer").get("/account").content.decode()
    )


def test_an_address_with_a_null_byte_is_refused_not_broken() -> None:
    assert make_city().client("duty_officer").get("/api/v1/w/live/places?under=%00").status_code == 400
