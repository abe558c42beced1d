"""撤销: entries of results that were recorded by mistake and taken back. They stand in the journal and count for nothing."""

from anlan.call.events import CALL_TAKEN_BACK
from anlan.foundation import journal
from anlan.move.events import EVACUATION_TAKEN_BACK


def taken_back(world_id: int) -> set[int]:
    """Numbers of the entries that were taken back."""
    rows = journal.JournalEntry.objects.filter(
        world_id=world_id, name__in=(CALL_TAKEN_BACK, EVACUATION_TAKEN_BACK)
    )
    return {seq for entry in rows for seq in journal.read(entry)["body"]["seqs"]}
