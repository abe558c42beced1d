"""Puts the demo city together from one seed."""

from dataclasses import replace
from typing import Any

import numpy as np
import shapely

from anlan.exercise.chance import Chance

from . import duty, gauges, population, things, water
from .facts import LIULIN, Facts, load_facts
from .layout import Layout, lay_out, to_degrees
from .model import City, Code, Division, HouseholdToMove, People, Place
from .organisations import organisations
from .population import Counts
from .residents import Residents, give_duties
from .risk import AtRisk, at_risk, in_corridor, nearest_destination
from .roads import roads

SEED = 20210812
PERSON_ROWS = 20_000


def build_city(*, seed: int = SEED, person_rows: int = PERSON_ROWS) -> City:
    """The city of a seed: the same seed and rows give the same city, byte for byte.

    Raises ValueError when `person_rows` is below Liulin's residents or above the city's.
    """
    chance, facts = Chance(seed), load_facts()
    layout = lay_out(chance, facts)
    drainage = water.drain(chance, facts, layout)
    corridors = water.corridors(facts, drainage, chance=chance)
    tree = shapely.STRtree([c.area for c in corridors])
    counts = population.count(chance, facts)
    people = population.people(chance, facts, layout, drainage, counts, rows=person_rows)
    in_water = in_corridor(tree, np.column_stack([people.lon, people.lat])) >= 0
    households = at_risk(people, in_water, drainage, LIULIN)
    residents = give_duties(chance, people, in_water, households)
    people = replace(people, helper=_helpers(people, residents))
    reservoirs = things.reservoirs(chance, facts, drainage)
    geohazards = things.geohazards(chance, facts, layout)
    places = things.places(chance, facts, layout, tree)
    destinations = tuple(p for p in places if p.is_destination and p.village.startswith(LIULIN))
    units = organisations(facts, reservoirs)
    rain = gauges.rain_gauges(chance, facts, layout)
    stage = gauges.stage_gauges(chance, facts, drainage, reservoirs)
    return City(
        seed=seed,
        divisions=_divisions(facts, layout, counts),
        people=people,
        to_move=tuple(_to_move(people, residents, h, destinations) for h in households),
        organisations=units,
        duty_holders=duty.duty_holders(
            chance, facts, layout, people, residents, units, reservoirs, geohazards, tree
        ),
        reservoirs=reservoirs,
        geohazards=geohazards,
        places=places,
        streams=drainage.streams,
        corridors=corridors,
        roads=roads(chance, facts, layout, drainage),
        gauges=tuple(sorted([*rain, *stage], key=lambda g: g.address)),
        nearest_rain_gauge=gauges.nearest(facts, layout, rain),
    )


def _helpers(people: People, residents: Residents) -> Any:
    helper = people.helper.copy()
    for row in np.flatnonzero(people.frail).tolist():
        helper[row] = residents.helper_of.get(people.ref(row), -1)
    return helper


def _to_move(
    people: People, residents: Residents, household: AtRisk, destinations: tuple[Place, ...]
) -> HouseholdToMove:
    rows = household.rows
    first, span = rows[0], slice(rows[0], rows[-1] + 1)
    return HouseholdToMove(
        ref=household.ref,
        village=household.village,
        group=int(people.group[first]),
        head=people.names[first],
        people=len(rows),
        at_home=int(people.at_home[span].sum()),
        frail=int(people.frail[span].sum()),
        lon=float(people.lon[first]),
        lat=float(people.lat[first]),
        stream=household.stream,
        stream_m=household.stream_m,
        helper=duty.helper_ref(people, residents.helper_of[household.ref]),
        destination=nearest_destination(people, household, destinations).ref,
    )


def _divisions(facts: Facts, layout: Layout, counts: Counts) -> tuple[Division, ...]:
    """All four tiers, parents first."""
    sums = _sums(facts, counts)
    points = to_degrees(layout.villages).tolist()
    seat = {t.key: (t.lon, t.lat) for t in facts.towns}
    made = _Maker(facts, layout, sums)
    city = facts.city
    found = [made(city["key"], "city", city["name"], None, "city", seat["421303001"], mca=city["mca"])]
    for c in facts.counties:
        found.append(
            made(
                c["key"],
                "county",
                c["name"],
                city["key"],
                c["kind"],
                seat[c["seat"]],
                mca=f"{c['key']}000000",
            )
        )
    for t in facts.towns:
        kind = "street" if t.name.endswith("街道") else "town" if t.name.endswith("镇") else "park"
        published = t.published_point
        found.append(
            made(
                t.key,
                "township",
                t.name,
                t.county,
                kind,
                (t.lon, t.lat),
                mca=t.mca,
                published_point=published,
            )
        )
    for v, (lon, lat) in zip(facts.villages, points, strict=True):
        found.append(made(v.key, "village", v.name, v.town, v.kind, (lon, lat), short=v.stem))
    return tuple(found)


def _sums(facts: Facts, counts: Counts) -> dict[str, np.ndarray[Any, np.dtype[np.int64]]]:
    """Residents, at home, households by division key."""
    figures = np.column_stack([counts.residents, counts.at_home, counts.households])
    sums: dict[str, np.ndarray[Any, np.dtype[np.int64]]] = {}
    for village, row in zip(facts.villages, figures, strict=True):
        for length in (4, 6, 9, 12):
            key = village.key[:length]
            sums[key] = sums.get(key, 0) + row
    return sums


class _Maker:
    def __init__(
        self, facts: Facts, layout: Layout, sums: dict[str, np.ndarray[Any, np.dtype[np.int64]]]
    ) -> None:
        self._facts, self._layout, self._sums = facts, layout, sums

    def __call__(
        self,
        key: str,
        tier: Any,
        name: str,
        parent: str | None,
        kind: str,
        point: tuple[float, float],
        *,
        mca: str = "",
        published_point: bool = True,
        short: str = "",
    ) -> Division:
        residents, at_home, households = (int(n) for n in self._sums[key])
        since = self._facts.codes_valid_from
        codes = [Code("nbs", key.ljust(12, "0"), since)] + ([Code("mca", mca, since)] if mca else [])
        return Division(
            key=key,
            tier=tier,
            name=name,
            parent=parent,
            kind=kind,
            codes=tuple(codes),
            aliases=(short,) if short and short != name else tuple(self._facts.aliases.get(key, ())),
            statistical_only=tier == "township" and not mca,
            lon=point[0],
            lat=point[1],
            point_source="synthetic" if tier == "village" or not published_point else "published",
            boundary=self._layout.boundaries[key],
            residents=residents,
            at_home=at_home,
            away=residents - at_home,
            households=households,
        )
