"""测站: 600 rain gauges and 120 stage gauges that speak SL 651. Positions and levels are synthetic."""

import numpy as np
import shapely

from anlan.exercise.chance import Chance

from .facts import LIULIN, Facts
from .layout import Layout, to_degrees, to_plane
from .levels import USUAL_M
from .model import Gauge, Reservoir
from .things import index_by_stem
from .water import Drainage

RAIN_GAUGES, STAGE_GAUGES = 600, 120
_LIULIN_RAIN = ("大桥街社区", "长岭坡村", "高岭村", "将军台村", "雁子河村", "团结村", "双星村", "白云寺村")
_LIULIN_STAGE = ("古城畈社区", "雁子河村", "双星村")
_TOWN_GAUGE = "古城畈社区"
_LINKS = ("cellular", "cellular", "cellular", "satellite", "radio")


def address(village: int, kind: str) -> str:
    """SL 651 address of the gauge of a village: hydrological, 00 and eight digits; 629 marks the demo city."""
    return f"00629{village:04d}{1 if kind == 'rain' else 5}"


def rain_gauges(chance: Chance, facts: Facts, layout: Layout) -> tuple[Gauge, ...]:
    """One in the middle of each township, eight more in Liulin, the rest where chance puts them."""
    by_stem = index_by_stem(facts)
    middles = [next(i for i, v in enumerate(facts.villages) if v.town == t.key) for t in facts.towns]
    town = by_stem[LIULIN, _TOWN_GAUGE]
    fixed = dict.fromkeys([*middles, town, *(by_stem[LIULIN, s] for s in _LIULIN_RAIN)])
    others = [i for i, v in enumerate(facts.villages) if i not in fixed and v.town != LIULIN]
    others.sort(key=lambda i: chance.bits(facts.villages[i].key, "rain gauge"))
    found = []
    for i in sorted([*fixed, *others[: RAIN_GAUGES - len(fixed)]]):
        v = facts.villages[i]
        turn = chance.unit(v.key, "gauge side") * 2 * np.pi
        point = layout.villages[i] + np.array([np.cos(turn), np.sin(turn)]) * layout.room_km[i] * 0.3
        lon, lat = to_degrees(point).tolist()
        name = "柳林雨量站" if i == town else f"{_bare(v.stem)}雨量站"
        found.append(_gauge(chance, address(i, "rain"), name, "rain", v.key, lon, lat, town_gauge=i == town))
    return tuple(found)


def stage_gauges(
    chance: Chance, facts: Facts, drainage: Drainage, reservoirs: tuple[Reservoir, ...]
) -> tuple[Gauge, ...]:
    """On the reservoirs of known name, in Liulin, and on the larger streams."""
    by_stem = index_by_stem(facts)
    index = {v.key: i for i, v in enumerate(facts.villages)}
    known = {index[r.village]: r for r in reservoirs if r.name_source == "published"}
    fixed = dict.fromkeys([*known, *(by_stem[LIULIN, s] for s in _LIULIN_STAGE)])
    others = [i for i in index.values() if i not in fixed and facts.villages[i].town != LIULIN]
    others.sort(
        key=lambda i: (-min(int(drainage.order[i]), 3), chance.bits(facts.villages[i].key, "stage gauge"))
    )
    return tuple(
        _stage_gauge(chance, facts, drainage, i, known.get(i))
        for i in sorted([*fixed, *others[: STAGE_GAUGES - len(fixed)]])
    )


def _stage_gauge(
    chance: Chance, facts: Facts, drainage: Drainage, i: int, reservoir: Reservoir | None
) -> Gauge:
    v = facts.villages[i]
    lon, lat = to_degrees(drainage.nodes[i]).tolist()
    if reservoir:
        stage = {limit.kind: limit.stage_m for limit in reservoir.limits}
        usual, marks = (
            round(stage["flood_limit"] - 0.6, 2),
            (stage["flood_limit"], stage["design"], stage["check"]),
        )
        name = f"{reservoir.name}水位站"
    else:
        usual = USUAL_M.get(v.key, round(chance.between(v.key, "usual stage", 50, 140), 2))
        rise = [chance.between(v.key, f"mark {n}", *span) for n, span in enumerate(_MARKS)]
        marks = tuple(round(usual + m, 2) for m in rise)
        name = "柳林大桥水位站" if v.stem == "古城畈社区" and v.town == LIULIN else f"{_bare(v.stem)}水位站"
    warning, guarantee, highest = marks
    return _gauge(
        chance,
        address(i, "stage"),
        name,
        "stage",
        v.key,
        lon,
        lat,
        stream=drainage.stream_of[i],
        reservoir=reservoir.ref if reservoir else None,
        usual_m=usual,
        warning_m=warning,
        guarantee_m=guarantee,
        highest_m=highest,
    )


_MARKS = ((1.2, 1.7), (2.0, 2.6), (2.9, 3.6))  # m above the usual stage: 警戒, 保证, 历史最高


def _gauge(
    chance: Chance,
    number: str,
    name: str,
    kind: str,
    village: str,
    lon: float,
    lat: float,
    *,
    town_gauge: bool = False,
    stream: str | None = None,
    reservoir: str | None = None,
    usual_m: float | None = None,
    warning_m: float | None = None,
    guarantee_m: float | None = None,
    highest_m: float | None = None,
) -> Gauge:
    return Gauge(
        address=number,
        name=name,
        kind="rain" if kind == "rain" else "stage",
        village=village,
        lon=lon,
        lat=lat,
        password=f"{chance.bits(number, 'password') % 0xFFFF + 1:04X}",
        link="satellite" if village.startswith(LIULIN) else chance.pick(number, "link", _LINKS),
        town_gauge=town_gauge,
        stream=stream,
        reservoir=reservoir,
        usual_m=usual_m,
        warning_m=warning_m,
        guarantee_m=guarantee_m,
        highest_m=highest_m,
    )


def _bare(stem: str) -> str:
    return stem.removesuffix("社区").removesuffix("村")


def nearest(facts: Facts, layout: Layout, gauges: tuple[Gauge, ...]) -> dict[str, str]:
    """The rain gauge that stands for each village: its own, else the nearest."""
    points = shapely.points(to_plane(np.array([(g.lon, g.lat) for g in gauges])))
    own = {g.village: g.address for g in gauges}
    found = shapely.STRtree(points).nearest(shapely.points(layout.villages))
    return {
        v.key: own.get(v.key, gauges[n].address) for v, n in zip(facts.villages, found.tolist(), strict=True)
    }
