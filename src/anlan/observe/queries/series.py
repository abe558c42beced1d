"""测站页: everything about one station over a few hours, as it is known now or was known at a past moment."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from anlan.foundation import shelf
from anlan.foundation.context import Ctx
from anlan.foundation.packs.pack import Pack
from anlan.observe.ingest.shapes import millis, moment
from anlan.observe.models import Station, StationSilence
from anlan.observe.queries import readings, soil, station
from anlan.observe.rules import quality, sliding
from anlan.observe.rules.rain import RAIN_5MIN
from anlan.observe.store.errors import StoreMissing, UnknownSeries
from anlan.places.atlas import Place, atlas, distance_km
from anlan.wire.sl651.batch import station_key
from anlan.wire.sl651.elements import element

SLOT = timedelta(minutes=5)
HOUR = timedelta(hours=1)
STAGE, RESERVOIR = 0x39, 0x3B
NEAR_KM = 15.0
WINDOWS = (60, 180, 360)
UNITS = {
    "毫米": "mm",
    "米": "m",
    "伏特": "V",
    "摄氏度": "℃",
    "百分比": "%",
    "百帕": "hPa",
    "千帕": "kPa",
    "米/秒": "m/s",
    "平方米": "m²",
    "立方米": "m³",
    "立方米/秒": "m³/s",
    "立方米/小时": "m³/h",
    "毫克/升": "mg/L",
    "毫伏": "mV",
    "安培": "A",
    "千克/立方米": "kg/m³",
    "微西门/厘米": "μS/cm",
    "万吨": "10⁴ t",
    "度": "NTU",
}
"""Units of table C.1 as they are read in both languages; others stand as the table has them."""


@dataclass(frozen=True)
class Slot:
    """Rain of one step, tenths of a millimetre; None is not known."""

    start: datetime
    end: datetime
    tenths: int | None


@dataclass(frozen=True)
class Level:
    """A stage, metres above datum; None where it is missing."""

    at: datetime
    metres: float | None


@dataclass(frozen=True)
class Line:
    """阈值: a rain line of a pack, with what the station shows against it."""

    level: str  # blue … red, or a stage of moving people: prepare, immediate
    is_stage: bool
    minutes: int
    tenths: int
    now: int | None
    is_partial: bool
    reached_at: datetime | None
    hazard: str
    title: Mapping[str, str]
    clause: str
    is_doubtful: bool

    @property
    def hours(self) -> int:
        return self.minutes // 60

    @property
    def mm(self) -> str:
        return f"{self.tenths / 10:g}"

    @property
    def now_mm(self) -> float | None:
        return None if self.now is None else self.now / 10


@dataclass(frozen=True)
class Reading:
    """One reading as the tables show it."""

    at: datetime
    known_at: datetime
    code: str
    name: str
    unit: str
    value: float | None
    decimals: int
    flags: Sequence[str]
    is_late: bool


@dataclass(frozen=True)
class Sheet:
    """All that a station's page shows."""

    station: Station
    place: Place
    at: datetime
    since: datetime
    slots: Sequence[Slot]
    hours: Sequence[Slot]
    sums: Mapping[int, Sequence[sliding.Sum]]
    gauge: Station | None
    levels: Sequence[Level]
    lines: Sequence[Line]
    latest: Sequence[Reading]
    marked: Sequence[Reading]
    silent_since: datetime | None
    ground: soil.Soil | None  # of a rain gauge

    @property
    def last_at(self) -> datetime | None:
        """When the newest reading was observed."""
        return max((r.at for r in self.latest), default=None)

    def sum_of(self, minutes: int) -> tuple[int | None, bool]:
        """The running sum now, tenths, and whether it is a lower bound."""
        found = self.sums.get(minutes, ())
        return (found[-1].tenths, found[-1].partial) if found else (None, True)


