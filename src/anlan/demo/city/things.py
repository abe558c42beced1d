"""Watched objects and places: reservoirs, ponds, geohazard sites, schools, clinics, shops, night work.

Some reservoir names are published; positions, sizes and levels are synthetic unless marked otherwise.
"""

from dataclasses import dataclass

import numpy as np
import shapely
from numpy.typing import NDArray

from anlan.exercise.chance import Chance

from .facts import LIULIN, Facts, VillageFact
from .layout import Layout, to_degrees
from .levels import NORMAL_M
from .model import GeohazardSite, Place, Reservoir, StageLimit
from .risk import in_corridor
from .water import Drainage


@dataclass(frozen=True, slots=True)
class Known:
    """A reservoir whose name is published, put in a township by us; `village` where one bears its name."""

    name: str
    town: str
    village: str | None
    capacity_m3: int
    limits: tuple[tuple[str, float], ...] = ()


# 徐家河: capacity and levels from public encyclopaedia pages; the others' capacities are assumed.
_KNOWN = (
    Known("先觉庙水库", "421303187", "先觉庙村", 240_000_000),
    Known("封江口水库", "421321101", None, 250_000_000),
    Known("天河口水库", "421321103", "天河口社区", 40_000_000),
    Known("花山水库", "421381108", "花山村", 170_000_000),
    Known(
        "徐家河水库", "421381103", None, 771_100_000, (("normal", 72.0), ("design", 75.25), ("check", 76.72))
    ),
)
LIULIN_RESERVOIR = "白果河水库"  # published: lies below Liulin
_SMALL_RESERVOIRS, _PONDS, _GEOHAZARDS = 62, 50, 60
_LIULIN_SMALL, _LIULIN_PONDS, _LIULIN_GEOHAZARDS = ("高岭村", "双利村"), ("大堰角村", "团结村", "双星村"), 4
_HAZARDS = ("滑坡", "崩塌", "泥石流", "不稳定斜坡")
_TOWN_PLACES = (
    ("clinic", "卫生院"),
    ("school", "中心学校"),
    ("shop", "农贸商店"),
    ("night_work", "石材加工厂"),
)
_LIULIN_EXTRA = (
    ("shop", "大桥街超市"),
    ("shop", "古城畈日杂店"),
    ("shop", "镇北粮油店"),
    ("night_work", "香菇烘干厂"),
    ("night_work", "沿街夜宵店"),
)


def index_by_stem(facts: Facts) -> dict[tuple[str, str], int]:
    """(township, short village name) → village index."""
    return {(v.town, v.stem): i for i, v in enumerate(facts.villages)}


def _ranked(chance: Chance, facts: Facts, purpose: str) -> list[int]:
    return sorted(range(len(facts.villages)), key=lambda i: chance.bits(facts.villages[i].key, purpose))


def _below_liulin(facts: Facts, drainage: Drainage) -> int:
    """First village downstream of Liulin's middle that is not in the town."""
    middle = index_by_stem(facts)[LIULIN, "古城畈社区"]
    return next(i for i in drainage.below(middle, 30) if facts.villages[i].town != LIULIN)


def _limits(chance: Chance, ref: str, known: Known | None) -> tuple[StageLimit, ...]:
    given = dict(known.limits) if known else {}
    usual = NORMAL_M.get(ref, round(chance.between(ref, "normal stage", 70, 160), 2))
    normal = given.get("normal", usual)
    made = {
        "flood_limit": round(normal - chance.between(ref, "room kept", 0.4, 1.5), 2),
        "normal": normal,
        "design": round(normal + chance.between(ref, "design", 1.2, 2.4), 2),
        "check": round(normal + chance.between(ref, "check", 2.8, 4.0), 2),
    }
    return tuple(
        StageLimit(k, given.get(k, m), "published" if k in given else "synthetic") for k, m in made.items()
    )


def _reservoir(
    chance: Chance,
    facts: Facts,
    drainage: Drainage,
    village: int,
    *,
    name: str,
    known: Known | None,
    pond: bool,
) -> Reservoir:
    fact = facts.villages[village]
    ref = f"{'P' if pond else 'W'}-{fact.key}"
    capacity = (
        known.capacity_m3 if known else chance.whole(ref, "capacity", 10, 90) * (1_000 if pond else 20_000)
    )
    lon, lat = to_degrees(drainage.arms[village][0].mean(axis=0)).tolist()
    below = [village, *drainage.below(village, 2 if pond else 6)]
    return Reservoir(
        ref=ref,
        kind="pond" if pond else "reservoir",
        name=name,
        name_source="published" if known else "synthetic",
        village=fact.key,
        lon=lon,
        lat=lat,
        stream=drainage.stream_of[village],
        capacity_m3=capacity,
        limits=_limits(chance, ref, known),
        downstream=tuple(facts.villages[i].key for i in below),
        administrative=f"D-{ref}-administrative",
        technical=f"D-{ref}-technical",
        patrol=f"D-{ref}-patrol",
    )


