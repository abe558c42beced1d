"""Of the model: villages to which it says water comes and that nobody has called yet."""

from collections.abc import Iterator, Mapping

from anlan.call.queries.villages import VillageState
from anlan.judge.queries.foreseen import Foreseen
from anlan.places.atlas import atlas
from anlan.simulate.queries import VillageForecast
from anlan.ui.due import Wait


def forecasts(found: Foreseen | None, states: Mapping[int, VillageState]) -> Iterator[Wait]:
    """One thing a township, due when the first water is expected."""
    towns: dict[str, list[VillageForecast]] = {}
    for village in found.villages if found else ():
        if village.place.id not in states:
            towns.setdefault(atlas().township(village.place).path, []).append(village)
    for town, villages in sorted(towns.items()):
        assert found is not None
        facts = {
            "run": found.run,
            "names": [v.place.name for v in villages],
            "depth_cm": max(v.depth_cm for v in villages),
            "households": sum(v.households for v in villages),
            "unsaid": [place.name for place in found.unsaid if place.path.startswith(town)],
            "synthetic": found.is_synthetic,
        }
        yield Wait(
            kind="forecast",
            key=f"forecast:{town}",
            place=atlas().by_path[town],
            since=found.known_at,
            due_at=villages[0].arrives_at,
            facts=facts,
        )
