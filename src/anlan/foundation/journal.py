"""The journal 日志: what happened, in one hash chain per world.

Tables are the present; the journal is what happened. Each action appends last, under a lock on its world's head
row held until commit: gapless sequence = commit order = id of the live stream.

The hashed text holds domain time, actor, place, refs and the new state as canonical JSON. It never holds database ids,
an exercise's wall time, tokens, signatures, names or phones. Chain: hash = H(previous ‖ H(text)), so evidence may
withhold a text and still prove its place.
"""

import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db import connection, transaction
from django.db.models import Q

from anlan.foundation.context import Ctx, WorldInfo
from anlan.foundation.models import JournalEntry, JournalHead


class NotInAction(RuntimeError):
    """`append` was called outside a transaction; only actions append."""


class NotCanonical(TypeError):
    """A body held a float, a naive time or another thing that has no one spelling."""


@dataclass(frozen=True)
class Note:
    """One thing to append: name `room.object.verb`, refs by kind, new state, path of the place it belongs to."""

    name: str
    refs: Mapping[str, str]
    body: Mapping[str, Any]
    place: str = ""
    at: datetime | None = None


@dataclass(frozen=True)
class Head:
    seq: int
    hash: str


@dataclass(frozen=True)
class Verdict:
    """Outcome of a check: `bad_seq` is None when the chain holds."""

    entries: int
    head: str
    bad_seq: int | None = None
    reason: str = ""


def utc(moment: datetime) -> str:
    """UTC to the millisecond, one spelling."""
    if moment.tzinfo is None:
        raise NotCanonical(f"naive time {moment!r}")
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def canonical(value: Any) -> str:
    """Canonical JSON: sorted keys, no spaces, no floats, times as UTC milliseconds."""
    return json.dumps(_plain(value), ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _plain(value: Any) -> Any:
    if value is None or isinstance(value, str | bool | int):
        return value
    if isinstance(value, datetime):
        return utc(value)
    if isinstance(value, Mapping):
        return {str(k): _plain(v) for k, v in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(v) for v in value]
    raise NotCanonical(f"{type(value).__name__} {value!r} has no one spelling; write integers or text")


def genesis(scenario: str, seed: int) -> str:
    """The hash before the first entry: of scenario and seed (an exercise), or of the installation (live)."""
    return hashlib.sha256(canonical({"scenario": scenario, "seed": seed}).encode()).hexdigest()


def link(previous: str, text: str) -> str:
    digest = hashlib.sha256(text.encode()).digest()
    return hashlib.sha256(bytes.fromhex(previous) + digest).hexdigest()


def append(
    ctx: Ctx,
    name: str,
    *,
    refs: Mapping[str, str],
    body: Mapping[str, Any],
    place: str = "",
    at: datetime | None = None,
) -> int:
    """Append one entry and return its sequence number. Call it last in an action."""
    return append_many(ctx, [Note(name, refs, body, place, at)])


def append_many(ctx: Ctx, notes: Iterable[Note]) -> int:
    """Append several entries in one insert; returns the last sequence number."""
    if not connection.in_atomic_block:
        raise NotInAction("journal.append outside an action")
    head = JournalHead.objects.select_for_update().get(world_id=ctx.world.id)
    rows = []
    for note in notes:
        head.seq += 1
        at = note.at or ctx.now
        text = canonical(
            {
                "actor": ctx.actor.ref,
                "at": at,
                "body": note.body,
                "name": note.name,
                "place": note.place,
                "refs": note.refs,
                "seq": head.seq,
            }
        )
        head.hash = link(head.hash, text)
        rows.append(
            JournalEntry(
                world_id=ctx.world.id,
                seq=head.seq,
                at=at,
                name=note.name,
                place=note.place,
                subject=next(iter(note.refs.values()), ""),
                text=text,
                hash=head.hash,
            )
        )
    JournalEntry.objects.bulk_create(rows)
    head.save(update_fields=["seq", "hash"])
    transaction.on_commit(_wake)
    return head.seq


_listeners: list[Any] = []


def on_append(callback: Any) -> None:
    """Let something in this process be woken after each commit that appended (the poller sees other processes')."""
    _listeners.append(callback)


def _wake() -> None:
    for callback in _listeners:
        callback()


def head(world: WorldInfo) -> Head:
    row = JournalHead.objects.get(world_id=world.id)
    return Head(row.seq, row.hash)


def read(entry: JournalEntry) -> dict[str, Any]:
    """The hashed text of an entry as a mapping: actor, at, body, name, place, refs, seq."""
    found: dict[str, Any] = json.loads(entry.text)
    return found


def tail(world_id: int, after: int, limit: int = 500) -> list[JournalEntry]:
    return list(JournalEntry.objects.filter(world_id=world_id, seq__gt=after).order_by("seq")[:limit])


def story(ctx: Ctx, subject: str) -> list[dict[str, Any]]:
    """Everything that the journal tells of one thing, by its ref, in order; within scope."""
    return [read(entry) for entry in ctx.rows(JournalEntry).filter(subject=subject).order_by("seq")]


def newest(name: str) -> int:
    """The database's own number of the last entry of that name in any world; for caches, never for a page."""
    return JournalEntry.objects.filter(name=name).order_by("-pk").values_list("pk", flat=True).first() or 0


def named(name: str, after: int) -> list[JournalEntry]:
    """Entries of that name in any world after such a number, in the order they were written."""
    return list(JournalEntry.objects.filter(name=name, pk__gt=after).order_by("pk"))


def of_names(world: WorldInfo, starts: tuple[str, ...]) -> Iterator[JournalEntry]:
    """Entries whose name begins with one of these, in order."""
    wanted = Q()
    for start in starts:
        wanted |= Q(name__startswith=start)
    rows = JournalEntry.objects.filter(wanted, world_id=world.id).order_by("seq")
    return rows.iterator(chunk_size=2000)


def verify(world: WorldInfo, scenario: str) -> Verdict:
    """Walk the whole chain again and name the first entry that does not hold."""
    end = head(world)
    previous, seq = genesis(scenario, world.seed), 0
    for entry in _all(world.id):
        seq += 1
        if entry.seq != seq:
            return Verdict(seq - 1, end.hash, seq, "missing")
        fault = _fault(entry, previous)
        if fault:
            return Verdict(seq, end.hash, seq, fault)
        previous = entry.hash
    if seq != end.seq:
        short = "cut off: the head stands further on" if seq < end.seq else "it stands after the chain's head"
        return Verdict(seq, end.hash, min(seq, end.seq) + 1, short)
    if previous != end.hash:
        return Verdict(seq, end.hash, max(seq, 1), "the head has another hash")
    return Verdict(seq, end.hash)


def _fault(entry: JournalEntry, previous: str) -> str:
    """What is wrong with one entry; the columns beside the text must tell the same as the text."""
    if link(previous, entry.text) != entry.hash:
        return "its text or hash was changed"
    told = read(entry)
    columns = (entry.seq, entry.name, utc(entry.at), entry.place)
    same = (told["seq"], told["name"], told["at"], told["place"]) == columns
    found_by = entry.subject in (told["refs"].values() or ("",))
    return "" if same and found_by else "its columns tell another story than its text"


def _all(world_id: int) -> Iterator[JournalEntry]:
    return JournalEntry.objects.filter(world_id=world_id).order_by("seq").iterator(chunk_size=2000)
