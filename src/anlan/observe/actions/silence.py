"""A station fell silent, or was heard again: rows and journal in one transaction, each of them once."""

from collections.abc import Mapping
from datetime import datetime

from anlan.foundation import journal
from anlan.foundation.actions import action
from anlan.foundation.context import Ctx
from anlan.foundation.journal import Note
from anlan.observe.events import STATION_RETURNED, STATION_SILENT
from anlan.observe.models import Station, StationSilence
from anlan.places.atlas import atlas


def notice(ctx: Ctx, *, silent: Mapping[str, datetime], heard: Mapping[str, datetime]) -> None:
    """Write down who fell silent (address and last heard) and who was heard again (address and when)."""
    with action(ctx, "observe.silence"):
        stations = {s.address: s for s in Station.objects.filter(address__in={*silent, *heard})}
        is_open = StationSilence.objects.filter(world_id=ctx.world.id, ended_at=None)
        known = {row.station_id: row for row in is_open.select_for_update()}
        notes = []
        for address in sorted(silent):
            station = stations[address]
            if station.pk not in known:
                notes.append(_silent(ctx, station, silent[address]))
        for address in sorted(heard):
            row = known.get(stations[address].pk)
            if row is not None and heard[address] > row.since:
                notes.append(_returned(ctx, stations[address], row, heard[address]))
        if notes:
            journal.append_many(ctx, notes)


def _silent(ctx: Ctx, station: Station, since: datetime) -> Note:
    StationSilence.objects.create(world_id=ctx.world.id, station=station, since=since, noticed_at=ctx.now)
    return _note(STATION_SILENT, station, {"since": since})


def _returned(ctx: Ctx, station: Station, row: StationSilence, heard_at: datetime) -> Note:
    row.ended_at = ctx.now
    row.save(update_fields=["ended_at"])
    return _note(STATION_RETURNED, station, {"since": row.since, "heard_at": heard_at})


def _note(name: str, station: Station, body: dict[str, datetime]) -> Note:
    place = atlas().by_id[station.place_id]
    return Note(name, {"station": station.address, "place": place.code}, body, place.path)
