"""Where a reader of an outside source stands: moved in the transaction of what it took in."""

from anlan.foundation.context import WorldInfo
from anlan.foundation.models import Cursor


def mark(world: WorldInfo, reader: str) -> str:
    """The mark that a reader goes on from; empty at the beginning."""
    cursor, _ = Cursor.objects.get_or_create(world_id=world.id, reader=reader)
    return cursor.mark


def move(world: WorldInfo, reader: str, to: str) -> None:
    """Move a reader on. Call it in the transaction of the effect."""
    Cursor.objects.filter(world_id=world.id, reader=reader).update(mark=to)
