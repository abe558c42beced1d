"""电话签批: what was heard on the telephone, checked and sealed. Number and words never reach the journal."""

from collections.abc import Set
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from anlan.foundation import crypto
from anlan.foundation.rules.errors import AlertRefused
from anlan.foundation.words import say
from anlan.people import account_queries as accounts
from anlan.places.queries import atlas
from anlan.warn.models import Alert
from anlan.warn.rules.alert import VerbalApproval


@dataclass(frozen=True, kw_only=True)
class Heard:
    """电话签批 as the officer writes it down. `leader` is an account's ref; `confirmed_by` another officer's account
    ref, or the number that was rung back. Number and words are sealed, and never reach the journal."""

    leader: str
    number: str
    at: datetime
    words: str
    confirmed_how: str  # second_officer, call_back
    confirmed_by: str
    confirmed_at: datetime


def require_second_officer(heard: Heard, *, of: Set[str]) -> None:
    """A second officer is an account of one of these units, not a name that anybody can type. Raises: AlertRefused."""
    if heard.confirmed_how != "second_officer":
        return
    unit, _ = accounts.permissions_held(heard.confirmed_by)
    if unit not in of:
        raise AlertRefused(
            "verbal_unconfirmed", say("第二位值班员要是本单位的账号。请另选，或回拨领导号码确认。")
        )


def approval(row: Alert, heard: Heard, *, unit: str) -> VerbalApproval:
    """The approval with the leader's own permissions, looked up; a leader of another unit has none here."""
    own_unit, permissions = accounts.permissions_held(heard.leader, over=atlas().by_id[row.place_id].path)
    return VerbalApproval(
        leader=heard.leader,
        leader_permissions=permissions if own_unit == unit else frozenset(),
        number=heard.number,
        at=heard.at,
        words=heard.words,
        confirmed_how=heard.confirmed_how,
        confirmed_by=heard.confirmed_by,
        confirmed_at=heard.confirmed_at,
    )


def sealed(row: Alert, heard: Heard) -> dict[str, str]:
    """What is kept in the alert's row."""
    return {
        "leader": heard.leader,
        "number": crypto.seal(heard.number, row.ref),
        "words": crypto.seal(heard.words, row.ref),
        "at": heard.at.isoformat(),
        "confirmed_how": heard.confirmed_how,
        "confirmed_by": crypto.seal(heard.confirmed_by, row.ref),
        "confirmed_at": heard.confirmed_at.isoformat(),
    }


def told(heard: Heard, *, countersign_by: datetime | None) -> dict[str, Any]:
    """What the journal tells of it."""
    return {
        "leader": heard.leader,
        "heard_at": heard.at,
        "confirmed_how": heard.confirmed_how,
        "confirmed_at": heard.confirmed_at,
        "countersign_by": countersign_by,
    }
