"""Draw the picture of each small model from what the model itself gives: `python -m tools.pictures`.

One SVG a model in docs/images, named as its page. A test draws them again: a picture that a change of the code has made
old fails it, like a snapshot.
"""

import math
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from anlan.foundation.packs import load_all

ROOT = Path(__file__).resolve().parent.parent
IMAGES = ROOT / "docs" / "images"
WIDE, HIGH, MARGIN = 720, 320, 48
INK = ("#1f5f8b", "#c0392b", "#2e7d32", "#b26a00", "#6a3d9a")
Pairs = Iterable[tuple[float, float]]


@dataclass
class Plot:
    """One frame of a picture: its place, its axes (linear or logarithmic) and what is drawn so far."""

    title: str
    x: Sequence[float]
    y: Sequence[float]
    left: float = 0.0
    width: float = WIDE
    logarithmic: bool = False
    parts: list[str] = field(default_factory=list)

    def at(self, x: float, y: float) -> tuple[float, float]:
        """Where a value lies on the paper."""

        def share(value: float, ends: Sequence[float]) -> float:
            low, high = ends[0], ends[-1]
            if self.logarithmic:
                return math.log(value / low) / math.log(high / low)
            return (value - low) / (high - low)

        inner = self.width - 1.5 * MARGIN
        return (
            self.left + MARGIN + share(x, self.x) * inner,
            HIGH - MARGIN - share(y, self.y) * (HIGH - 2 * MARGIN),
        )

    def line(self, points: Pairs, ink: str, *, dashes: str = "") -> None:
        drawn = " ".join("{:.1f},{:.1f}".format(*self.at(a, b)) for a, b in points)
        broken = f' stroke-dasharray="{dashes}"' if dashes else ""
        self.parts.append(
            f'<polyline points="{drawn}" fill="none" stroke="{ink}" stroke-width="1.6"{broken}/>'
        )

    def band(self, low: Pairs, high: Pairs, ink: str) -> None:
        drawn = " ".join("{:.1f},{:.1f}".format(*self.at(a, b)) for a, b in [*low, *reversed(list(high))])
        self.parts.append(f'<polygon points="{drawn}" fill="{ink}" fill-opacity="0.18" stroke="none"/>')

    def dots(self, points: Pairs, ink: str) -> None:
        for a, b in points:
            x, y = self.at(a, b)
            self.parts.append(f'<circle cx="{x:.1f}" cy="{y:.1f}" r="3.5" fill="{ink}"/>')

    def word(self, x: float, y: float, text: str, ink: str, *, end: str = "start") -> None:
        a, b = self.at(x, y)
        self.parts.append(f'<text x="{a:.1f}" y="{b:.1f}" fill="{ink}" text-anchor="{end}">{text}</text>')

    def drawn(self) -> str:
        x0, y0 = self.at(self.x[0], self.y[0])
        x1, y1 = self.at(self.x[-1], self.y[-1])
        marks = [
            f'<text x="{self.at(v, self.y[0])[0]:.0f}" y="{y0 + 16:.0f}" text-anchor="middle">{v:g}</text>'
            for v in self.x
        ]
        marks += [
            f'<text x="{x0 - 6:.0f}" y="{self.at(self.x[0], v)[1] + 4:.0f}" text-anchor="end">{v:g}</text>'
            for v in self.y
        ]
        frame = f'<path d="M{x0:.0f} {y1:.0f}V{y0:.0f}H{x1:.0f}" fill="none" stroke="#444444"/>'
        head = f'<text x="{(x0 + x1) / 2:.0f}" y="24" text-anchor="middle">{self.title}</text>'
        return "\n".join([frame, *marks, head, *self.parts])


def paper(title: str, *plots: Plot) -> str:
    """The whole picture."""
    box = f'viewBox="0 0 {WIDE} {HIGH}" width="{WIDE}" height="{HIGH}"'
    body = "\n".join(plot.drawn() for plot in plots)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" {box} font-family="sans-serif" font-size="12" role="img">\n'
        f'<title>{title}</title>\n<rect width="{WIDE}" height="{HIGH}" fill="#ffffff"/>\n{body}\n</svg>\n'
    )


