"""Load the demo city 合成数据 into the tables, once: what the generator made becomes reference data."""

from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from anlan.demo import grounds
from anlan.demo.city import model as city_model
from anlan.demo.city.build import build_city
from anlan.demo.city.model import AGE_BANDS, City
from anlan.demo.city.shifts import duty_shifts
from anlan.foundation.context import Ctx
from anlan.foundation.worlds import BEIJING, beijing
from anlan.observe.actions.stations import load_stations
from anlan.people import actions as people
from anlan.places import actions as places

TIERS = {"city": 1, "county": 2, "township": 3, "village": 4}
DEPARTMENTS = {"emergency", "weather", "water", "natural_resources"}
LEADERS = {
    "party_head": "leader",
    "government_head": "leader",
    "deputy_in_charge": "deputy",
    "armed_forces": "deputy",
}


def load(ctx: Ctx, *, seed: int, person_rows: int) -> City:
    """Generate the city and store it; the caller sees to it that this happens once."""
    city = build_city(seed=seed, person_rows=person_rows)
    ids = places.load_divisions(ctx, [_division(d) for d in city.divisions])
    _load_places(ctx, city, ids)
    units = people.load_organisations(ctx, [_organisation(o, city, ids) for o in city.organisations])
    people.load_households(ctx, _households(city, ids), _residents(city))
    kinds = {o.ref: o.kind for o in city.organisations}
    holders = people.load_holders(ctx, [_holder(h, city, ids, kinds) for h in city.duty_holders], units)
    people.assign_helpers(ctx, {m.ref: m.helper for m in city.to_move})
    load_stations(ctx, _stations(city, ids))
    grounds.keep_grounds(ctx)
    _load_shifts(ctx, city, units, holders)
    return city


def _division(d: city_model.Division) -> places.DivisionRow:
    names = [a for a in (*d.aliases, d.name) if a != d.short_name]
    return places.DivisionRow(
        key=d.key,
        parent=d.parent or "",
        tier=TIERS[d.tier],
        name=d.short_name,
        kind=d.kind,
        lon=d.lon,
        lat=d.lat,
        outline=[[[round(x, 5), round(y, 5)] for x, y in d.boundary.exterior.coords]],
        synthetic=d.point_source == "synthetic",
        statistical=d.statistical_only,
        residents=d.residents,
        at_home=d.at_home,
        households=d.households,
        codes=[(c.system, _short(c.code, d.tier), c.valid_from, c.valid_to) for c in d.codes],
        aliases=names,
    )


def _short(code: str, tier: str) -> str:
    """A code without its filling zeros: 4, 6, 9 or 12 digits by tier."""
    return code[: {"city": 4, "county": 6, "township": 9, "village": 12}[tier]]


def _load_places(ctx: Ctx, city: City, ids: dict[str, int]) -> None:
    places.load_objects(ctx, [*_reservoirs(city, ids), *_sites(city, ids)])
    places.load_map(
        ctx,
        lines=[*_streams(city), *_roads(city)],
        flood_areas=[
            {
                "ref": c.ref,
                "name": f"{city.by_key[c.village].short_name}沿河低地",
                "place_id": ids[c.village],
                "ring": [[round(x, 5), round(y, 5)] for x, y in c.area.exterior.coords],
                "closes_after_min": c.closes_after_min,
            }
            for c in city.corridors
        ],
        grids=_grids(city, ids),
        flows=_flows(city, ids),
    )


def _reservoirs(city: City, ids: dict[str, int]) -> Iterator[tuple[dict[str, Any], list[int]]]:
    for r in city.reservoirs:
        limits = {limit.kind: round(limit.stage_m * 100) for limit in r.limits}
        yield (
            {
                "ref": r.ref,
                "kind": r.kind,
                "name": r.name,
                "place_id": ids[r.village],
                "lon": r.lon,
                "lat": r.lat,
                "flood_limit_cm": limits.get("flood_limit"),
                "design_cm": limits.get("design"),
                "check_cm": limits.get("check"),
                "capacity": r.capacity_m3 // 1000,
            },
            [ids[v] for v in r.downstream],
        )


