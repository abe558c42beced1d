"""What the writer remembers of each series, so that it can tell a repeat from news without asking the disk."""

import numpy as np

from anlan.observe.store.columns import Columns
from anlan.science.jit import Int8s, Int16s, Int32s, Int64s, njit

NEW, REPEATED, CORRECTION, ASK = range(4)


class Recent:
    """The newest readings of each series, by observed time.

    ``every``: for frames, where several stand at one time and one seen before is a repeat whatever came after it;
    for readings only the value known last counts. Below its floor a series must be looked up in the file.
    """

    def __init__(self, depth: int, *, every: bool) -> None:
        self._depth = depth
        self._every = every
        self._make(0)

    def _make(self, size: int) -> None:
        self._at = np.zeros((size, self._depth), np.int64)
        self._value = np.zeros((size, self._depth), np.int64)
        self._quality = np.zeros((size, self._depth), np.int16)
        self._count = np.zeros(size, np.int32)
        self._floor = np.zeros(size, np.int64)

    def judge(self, rows: Columns, series: int) -> Int8s:
        """NEW, REPEATED, CORRECTION or ASK for each row, which is remembered at once; ``series`` there are."""
        self._grow(series)
        verdict = np.empty(len(rows), np.int8)
        memory = (self._at, self._value, self._quality, self._count, self._floor)
        _judge(rows.key, rows.at, rows.value, rows.quality, *memory, self._every, verdict)
        return verdict

    def load(self, rows: Columns, series: int, since: int) -> None:
        """Remember stored rows (in order of arrival) instead of all before; older than ``since`` needs asking."""
        self._make(series)
        self.judge(rows, series)
        np.maximum(self._floor, since, out=self._floor)

    def _grow(self, series: int) -> None:
        have = self._count.size
        if series <= have:
            return
        more = max(series, 2 * have, 1024) - have
        self._at = np.concatenate([self._at, np.zeros((more, self._depth), np.int64)])
        self._value = np.concatenate([self._value, np.zeros((more, self._depth), np.int64)])
        self._quality = np.concatenate([self._quality, np.zeros((more, self._depth), np.int16)])
        self._count = np.concatenate([self._count, np.zeros(more, np.int32)])
        self._floor = np.concatenate([self._floor, np.zeros(more, np.int64)])


@njit
def _judge(
    keys: Int32s,
    ats: Int64s,
    values: Int64s,
    qualities: Int16s,
    at: Int64s,
    value: Int64s,
    quality: Int16s,
    count: Int32s,
    floor: Int64s,
    every: bool,
    verdict: Int8s,
) -> None:
    for i in range(keys.size):
        k = keys[i]
        if ats[i] < floor[k]:
            verdict[i] = ASK
            continue
        place = count[k]
        while place > 0 and at[k, place - 1] > ats[i]:
            place -= 1
        verdict[i] = _compare(k, place, ats[i], values[i], qualities[i], at, value, quality, every)
        if verdict[i] == NEW:
            _remember(k, place, ats[i], values[i], qualities[i], at, value, quality, count, floor)


@njit
def _compare(
    k: int,
    place: int,
    when: int,
    what: int,
    how: int,
    at: Int64s,
    value: Int64s,
    quality: Int16s,
    every: bool,
) -> int:
    j = place - 1
    if j < 0 or at[k, j] != when:
        return NEW
    if not every:
        if value[k, j] == what and quality[k, j] == how:
            return REPEATED
        value[k, j] = what
        quality[k, j] = how
        return CORRECTION
    while j >= 0 and at[k, j] == when:
        if value[k, j] == what:
            return REPEATED
        j -= 1
    return NEW


@njit
def _remember(
    k: int,
    place: int,
    when: int,
    what: int,
    how: int,
    at: Int64s,
    value: Int64s,
    quality: Int16s,
    count: Int32s,
    floor: Int64s,
) -> None:
    depth = at.shape[1]
    if count[k] == depth:
        if place == 0:
            floor[k] = when + 1
            return
        floor[k] = at[k, 0] + 1
        place -= 1
        for j in range(place):
            at[k, j] = at[k, j + 1]
            value[k, j] = value[k, j + 1]
            quality[k, j] = quality[k, j + 1]
    else:
        for j in range(count[k], place, -1):
            at[k, j] = at[k, j - 1]
            value[k, j] = value[k, j - 1]
            quality[k, j] = quality[k, j - 1]
        count[k] += 1
    at[k, place] = when
    value[k, place] = what
    quality[k, place] = how
