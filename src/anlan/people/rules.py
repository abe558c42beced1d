"""Signing in: how many failures lock an account and for how long, and which one-time code still counts. Pure: takes `now`."""

import hashlib
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
    """锁定: so many failures lock for a while, each further one for twice as long; one is forgotten in each `forgets`."""

    failures: int = 5
    first: timedelta = timedelta(minutes=5)
    longest: timedelta = timedelta(hours=2)
    forgets: timedelta = timedelta(minutes=15)


FROM_ANYWHERE = LockoutPolicy(
    failures=30, first=timedelta(minutes=1), longest=timedelta(minutes=10), forgets=timedelta(minutes=1)
)
"""For one name from all sources, and for one source with all names: guessing is slow, yet no stranger locks for long."""


@dataclass(frozen=True)
class Attempts:
    """Failures not forgotten, the last of them, and until when nobody is let in."""

    failures: int = 0
    failed_at: datetime | None = None
    locked_until: datetime | None = None

    def is_locked(self, now: datetime) -> bool:
        return self.locked_until is not None and now < self.locked_until


def after_failure(*, attempts: Attempts, now: datetime, policy: LockoutPolicy) -> Attempts:
    """The state after one more failure."""
    forgotten = (now - attempts.failed_at) // policy.forgets if attempts.failed_at else 0
    failures = max(attempts.failures - max(forgotten, 0), 0) + 1
    if failures < policy.failures:
        return Attempts(failures=failures, failed_at=now)
    lasts = min(policy.first * 2 ** min(failures - policy.failures, 16), policy.longest)
    return Attempts(failures=failures, failed_at=now, locked_until=now + lasts)


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


def digest(token: str) -> str:
    """What is kept of a secret that is long and random by itself."""
    return hashlib.sha256(token.encode()).hexdigest()


def is_username(text: str) -> bool:
    """Small letters, digits, dot, dash and underscore; 3 to 40 of them."""
    return USERNAME.fullmatch(text) is not None
