"""What the demo city consists of: frozen records and arrays, no Django, no clock.

Coordinates are lon, lat in degrees (EPSG:4490). `key` of a division is its statistics-bureau code without
trailing zeros: city "4213", county 6 digits, township unit 9, village 12; every other record points to
divisions by that key and to one another by `ref`. `*_source` says where a value comes from:
"published" (see demo/data/README.md) or "synthetic" (generated, shown as 合成数据).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from functools import cached_property
from typing import Literal

import numpy as np
from numpy.typing import NDArray
from shapely import LineString, Polygon

Tier = Literal["city", "county", "township", "village"]
Source = Literal["published", "synthetic"]
Level = Literal["county", "township", "village", "group", "household"]  # 县、乡、村、组、户

AGE_BANDS = ("0-14", "15-59", "60-79", "80+")


@dataclass(frozen=True, slots=True)
class Code:
    """代码: a division's code in one code system, valid over [valid_from, valid_to); None = still valid."""

    system: Literal["nbs", "mca"]
    code: str
    valid_from: date
    valid_to: date | None = None


@dataclass(frozen=True, slots=True)
class Division:
    """行政区划 with a schematic boundary (示意); residents are 常住人口, at_home + away = residents."""

    key: str
    tier: Tier
    name: str
    parent: str | None
    kind: str  # city district county county_city street town park village community
    codes: tuple[Code, ...]
    aliases: tuple[str, ...]
    statistical_only: bool  # known to the statistics bureau only, no Civil-Affairs code
    lon: float
    lat: float
    point_source: Source
    boundary: Polygon  # always synthetic
    residents: int
    at_home: int
    away: int
    households: int

    @property
    def short_name(self) -> str:
        """The name as people say it: 雁子河村, 古城畈社区."""
        return self.aliases[0] if self.tier == "village" and self.aliases else self.name


@dataclass(frozen=True, slots=True)
class People:
    """居民 as columns of length n, one row a person, sorted by (village, household); all synthetic.

    Whole households come first; a village that is only sampled ends in the middle of one.
    """

    villages: tuple[str, ...]  # keys that `village` indexes
    village: NDArray[np.int16]  # index into `villages`
    ordinal: NDArray[np.int32]  # 0… within the village; (village, ordinal) is the identity
    household: NDArray[np.int32]  # 0… within the village
    group: NDArray[np.int8]  # 村民小组, 1…
    lon: NDArray[np.float64]
    lat: NDArray[np.float64]
    age_band: NDArray[np.int8]  # index into AGE_BANDS
    at_home: NDArray[np.bool_]  # 在家; False = away (外出)
    frail: NDArray[np.bool_]  # 特殊人群, has one helper of their own
    night_worker: NDArray[np.bool_]
    helper: NDArray[np.int32]  # row of the frail person's helper; -1 = none, or outside Liulin unknown
    names: tuple[str, ...]
    phones: tuple[str, ...]  # "" for children; 11 digits that no exchange connects, see chance.py

    def __len__(self) -> int:
        return len(self.village)

    def ref(self, row: int) -> str:
        """Identity of a person: village key, dash, ordinal in five digits."""
        return f"{self.villages[self.village[row]]}-{self.ordinal[row]:05d}"

    def household_ref(self, row: int) -> str:
        """Identity of the household a person lives in."""
        return household_ref(self.villages[self.village[row]], int(self.household[row]))

    def rows_of(self, village: str) -> range:
        """Rows of one village, contiguous."""
        index = self.villages.index(village)
        low, high = np.searchsorted(self.village, [index, index + 1])
        return range(int(low), int(high))


def household_ref(village: str, household: int) -> str:
    return f"{village}-H{household:05d}"


@dataclass(frozen=True, slots=True)
class HouseholdToMove:
    """应转户: a household close to a stream, with the helper who sees it out and the place it goes to."""

    ref: str
    village: str
    group: int
    head: str
    people: int
    at_home: int
    frail: int
    lon: float
    lat: float
    stream: str
    stream_m: float  # distance to the centre line
    helper: str  # DutyHolder.ref
    destination: str  # Place.ref


@dataclass(frozen=True, slots=True)
class Contact:
    """联系方式, tried in `order`. Hours are local "HH:MM-HH:MM", "00:00-24:00" = always."""

    kind: Literal["mobile", "second_mobile", "landline", "satellite_phone"]
    number: str
    order: int
    hours: str = "00:00-24:00"


@dataclass(frozen=True, slots=True)
class DutyHolder:
    """责任人. `rung` orders the ladder of a place and level: 0 is called first, then deputies, then cover.

    `covers` are divisions, `group` a 村民小组 of the one village covered, `watched` a reservoir, pond or
    geohazard site, `serves` the households (应转户) or people (特殊人群) that a helper sees out.
    """

    ref: str
    name: str
    kind: str  # see duty.KINDS
    title: str  # 镇长, 村党支部书记 …
    level: Level
    organisation: str
    covers: tuple[str, ...]
    rung: int
    role: str  # leader duty_officer approver station_engineer village_cadre grid_worker; "" = no account
    contacts: tuple[Contact, ...]
    group: int | None = None
    watched: str | None = None
    person: str | None = None  # People.ref of the resident who holds the duty
    serves: tuple[str, ...] = ()
    on_high_ground: bool = False  # lives outside every flood corridor: may be sent to knock
    lon: float | None = None
    lat: float | None = None


