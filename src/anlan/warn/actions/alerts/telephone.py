"""电话签批: what was heard on the telephone, checked and sealed. Number and words never reach the journal."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from anlan.foundation import crypto
from anlan.people.accounts import queries as accounts
from anlan.places.atlas import atlas
from anlan.warn.models import Alert
from anlan.warn.rules.alert.shapes import VerbalApproval


@dataclass(frozen=True, kw_only=True)
class Heard:
    """电话签批 as the officer writes it down. `leader` is an account's ref. Number and words are sealed, and never reach
    the journal."""

    leader: str
    number: str
    at: datetime
    words: str


def approval(row: Alert, heard: Heard, *, unit: str, by: str) -> VerbalApproval:
    """The approval with the leader's own permissions, looked up; a leader of another unit has none here."""
    own_unit, permissions = accounts.permissions_held(heard.leader, over=atlas().by_id[row.place_id].path)
    return VerbalApproval(
        leader=heard.leader,
        leader_permissions=permissions if own_unit == unit else frozenset(),
        number=heard.number,
        at=heard.at,
        words=heard.words,
        recorded_by=by,
    )


def sealed(row: Alert, heard: Heard, *, by: str) -> dict[str, str]:
    """What is kept in the alert's row."""
    return {
        "leader": heard.leader,
        "number": crypto.seal(heard.number, row.ref),
        "words": crypto.seal(heard.words, row.ref),
        "at": heard.at.isoformat(),
        "recorded_by": by,
        "confirmed_by": "",
        "confirmed_at": "",
    }


def told(heard: Heard, *, countersign_by: datetime | None) -> dict[str, Any]:
    """What the journal tells of it."""
    return {
        "leader": heard.leader,
        "heard_at": heard.at,
        "countersign_by": countersign_by,
    }
