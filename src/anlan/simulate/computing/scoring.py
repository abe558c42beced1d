"""Scoring the nowcasts 外推检验: what each baseline would have said on generated nights, held against what then came.

The truth is that of a perfect model: the same model, driven by the rain that fell everywhere. The forecasts know the
gauges and nothing after their moment. So what is scored is the nowcast (and what gauges miss), never the model itself.

A case is a village at a cycle that is not yet in water: does 0.3 m come to a home within the next three hours? A
second, cheap score is of the rain alone: do three hours bring more than a line at the village?
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Protocol

import numpy as np

from anlan.science.jit import Bools, Floats, Int64s
from anlan.simulate.computing import rainfield
from anlan.simulate.computing.compute import compute
from anlan.simulate.computing.shapes import NOW, Job, Terrain, VillageFound
from anlan.simulate.rules import nowcast
from anlan.simulate.rules.score import Counts, count
from anlan.simulate.rules.verdict import reasons

HOUR = nowcast.STEPS_AN_HOUR
STEP_MIN = 60 // HOUR


class Sky(Protocol):
    """A night of which the rain is known everywhere."""

    @property
    def minutes(self) -> int: ...

    @property
    def wetness(self) -> str:
        """How wet the ground was before: dry, normal, wet."""
        ...

    def tenths(self, x: Floats, y: Floats) -> Floats:
        """Five-minute sums in 0.1 mm, (points, steps)."""
        ...


@dataclass(frozen=True, kw_only=True)
class Setting:
    """Where the nights are scored: the ground's file, homes and gauges in its metres, and how live forecasts run.

    every_min: cycles are this far apart (the product's own are ten minutes: their cases would hardly be other cases);
    gauge_wakes: whose rain wakes the cycles, (gauges,);
    wakes_mm_1h, keeps_mm_1h: as in the pack of live forecasts; line_mm: of the rain-only score, in `ahead_min`.
    """

    ground: Path
    home_place: Int64s
    home_x: Floats
    home_y: Floats
    gauge_x: Floats
    gauge_y: Floats
    gauge_wakes: Bools
    wakes_mm_1h: float
    keeps_mm_1h: float
    back_min: int
    ahead_min: int
    cn: float | None
    line_mm: float
    every_min: int = 60
    solver: str = "li"
    precision: str = "f32"


@dataclass(frozen=True, kw_only=True)
class Scores:
    """Counts by baseline: of villages that water comes to, of rain above the line; nights and cycles they are from."""

    villages: Mapping[str, Counts] = field(default_factory=dict)
    rain: Mapping[str, Counts] = field(default_factory=dict)
    nights: int = 0
    cycles: int = 0
    refused: int = 0  # cycles left out since a run of theirs refused itself

    def __add__(self, other: "Scores") -> "Scores":
        return Scores(
            villages=_sum(self.villages, other.villages),
            rain=_sum(self.rain, other.rain),
            nights=self.nights + other.nights,
            cycles=self.cycles + other.cycles,
            refused=self.refused + other.refused,
        )


def _sum(one: Mapping[str, Counts], other: Mapping[str, Counts]) -> dict[str, Counts]:
    return {name: one.get(name, Counts()) + other.get(name, Counts()) for name in nowcast.BASELINES}


def score(setting: Setting, nights: Sequence[Sky]) -> Iterator[Scores]:
    """The scores of each night; add them up. A night takes some 15 hours of model time a cycle."""
    for sky in nights:
        with TemporaryDirectory() as folder:
            yield _Night(setting, sky, Path(folder)).scores()


class _Night:
    """One night: the true chain of states, the chain that the gauges give, and forecasts from the latter."""

    def __init__(self, setting: Setting, sky: Sky, folder: Path) -> None:
        self.at, self.sky, self.folder = setting, sky, folder
        self.terrain = Terrain.load(setting.ground)
        self.fallen = rainfield.everywhere(self.terrain, sky.tenths)
        self.gauged = sky.tenths(setting.gauge_x, setting.gauge_y)
        self.true_state = self.seen_state = ""

    def scores(self) -> Scores:
        found, before = Scores(nights=1), 0
        for minute in self._cycles():
            found += self._cycle(minute, before)
            before = minute
        return found

    def _cycles(self) -> list[int]:
        """Minutes at which live forecasts are awake: hard rain at a gauge in the last hour, or since it last was."""
        last, own = self.sky.minutes - self.at.ahead_min, self.gauged[self.at.gauge_wakes]
        awake: list[int] = []
        for minute in range(self.at.every_min, last + 1, self.at.every_min):
            hour = own[:, max(0, minute // STEP_MIN - HOUR) : minute // STEP_MIN].sum(axis=1).max()
            goes_on = bool(awake) and awake[-1] == minute - self.at.every_min
            if hour >= 10 * (self.at.keeps_mm_1h if goes_on else self.at.wakes_mm_1h):
                awake.append(minute)
        return awake

    def _cycle(self, minute: int, before: int) -> Scores:
        """Truth and every baseline at one moment. `before`: the cycle that this one goes on from, 0 for the first."""
        now, ahead = minute // STEP_MIN, self.at.ahead_min // STEP_MIN
        truth = self._run(
            "true", minute, before, self.fallen[before // STEP_MIN : now + ahead], self.true_state
        )
        since = max(before, minute - self.at.back_min) if not self.seen_state else before
        seen = self.gauged[:, since // STEP_MIN : now]
        said: dict[str, Mapping[int, VillageFound] | None] = {}
        rain: dict[str, Floats] = {}
        state, begins = self.seen_state, since
        for name, baseline in nowcast.BASELINES.items():
            rain[name] = baseline(self.gauged[:, :now], ahead)
            tenths = np.concatenate([seen, rain[name]], axis=1) if begins < minute else rain[name]
            rates = rainfield.over(self.terrain, x=self.at.gauge_x, y=self.at.gauge_y, tenths=tenths)
            said[name] = self._run("seen", minute, begins, rates, state)
            state, begins = (
                str(self.folder / f"seen-{minute}" / NOW),
                minute,
            )  # the next begins at this moment
        self.true_state, self.seen_state = str(self.folder / f"true-{minute}" / NOW), state
        if truth is None or any(each is None for each in said.values()):
            return Scores(refused=1)
        wet = {name: each for name, each in said.items() if each is not None}
        return Scores(villages=_villages(truth, wet), rain=self._rain(now, ahead, rain), cycles=1)

    def _run(
        self, chain: str, minute: int, begins: int, rates: Floats, state: str
    ) -> Mapping[int, VillageFound] | None:
        """The villages of a run from `begins` over `minute` on; None where it refused itself."""
        folder = self.folder / f"{chain}-{minute}"
        folder.mkdir(exist_ok=True)
        first = float(begins - minute)
        job = Job(
            folder=str(folder), ground=str(self.at.ground), solver=self.at.solver, precision=self.at.precision,
            first_min=first, until_min=self.at.ahead_min, rain_min=tuple(first + STEP_MIN * n for n in range(len(rates))),
            rain_mm_h=rates, cn=self.at.cn, wetness=self.sky.wetness, start=state, keeps_now=first < 0,
            home_place=self.at.home_place, home_x=self.at.home_x, home_y=self.at.home_y,
        )  # fmt: skip
        found = compute(job)
        return None if reasons(found.checks) else found.villages

    def _rain(self, now: int, ahead: int, coming: Mapping[str, Floats]) -> dict[str, Counts]:
        """Whether the rain of the hours ahead passes the line where each village's homes are."""
        places = np.unique(self.at.home_place)
        row, column = self.terrain.cells(
            np.array([self.at.home_x[self.at.home_place == p].mean() for p in places]),
            np.array([self.at.home_y[self.at.home_place == p].mean() for p in places]),
        )

        def passes(rates: Floats) -> Bools:
            fallen = rates[:, row, column].sum(axis=0) * STEP_MIN / 60
            return np.asarray(fallen >= self.at.line_mm)

        truth = passes(self.fallen[now : now + ahead])
        gauges = {"x": self.at.gauge_x, "y": self.at.gauge_y}
        return {
            name: count(passes(rainfield.over(self.terrain, **gauges, tenths=tenths)), truth)
            for name, tenths in coming.items()
        }


def _villages(
    truth: Mapping[int, VillageFound], said: Mapping[str, Mapping[int, VillageFound]]
) -> dict[str, Counts]:
    """Villages that are not in water at the moment: to whom it comes, and to whom each baseline says so."""
    places = sorted(truth)
    came = [truth[p].arrives_min is not None for p in places]
    dry = [truth[p].arrives_min != 0 for p in places]
    return {
        name: count([found[p].arrives_min is not None for p in places], came, counted=dry)
        for name, found in said.items()
    }
