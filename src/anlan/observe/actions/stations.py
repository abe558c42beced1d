"""What changes stations and imports. Readings are written by the engine alone (observe.ingest)."""

from collections.abc import Iterable, Mapping
from typing import Any

from anlan.foundation import crypto
from anlan.foundation.actions import action
from anlan.foundation.context import Ctx
from anlan.observe.models import Station


def load_stations(ctx: Ctx, rows: Iterable[tuple[Mapping[str, Any], str, list[int]]]) -> None:
    """Store stations: (columns, password in clear, ids of the villages that the gauge serves)."""
    with action(ctx, "admin.manage"):
        rows = list(rows)
        made = Station.objects.bulk_create(
            (
                Station(password_sealed=crypto.seal(password, columns["address"]), **columns)
                for columns, password, _ in rows
            ),
            batch_size=2000,
        )
        through = Station.serves.through
        through._default_manager.bulk_create(
            (
                through(station_id=station.pk, division_id=division)
                for station, (_, _, served) in zip(made, rows, strict=True)
                for division in served
            ),
            batch_size=2000,
        )
