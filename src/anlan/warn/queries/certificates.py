"""Pinned certificates as the administrator's page shows them: whose, until when, who pinned them and when."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from anlan.foundation import journal
from anlan.foundation.context import Ctx
from anlan.foundation.journal import JournalEntry
from anlan.people.accounts import queries as accounts
from anlan.warn import pins


@dataclass(frozen=True, kw_only=True)
class Row:
    """`by` is unit and post, empty for a file that was laid there by hand. `state` is valid, early or expired."""

    ref: str
    subject: str
    fingerprint: str
    valid_from: datetime
    valid_to: datetime
    state: str
    is_exercise: bool
    by: str | dict[str, str]
    at: datetime | None

    @property
    def spoken(self) -> str:
        """The fingerprint in groups of four, as two people compare it on the telephone."""
        return " ".join(self.fingerprint[n : n + 4] for n in range(0, len(self.fingerprint), 4))


def pinned(ctx: Ctx) -> list[Row]:
    """Every pinned certificate, by subject."""
    ctx.require("admin.manage")
    found = pins.pins()
    entries = JournalEntry.objects.filter(
        world_id=ctx.world.id, name="warn.certificate.pinned", subject__in=[pin.ref for pin in found]
    )
    by_ref = {entry.subject: journal.read(entry) for entry in entries.order_by("seq")}
    posts = accounts.posts_of([told["actor"] for told in by_ref.values()])
    rows = [_row(ctx, pin, by_ref.get(pin.ref), posts) for pin in found]
    return sorted(rows, key=lambda row: (row.subject, row.valid_to))


def _row(ctx: Ctx, pin: pins.Pin, told: dict[str, Any] | None, posts: dict[str, dict[str, str]]) -> Row:
    state = "expired" if pin.valid_to <= ctx.now else "early" if pin.valid_from > ctx.now else "valid"
    return Row(
        ref=pin.ref,
        subject=pin.subject,
        fingerprint=pin.fingerprint,
        valid_from=pin.valid_from,
        valid_to=pin.valid_to,
        state=state,
        is_exercise=pin.is_exercise,
        by=posts.get(told["actor"], told["actor"]) if told else "",
        at=datetime.fromisoformat(told["at"]) if told else None,
    )
