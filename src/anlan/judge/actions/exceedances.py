"""Exceedances 超警: keep what the watch found, once, with the state that the rules go on from."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from anlan.foundation import journal
from anlan.foundation.actions import action, next_ref, next_refs
from anlan.foundation.context import Ctx
from anlan.foundation.journal import Note
from anlan.judge.events import EXCEEDANCE_OPENED
from anlan.judge.models import Exceedance, RuleState
from anlan.judge.rules.thresholds.shapes import Change, Element, Move, RuleSet, Scale, State
from anlan.judge.watch import Found, Key
from anlan.observe import queries as observe
from anlan.places.atlas import atlas

FOUND_AT_ONCE, STATES_AT_ONCE = 10, 200


def keep(ctx: Ctx, found: Sequence[Found], states: Mapping[Key, State]) -> list[str]:
    """Store changes, a few in one transaction, then the moved states; returns the refs of new exceedances.

    Exceedances are unique by world, rule version, place, level and onset, so that windows rebuilt after a crash
    repeat nothing; the state of what changed stands with its last change, and states that only moved come after it:
    cut off between, the next look finds again what is missing.
    """
    last = {
        (f.change.pack, name): number // FOUND_AT_ONCE
        for number, f in enumerate(found) for name in (f.station, atlas().by_id[f.place].code)
    }  # fmt: skip
    changed: dict[int, dict[Key, State]] = defaultdict(dict)
    for key, state in states.items():
        if (key[0], key[2]) in last:
            changed[last[(key[0], key[2])]][key] = state
    moved = sorted(key for key in states if (key[0], key[2]) not in last)
    ids = observe.station_ids([f.station for f in found])
    refs = []
    for start in range(0, len(found), FOUND_AT_ONCE):
        with action(ctx, "warn.call"):
            notes: list[Note] = []
            for item in found[start : start + FOUND_AT_ONCE]:
                _close_above(ctx, item, notes)
                if item.change.move is Move.RAISED and item.change.evidence:
                    ref = _open(ctx, item, ids.get(item.station), notes)
                    refs += [ref] if ref else []
            _save_states(ctx, changed[start // FOUND_AT_ONCE])
            if notes:
                journal.append_many(ctx, notes)
    for start in range(0, len(moved), STATES_AT_ONCE):
        with action(ctx, "warn.call"):
            _save_states(ctx, {key: states[key] for key in moved[start : start + STATES_AT_ONCE]})
    return refs


def _open(ctx: Ctx, item: Found, station: int | None, notes: list[Note]) -> str | None:
    change = item.change
    evidence = change.evidence
    assert evidence is not None
    key = {
        "world_id": ctx.world.id,
        "rule_version": change.version,
        "place_id": item.place,
        "level": grade_of(change),
        "onset": change.at,
    }
    if Exceedance.objects.filter(**key).exists():
        return None
    row = Exceedance.objects.create(
        **key,
        ref=next_ref(ctx, "X"),
        pack=change.pack,
        station_id=station,
        stage=change.level_name if change.scale is Scale.STAGE else "",
        known_at=ctx.now,
        quantity="rain" if evidence.element is Element.RAIN else "stage",
        value=evidence.value,
        threshold=evidence.threshold,
        window_min=evidence.window_minutes or None,
        at_least=evidence.partial,
    )
    place = atlas().by_id[item.place]
    told = {
        "pack": change.pack,
        "version": change.version,
        "hazard": change.hazard,
        "level": row.level,
        "stage": row.stage,
        "onset": change.at,
        "station": item.station,
        "quantity": row.quantity,
        "value": row.value,
        "threshold": row.threshold,
        "window_min": row.window_min,
        "at_least": row.at_least,
    }
    if change.soil:
        told |= {"soil": change.soil, "soil_from": change.soil_from}
    refs = {"exceedance": row.ref, "place": place.code}
    notes.append(Note(EXCEEDANCE_OPENED, refs, told, place.path))
    return row.ref


def grade_of(change: Change) -> int:
    """The level on the one scale of four: a village's prepare stands with orange, its immediate with red."""
    return change.level if change.scale is Scale.SIGNAL else change.level + 2


def _close_above(ctx: Ctx, item: Found, notes: list[Note]) -> None:
    """A level that fell ends what stood above it."""
    change = item.change
    if change.move not in (Move.LOWERED, Move.CLEARED):
        return
    standing = Exceedance.objects.filter(
        world_id=ctx.world.id, pack=change.pack, place_id=item.place, ended_at=None
    )
    now_at = grade_of(change) if change.level else 0
    place = atlas().by_id[item.place]
    for row in standing.filter(level__gt=now_at).order_by("pk"):
        row.ended_at = change.at
        row.save(update_fields=["ended_at"])
        refs = {"exceedance": row.ref, "place": place.code}
        notes.append(Note("warn.exceedance.ended", refs, {"pack": row.pack, "level": row.level}, place.path))