def quake() -> str:
    """The lines of M 6 in the moderate zone, and its intensity along both axes with one sigma."""
    from anlan.science.quake.field import ellipses, intensity_at
    from anlan.science.quake.relations import Convention, Quantity, Relations

    relation = Relations.from_data(load_all().get("attenuation-gb18306").data).of_zone(
        Quantity.INTENSITY, "moderate"
    )
    half = WIDE / 2
    lines = Plot(
        "M 6, moderate zone: lines at I = i, km",
        (-135, -90, -45, 0, 45, 90, 135),
        (-105, -70, -35, 0, 35, 70, 105),
        0,
        half,
    )
    for ring, ink in zip(
        ellipses(relation, 6.0, degrees=(5, 6, 7), convention=Convention.AT_DEGREE), INK, strict=False
    ):
        turns = np.linspace(0, 2 * np.pi, 73)
        lines.line(((ring.long_km * np.cos(t), ring.short_km * np.sin(t)) for t in turns), ink)
        lines.word(0, ring.short_km + 3, f"{ring.degree}", ink, end="middle")
    km = np.linspace(0.0, 150.0, 76)
    fall = Plot(
        "intensity over distance from the epicentre, km", (0, 50, 100, 150), (3, 4, 5, 6, 7, 8, 9), half, half
    )
    along, across = intensity_at(relation, 6.0, km, 0 * km), intensity_at(relation, 6.0, 0 * km, km)
    sigma = relation.sigma or 0.0
    fall.band(zip(km, along - sigma, strict=True), zip(km, along + sigma, strict=True), INK[0])
    fall.line(zip(km, along, strict=True), INK[0])
    fall.line(zip(km, across, strict=True), INK[1])
    fall.word(95, 8.4, "along the fault, ± σ", INK[0])
    fall.word(95, 7.9, "across it", INK[1])
    return paper("An earthquake of M 6: isoseismals and intensity over distance", lines, fall)


def fire_weather() -> str:
    """Thirty days of the same dry weather in April with one rain, by both day-length tables."""
    from anlan.science.fireweather.canadian import MoistureCodes, step
    from anlan.science.fireweather.daylength import DayLengths

    lengths = DayLengths.from_data(load_all().get("fwi-day-length").data)
    days = [(4, 20.0, 40.0, 10.0, 10.0 if n == 15 else 0.0) for n in range(1, 31)]
    plot = Plot(
        "Canadian FWI, April, 20 °C, 40 %, 10 km/h, 10 mm of rain on day 15",
        (1, 5, 10, 15, 20, 25, 30),
        (0, 5, 10, 15, 20, 25),
    )
    for latitude, ink, top in ((31.7, INK[0], 23), (26.6, INK[1], 21)):
        start = MoistureCodes.spring(1, ffmc=85.0, dmc=6.0, dc=15.0)
        found = step(days, latitude=latitude, before=start, day_lengths=lengths)
        table = found[0].tables_used()[0][0]
        plot.line(((n, float(one.fwi[0])) for n, one in enumerate(found, 1)), ink)
        plot.word(2, top, f"{latitude:g}° N: day length of {table}", ink)
    return paper("Fire weather index of thirty days by two day-length tables", plot)


def hazard_source() -> str:
    """R of a unit that holds ammonia, by its quantity and the people around it."""
    from anlan.science.hazardsource.grading import assess
    from anlan.science.hazardsource.tables import HazardTables, Stored

    tables = HazardTables.from_data(load_all().get("hazard-source-gb18218").data)
    plot = Plot(
        "ammonia (Q 10 t, β 2): R over tonnes, by people within 500 m",
        (10, 20, 50, 100, 200, 500),
        (1, 10, 50, 100, 200),
        logarithmic=True,
    )
    for n, (people, ink) in enumerate(zip((0, 1, 30, 50, 100), INK, strict=True)):
        tonnes = np.geomspace(10, 500, 40)
        drawn = [
            (q, assess([Stored(float(q), "氨")], people_within_500m=people, tables=tables).r or 0.0)
            for q in tonnes
        ]
        plot.line(drawn, ink)
        plot.word(200, 8 * 0.72 ** (5 - n), f"{people} people or more" if people else "nobody", ink)
    for grade in tables.grades[:-1]:
        plot.line([(10, grade.from_r), (500, grade.from_r)], "#888888", dashes="4 4")
        plot.word(10.3, grade.from_r * 1.05, f"class {grade.grade} from R {grade.from_r:g}", "#555555")
    return paper("Class of a major hazard installation that holds ammonia", plot)


