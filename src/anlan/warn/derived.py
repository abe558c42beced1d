"""What the journal tells of alerts: the state and level that the last entry of each left it in."""

from collections.abc import Iterator

from anlan.foundation import journal
from anlan.foundation.context import WorldInfo
from anlan.foundation.edited import Edited, derives
from anlan.warn.models import Alert


@derives
def alerts(world: WorldInfo) -> Iterator[Edited]:
    """State and level, by the last entry; a row that no entry tells of came in beside the journal."""
    last = {entry.subject: journal.read(entry)["body"] for entry in journal.of_names(world, ("warn.alert.",))}
    for row in Alert.objects.filter(world_id=world.id):
        for key in ("state", "level"):
            if last.get(row.ref, {}).get(key) != getattr(row, key):
                yield Edited(row.ref, key)
