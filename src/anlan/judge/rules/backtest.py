"""回测: what a threshold pack would have said about a stored or uploaded series, against what really happened.

Pure: the pack runs through the same `evaluate` as in service. A hit is an event with a warning before it (or at its
very moment) within the lead window; a miss is an event without; a false alarm is a warning episode that no event
follows, also when it still stands where the series ends. A figure that has nothing to count is None, never 0.
"""

from bisect import bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import accumulate

from anlan.foundation.errors import RuleError
from anlan.foundation.words import Sentence, say
from anlan.judge.rules.thresholds.evaluate import evaluate
from anlan.judge.rules.thresholds.shapes import Change, Element, Move, Rain, RuleSet, Snapshot, State


class UnusableSeries(RuleError):
    """The series cannot be tested; the message names the row."""


@dataclass(frozen=True, kw_only=True)
class Series:
    """Rain of one place: each value is what fell in the step that ends at its time, in tenths of a millimetre.

    `gap_after` is the longest step that still counts as unbroken; a longer one makes the windows over it partial.
    """

    place: str
    kind: str
    times: tuple[datetime, ...]
    tenths: tuple[int, ...]
    wetness: str | None = None
    gap_after: timedelta = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Observed:
    """An event that really happened at a place: a flood in the houses, a slide, a rescue."""

    place: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Episode:
    """A warning: from the time the wanted level was reached to the time it was left. `until` None: still standing."""

    place: str
    start: datetime
    until: datetime | None
    level: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """An event that was warned of, and how long before."""

    event: Observed
    warned_at: datetime

    @property
    def lead(self) -> timedelta:
        """Time from the warning to the event."""
        return self.event.at - self.warned_at


@dataclass(frozen=True, slots=True)
class Step:
    """A point of the picture: from here on the place stood at this level."""

    at: datetime
    level: int


@dataclass(frozen=True, kw_only=True)
class Report:
    """The result of one back-test: what was tested, the counts, the figures and the line for the picture."""

    pack: str
    version: str
    from_level: int
    hits: tuple[Hit, ...]
    misses: tuple[Observed, ...]
    false_alarms: tuple[Episode, ...]
    episodes: tuple[Episode, ...]
    changes: tuple[Change, ...]
    timelines: Mapping[str, tuple[Step, ...]]
    from_at: datetime
    to_at: datetime

    @property
    def pod(self) -> float | None:
        """Probability of detection: hits / events."""
        return _share(len(self.hits), len(self.hits) + len(self.misses))

    @property
    def far(self) -> float | None:
        """False-alarm ratio: false alarms / warning episodes."""
        return _share(len(self.false_alarms), len(self.episodes))

    @property
    def csi(self) -> float | None:
        """Critical success index: hits / (hits + misses + false alarms)."""
        return _share(len(self.hits), len(self.hits) + len(self.misses) + len(self.false_alarms))

    @property
    def median_lead(self) -> timedelta | None:
        """Median time from warning to event over the hits."""
        leads = sorted(hit.lead for hit in self.hits)
        if not leads:
            return None
        half = len(leads) // 2
        return leads[half] if len(leads) % 2 else (leads[half - 1] + leads[half]) / 2


@dataclass(frozen=True, slots=True, kw_only=True)
class PastRun:
    """What is kept of a finished back-test, to say on the pack's page."""

    pack: str
    version: str
    at: datetime
    series: int
    events: int


def back_test(
    rules: RuleSet,
    *,
    series: Sequence[Series],
    events: Iterable[Observed] = (),
    from_level: int = 1,
    lead_window: timedelta = timedelta(hours=24),
) -> Report:
    """Run a pack over series and compare with what happened.

    `from_level` is the lowest level that counts as a warning; `lead_window` is how long before an event a warning may
    have begun and still be about it; a warning that stands is about everything while it stands.
    Raises: UnusableSeries.
    """
    if not series or not any(each.times for each in series):
        raise UnusableSeries("序列是空的,没有可回测的数据。")
    changes: list[Change] = []
    timelines: dict[str, tuple[Step, ...]] = {}
    for each in series:
        if each.place in timelines:
            raise UnusableSeries("{place} 出现了两条序列,请先合并。", place=each.place)
        mine = _run(rules, each)
        changes += mine
        timelines[each.place] = _timeline(mine, each)
    episodes = tuple(
        episode for place, steps in timelines.items() for episode in _episodes(place, steps, from_level)
    )
    hits, misses, useful = _match(episodes, sorted(events, key=lambda e: (e.at, e.place)), lead_window)
    return Report(
        pack=rules.pack,
        version=rules.version,
        from_level=from_level,
        hits=hits,
        misses=misses,
        false_alarms=tuple(episode for episode in episodes if episode not in useful),
        episodes=episodes,
        changes=tuple(sorted(changes, key=lambda change: (change.at, change.place))),
        timelines=timelines,
        from_at=min(each.times[0] for each in series if each.times),
        to_at=max(each.times[-1] for each in series if each.times),
    )


