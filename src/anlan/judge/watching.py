"""Watching 研判: one world's stations, windows and packs together, looked at whenever readings came in."""

import logging
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Protocol

from anlan.foundation import shelf
from anlan.foundation.context import Ctx
from anlan.foundation.home import home
from anlan.foundation.kept import once
from anlan.foundation.packs import load_all
from anlan.foundation.packs.pack import SYNTHETIC_ONLY
from anlan.judge.actions import exceedances
from anlan.judge.models import Exceedance
from anlan.judge.rules import neighbour
from anlan.judge.rules.thresholds import compile
from anlan.judge.rules.thresholds.shapes import RuleSet, State
from anlan.judge.watch import Key, RainSubject, Stages, StageSubject, Watch, Windows
from anlan.observe import queries as observe
from anlan.observe.queries.soil import Soils
from anlan.places import queries as places
from anlan.places.atlas import Place, atlas

log = logging.getLogger(__name__)
RED = 4
Told = dict[str, Any]


class Measured(Protocol):
    """What the watch asks of the room that ingests."""

    @property
    def addresses(self) -> Sequence[str]: ...
    @property
    def windows(self) -> Windows: ...
    def stages_mm(self) -> Mapping[str, int]: ...
    def rises_mm(self, minutes: int) -> Mapping[str, int]: ...


class Watching:
    """The watch of one world. Make it anew when places or packs change; other stations it sees by itself."""

    def __init__(self, ctx: Ctx, addresses: Sequence[str]) -> None:
        self._begin(ctx, addresses)

    def _begin(self, ctx: Ctx, addresses: Sequence[str]) -> None:
        self._addresses, self._shelf = addresses, shelf.mark(ctx)
        rows = {address: i for i, address in enumerate(addresses)}
        stations = observe.stations(ctx)
        packs = _packs(ctx)
        self._watch = Watch(
            packs=packs,
            rain=_rain_subjects(stations, rows),
            stages=_stage_subjects(ctx, stations, rows),
            states=exceedances.states(ctx),
            stations=addresses,
        )
        self._soils = _soils(self._watch, addresses)
        self._kept: dict[Key, State] = dict(self._watch.states)
        self._neighbours = _Neighbours(ctx)
        exceedances.end_left(ctx, packs)

    @once()
    def look(self, ctx: Ctx, now: Measured) -> list[str]:
        """Judge this moment; returns the refs of exceedances that are new."""
        if now.addresses is not self._addresses or shelf.mark(ctx) != self._shelf:
            self._begin(ctx, now.addresses)  # stations or packs came or went: rows mean other gauges now
        stages = Stages(now.stages_mm(), {m: now.rises_mm(m) for m in self._watch.rise_minutes})
        soil = self._soils.look(ctx)
        found = [
            *self._watch.rain(now.windows, ctx.now, soil),
            *self._watch.stages(now.windows, stages, ctx.now),
        ]
        found.sort(key=lambda f: (f.change.at, f.station, f.change.pack, f.place))
        moved = {key: state for key, state in self._watch.states.items() if self._kept.get(key) != state}
        refs = []
        if found or moved:
            refs = exceedances.keep(ctx, found, moved)
            self._kept.update(moved)
        self._neighbours.look(ctx)
        return refs


def _packs(ctx: Ctx) -> list[RuleSet]:
    """Threshold packs in force today, in order of their ids; synthetic ones in an exercise only."""
    packs = shelf.in_force(ctx, "threshold")
    for refused in shelf.refused(ctx):
        log.warning("%s is refused: %s", refused.path, SYNTHETIC_ONLY["en"])
    return [compile.compile_pack(pack) for pack in sorted(packs, key=lambda p: (p.id, p.version))]


def _soils(watch: Watch, addresses: Sequence[str]) -> Soils:
    """The ground of the places that some pack judges by it."""
    return Soils(
        {
            subject.id: (atlas().by_id[subject.id].path, tuple(addresses[row] for row in subject.rows))
            for subject in watch.on_the_ground()
        }
    )


def _rain_subjects(stations: Sequence[observe.StationInfo], rows: Mapping[str, int]) -> list[RainSubject]:
    """Townships by all their rain gauges, villages by the gauge that serves them."""
    by_place: dict[tuple[str, int], list[int]] = {}
    for station in stations:
        if station.kind != "rain" or station.address not in rows:
            continue
        township = atlas().township(atlas().by_id[station.place_id])
        by_place.setdefault(("gauge", township.id), []).append(rows[station.address])
        for village in station.serves:
            by_place.setdefault(("village", village), []).append(rows[station.address])
    subjects = [
        RainSubject(place, atlas().by_id[place].code, kind, tuple(sorted(gauges)))
        for (kind, place), gauges in by_place.items()
    ]
    return sorted(subjects, key=lambda s: (s.kind, s.code))


