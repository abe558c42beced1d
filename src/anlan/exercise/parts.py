"""What a scenario brings beside its rain, part by part: `[[part]]` tables of a scenario's pack, each of a kind that a room registers.

A part begins in the transaction that makes the exercise; what it does later is due work of the exercise's own clock.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from anlan.foundation import tasks, worlds
from anlan.foundation.context import Ctx
from anlan.foundation.rules.errors import BadPack
from anlan.foundation.rules.grade import Grade
from anlan.foundation.worlds import World
from anlan.observe.actions import soil
from anlan.places.atlas import Place
from anlan.warn.actions.alerts import importing

RAINSTORM = "11B03"
WARNING = "exercise.warning"
Part = Callable[[Ctx, datetime, Place, Mapping[str, Any]], None]
"""Begins a part: (the new world, the moment of the part, the place that the exercise is about, its table)."""
_known: dict[str, Part] = {}


def register(kind: str, part: Part) -> None:
    """Let scenarios have parts of this kind."""
    _known[kind] = part


def check(tables: Iterable[Mapping[str, Any]]) -> None:
    """Raises: BadPack for a kind that no room plays."""
    for table in tables:
        if table.get("kind") not in _known:
            raise BadPack(key="part.kind", problem=f"{table.get('kind')!r} is none of {sorted(_known)}")


def begin(world: World, place: Place, tables: Iterable[Mapping[str, Any]]) -> None:
    """Begin all parts of an exercise, `at_min` minutes after its start."""
    ctx = worlds.context(world)
    for n, table in enumerate(tables):
        _known[table["kind"]](
            ctx, ctx.now + timedelta(minutes=int(table.get("at_min", 0))), place, {"n": n, **table}
        )


def _soil(ctx: Ctx, at: datetime, place: Place, table: Mapping[str, Any]) -> None:
    """What the ground is taken for stands in the journal."""
    until = at + timedelta(hours=int(table.get("hours", 24)))
    soil.assume(ctx, place=place, wetness=table["wetness"], until=until, reason=table["reason"])


def _warned(ctx: Ctx, at: datetime, place: Place, table: Mapping[str, Any]) -> None:
    """A weather service names the place."""
    incoming(
        ctx, key=f"warning-{table['n']}", at=at, issuer=table["issuer"], colour=table["level"], named=[place.code],
        text=table.get("text", ""),
    )  # fmt: skip


def incoming(
    ctx: Ctx,
    *,
    key: str,
    at: datetime,
    issuer: str,
    colour: str,
    named: list[str],
    text: str,
    doubtful: str = "",
) -> None:
    """A warning from outside that will come in at its moment."""
    told = {
        "issuer": issuer, "level": int(Grade.parse(colour)), "named": named, "text": text, "at": at.isoformat(),
        "identifier": key, "doubtful": doubtful,
    }  # fmt: skip
    tasks.schedule(ctx, WARNING, key=f"warning:{key}", due_at=at, payload=told)


@tasks.task(WARNING)
def _come_in(ctx: Ctx, told: dict[str, Any]) -> None:
    importing.take_in(
        ctx,
        issuer_name=told["issuer"],
        event_type=RAINSTORM,
        level=told["level"],
        named=told["named"],
        headline=f"【演练】{told['issuer']}发布暴雨{Grade(told['level']).word}预警信号",
        description=told["text"],
        issued_at=datetime.fromisoformat(told["at"]),
        identifier=told["identifier"],
        doubtful=told["doubtful"],
    )


register("soil", _soil)
register("warning", _warned)