@dataclass(frozen=True, slots=True)
class Organisation:
    """单位. `commands` are divisions it commands, also outside the tree (zone, scenic area, reservoir)."""

    ref: str
    name: str
    kind: str  # government emergency weather water natural_resources township village zone scenic reservoir
    home: str
    parent: str | None
    commands: tuple[str, ...]
    outside_tree: bool
    name_source: Source
    demo_unit: str | None = (
        None  # "weather_station" | "emergency_bureau" | "water_department": set up for sign-in
    )


@dataclass(frozen=True, slots=True)
class DutyShift:
    """值班: one organisation's watch over [starts_at, ends_at), a leader on call and an officer awake."""

    organisation: str
    starts_at: datetime
    ends_at: datetime
    leader: str
    officer: str


@dataclass(frozen=True, slots=True)
class StageLimit:
    """特征水位 in metres above datum."""

    kind: str  # normal flood_limit design check (正常/汛限/设计/校核)
    stage_m: float
    source: Source


@dataclass(frozen=True, slots=True)
class Reservoir:
    """水库/大堰塘 with its three responsible persons (行政/技术/巡查) as DutyHolder refs."""

    ref: str
    kind: Literal["reservoir", "pond"]
    name: str
    name_source: Source
    village: str
    lon: float
    lat: float
    stream: str
    capacity_m3: int
    limits: tuple[StageLimit, ...]
    downstream: tuple[str, ...]  # village keys, nearest first
    administrative: str
    technical: str
    patrol: str


@dataclass(frozen=True, slots=True)
class GeohazardSite:
    """地质灾害隐患点 with its watcher (群测群防员)."""

    ref: str
    name: str
    village: str
    lon: float
    lat: float
    kind: str
    households: int
    watcher: str


@dataclass(frozen=True, slots=True)
class Place:
    """场所: where people are or may go. `high_ground` is outside every flood corridor."""

    ref: str
    kind: str  # committee school clinic shop night_work
    name: str
    village: str
    lon: float
    lat: float
    high_ground: bool
    is_destination: bool
    capacity: int  # people who can stay there; 0 = not a destination
    night_people: int  # usually present at 03:00


@dataclass(frozen=True, slots=True)
class Stream:
    """河流 as drawn: course always synthetic; `villages` are passed from source to mouth."""

    ref: str
    name: str
    name_source: Source
    joins: str | None  # ref of the stream it flows into; None leaves the city
    order: int  # Strahler
    villages: tuple[str, ...]
    line: LineString  # from source to mouth


@dataclass(frozen=True, slots=True)
class FloodCorridor:
    """行洪区 of one stream inside one village, wholly assumed: nobody enters once it is closed."""

    ref: str
    stream: str
    village: str
    area: Polygon
    half_width_m: float
    closes_after_min: int  # from the first immediate-move level at the village's gauge


@dataclass(frozen=True, slots=True)
class Road:
    """道路 between two divisions' points; `crosses` are streams it passes over (may be cut)."""

    ref: str
    name: str
    kind: Literal["village", "county"]
    start: str
    end: str
    line: LineString
    crosses: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Gauge:
    """测站 speaking SL 651: ten-digit address 00 + 8, own link; `*_m` for stage gauges only."""

    address: str
    name: str
    kind: Literal["rain", "stage"]
    village: str
    lon: float
    lat: float
    password: str  # four hexadecimal digits, synthetic
    link: str  # cellular satellite radio: the gauge's own, not the village's
    town_gauge: bool = False
    stream: str | None = None
    reservoir: str | None = None
    usual_m: float | None = None
    warning_m: float | None = None  # 警戒
    guarantee_m: float | None = None  # 保证
    highest_m: float | None = None  # 历史最高


@dataclass(frozen=True)
class City:
    """The whole demo city. Divisions come parents first; gauges in address order."""

    seed: int
    divisions: tuple[Division, ...]
    people: People
    to_move: tuple[HouseholdToMove, ...]
    organisations: tuple[Organisation, ...]
    duty_holders: tuple[DutyHolder, ...]
    reservoirs: tuple[Reservoir, ...]
    geohazards: tuple[GeohazardSite, ...]
    places: tuple[Place, ...]
    streams: tuple[Stream, ...]
    corridors: tuple[FloodCorridor, ...]
    roads: tuple[Road, ...]
    gauges: tuple[Gauge, ...]
    nearest_rain_gauge: dict[str, str]  # village key → gauge address

    @cached_property
    def by_key(self) -> dict[str, Division]:
        return {d.key: d for d in self.divisions}

    @cached_property
    def holder(self) -> dict[str, DutyHolder]:
        return {h.ref: h for h in self.duty_holders}

    @cached_property
    def holders_of(self) -> dict[str, list[DutyHolder]]:
        """Duty holders by organisation, in order."""
        found: dict[str, list[DutyHolder]] = {}
        for holder in self.duty_holders:
            found.setdefault(holder.organisation, []).append(holder)
        return found

    @property
    def rain_gauges(self) -> tuple[Gauge, ...]:
        return tuple(g for g in self.gauges if g.kind == "rain")

    @property
    def stage_gauges(self) -> tuple[Gauge, ...]:
        return tuple(g for g in self.gauges if g.kind == "stage")

    def tier(self, tier: Tier) -> Iterator[Division]:
        """Divisions of one tier in code order."""
        return (d for d in self.divisions if d.tier == tier)

    def children(self, key: str) -> Iterator[Division]:
        """Divisions directly under one."""
        return (d for d in self.divisions if d.parent == key)