def _gauges_by_township(
    stations: Sequence[observe.StationInfo], rows: Mapping[str, int]
) -> dict[int, list[int]]:
    found: dict[int, list[int]] = {}
    for station in stations:
        if station.address in rows:
            township = atlas().township(atlas().by_id[station.place_id])
            found.setdefault(township.id, []).append(rows[station.address])
    return found


def _stage_subjects(
    ctx: Ctx, stations: Sequence[observe.StationInfo], rows: Mapping[str, int]
) -> list[StageSubject]:
    gauges = _gauges_by_township(stations, rows)
    reservoirs = {o.ref: o for o in places.objects(ctx)}
    subjects = []
    for station in stations:
        if station.kind != "stage":
            continue
        place = atlas().by_id[station.place_id]
        marks = {
            "warning": station.warning_cm,
            "guarantee": station.guarantee_cm,
            "record": station.highest_cm,
        }
        watched = reservoirs.get(station.object_ref)
        if watched is not None:
            marks = {
                "flood_limit": watched.flood_limit_cm,
                "design": watched.design_cm,
                "check": watched.check_cm,
            }
        known = {mark: cm * 10 for mark, cm in marks.items() if cm is not None}
        kind = "reservoir" if watched else "river"
        near = tuple(gauges.get(atlas().township(place).id, ()))
        subjects.append(StageSubject(place.id, place.code, kind, station.address, known, near))
    return sorted(subjects, key=lambda s: s.station)


class _Neighbours:
    """Villages that prepare because of a red nearby or upstream."""

    def __init__(self, ctx: Ctx) -> None:
        found = shelf.in_force(ctx, "neighbour")
        self._rules = [neighbour.NeighbourRule.from_data(p.data, pack=p.id, version=p.version) for p in found]
        self._acts = {p.id: p.acts_at for p in found}
        above = places.upstream()
        self._villages = [
            neighbour.Village(place=p.path, lon=p.lon, lat=p.lat, upstream=above.get(p.path, frozenset()))
            for p in atlas().walk(4)
        ]
        self._found: dict[str, tuple[frozenset[str], list[tuple[int, Told]]]] = {}

    def look(self, ctx: Ctx) -> None:
        """Prepare who has a red near or above them; free who has had none for long enough."""
        reds = self._reds(ctx)
        key = frozenset(red.place + red.hazard for red in reds)
        for rule in self._rules:
            before = self._found.get(rule.pack)
            if before is None or before[0] != key:
                self._found[rule.pack] = (key, self._to_prepare(rule, reds))
            rows = self._found[rule.pack][1]
            exceedances.open_neighbours(ctx, pack=rule.pack, version=rule.version, villages=rows)
            long_ago = ctx.now - timedelta(minutes=rule.keep_minutes)
            exceedances.end_neighbours(
                ctx, pack=rule.pack, still={place for place, _ in rows}, before=long_ago
            )

    def _to_prepare(self, rule: neighbour.NeighbourRule, reds: list[neighbour.Red]) -> list[tuple[int, Told]]:
        """Villages outside every red place itself, with the nearest reason."""
        inside = {red.place for red in reds}
        villages = [v for v in self._villages if self._acts[rule.pack](atlas().by_path[v.place].code)]
        found = neighbour.villages_to_prepare(rule, reds=reds, villages=villages)
        return [
            (
                atlas().by_path[each.place].id,
                {
                    "red": atlas().by_path[each.reasons[0].red].code,
                    "distance_m": each.reasons[0].distance_m,
                    "within_m": rule.within_m,
                    "upstream": each.reasons[0].is_upstream,
                },
            )
            for each in found
            if each.place not in inside and each.place[:12] not in inside
        ]

    def _reds(self, ctx: Ctx) -> list[neighbour.Red]:
        """Places that stand at red by our own rules, and places that a warning in force names at red.

        Warnings come from a later room (`also_red`).
        """
        known = load_all(home=home()).of_kind("threshold")
        hazards = {p.id: p.hazard for p in (*known, *shelf.own("threshold", shelf.today(ctx)).whole)}
        own = Exceedance.objects.filter(world_id=ctx.world.id, level=RED, ended_at=None, stage="")
        reds = [
            _red(atlas().by_id[row.place_id], hazards.get(row.pack, ""), 0.0) for row in own.order_by("pk")
        ]
        for named in _red_by_others:
            places = [atlas().by_id[i] for i in named(ctx)]
            reds += [_red(place, "rainstorm", 0.0) for place in places if place.tier >= 3]
        return reds


_red_by_others: list[Callable[[Ctx], list[int]]] = []


def also_red(named: Callable[[Ctx], list[int]]) -> None:
    """A later room knows of divisions that stand at red for other reasons: warnings in force."""
    _red_by_others.append(named)


def _red(place: Place, hazard: str, reach_km: float) -> neighbour.Red:
    return neighbour.Red(
        place=place.path, lon=place.lon, lat=place.lat, level=RED, hazard=hazard, reach_km=reach_km
    )
