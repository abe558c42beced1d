"""责任人 in five levels (县、乡、村、组、户) with their contact points. Names and numbers are generated."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np
import shapely

from anlan.exercise.chance import Chance, phone

from .facts import LIULIN, Facts, TownFact
from .layout import Layout, to_degrees
from .model import Contact, DutyHolder, GeohazardSite, Level, Organisation, People, Reservoir
from .names import names
from .organisations import organisation_ref
from .population import PERSON_SLOTS
from .residents import Residents
from .risk import in_corridor

KINDS = {
    "party_head": "党委主要领导",
    "government_head": "政府主要领导",
    "deputy_in_charge": "分管领导",
    "department_head": "部门负责人",
    "duty_officer": "值班员",
    "duty_room": "值班室",
    "armed_forces": "人武部长",
    "village_secretary": "村党支部书记",
    "village_deputy": "村副职",
    "village_cover": "包村干部",
    "disaster_reporter": "灾害信息员",
    "group_leader": "村民小组长",
    "reservoir_administrative": "水库行政责任人",
    "reservoir_technical": "水库技术责任人",
    "reservoir_patrol": "水库巡查责任人",
    "geohazard_watcher": "地灾群测群防员",
    "helper": "帮扶人",
}
ALWAYS, OFFICE = "00:00-24:00", "08:00-18:00"
_OFFICIAL_SLOTS = 50_000_000  # official numbers; residents use the slots below
_KIND_SLOTS = 500  # numbers a kind may use in one division
if PERSON_SLOTS > _OFFICIAL_SLOTS:
    raise AssertionError("residents' numbers run into the official ones: move _OFFICIAL_SLOTS up")


@dataclass
class Draft:
    """A holder before names and ground are known for all at once."""

    ref: str
    kind: str
    level: Level
    organisation: str
    covers: tuple[str, ...]
    rung: int
    role: str
    lon: float
    lat: float
    title: str = ""
    row: int | None = None  # the resident who holds the duty
    group: int | None = None
    watched: str | None = None
    serves: tuple[str, ...] = ()
    lines: tuple[tuple[str, str], ...] = field(default=(("mobile", ALWAYS),))


_LEADER = (("mobile", ALWAYS), ("second_mobile", ALWAYS), ("landline", OFFICE))
_ROOM = (("landline", ALWAYS), ("mobile", ALWAYS))
_TOWN_ROOM = (*_ROOM, ("satellite_phone", ALWAYS))
_VILLAGE = (("mobile", ALWAYS), ("second_mobile", ALWAYS), ("landline", OFFICE))
_PLAIN = (("mobile", ALWAYS),)


def duty_holders(
    chance: Chance,
    facts: Facts,
    layout: Layout,
    people: People,
    residents: Residents,
    organisations: tuple[Organisation, ...],
    reservoirs: tuple[Reservoir, ...],
    geohazards: tuple[GeohazardSite, ...],
    corridors: shapely.STRtree,
) -> tuple[DutyHolder, ...]:
    """Everyone who must answer, county to household."""
    town_point = {t.key: (t.lon, t.lat) for t in facts.towns}
    village_point = {
        v.key: (lon, lat)
        for v, (lon, lat) in zip(facts.villages, to_degrees(layout.villages).tolist(), strict=True)
    }
    seats = {c["key"]: town_point[c["seat"]] for c in facts.counties} | {
        facts.city["key"]: town_point["421303001"]
    }
    points = seats | town_point | village_point
    drafts = [
        *_offices(organisations, points),
        *(draft for town in facts.towns for draft in _township(town, points[town.key])),
        *_villages(facts, points, residents),
        *_reservoir_holders(reservoirs),
        *_watchers(geohazards),
        *_residents_on_duty(people, residents),
    ]
    unit_names = {unit.ref: unit.name for unit in organisations}
    return _finish(chance, facts, people, drafts, corridors, unit_names)


def _offices(
    organisations: tuple[Organisation, ...], points: dict[str, tuple[float, float]]
) -> Iterator[Draft]:
    """Governments, departments and the units outside the tree."""
    for unit in organisations:
        if unit.kind in ("township", "village"):
            continue
        lon, lat = points[unit.home]
        heads = (
            (("party_head", "书记"), ("government_head", "主要负责人"), ("deputy_in_charge", "分管负责人"))
            if unit.kind == "government"
            else (("department_head", "主要负责人"), ("deputy_in_charge", "分管负责人"))
        )
        role = "leader" if unit.kind == "government" or unit.outside_tree else "approver"
        for kind, title in heads:
            yield Draft(
                f"D-{unit.ref}-{kind}",
                kind,
                "county",
                unit.ref,
                unit.commands,
                0,
                role,
                lon,
                lat,
                title,
                lines=_LEADER,
            )
        officer_role = "station_engineer" if unit.kind == "weather" else "duty_officer"
        for n in (1, 2, 3):
            ref = f"D-{unit.ref}-officer-{n}"
            yield Draft(
                ref, "duty_officer", "county", unit.ref, unit.commands, 1, officer_role, lon, lat, "值班员"
            )
        ref = f"D-{unit.ref}-room"
        yield Draft(
            ref,
            "duty_room",
            "county",
            unit.ref,
            unit.commands,
            2,
            "duty_officer",
            lon,
            lat,
            "值班室",
            lines=_ROOM,
        )


def _township(town: TownFact, point: tuple[float, float]) -> Iterator[Draft]:
    unit, covers = organisation_ref(town.key, "township"), (town.key,)
    head = "镇长" if town.name.endswith("镇") else "主任"
    posts = (("party_head", "党委书记", 0), ("government_head", head, 0), ("armed_forces", "人武部长", 1))
    for kind, title, rung in posts:
        ref = f"D-{town.key}-{kind}"
        yield Draft(ref, kind, "township", unit, covers, rung, "leader", *point, title, lines=_LEADER)
    for n in (1, 2):
        ref = f"D-{town.key}-officer-{n}"
        yield Draft(ref, "duty_officer", "township", unit, covers, 2, "duty_officer", *point, "值班员")
    ref = f"D-{town.key}-room"
    yield Draft(
        ref, "duty_room", "township", unit, covers, 2, "duty_officer", *point, "值班室", lines=_TOWN_ROOM
    )


def _villages(facts: Facts, points: dict[str, tuple[float, float]], residents: Residents) -> Iterator[Draft]:
    """Secretary, deputy and the township cadre who covers the village; in Liulin a disaster reporter too."""
    town_point = {t.key: (t.lon, t.lat) for t in facts.towns}
    for v in facts.villages:
        unit, covers = organisation_ref(v.key, "village"), (v.key,)
        rows = residents.village_posts.get(v.key, {})
        posts = [("village_secretary", 0, "village_cadre"), ("village_deputy", 1, "village_cadre")]
        posts += [("disaster_reporter", 3, "grid_worker")] if v.town == LIULIN else []
        for kind, rung, role in posts:
            lines = _PLAIN if kind == "disaster_reporter" else _VILLAGE
            ref = f"D-{v.key}-{kind}"
            yield Draft(
                ref,
                kind,
                "village",
                unit,
                covers,
                rung,
                role,
                *points[v.key],
                row=rows.get(kind),
                lines=lines,
            )
        ref = f"D-{v.key}-village_cover"
        township = organisation_ref(v.town, "township")
        yield Draft(
            ref,
            "village_cover",
            "village",
            township,
            covers,
            2,
            "village_cadre",
            *town_point[v.town],
            lines=_LEADER[:2],
        )


def _reservoir_holders(reservoirs: tuple[Reservoir, ...]) -> Iterator[Draft]:
    for r in reservoirs:
        by_water = organisation_ref(r.village[:6], "water")
        trio = (
            (r.administrative, "reservoir_administrative", organisation_ref(r.village[:9], "township")),
            (r.technical, "reservoir_technical", by_water),
            (r.patrol, "reservoir_patrol", organisation_ref(r.village, "village")),
        )
        for rung, (ref, kind, unit) in enumerate(trio):
            place = (r.lon, r.lat)
            yield Draft(
                ref, kind, "village", unit, r.downstream, rung, "village_cadre", *place, watched=r.ref
            )


def _watchers(geohazards: tuple[GeohazardSite, ...]) -> Iterator[Draft]:
    for g in geohazards:
        unit = organisation_ref(g.village, "village")
        yield Draft(
            g.watcher,
            "geohazard_watcher",
            "village",
            unit,
            (g.village,),
            3,
            "grid_worker",
            g.lon,
            g.lat,
            watched=g.ref,
        )


def _residents_on_duty(people: People, residents: Residents) -> Iterator[Draft]:
    """Group leaders and helpers: residents of Liulin, at their own homes."""
    for (village, group), row in residents.group_leaders.items():
        yield Draft(
            f"D-{village}-group-{group:02d}",
            "group_leader",
            "group",
            organisation_ref(village, "village"),
            (village,),
            0,
            "grid_worker",
            float(people.lon[row]),
            float(people.lat[row]),
            row=row,
            group=group,
        )
    for row, serves in residents.helpers.items():
        village = people.villages[people.village[row]]
        yield Draft(
            helper_ref(people, row),
            "helper",
            "household",
            organisation_ref(village, "village"),
            (village,),
            0,
            "",
            float(people.lon[row]),
            float(people.lat[row]),
            row=row,
            group=int(people.group[row]),
            serves=serves,
        )


def helper_ref(people: People, row: int) -> str:
    return f"D-{people.ref(row)}-helper"


def _finish(
    chance: Chance,
    facts: Facts,
    people: People,
    drafts: list[Draft],
    corridors: shapely.STRtree,
    unit_names: dict[str, str],
) -> tuple[DutyHolder, ...]:
    for draft in drafts:
        if draft.row is not None:
            draft.lon, draft.lat = float(people.lon[draft.row]), float(people.lat[draft.row])
    subjects = np.array([chance.bits(d.ref, "name") >> 1 for d in drafts], dtype=np.uint64)
    made_up = names(chance, subjects)
    high = in_corridor(corridors, np.array([(d.lon, d.lat) for d in drafts])) < 0
    numbers = _Numbers(facts)
    return tuple(
        DutyHolder(
            ref=d.ref,
            name=_name(d, people, name, unit_names),
            kind=d.kind,
            title=d.title or KINDS[d.kind],
            level=d.level,
            organisation=d.organisation,
            covers=d.covers,
            rung=d.rung,
            role=d.role,
            contacts=_contacts(d, people, numbers),
            group=d.group,
            watched=d.watched,
            person=people.ref(d.row) if d.row is not None else None,
            serves=d.serves,
            on_high_ground=bool(dry),
            lon=d.lon,
            lat=d.lat,
        )
        for d, name, dry in zip(drafts, made_up, high, strict=True)
    )


def _name(draft: Draft, people: People, made_up: str, unit_names: dict[str, str]) -> str:
    if draft.row is not None:
        return people.names[draft.row]
    return f"{unit_names[draft.organisation]}值班室" if draft.kind == "duty_room" else made_up


def _contacts(draft: Draft, people: People, numbers: _Numbers) -> tuple[Contact, ...]:
    own = people.phones[draft.row] if draft.row is not None else None
    return tuple(
        Contact(
            kind=kind,  # type: ignore[arg-type]
            number=own if own and kind == "mobile" else numbers.next(draft),
            order=n,
            hours=hours,
        )
        for n, (kind, hours) in enumerate(draft.lines, start=1)
    )


class _Numbers:
    """Hands out official numbers: each (division, kind of duty) has a range of its own."""

    def __init__(self, facts: Facts) -> None:
        keys = [facts.city["key"], *(c["key"] for c in facts.counties)]
        keys += [t.key for t in facts.towns] + [v.key for v in facts.villages]
        self._division = {key: n for n, key in enumerate(keys)}
        self._kind = {kind: n for n, kind in enumerate(KINDS)}
        self._used: dict[int, int] = {}

    def next(self, draft: Draft) -> str:
        home = draft.watched[2:] if draft.watched else draft.covers[0]
        start = (self._division[home] * len(KINDS) + self._kind[draft.kind]) * _KIND_SLOTS
        used = self._used[start] = self._used.get(start, -1) + 1
        if used >= _KIND_SLOTS:
            raise ValueError(f"more than {_KIND_SLOTS} numbers for {draft.kind} of {home}: raise _KIND_SLOTS")
        return phone(_OFFICIAL_SLOTS + start + used)
