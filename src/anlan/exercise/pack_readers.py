"""What this room reads packs with: a scenario that cannot be played is refused with its file."""

from anlan.exercise import parts
from anlan.exercise.field.people import NetworkSettings
from anlan.exercise.laying import WAYS
from anlan.foundation.packs import checked_by
from anlan.foundation.packs.pack import Pack
from anlan.foundation.rules.errors import BadPack


def _scenario(pack: Pack) -> None:
    table = pack.data["exercise"]
    if table.get("rain") not in WAYS:
        raise BadPack(key="exercise.rain", problem=f"{table.get('rain')!r} is none of {sorted(WAYS)}")
    needed = {"about", *WAYS[table["rain"]]}
    if missing := sorted(needed - set(table) - set(pack.data)):
        raise BadPack(key=f"exercise.{missing[0]}", problem="is missing")
    parts.check(pack.data.get("part", ()))


checked_by("exercise", _scenario)
checked_by("exercise_field", lambda pack: NetworkSettings.of({"dead_places": (), **pack.data["network"]}))
