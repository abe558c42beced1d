"""Residents: counts for every village, exact to the published sums; rows for Liulin and a sample of the rest."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anlan.exercise.chance import Chance, phone

from .facts import LIULIN, Facts, VillageFact
from .layout import Layout, to_degrees
from .model import People
from .names import names
from .water import Drainage

_PHONES_A_VILLAGE = 39_989  # slots; 1,009 villages use the first 40.4 million of 100 million numbers
PERSON_SLOTS = 1_009 * _PHONES_A_VILLAGE
_SIZE_SHARE = np.array([0.16, 0.30, 0.25, 0.17, 0.08, 0.04])  # households of 1 … 6 people
_RIVERSIDE_GROUPS = 1  # the first group of a village lives along the stream
_NARROW_KM = 0.7  # in a crowded town the houses stand further back
_SPREAD_KM = 0.11  # of houses around the middle of a group


@dataclass(frozen=True)
class Counts:
    """Per village: residents, at home, households, groups."""

    residents: NDArray[np.int64]
    at_home: NDArray[np.int64]
    households: NDArray[np.int64]
    groups: NDArray[np.int64]


def share_out(total: int, weights: NDArray[np.float64]) -> NDArray[np.int64]:
    """Whole parts of a total in proportion to weights, summing exactly (largest remainder)."""
    exact = weights / weights.sum() * total
    parts = np.floor(exact).astype(np.int64)
    order = np.argsort(-(exact - parts), kind="stable")
    parts[order[: total - int(parts.sum())]] += 1
    return parts


def count(chance: Chance, facts: Facts) -> Counts:
    """常住人口 of each village. County sums are published; below that all is synthetic."""
    weights = np.array([_weight(chance, v) for v in facts.villages])
    residents = np.zeros(len(weights), dtype=np.int64)
    in_liulin = np.array([v.town == LIULIN for v in facts.villages])
    liulin = facts.liulin_about + chance.whole(LIULIN, "residents", 10, 99)
    residents[in_liulin] = share_out(liulin, weights[in_liulin])
    for county in facts.counties:
        rest = np.array([v.key.startswith(county["key"]) for v in facts.villages]) & ~in_liulin
        already = liulin if county["key"] == LIULIN[:6] else 0
        residents[rest] = share_out(county["residents"] - already, weights[rest])
    keys = [v.key for v in facts.villages]
    present = np.array([chance.between(k, "share at home", 0.66, 0.84) for k in keys])
    size = np.array([chance.between(k, "household size", 2.6, 3.1) for k in keys])
    return Counts(
        residents=residents,
        at_home=np.round(residents * present).astype(np.int64),
        households=np.maximum(np.round(residents / size).astype(np.int64), 1),
        groups=np.clip(residents // 220, 4, 14),
    )


def _weight(chance: Chance, village: VillageFact) -> float:
    town = int(village.key[6:9])
    crowd = 4.5 if town < 100 else 1.0  # streets of the county seats
    kind = 1.9 if village.kind == "community" else 1.0
    return crowd * kind * chance.between(village.key, "weight", 0.7, 1.35)


def _household_of(chance: Chance, key: str, residents: int, households: int) -> NDArray[np.int32]:
    """Household of each resident ordinal: sizes by draw, evened out to the exact number of residents."""
    subjects = np.uint64(int(key) * 100_000) + np.arange(households, dtype=np.uint64)
    draws = chance.units(subjects, "household size")
    sizes = 1 + np.searchsorted(np.cumsum(_SIZE_SHARE)[:-1], draws, side="right")
    surplus = int(sizes.sum()) - residents
    turn = np.argsort(chance.units(subjects, "evening out"), kind="stable")
    while surplus:
        able = turn[sizes[turn] > 1] if surplus > 0 else turn
        chosen = able[: abs(surplus)]
        sizes[chosen] -= np.sign(surplus)
        surplus = int(sizes.sum()) - residents
    return np.repeat(np.arange(households, dtype=np.int32), sizes)


def rows_by_village(facts: Facts, counts: Counts, rows: int) -> NDArray[np.int64]:
    """How many residents of each village become rows: Liulin wholly first, the rest in proportion."""
    in_liulin = np.array([v.town == LIULIN for v in facts.villages])
    whole = int(counts.residents[in_liulin].sum())
    total = int(counts.residents.sum())
    if not whole <= rows <= total:
        raise ValueError(
            f"person rows must be between {whole} (all of Liulin) and {total} (everyone): got {rows}"
        )
    quota = np.where(in_liulin, counts.residents, 0)
    quota[~in_liulin] = share_out(rows - whole, counts.residents[~in_liulin].astype(np.float64))
    return quota


def people(
    chance: Chance, facts: Facts, layout: Layout, drainage: Drainage, counts: Counts, *, rows: int
) -> People:
    """The rows. A village's rows do not change with `rows`: a larger sample only adds more of them."""
    quota = rows_by_village(facts, counts, rows)
    households = [
        _household_of(chance, v.key, int(counts.residents[i]), int(counts.households[i]))[: quota[i]]
        for i, v in enumerate(facts.villages)
    ]
    village = np.repeat(np.arange(len(facts.villages)), quota)
    household = np.concatenate(households)
    ordinal = np.concatenate([np.arange(n) for n in quota])
    codes = np.array([int(v.key) for v in facts.villages], dtype=np.uint64)
    person = codes[village] * np.uint64(100_000) + ordinal.astype(np.uint64)
    home = codes[village] * np.uint64(100_000) + household.astype(np.uint64)
    group = 1 + household * counts.groups[village] // counts.households[village]
    lonlat = _homes(chance, layout, drainage, village, group, home)
    age_band = np.searchsorted([0.15, 0.76, 0.965], chance.units(person, "age"), side="right")
    age_band[ordinal == np.concatenate([_first_of_household(h) for h in households])] = 1
    at_home = chance.units(person, "at home") < _present_share(counts, village, age_band)
    frail = at_home & (chance.units(person, "frail") < np.array([0.002, 0.004, 0.03, 0.45])[age_band])
    night = at_home & ~frail & (age_band == 1) & (chance.units(person, "night worker") < 0.025)
    row_names = names(chance, person)
    slots = village * _PHONES_A_VILLAGE + ordinal
    return People(
        villages=tuple(v.key for v in facts.villages),
        village=village.astype(np.int16),
        ordinal=ordinal.astype(np.int32),
        household=household,
        group=group.astype(np.int8),
        lon=lonlat[:, 0],
        lat=lonlat[:, 1],
        age_band=age_band.astype(np.int8),
        at_home=at_home,
        frail=frail,
        night_worker=night,
        helper=np.full(len(village), -1, dtype=np.int32),
        names=row_names,
        phones=tuple(
            "" if a == 0 else phone(s) for a, s in zip(age_band.tolist(), slots.tolist(), strict=True)
        ),
    )


