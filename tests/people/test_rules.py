"""Lockout and one-time codes as pure decisions."""

from datetime import UTC, datetime, timedelta

import pyotp
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.people.rules import Attempts, LockoutPolicy, accepted_step, after_failure, is_username

NOW = datetime(2026, 7, 1, 3, 0, tzinfo=UTC)
POLICY = LockoutPolicy()
SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"


def failed(times: int) -> Attempts:
    attempts = Attempts()
    for _ in range(times):
        attempts = after_failure(attempts=attempts, now=NOW, policy=POLICY)
    return attempts


def test_the_fifth_failure_locks_for_five_minutes() -> None:
    assert not failed(4).is_locked(NOW)
    assert failed(5).locked_until == NOW + timedelta(minutes=5)
    assert not failed(5).is_locked(NOW + timedelta(minutes=5))


def test_each_further_failure_locks_twice_as_long_up_to_two_hours() -> None:
    assert failed(6).locked_until == NOW + timedelta(minutes=10)
    assert failed(1000).locked_until == NOW + timedelta(hours=2)


def test_failures_are_forgotten_one_by_one() -> None:
    later = after_failure(attempts=failed(4), now=NOW + timedelta(minutes=31), policy=POLICY)
    assert (later.failures, later.locked_until) == (3, None)
    assert after_failure(attempts=failed(4), now=NOW + timedelta(days=9), policy=POLICY).failures == 1


@given(st.integers(1, 60))
def test_more_failures_never_lock_for_less(times: int) -> None:
    before, after = failed(times).locked_until or NOW, failed(times + 1).locked_until or NOW
    assert after >= before


def test_a_code_works_once_and_with_a_little_drift() -> None:
    code = pyotp.TOTP(SECRET).at(NOW)
    step = accepted_step(secret=SECRET, code=code, now=NOW + timedelta(seconds=29), last=0)
    assert step == int(NOW.timestamp()) // 30
    assert accepted_step(secret=SECRET, code=code, now=NOW, last=step) is None
    assert accepted_step(secret=SECRET, code=f" {code[:3]} {code[3:]}", now=NOW, last=0) == step


@pytest.mark.parametrize("seconds", [-90, 90])
def test_a_code_of_another_minute_does_not_count(seconds: int) -> None:
    code = pyotp.TOTP(SECRET).at(NOW)
    assert accepted_step(secret=SECRET, code=code, now=NOW + timedelta(seconds=seconds), last=0) is None


def test_an_older_code_does_not_come_after_a_newer_one() -> None:
    newer = accepted_step(secret=SECRET, code=pyotp.TOTP(SECRET).at(NOW), now=NOW, last=0)
    older = pyotp.TOTP(SECRET).at(NOW - timedelta(seconds=30))
    assert newer is not None
    assert accepted_step(secret=SECRET, code=older, now=NOW, last=newer) is None


@pytest.mark.parametrize("name", ["ab", "Ab1", "张三1", "a b c", "-abc", "abc-", "a" * 41])
def test_a_user_name_that_is_hard_to_say_is_refused(name: str) -> None:
    assert not is_username(name)
    assert is_username("sui-duty.1")