def _save_states(ctx: Ctx, states: Mapping[Key, State]) -> None:
    RuleState.objects.bulk_create(
        [
            RuleState(
                world_id=ctx.world.id, pack=pack, version=version, subject=subject, state=state.to_record()
            )
            for (pack, version, subject), state in sorted(states.items())
        ],
        update_conflicts=True,
        unique_fields=["world", "pack", "subject"],
        update_fields=["version", "state"],
    )


def states(ctx: Ctx) -> dict[Key, State]:
    """Where every pack stood for every subject when it was last looked at.

    A pack that has changed since begins anew: what was pending counted other rules.
    """
    rows = RuleState.objects.filter(world_id=ctx.world.id).values_list("pack", "version", "subject", "state")
    return {(pack, version, subject): State.from_record(record) for pack, version, subject, record in rows}


def open_neighbours(
    ctx: Ctx, *, pack: str, version: str, villages: Sequence[tuple[int, dict[str, Any]]]
) -> int:
    """Villages that prepare because of a red nearby or upstream: (division id, reason). Returns how many are new."""
    rows = Exceedance.objects.filter(world_id=ctx.world.id, pack=pack, ended_at=None)
    standing = set(rows.values_list("place_id", flat=True)) if villages else set()
    new = [each for each in villages if each[0] not in standing]
    for start in range(0, len(new), FOUND_AT_ONCE):
        _open_neighbours(ctx, pack, version, new[start : start + FOUND_AT_ONCE])
    return len(new)


def _open_neighbours(
    ctx: Ctx, pack: str, version: str, villages: Sequence[tuple[int, dict[str, Any]]]
) -> None:
    with action(ctx, "warn.call"):
        notes = []
        for (place_id, reason), ref in zip(villages, next_refs(ctx, "X", len(villages)), strict=True):
            row = Exceedance.objects.create(
                world_id=ctx.world.id,
                ref=ref,
                pack=pack,
                rule_version=version,
                place_id=place_id,
                level=3,
                stage="prepare",
                onset=ctx.now,
                known_at=ctx.now,
                quantity="neighbour",
                value=reason["distance_m"],
                threshold=reason["within_m"],
            )
            place = atlas().by_id[place_id]
            told = {
                "pack": pack,
                "version": version,
                "hazard": "neighbour",
                "level": 3,
                "stage": "prepare",
                **reason,
            }
            refs = {"exceedance": row.ref, "place": place.code}
            notes.append(Note(EXCEEDANCE_OPENED, refs, told, place.path))
        journal.append_many(ctx, notes)


def end_neighbours(ctx: Ctx, *, pack: str, still: set[int], before: datetime) -> None:
    """The last red nearby has gone for long enough: villages not in `still`, prepared before that time, are free."""
    rows = Exceedance.objects.filter(world_id=ctx.world.id, pack=pack, ended_at=None, onset__lt=before)
    freed = list(rows.exclude(place_id__in=still).order_by("pk"))
    for start in range(0, len(freed), FOUND_AT_ONCE):
        _end(ctx, freed[start : start + FOUND_AT_ONCE])


def end_left(ctx: Ctx, packs: Sequence[RuleSet]) -> None:
    """What stands by a pack that no longer judges its place (switched off, ended, or left to the county's own lines) ends."""
    rows = Exceedance.objects.filter(world_id=ctx.world.id, ended_at=None).exclude(quantity="neighbour")
    left = []
    for row in rows.select_related("station").order_by("pk"):
        code = atlas().by_id[row.place_id].code
        gauge = row.station.address if row.station and row.quantity == "stage" else ""
        if not any(pack.pack == row.pack and pack.acts_at(code, gauge) for pack in packs):
            left.append(row)
    for start in range(0, len(left), FOUND_AT_ONCE):
        _end(ctx, left[start : start + FOUND_AT_ONCE])


def _end(ctx: Ctx, rows: Sequence[Exceedance]) -> None:
    with action(ctx, "warn.call"):
        notes = []
        for row in rows:
            row.ended_at = ctx.now
            row.save(update_fields=["ended_at"])
            place = atlas().by_id[row.place_id]
            refs = {"exceedance": row.ref, "place": place.code}
            told = {"pack": row.pack, "level": row.level}
            notes.append(Note("warn.exceedance.ended", refs, told, place.path))
        if notes:
            journal.append_many(ctx, notes)