def sheet(ctx: Ctx, address: str, *, hours: int, at: datetime | None = None) -> Sheet:
    """The page of a station for the hours before a moment (None: now). Raises NotFound."""
    row = station(ctx, address)
    now = at or ctx.now
    until = _next_slot(now)
    since = until - timedelta(hours=hours)
    seen = _Seen(ctx, at)
    early = since - timedelta(minutes=max(WINDOWS))
    slots = seen.slots(address, early, until) if row.kind == "rain" else []
    if slots and slots[-1].end > now and slots[-1].tenths is None:
        slots.pop()  # it has only begun: nothing is missing yet
    shown = [s for s in slots if s.start >= since]
    sums = {m: sliding.sums([s.tenths for s in slots], m)[-len(shown) :] for m in WINDOWS} if shown else {}
    gauge = row if row.kind == "stage" else _nearest_stage(ctx, row)
    place = atlas().by_id[row.place_id]
    ground = soil.of_place(ctx, place.path, [address], at=at) if row.kind == "rain" else None
    return Sheet(
        station=row,
        place=place,
        at=now,
        since=since,
        slots=shown,
        hours=_hours(shown),
        sums=sums,
        gauge=gauge,
        levels=seen.levels(gauge.address, since, until) if gauge else [],
        lines=_lines(ctx, row, sums, shown, ground.wetness if ground else None) if shown else [],
        latest=seen.latest(address),
        marked=seen.marked(address, since, until),
        silent_since=_silent(ctx, row, at),
        ground=ground,
    )