def reservoirs(chance: Chance, facts: Facts, drainage: Drainage) -> tuple[Reservoir, ...]:
    """水库 and 大堰塘, at most one of each kind a village."""
    by_stem = index_by_stem(facts)
    named = {_below_liulin(facts, drainage): Known(LIULIN_RESERVOIR, "421321118", None, 12_000_000)}
    for known in _KNOWN:
        members = [i for i, v in enumerate(facts.villages) if v.town == known.town and i not in named]
        widest = max(members, key=lambda i: (int(drainage.order[i]), -i))
        named[by_stem.get((known.town, known.village or ""), widest)] = known
    found = [
        _reservoir(chance, facts, drainage, i, name=known.name, known=known, pond=False)
        for i, known in named.items()
    ]
    rural = [
        i
        for i in _ranked(chance, facts, "small reservoir")
        if facts.villages[i].kind == "village" and i not in named
    ]
    first = [by_stem[LIULIN, stem] for stem in _LIULIN_SMALL]
    for i in [*first, *(i for i in rural if facts.villages[i].town != LIULIN)][:_SMALL_RESERVOIRS]:
        found.append(
            _reservoir(chance, facts, drainage, i, name=_named(facts, i, "水库"), known=None, pond=False)
        )
    ponds = [i for i in _ranked(chance, facts, "pond") if facts.villages[i].kind == "village"]
    first = [by_stem[LIULIN, stem] for stem in _LIULIN_PONDS]
    for i in [*first, *(i for i in ponds if facts.villages[i].town != LIULIN)][:_PONDS]:
        found.append(
            _reservoir(chance, facts, drainage, i, name=_named(facts, i, "大堰塘"), known=None, pond=True)
        )
    return tuple(sorted(found, key=lambda r: r.ref))


def _named(facts: Facts, village: int, tail: str) -> str:
    return facts.villages[village].stem.removesuffix("村").removesuffix("社区") + tail


def geohazards(chance: Chance, facts: Facts, layout: Layout) -> tuple[GeohazardSite, ...]:
    """地质灾害隐患点, four of them in Liulin."""
    ranked = [i for i in _ranked(chance, facts, "geohazard") if facts.villages[i].kind == "village"]
    liulin = [i for i in ranked if facts.villages[i].town == LIULIN][:_LIULIN_GEOHAZARDS]
    rest = [i for i in ranked if facts.villages[i].town != LIULIN][: _GEOHAZARDS - len(liulin)]
    found = []
    for i in sorted(liulin + rest):
        key = facts.villages[i].key
        kind = chance.pick(key, "geohazard kind", _HAZARDS)
        lon, lat = to_degrees(_around(chance, layout, i, "geohazard place", 0.8)).tolist()
        found.append(
            GeohazardSite(
                ref=f"G-{key}",
                name=f"{_named(facts, i, '')}{kind}隐患点",
                village=key,
                lon=lon,
                lat=lat,
                kind=kind,
                households=chance.whole(key, "geohazard households", 2, 12),
                watcher=f"D-G-{key}-watcher",
            )
        )
    return tuple(found)


def _around(chance: Chance, layout: Layout, village: int, purpose: str, reach: float) -> NDArray[np.float64]:
    angle = chance.unit(str(village), purpose + " angle") * 2 * np.pi
    away = chance.between(str(village), purpose + " distance", 0.2, reach) * layout.room_km[village]
    return np.asarray(layout.villages[village] + np.array([np.cos(angle), np.sin(angle)]) * away)


def places(chance: Chance, facts: Facts, layout: Layout, tree: shapely.STRtree) -> tuple[Place, ...]:
    """场所: a committee house in each village; clinic, school, shops and night work in each township."""
    wanted = [(i, "committee", f"{v.stem}党群服务中心", 80) for i, v in enumerate(facts.villages)]
    for town in facts.towns:
        middle = next(i for i, v in enumerate(facts.villages) if v.town == town.key)
        short = town.name.removesuffix("街道").removesuffix("镇")
        wanted += [
            (middle, kind, short + tail, 600 if kind == "school" else 0) for kind, tail in _TOWN_PLACES
        ]
        if town.key == LIULIN:
            wanted += [(middle + n % 2, kind, name, 0) for n, (kind, name) in enumerate(_LIULIN_EXTRA)]
    subjects = [f"{name}{i}" for i, _, name, _ in wanted]
    villages = np.array([i for i, *_ in wanted])
    careful = np.array([kind not in ("shop", "night_work") for _, kind, *_ in wanted])
    lonlat, high = _dry_spots(chance, layout, tree, subjects, villages, careful)
    found = []
    serial: dict[str, int] = {}
    for n, (i, kind, name, capacity) in enumerate(wanted):
        village: VillageFact = facts.villages[i]
        serial[village.key] = serial.get(village.key, 0) + 1
        destination = bool(high[n]) and capacity > 0
        found.append(
            Place(
                ref=f"L-{village.key}-{serial[village.key]}",
                kind=kind,
                name=name,
                village=village.key,
                lon=float(lonlat[n, 0]),
                lat=float(lonlat[n, 1]),
                high_ground=bool(high[n]),
                is_destination=destination,
                capacity=capacity if destination else 0,
                night_people=chance.whole(subjects[n], "night people", 3, 18)
                if kind in _OPEN_AT_NIGHT
                else 0,
            )
        )
    return tuple(found)


_OPEN_AT_NIGHT = ("clinic", "night_work")
_TRIES = 8


def _dry_spots(
    chance: Chance,
    layout: Layout,
    tree: shapely.STRtree,
    subjects: list[str],
    villages: NDArray[np.int64],
    careful: NDArray[np.bool_],
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """A spot a subject in its village; the careful look for one outside every corridor, a few times."""
    spot = np.zeros((len(subjects), 2))
    dry = np.zeros(len(subjects), dtype=bool)
    for attempt in range(_TRIES):
        left = np.flatnonzero(~dry & (careful | (attempt == 0)))
        angle = np.array([chance.unit(subjects[n], f"spot angle {attempt}") for n in left]) * 2 * np.pi
        away = np.array([chance.between(subjects[n], f"spot distance {attempt}", 0.1, 0.75) for n in left])
        offset = (
            np.column_stack([np.cos(angle), np.sin(angle)]) * (away * layout.room_km[villages[left]])[:, None]
        )
        spot[left] = to_degrees(layout.villages[villages[left]] + offset)
        dry[left] = in_corridor(tree, spot[left]) < 0
        if dry.all():
            break
    return spot, dry
