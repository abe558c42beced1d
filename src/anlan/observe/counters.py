"""What `/metrics` counts of readings: frames of the live world, and broken input."""

from collections.abc import Iterator

from anlan.foundation import worlds
from anlan.observe import queries

Family = tuple[str, str, str, list[tuple[dict[str, str], float]]]


def families() -> Iterator[Family]:
    ctx = worlds.context(worlds.get("live"))
    counts = queries.counts(ctx)
    frames: list[tuple[dict[str, str], float]] = [
        ({"what": what}, counts[what]) for what in ("accepted", "stored", "repeats")
    ]
    yield "frames_total", "counter", "Frames of stations by what became of them.", frames
    broken = [({}, float(counts["quarantined"]))]
    yield "quarantined_total", "counter", "Broken input that came, repeats counted.", broken
    unread = [({}, float(queries.quarantine_unread(ctx)))]
    yield "quarantine_unread", "gauge", "Kinds of broken input that nobody has looked at.", unread