def _next_slot(now: datetime) -> datetime:
    slot_ms = 300_000
    return moment(-(-millis(now) // slot_ms) * slot_ms)


class _Seen:
    """What the store holds, by the moment asked for."""

    def __init__(self, ctx: Ctx, at: datetime | None) -> None:
        self._ctx = ctx
        self._by = None if at is None else millis(at)

    def slots(self, address: str, since: datetime, until: datetime) -> list[Slot]:
        try:
            with readings(self._ctx) as reader:
                steps = reader.hyetograph(
                    station_key(address), RAIN_5MIN, millis(since), millis(until), 300_000, known_by=self._by
                )
        except (StoreMissing, UnknownSeries):
            return []
        rows = zip(steps.end.tolist(), steps.total.tolist(), steps.count.tolist(), strict=True)
        return [Slot(moment(end) - SLOT, moment(end), total if n else None) for end, total, n in rows]

    def levels(self, address: str, since: datetime, until: datetime) -> list[Level]:
        for code in (STAGE, RESERVOIR):
            rows = list(self._rows(address, code, since, until))
            if rows:
                return [Level(r.at, r.value) for r in rows]
        return []

    def marked(self, address: str, since: datetime, until: datetime) -> list[Reading]:
        """Readings that carry a doubt, newest first; that one was worked out is none."""
        found: list[Reading] = []
        for code in (RAIN_5MIN, 0x26, STAGE, RESERVOIR):
            found += [r for r in self._rows(address, code, since, until) if set(r.flags) - WORKED_OUT]
        return sorted(found, key=lambda r: r.at, reverse=True)[:40]

    def latest(self, address: str) -> list[Reading]:
        try:
            with readings(self._ctx) as reader:
                rows = reader.latest(known_by=self._by)
        except StoreMissing:
            return []
        mine = rows.take(rows.station == station_key(address))
        columns = (mine.element, mine.decimals, mine.at, mine.known, mine.value, mine.quality)
        return [reading_of(*row) for row in zip(*(c.tolist() for c in columns), strict=True)]

    def _rows(self, address: str, code: int, since: datetime, until: datetime) -> Iterator[Reading]:
        return between(self._ctx, address, code, since, until, known_by=self._by)


def between(
    ctx: Ctx, address: str, code: int, since: datetime, until: datetime, *, known_by: int | None = None
) -> Iterator[Reading]:
    """The readings of one element observed in (since, until], of each the value known last."""
    try:
        with readings(ctx) as reader:
            seen = reader.series_values(
                station_key(address), code, millis(since) + 1, millis(until) + 1, known_by=known_by
            )
    except (StoreMissing, UnknownSeries):
        return
    columns = (seen.at, seen.known, seen.value, seen.quality)
    for at, known, value, flags in zip(*(c.tolist() for c in columns), strict=True):
        yield reading_of(code, seen.decimals, at, known, value, flags)


def latest(ctx: Ctx, address: str, *, at: datetime | None = None) -> list[Reading]:
    """The newest reading of each element of a station within scope. Raises NotFound."""
    return _Seen(ctx, at).latest(station(ctx, address).address)


def elements(ctx: Ctx, address: str) -> list[int]:
    """The codes of the elements that a station ever sent."""
    try:
        with readings(ctx) as reader:
            rows = reader.latest()
    except StoreMissing:
        return []
    return sorted(rows.element[rows.station == station_key(address)].tolist())


def reading_of(code: int, decimals: int, at: int, known: int, value: int, flags: int) -> Reading:
    known_element = element(f"{code:02X}")
    missing = bool(flags & quality.Flag.MISSING)
    return Reading(
        at=moment(at),
        known_at=moment(known),
        code=known_element.code,
        name=known_element.name,
        unit=UNITS.get(known_element.unit, ""),
        value=None if missing else value / 10**decimals,
        decimals=decimals,
        flags=quality.names(flags),
        is_late=bool(flags & quality.Flag.LATE),
    )


def _hours(slots: Sequence[Slot]) -> list[Slot]:
    """Sums by clock hour, named by their end; an hour of which nothing is known stays unknown."""
    found: dict[datetime, list[int | None]] = {}
    for slot in slots:
        found.setdefault(_hour_end(slot.end), []).append(slot.tenths)
    return [
        Slot(end - HOUR, end, None if all(v is None for v in values) else sum(v or 0 for v in values))
        for end, values in found.items()
    ]


def _hour_end(at: datetime) -> datetime:
    floor = at.replace(minute=0, second=0, microsecond=0)
    return floor if floor == at else floor + HOUR


def _nearest_stage(ctx: Ctx, row: Station) -> Station | None:
    """The stage gauge to show below the rain: the nearest one."""
    rows = ctx.rows(Station).filter(kind="stage")
    near = [(distance_km(row.lon, row.lat, s.lon, s.lat), s.address, s) for s in rows]
    if not near:
        return None
    km, _, found = min(near, key=lambda n: n[:2])
    return found if km <= NEAR_KM else None


def _silent(ctx: Ctx, row: Station, at: datetime | None) -> datetime | None:
    rows = ctx.rows(StationSilence).filter(station=row)
    if at is None:
        found = rows.filter(ended_at=None).first()
    else:
        ended = rows.filter(noticed_at__lte=at).exclude(ended_at__lte=at)
        found = ended.order_by("-since").first()
    return found.since if found else None


WORKED_OUT = {quality.NAMES[quality.Flag.DERIVED]}
LEVELS = {1: "blue", 2: "yellow", 3: "orange", 4: "red"}


def _lines(
    ctx: Ctx,
    row: Station,
    sums: Mapping[int, Sequence[sliding.Sum]],
    slots: Sequence[Slot],
    ground: str | None,
) -> list[Line]:
    """The rain lines of the packs in force for this ground, highest first, for the windows that the page shows.

    Of packs that are made for single places only those of where the gauge stands and whom it serves.
    """
    found = []
    codes = [
        atlas().by_id[row.place_id].code,
        *(atlas().by_id[i].code for i in row.serves.values_list("id", flat=True)),
    ]
    for pack in shelf.in_force(ctx, "threshold"):
        if max(map(pack.specificity, codes)) < 0 or not any(map(pack.acts_at, codes)):
            continue
        for each in pack.data.get("line", ()):
            unknown = pack.data.get("threshold", {}).get("wetness_if_unknown", "")
            if each.get("wetness", "") not in ("", ground or unknown):
                continue
            found += _lines_of(pack, each, sums, slots)
    return sorted(found, key=lambda n: (n.minutes, -n.tenths))


def telling(lines: Sequence[Line]) -> list[Line]:
    """Of each pack and window the highest line that is reached, and the next one above it."""
    found: dict[tuple[str, int], list[Line]] = {}
    for line in sorted(lines, key=lambda n: n.tenths):
        mine = found.setdefault((line.clause, line.minutes), [])
        if line.reached_at is not None:
            mine[:] = [line]
        elif not mine or mine[-1].reached_at is not None:
            mine.append(line)
    kept = [line for mine in found.values() for line in mine]
    return sorted(kept, key=lambda n: (n.minutes, -n.tenths))


def _lines_of(
    pack: Pack,
    row: Mapping[str, object],
    sums: Mapping[int, Sequence[sliding.Sum]],
    slots: Sequence[Slot],
) -> Iterator[Line]:
    rain = row.get("rain_mm")
    if not isinstance(rain, Mapping):
        return
    for minutes, mm in rain.items():
        window = sums.get(int(minutes))
        if not window:
            continue
        tenths = int(mm * 10)
        reached = sliding.first_reached(window, tenths)
        is_stage = "stage" in row
        yield Line(
            level=str(row["stage"]) if is_stage else LEVELS[int(str(row["level"]))],
            is_stage=is_stage,
            minutes=int(minutes),
            tenths=tenths,
            now=window[-1].tenths,
            is_partial=window[-1].partial,
            reached_at=None if reached is None else slots[reached - window[0].end].end,
            hazard="village" if is_stage else str(pack.data["threshold"]["hazard"]),
            title=pack.title,
            clause=pack.clause,
            is_doubtful=pack.is_doubtful or pack.example,
        )
