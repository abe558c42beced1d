"""What the journal's names are called in speech: each room words its own in its `apps.py`."""

from anlan.foundation import rooms


def spoken(name: str) -> str:
    """The Chinese words of a journal name, to be translated on display."""
    return str(rooms.merged("events").get(name, name))