def _sites(city: City, ids: dict[str, int]) -> Iterator[tuple[dict[str, Any], list[int]]]:
    """Schools, clinics, shops, places of night work, shelters; and geohazard sites."""
    for p in city.places:
        note = f"夜间约 {p.night_people} 人" if p.night_people else ""
        columns = {
            "ref": p.ref,
            "kind": p.kind,
            "name": p.name,
            "place_id": ids[p.village],
            "lon": p.lon,
            "lat": p.lat,
        }
        yield {**columns, "capacity": p.capacity or None, "note": note}, []
    for g in city.geohazards:
        columns = {
            "ref": g.ref,
            "kind": "geohazard",
            "name": g.name,
            "place_id": ids[g.village],
            "lon": g.lon,
        }
        yield {**columns, "lat": g.lat, "capacity": g.households, "note": g.kind}, []


def _streams(city: City) -> Iterator[dict[str, Any]]:
    top = max(s.order for s in city.streams)
    for s in city.streams:
        points = [[round(x, 5), round(y, 5)] for x, y in s.line.coords]
        yield {"kind": "stream", "name": s.name, "rank": top + 1 - s.order, "points": points}


def _flows(city: City, ids: dict[str, int]) -> list[tuple[int, int]]:
    """From village to village down each stream."""
    pairs = {(a, b) for s in city.streams for a, b in zip(s.villages, s.villages[1:], strict=False) if a != b}
    return [(ids[upper], ids[lower]) for upper, lower in sorted(pairs)]


def _roads(city: City) -> Iterator[dict[str, Any]]:
    for r in city.roads:
        points = [[round(x, 5), round(y, 5)] for x, y in r.line.coords]
        yield {"kind": "road", "name": r.name, "rank": 1 if r.kind == "county" else 2, "points": points}


def _grids(city: City, ids: dict[str, int]) -> Iterator[dict[str, Any]]:
    """Communities are looked after in grids of about three hundred households."""
    for d in city.divisions:
        if d.kind == "community":
            count = max(1, round(d.households / 300))
            for number in range(1, count + 1):
                name = f"{d.short_name}第{number}网格"
                yield {
                    "place_id": ids[d.key],
                    "number": number,
                    "name": name,
                    "households": d.households // count,
                }


def _organisation(o: city_model.Organisation, city: City, ids: dict[str, int]) -> people.OrganisationRow:
    department = {"weather": "416", "water": "332", "emergency": "332"}.get(o.kind, "")
    number = {"water": "01"}.get(o.kind, "00")
    return people.OrganisationRow(
        ref=o.ref,
        name=o.name,
        kind=o.kind,
        place=ids[o.home],
        parent=o.parent or "",
        commands=[ids[c] for c in o.commands],
        unit_code=f"{o.home[:6]}{department}000{number}" if o.demo_unit else "",  # only units that are set up
        synthetic=o.name_source == "synthetic",
    )


def _holder(
    h: city_model.DutyHolder, city: City, ids: dict[str, int], kinds: dict[str, str]
) -> people.HolderRow:
    place = city.by_key[h.covers[0]]
    return people.HolderRow(
        ref=h.ref,
        name=h.name,
        kind=duty_kind(h, kinds.get(h.organisation, "")),
        level=h.level,
        title=h.title,
        place=ids[h.covers[0]],
        covers=[ids[c] for c in h.covers],
        rung=h.rung,
        role=h.role,
        lon=h.lon if h.lon is not None else place.lon,
        lat=h.lat if h.lat is not None else place.lat,
        organisation=h.organisation,
        contacts=[(c.kind, c.number, *_hours(c.hours)) for c in h.contacts],
        high_ground=h.on_high_ground,
        group=h.group,
        object_ref=h.watched or "",
        synthetic=True,
    )