def slope() -> str:
    """Thresholds of intensity over duration, and the greatest mean intensities of the night of Liulin."""
    from anlan.science.slope.thresholds import Amounts, IntensityDuration, slope_rule

    plot = Plot(
        "mean intensity, mm/h, over duration, h",
        (1, 3, 6, 12, 24, 72),
        (0.3, 1, 3, 10, 30, 100, 200),
        logarithmic=True,
    )
    hours = np.geomspace(1, 72, 40)
    for name, ink in (("caine", INK[0]), ("guzzetti", INK[2]), ("guizhou", INK[1])):
        pack = load_all().get(f"slope-rain-{name}")
        rule = slope_rule(pack.id, pack.applies_to, pack.data)
        if isinstance(rule, IntensityDuration):
            plot.line(zip(hours, rule.intensity(hours), strict=True), ink)
            plot.word(30, float(rule.intensity(np.array([30.0]))[0]) * 1.1, name.title(), ink)
        elif isinstance(rule, Amounts):
            plot.dots(zip(rule.hours, rule.amount_mm / rule.hours, strict=True), ink)
            plot.word(1.1, 20, "Guizhou: its five windows (only there)", ink)
    rain = np.array(
        [30.0, 83.5, 105.4, 103.7, 81.0, 58.8]
    )  # Liulin 2021-08-12, 03 to 08 h, as the county published it
    sums = np.concatenate([[0.0], np.cumsum(rain)])
    worst = [
        max(sums[n + k] - sums[n] for n in range(rain.size - k + 1)) / k for k in range(1, rain.size + 1)
    ]
    plot.line(list(enumerate(worst, 1)), INK[3], dashes="6 3")
    plot.word(2.2, 130, "Liulin, 2021-08-12, worst hours", INK[3])
    return paper("Rain that moves slopes: thresholds, and a night above all of them", plot)


def impact() -> str:
    """A thousand people in brick and concrete houses, struck by one depth: affected, to be moved, with ranges."""
    from anlan.science.impact.ranges import impact_ranges
    from anlan.science.impact.sweep import Exposure, SparseHazard
    from anlan.science.impact.vulnerability import Vulnerability

    told = Vulnerability.from_data(load_all().get("vulnerability-flood").data)
    homes = 250
    kind = np.full(homes, told.kind("house-brick-concrete"), np.int8)
    homes_of = Exposure.of(
        kind=kind, people=np.full(homes, 4.0), quantity=np.ones(homes), value=np.full(homes, 1e5)
    )
    depth = np.round(np.arange(0.05, 2.01, 0.05), 2)
    start = np.arange(depth.size + 1) * homes
    rows = SparseHazard(
        start,
        np.tile(np.arange(homes, dtype=np.int32), depth.size),
        np.repeat(depth, homes),
        np.ones(depth.size, np.bool_),
    )
    found = impact_ranges(
        rows, homes_of, told, seed=7, events=np.zeros(depth.size, np.int64), members=200, threads=1
    )
    half = WIDE / 2
    people = Plot(
        "of 1,000 people, over depth at the door, m",
        (0, 0.5, 1, 1.5, 2),
        (0, 250, 500, 750, 1000, 1250),
        0,
        half,
    )
    loss = Plot(
        "loss, share of value, over depth, m", (0, 0.5, 1, 1.5, 2), (0, 0.2, 0.4, 0.6, 0.8), half, half
    )
    for plot, column, ink, scale, word, at in (
        (people, 0, INK[0], 1.0, "affected", (0.12, 1180)),
        (people, 1, INK[1], 1.0, "to be moved", (0.9, 60)),
        (loss, 9, INK[3], homes * 1e5, "nine draws in ten", (0.9, 0.05)),
    ):
        low, middle, high = (part[:, column] / scale for part in (found.low, found.middle, found.high))
        plot.band(zip(depth, low, strict=True), zip(depth, high, strict=True), ink)
        plot.line(zip(depth, middle, strict=True), ink)
        plot.word(*at, word, ink)
    return paper("Impact of water on a village of brick and concrete houses, with ranges", people, loss)


PICTURES: dict[str, Callable[[], str]] = {
    "model-quake": quake,
    "model-fire-weather": fire_weather,
    "model-hazard-source": hazard_source,
    "model-slope": slope,
    "model-impact": impact,
}


def main() -> int:
    for name, draw in PICTURES.items():
        (IMAGES / f"{name}.svg").write_text(draw())
    return 0


if __name__ == "__main__":
    sys.exit(main())
