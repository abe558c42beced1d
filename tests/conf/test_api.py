"""The API: by token or session, cut by scope, one document, one shape of error."""

import json
import os
from pathlib import Path

import pytest
from django.test import Client

from anlan.people.accounts import tokens
from anlan.people.models import ApiToken
from tests.support.city import GAUGE, LIULIN_PATH, TOWN, VILLAGE, Mini, make_city
from tests.support.records import make_records

pytestmark = pytest.mark.django_db
SNAPSHOT = Path(__file__).parent / "openapi.json"


def bearer(mini: Mini, role: str) -> Client:
    text = tokens.make(mini.ctx(), account=mini.account(role), label="test")
    return Client(headers={"Authorization": f"Bearer {text}"})


def test_a_token_acts_as_its_account_until_it_is_revoked() -> None:
    mini = make_city()
    client = bearer(mini, "duty_officer")
    told = client.get("/api/v1/me").json()
    assert (told["role"], told["places"]) == ("duty_officer", ["421321"])
    (kept,) = ApiToken.objects.all()
    tokens.revoke(mini.ctx(), account=mini.account("duty_officer"), token_id=kept.pk)
    assert client.get("/api/v1/me").status_code == 401


def test_a_token_opens_the_api_alone() -> None:
    assert bearer(make_city(), "administrator").get("/w/live/registers/accounts").status_code == 302


def test_a_token_ends_with_its_account() -> None:
    mini = make_city()
    client = bearer(mini, "leader")
    account = mini.account("leader")
    account.is_active = False
    account.save()
    assert client.get("/api/v1/me").status_code == 401


def test_the_officer_reads_what_happened_in_the_county() -> None:
    mini = make_city().exercise()
    refs = make_records(mini)
    client, world = mini.client("duty_officer"), f"/api/v1/w/{mini.world.key}"
    assert client.get(f"{world}/exceedances?open=true").json()["items"][0]["place"]["code"] == VILLAGE
    whole = client.get(f"{world}/call-downs/{refs['call_down']}").json()
    assert whole["call_down"]["lines"] == len(whole["lines"]) > 2
    assert whole["answers"][0]["holder"] == "H-v1-secretary"
    assert client.get(f"{world}/evacuations").json()["items"][0]["households_to_move"] == 2
    assert client.get(f"{world}/alerts/{refs['alert']}").json()["names"] == [{"code": TOWN, "name": "柳林镇"}]
    assert client.get(f"{world}/stations/{GAUGE}").json()["serves"] == [VILLAGE, "421321117202"]
    assert client.get(f"{world}/places/{VILLAGE}").json()["parent"] == TOWN
    assert client.get(f"{world}/objects").json()["items"][0]["flood_limit_cm"] == 12400
    assert client.get(f"{world}/worlds".replace(world, "/api/v1")).json()["total"] == 2


def test_a_follower_of_the_journal_gets_what_came_after_in_order() -> None:
    mini = make_city().exercise()
    make_records(mini)
    client, world = mini.client("auditor"), f"/api/v1/w/{mini.world.key}"
    seqs = [e["seq"] for e in client.get(f"{world}/journal?after=1").json()["items"]]
    assert seqs == sorted(seqs)
    assert seqs[0] == 2
    head = client.get(f"{world}/journal/head").json()
    assert client.get(f"{world}/journal/{head['seq']}").json()["hash"] == head["hash"]


def test_what_cannot_be_right_is_named_without_repeating_it() -> None:
    response = make_city().client("auditor").get("/api/v1/w/live/places?limit=9999")
    assert response.status_code == 422
    assert "9999" not in response.content.decode()
    assert response.json()["fields"][0]["where"].endswith("limit")


def test_a_session_without_its_csrf_token_changes_nothing() -> None:
    """No operation may be changed by another site's form; there is one check for all of them."""
    from anlan.conf.api import Caller

    client = Client(enforce_csrf_checks=True)
    client.force_login(make_city().account("leader"))
    request = client.get("/api/v1/me").wsgi_request
    request.ctx, request.by_token, request.method = object(), False, "POST"
    with pytest.raises(Exception, match="CSRF"):
        Caller()(request)


def test_the_document_is_the_one_that_was_agreed() -> None:
    """Within v1 operations and fields are added, never renamed or removed."""
    present = json.loads(make_city().client("leader").get("/api/v1/openapi.json").content)
    if os.environ.get("ANLAN_AGREE_OPENAPI"):
        SNAPSHOT.write_text(json.dumps(present, ensure_ascii=False, indent=1, sort_keys=True) + "\n")
    agreed = json.loads(SNAPSHOT.read_text())
    assert present == agreed, (
        "run ANLAN_AGREE_OPENAPI=1 pytest tests/conf/test_api.py and look at the difference"
    )
    assert LIULIN_PATH not in json.dumps(present)


def test_the_document_of_the_api_is_for_whoever_has_signed_in() -> None:
    make_city()
    assert Client().get("/api/v1/openapi.json").status_code == 401
