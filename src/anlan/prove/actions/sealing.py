"""尽职照单免责: seal what the journal holds of a duty holder, so that nobody adds to it afterwards unseen."""

from anlan.foundation import journal
from anlan.foundation.actions import action
from anlan.foundation.context import Ctx


def seal(ctx: Ctx, *, holder: str, digest: str, place: str, entries: int) -> None:
    """Put the digest of a duty record into the chain; from here on any change to it shows."""
    with action(ctx, "warn.proof"):
        head = journal.head(ctx.world)
        told = {"digest": digest, "entries": entries, "head_seq": head.seq, "head_hash": head.hash}
        journal.append(ctx, "warn.duty.sealed", refs={"holder": holder}, body=told, place=place)
