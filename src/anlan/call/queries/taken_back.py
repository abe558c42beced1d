"""撤销: entries of results that were recorded by mistake and taken back. They stand in the journal and count for nothing."""

from anlan.foundation import journal

TAKEN_BACK = "warn.call.taken_back"


def taken_back(world_id: int) -> set[int]:
    """Numbers of the entries that were taken back."""
    rows = journal.JournalEntry.objects.filter(world_id=world_id, name=TAKEN_BACK)
    return {seq for entry in rows for seq in journal.read(entry)["body"]["seqs"]}