def _first_of_household(household: NDArray[np.int32]) -> NDArray[np.int64]:
    """Ordinal of the first member of each resident's household: its head."""
    return np.searchsorted(household, household)


def _present_share(
    counts: Counts, village: NDArray[np.int64], age_band: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Chance of being at home: those of working age are away most."""
    mean = (counts.at_home / np.maximum(counts.residents, 1))[village]
    lean = np.array([1.12, 0.88, 1.2, 1.25])[age_band]
    return np.minimum(mean * lean, 0.99)


def _homes(
    chance: Chance,
    layout: Layout,
    drainage: Drainage,
    village: NDArray[np.int64],
    group: NDArray[np.int64],
    home: NDArray[np.uint64],
) -> NDArray[np.float64]:
    """Lon, lat of each household: scattered around its group, never outside the village's own room."""
    pairs, back = np.unique(village * 100 + group, return_inverse=True)
    centres = np.array([_group_centre(chance, layout, drainage, int(p) // 100, int(p) % 100) for p in pairs])
    angle = chance.units(home, "home angle") * 2 * np.pi
    away = np.sqrt(-np.log1p(-chance.units(home, "home distance"))) * _SPREAD_KM
    point = centres[back] + np.column_stack([np.cos(angle), np.sin(angle)]) * away[:, None]
    offset = point - layout.villages[village]
    reach = np.hypot(offset[:, 0], offset[:, 1])
    inside = np.minimum(1.0, layout.room_km[village] / np.maximum(reach, 1e-9))
    return to_degrees(layout.villages[village] + offset * inside[:, None])


def _group_centre(
    chance: Chance, layout: Layout, drainage: Drainage, village: int, group: int
) -> NDArray[np.float64]:
    """Middle of a 村民小组: the first along the stream, the others around the village."""
    subject = f"{village}-{group}"
    if group <= _RIVERSIDE_GROUPS:
        arm = drainage.arms[village][0]
        along = chance.between(subject, "along the stream", 0.1, 0.5)
        back = 0.12 if layout.room_km[village] < _NARROW_KM else 0.0
        aside = back + chance.between(subject, "beside the stream", 0.08, 0.15)
        step = arm[1] - arm[0]
        across = np.array([-step[1], step[0]]) / max(float(np.hypot(*step)), 1e-9)
        return np.asarray(arm[0] + step * along + across * aside)
    angle = chance.unit(subject, "group angle") * 2 * np.pi
    away = (0.25 + 0.65 * chance.unit(subject, "group distance")) * layout.room_km[village]
    return np.asarray(layout.villages[village] + np.array([np.cos(angle), np.sin(angle)]) * away)
