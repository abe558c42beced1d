"""Signing in: how many failures lock an account and for how long, and which one-time code still counts. Pure: takes `now`."""

import hmac
import re
from dataclasses import dataclass
from datetime import datetime, timedelta

import pyotp

STEP_SECONDS = 30
DRIFT_STEPS = 1
"""A code of the step before or after counts too: clocks of phones are off by some seconds."""

USERNAME = re.compile(r"[a-z0-9][a-z0-9._-]{1,38}[a-z0-9]")


@dataclass(frozen=True, kw_only=True)
class LockoutPolicy:
    """锁定: so many failures in a row lock the account for a while; each further one after that locks it for twice as long."""

    failures: int = 5
    first: timedelta = timedelta(minutes=5)
    longest: timedelta = timedelta(hours=2)


@dataclass(frozen=True, kw_only=True)
class Attempts:
    """Failures in a row, and until when nobody is let in."""

    failures: int = 0
    locked_until: datetime | None = None

    def is_locked(self, now: datetime) -> bool:
        return self.locked_until is not None and now < self.locked_until


def after_failure(*, attempts: Attempts, now: datetime, policy: LockoutPolicy) -> Attempts:
    """The state after one more failure."""
    failures = attempts.failures + 1
    if failures < policy.failures:
        return Attempts(failures=failures)
    doublings = min(failures - policy.failures, 16)
    return Attempts(failures=failures, locked_until=now + min(policy.first * 2**doublings, policy.longest))


def accepted_step(*, secret: str, code: str, now: datetime, last: int) -> int | None:
    """The time step that a one-time code belongs to, or None. A step at or before `last` was used up.

    Source: RFC 6238, section 5.2 (a verifier must not accept a second use).
    """
    digits = "".join(code.split())
    present = int(now.timestamp()) // STEP_SECONDS
    totp = pyotp.TOTP(secret, interval=STEP_SECONDS)
    for step in range(present - DRIFT_STEPS, present + DRIFT_STEPS + 1):
        fits = hmac.compare_digest(totp.generate_otp(step).encode(), digits.encode())
        if fits and step > last:
            return step
    return None


def is_username(text: str) -> bool:
    """Small letters, digits, dot, dash and underscore; 3 to 40 of them."""
    return USERNAME.fullmatch(text) is not None
