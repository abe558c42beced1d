"""Where a reader of an outside source stands: moved in the transaction of what it took in."""

from django.db.models import F

from anlan.foundation.context import WorldInfo
from anlan.foundation.models import Cursor, World


def mark(world: WorldInfo, reader: str) -> str:
    """The mark that a reader goes on from; empty at the beginning."""
    cursor, _ = Cursor.objects.get_or_create(world_id=world.id, reader=reader)
    return cursor.mark


def move(world: WorldInfo, reader: str, to: str) -> None:
    """Move a reader on. Call it in the transaction of the effect."""
    Cursor.objects.filter(world_id=world.id, reader=reader).update(mark=to)


def touch(reader: str) -> None:
    """Write something that stands: whether the live world's records take it."""
    written = Cursor.objects.filter(reader=reader).update(seq=F("seq") + 1)
    if not written and (live := World.objects.filter(key="live").first()):
        Cursor.objects.get_or_create(world=live, reader=reader)
