"""Passwords are hashed where nobody waits: never in a transaction, and never more than two at once."""

from contextlib import ExitStack
from datetime import UTC, datetime
from typing import Any

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.db import connection
from django.test import Client

from anlan.foundation.errors import Conflict
from anlan.people import accounts
from anlan.people.accounts import administration
from anlan.people.models import SignInTries
from tests.support.city import PASSWORD, code_at, make_city

pytestmark = pytest.mark.django_db(transaction=True)
hashed_in_transaction: list[bool] = []


class Watched(MD5PasswordHasher):
    """A hasher that remembers whether the write lock was held."""

    algorithm = "watched"

    def encode(self, password: str, salt: str) -> str:
        hashed_in_transaction.append(connection.in_atomic_block)
        return super().encode(password, salt)


def test_no_password_is_hashed_while_others_wait_to_write(settings: Any) -> None:
    settings.PASSWORD_HASHERS = [f"{__name__}.Watched"]
    mini = make_city()
    hashed_in_transaction.clear()
    enter = {"username": "leader-1", "password": PASSWORD, "code": code_at(datetime.now(UTC))}
    assert Client().post("/sign-in", enter).status_code == 302
    assert Client().post("/sign-in", enter | {"password": "wrong"}).status_code == 403
    assert Client().post("/sign-in", enter | {"username": "nobody"}).status_code == 403
    change = {"old": PASSWORD, "new": "a-long-new-word", "again": "a-long-new-word"}
    assert mini.client("approver").post("/account/password", change).status_code == 302
    admin = mini.ctx("administrator")
    administration.reset(admin, username="auditor-1")
    administration.create_account(
        admin, username="sui-new-1", name="王新来", password="a-long-new-word", post_ref="POST-leader"
    )
    assert len(hashed_in_transaction) >= 7
    assert not any(hashed_in_transaction)


def test_a_third_sign_in_at_once_is_told_to_come_back_and_counts_no_failure(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    make_city()
    monkeypatch.setattr(accounts, "HASH_WAIT_SECONDS", 0.01)
    given = {"username": "leader-1", "password": PASSWORD, "code": code_at(datetime.now(UTC))}
    with ExitStack() as crowd:
        for _ in range(accounts.HASHES_AT_ONCE):
            crowd.enter_context(accounts._hashing())
        answer = Client().post("/sign-in", given)
        assert answer.status_code == 503
        assert "请过几秒再试" in answer.content.decode()
    assert not SignInTries.objects.exists()
    assert Client().post("/sign-in", given).status_code == 302


def test_a_password_changed_between_the_look_and_the_press_lets_nobody_in() -> None:
    mini = make_city()
    stale = mini.account("leader")
    accounts.change_password(mini.ctx(), account=mini.account("leader"), old=PASSWORD, new="a-long-new-word")
    with pytest.raises(Conflict):
        accounts.change_password(mini.ctx(), account=stale, old=PASSWORD, new="another-long-word")