def duty_kind(h: city_model.DutyHolder, unit: str) -> str:
    """The kind as the duty-kinds pack names it, from the generator's own words."""
    if h.kind == "helper":
        return "household_helper"
    if h.level == "county" and unit in DEPARTMENTS:
        return "department_head" if h.kind in ("department_head", "party_head") else _department(h.kind)
    if h.level in ("county", "township"):
        if h.kind in LEADERS:
            return f"{h.level}_{LEADERS[h.kind]}"
        if h.kind in ("duty_room", "duty_officer"):
            return f"{h.level}_duty"
    return h.kind


def _department(kind: str) -> str:
    return "department_deputy" if kind == "deputy_in_charge" else "department_duty"


def _hours(text: str) -> tuple[int, int]:
    since, _, until = text.partition("-")
    return int(since[:2]), int(until[:2])


def _households(city: City, ids: dict[str, int]) -> list[dict[str, Any]]:
    """Households of the person rows; those of the list to move carry their destination."""
    to_move = {m.ref: m for m in city.to_move}
    sites = {p.ref: p.name for p in city.places}
    found: dict[str, dict[str, Any]] = {}
    p = city.people
    for row in range(len(p)):
        ref = p.household_ref(row)
        home = found.get(ref)
        if home is None:
            listed = to_move.get(ref)
            home = found[ref] = {
                "ref": ref,
                "place_id": ids[p.villages[p.village[row]]],
                "group": int(p.group[row]),
                "lon": float(p.lon[row]),
                "lat": float(p.lat[row]),
                "members": 0,
                "at_home": 0,
                "frail": False,
                "in_danger": listed is not None,
                "destination": sites.get(listed.destination, "") if listed else "",
            }
        home["members"] += 1
        home["at_home"] += int(p.at_home[row])
        home["frail"] |= bool(p.frail[row])
    return list(found.values())


def _residents(city: City) -> Iterator[dict[str, Any]]:
    p = city.people
    for row in range(len(p)):
        yield {
            "ref": p.ref(row),
            "household": p.household_ref(row),
            "name": p.names[row],
            "age_band": AGE_BANDS[p.age_band[row]],
            "at_home": bool(p.at_home[row]),
            "frail": bool(p.frail[row]),
            "night_worker": bool(p.night_worker[row]),
        }


def _stations(city: City, ids: dict[str, int]) -> Iterator[tuple[dict[str, Any], str, list[int]]]:
    served: dict[str, list[int]] = {}
    for village, gauge in city.nearest_rain_gauge.items():
        served.setdefault(gauge, []).append(ids[village])
    streams = {s.ref: s.name for s in city.streams}
    for g in city.gauges:
        columns = {
            "address": g.address,
            "name": g.name,
            "kind": g.kind,
            "place_id": ids[g.village],
            "lon": g.lon,
            "lat": g.lat,
            "link": g.link,
            "stream": streams.get(g.stream or "", ""),
            "object_ref": g.reservoir or "",
            "warning_cm": _cm(g.warning_m),
            "guarantee_cm": _cm(g.guarantee_m),
            "highest_cm": _cm(g.highest_m),
            "is_town_gauge": g.town_gauge,
        }
        yield columns, g.password, served.get(g.address, [])


def _cm(metres: float | None) -> int | None:
    return None if metres is None else round(metres * 100)


def _load_shifts(ctx: Ctx, city: City, units: dict[str, int], holders: dict[str, int]) -> None:
    """The month of the night, and a month from today: who is on watch now, whenever the demo is looked at."""
    today = beijing(ctx.now).date()
    months = ((date(2021, 8, 1), date(2021, 8, 31)), (today - timedelta(days=1), today + timedelta(days=30)))
    people.load_shifts(
        ctx,
        (
            {
                "ref": f"DS-{shift.organisation}-{role}-{shift.starts_at:%Y%m%d}",
                "organisation_id": units[shift.organisation],
                "holder_id": holders[holder],
                "role": role,
                "starts_at": shift.starts_at.astimezone(BEIJING),
                "ends_at": shift.ends_at.astimezone(BEIJING),
            }
            for first, last in months
            for shift in duty_shifts(city, first=first, last=last)
            for role, holder in (("leader", shift.leader), ("officer", shift.officer))
        ),
    )