def note_on_tests(*, pack: str, version: str, runs: Iterable[PastRun]) -> Sentence:
    """What the pack's page says about testing. Another version's test does not count for this one."""
    mine = [run for run in runs if run.pack == pack and run.version == version]
    if not mine:
        return say("从未回测")
    series, events = sum(run.series for run in mine), sum(run.events for run in mine)
    return say("已回测{n}次,共{series}条序列、{events}次事件", n=len(mine), series=series, events=events)


def snapshots(rules: RuleSet, series: Series) -> Iterable[Snapshot]:
    """The place as it was known at each time of the series. Raises: UnusableSeries."""
    _check(rules, series)
    sums = [0, *accumulate(series.tenths)]
    broken = [
        at
        for before, at in zip(series.times, series.times[1:], strict=False)
        if at - before > series.gap_after
    ]
    for number, at in enumerate(series.times):
        rain = {}
        for window in rules.windows:
            begin = at - timedelta(minutes=window)
            first = bisect_right(series.times, begin, 0, number + 1)
            gaps = bisect_right(broken, at) - bisect_right(broken, begin)
            full = gaps == 0 and _reaches_back(series, begin)
            rain[window] = Rain(sums[number + 1] - sums[first], full)
        yield Snapshot(place=series.place, kind=series.kind, at=at, rain=rain, wetness=series.wetness)


def _reaches_back(series: Series, begin: datetime) -> bool:
    """Whether the first value's own step begins no later than the window."""
    step = series.times[1] - series.times[0] if len(series.times) > 1 else timedelta(0)
    return begin >= series.times[0] - min(step, series.gap_after)


def _check(rules: RuleSet, series: Series) -> None:
    if any(line.element is not Element.RAIN for line in rules.lines()):
        raise UnusableSeries("规则包 {pack} 含水位判据,雨量序列不能回测它。", pack=rules.pack)
    if len(series.times) != len(series.tenths):
        raise UnusableSeries(
            "{place} 有 {times} 个时间、{tenths} 个雨量,两者应一样多。",
            place=series.place,
            times=len(series.times),
            tenths=len(series.tenths),
        )
    for row, (before, at) in enumerate(zip(series.times, series.times[1:], strict=False), start=2):
        if at <= before:
            raise UnusableSeries(
                "{place} 第{row}行的时间不晚于上一行,请按时间排序并去重。", place=series.place, row=row
            )
    for row, value in enumerate(series.tenths, start=1):
        if value < 0:
            raise UnusableSeries("{place} 第{row}行雨量为负。", place=series.place, row=row)


def _run(rules: RuleSet, series: Series) -> list[Change]:
    state: State | None = None
    changes = []
    for snapshot in snapshots(rules, series):
        outcome = evaluate(rules, snapshot, state)
        state = outcome.state
        if outcome.change is not None:
            changes.append(outcome.change)
    return changes


def _timeline(changes: Sequence[Change], series: Series) -> tuple[Step, ...]:
    moves = (Move.RAISED, Move.LOWERED, Move.CLEARED)
    steps = [Step(change.at, change.level) for change in changes if change.move in moves]
    if series.times and (not steps or steps[0].at > series.times[0]):
        steps.insert(0, Step(series.times[0], 0))
    return tuple(steps)


def _episodes(place: str, steps: Sequence[Step], from_level: int) -> Iterable[Episode]:
    start: datetime | None = None
    highest = 0
    for step in steps:
        if step.level >= from_level:
            start = start or step.at
            highest = max(highest, step.level)
        elif start is not None:
            yield Episode(place=place, start=start, until=step.at, level=highest)
            start, highest = None, 0
    if start is not None:
        yield Episode(place=place, start=start, until=None, level=highest)


def _match(
    episodes: Sequence[Episode], events: Sequence[Observed], window: timedelta
) -> tuple[tuple[Hit, ...], tuple[Observed, ...], set[Episode]]:
    """Each event takes the latest episode at its place that began before it and still stood or began in the window."""
    hits: list[Hit] = []
    misses: list[Observed] = []
    useful: set[Episode] = set()
    by_place: dict[str, list[Episode]] = {}
    for episode in episodes:
        by_place.setdefault(episode.place, []).append(episode)
    for event in events:
        mine = by_place.get(event.place, [])
        latest = bisect_right([episode.start for episode in mine], event.at) - 1
        last = mine[latest] if latest >= 0 else None
        if last is not None and (_stands(last, event.at) or event.at - last.start <= window):
            hits.append(Hit(event=event, warned_at=last.start))
            useful.add(last)
        else:
            misses.append(event)
    return tuple(hits), tuple(misses), useful


def _stands(episode: Episode, at: datetime) -> bool:
    return episode.until is None or at < episode.until


def _share(part: int, whole: int) -> float | None:
    return part / whole if whole else None
