"""The loops under `RainFold`: how much rain slots and counters prove together, over minutes of the last 25 hours.

A slot (22, F4) proves what it measured in its five minutes, a counter (26, 20) what it grew by between two readings, 1A
its hour. What has fallen by each minute is the least that gives every span its due: over spans apart from each other
that is the heaviest chain of them, so no rain counts twice and the whole is never more than what fell. Within that,
what only a counter proves lies evenly over those slots of its gap of which nothing finer is told.

``cells[gauge, kind, minute % MINUTES]`` and ``made`` hold tenths of a millimetre plus one; 0 is nothing told.
"""

import numpy as np

from anlan.science.jit import Bools, Int32s, Int64s, njit

MINUTES = 1500
DAY, HOUR, SLOT = 1440, 60, 5  # a rain day begins at 08:00 in Beijing, which is 00:00 UTC
LONG_AGO = np.iinfo(np.int64).min
MEASURED, TOTAL, OF_DAY, OF_HOUR, NEWEST, BEGUN = range(6)
_NEVER = 1 << 60
_MODULUS = 1_000_000  # a counter of six digits, 0.1 mm
_MOST_STEPS = 3  # a level may have moved unseen for longer, but then a second reading has to say so


@njit
def put(cells: Int32s, made: Int32s, told: Int64s, row: int, kind: int, minute: int, value: int) -> int:
    """Write down what was told; the first minute whose rain may change by it, -1 where it tells nothing new.

    ``told`` is when each kind was told last: a counter reading older than that is left as it is.
    """
    newest = told[row, NEWEST]
    if minute <= newest - MINUTES:
        return -1
    if minute >= newest + MINUTES:
        told[row, BEGUN] = minute
    for gone in range(max(newest + 1, minute - MINUTES + 1), minute + 1):
        cells[row, :, gone % MINUTES] = 0
        made[row, gone % MINUTES] = 0
    told[row, NEWEST] = max(newest, minute)
    at = minute % MINUTES
    late = kind in (TOTAL, OF_DAY) and minute < told[row, kind]  # its clock went back, or it was on its way
    if late or cells[row, kind, at] == value + 1:
        return -1
    cells[row, kind, at], told[row, kind] = value + 1, max(minute, told[row, kind])
    if kind == MEASURED:
        made[row, at] = 0
    return minute - (HOUR if kind == OF_HOUR else SLOT)


@njit
def settle(
    cells: Int32s, made: Int32s, told: Int64s, since: int, steps: Int64s
) -> tuple[Int64s, Int64s, Bools]:
    """Work out one gauge's rain from minute ``since`` on; where it changed: minutes, tenths, whether it is spread.

    ``cells`` and ``made`` are of this gauge, ``steps`` what its counters (26, 20) may grow by in five minutes.
    """
    size = _back(cells, told, since)
    while True:
        origin = told[NEWEST] - size + 1
        start, grown = np.full((4, size), -1, np.int64), np.zeros((4, size), np.int64)
        low = _spans(cells, origin, max(since - origin, 0), steps, start, grown)
        low = _cut(start, low)
        known = max(_first(cells[TOTAL], origin, size), _first(cells[OF_DAY], origin, size), HOUR)
        if low >= known or size == MINUTES:
            break
        size = MINUTES
    if size == MINUTES and origin > told[BEGUN]:
        low = max(
            low, min(_first(cells[TOTAL], origin, size) or size, _first(cells[OF_DAY], origin, size) or size)
        )
    start = np.where(start < low, -1, start)
    spread = np.zeros(size, np.bool_)
    want, is_part = _wanted(start, grown, origin, low, spread)
    fallen = _fallen(start, grown, want, low)
    return _made(start, grown, fallen, is_part, cells[MEASURED], made, origin, low, spread)


@njit
def _back(cells: Int32s, told: Int64s, since: int) -> int:
    """Over how many minutes to look: three hours before the counter readings that ``since`` follows."""
    first = since
    for kind in (TOTAL, OF_DAY):
        if told[kind] > told[NEWEST] - MINUTES:
            at = since
            while at > told[NEWEST] - MINUTES and cells[kind, at % MINUTES] == 0:
                at -= 1
            first = min(first, at)
    return int(min(told[NEWEST] - first + 3 * HOUR, MINUTES))


@njit
def _spans(cells: Int32s, origin: int, changed: int, steps: Int64s, start: Int64s, grown: Int64s) -> int:
    """What each reading proves, by the minute at which it ends; the first minute that the readings since ``changed`` touch."""
    low = changed
    for kind in (TOTAL, OF_DAY):
        touched = _count(
            cells[kind], origin, changed, steps[kind - 1], kind == OF_DAY, start[kind], grown[kind]
        )
        low = min(low, touched)
    last = -SLOT
    for i in range(start.shape[1]):
        at = (origin + i) % MINUTES
        if cells[MEASURED, at]:
            start[MEASURED, i], grown[MEASURED, i] = max(i - SLOT, last, 0), cells[MEASURED, at] - 1
            last = i
        if cells[OF_HOUR, at] and i >= HOUR:
            start[OF_HOUR, i], grown[OF_HOUR, i] = i - HOUR, cells[OF_HOUR, at] - 1
    return low


@njit
def _count(
    told: Int32s, origin: int, changed: int, step: int, is_daily: bool, start: Int64s, grown: Int64s
) -> int:
    """The spans of a counter and what it grew by; the first minute whose spans the readings since ``changed`` touch.

    What it shows after it fell has fallen since, if that can be; else it proves nothing. A leap beyond what can fall
    waits: a second reading up there bears it out. Where it is back at what it showed before it fell, it never fell.
    """
    low = changed
    base, base_value, held, held_value, old, old_value = -1, 0, -1, 0, -1, 0
    for i in range(start.size):
        value = told[(origin + i) % MINUTES] - 1
        if value < 0:
            continue
        if base < 0:
            base, base_value = i, value
            continue
        since, before = base, base_value
        began = (origin + i - 1) // DAY * DAY - origin
        if is_daily and base <= began:
            since, before, held, old = began, 0, -1, -1
        more = value - before
        most = step * -(-(i - since) // SLOT)
        if more < 0 and not is_daily and 0 <= more + _MODULUS <= most:
            more += _MODULUS
        if more > most and old >= 0 and 0 <= value - old_value <= step * -(-(i - old) // SLOT):
            start[old + 1 : i] = -1
            since, more, old = old, value - old_value, -1
        elif more > most and held > since and 0 <= value - held_value <= step * -(-(i - held) // SLOT):
            start[held], grown[held] = since, held_value - before
            low = min(low, since) if i >= changed else low
            since, more, held = held, value - held_value, -1
        elif more > most:
            held, held_value = i, value
            continue
        elif more < 0:
            old, old_value, held = base, base_value, -1
            more = value if value <= most else 0
        if since >= 0 and i - since <= DAY:
            start[i], grown[i] = since, more
        if i >= changed:
            low = min(low, max(since, 0))
        base, base_value = i, value
    return low


@njit
def _first(told: Int32s, origin: int, size: int) -> int:
    """The first reading of a counter in sight, 0 where there is none: what ended before it, nobody knows here."""
    for i in range(size):
        if told[(origin + i) % MINUTES]:
            return i
    return 0


@njit
def _cut(start: Int64s, low: int) -> int:
    """The last minute up to ``low`` that no span crosses."""
    size = reach = start.shape[1]
    for end in range(size - 1, -1, -1):
        if reach >= end and end <= low:
            return end
        for kind in range(4):
            if start[kind, end] >= 0:
                reach = min(reach, start[kind, end])
    return 0


@njit
def _wanted(start: Int64s, grown: Int64s, origin: int, low: int, spread: Bools) -> tuple[Int64s, Bools]:
    """Rain by minute, span by span from the shortest: what a span proves beyond the finer ones lies evenly in its gap."""
    size = start.shape[1]
    want, is_part = np.zeros(size, np.int64), np.zeros(size, np.bool_)
    finer = np.zeros(size, np.bool_)
    count = 0
    spans = np.empty((4 * (size - low), 3), np.int64)
    for end in range(low + 1, size):
        for kind in range(4):
            if start[kind, end] >= 0:
                spans[count] = (4 * (end - start[kind, end]) + kind, kind, end)
                count += 1
    for n in np.argsort(spans[:count, 0], kind="mergesort"):
        kind, end = spans[n, 1], spans[n, 2]
        first = start[kind, end]
        more = max(grown[kind, end] - want[first + 1 : end + 1].sum(), 0)
        if kind == MEASURED:
            want[end] += more
        else:
            _lay(want, is_part, spread, finer, origin, first, end, more)
        finer[first + 1 : end + 1] = True
    return want, is_part


@njit
def _lay(
    want: Int64s, is_part: Bools, spread: Bools, finer: Bools, origin: int, first: int, end: int, more: int
) -> None:
    """Even parts, one a slot, the last where the gap ends; first of all in slots of which nothing finer is told."""
    slot = (-(-(origin + first) // SLOT) + 1) * SLOT - origin
    slot = end if end - first <= SLOT else min(slot, end)
    free = 0
    total = 0
    for at in range(slot, end + SLOT, SLOT):
        total += 1
        free += not finer[min(at, end)]
    if free == 0 and more == 0:
        return
    parts, part = free or total, 0
    for at in range(slot, end + SLOT, SLOT):
        at = min(at, end)
        if free and finer[at]:
            continue
        want[at] += more * (part + 1) // parts - more * part // parts
        part += 1
        is_part[at] = True
        spread[at] = parts > 1


@njit
def _fallen(start: Int64s, grown: Int64s, want: Int64s, low: int) -> Int64s:
    """What has fallen by each minute: as wanted, where every span gets its due and the whole is the least that does."""
    size = start.shape[1]
    fallen, rest = np.zeros(size, np.int64), np.zeros(size, np.int64)
    for end in range(size - 1, low, -1):
        rest[end - 1] = max(rest[end - 1], rest[end])
        for kind in range(4):
            first = start[kind, end]
            if first >= 0:
                rest[first] = max(rest[first], rest[end] + grown[kind, end])
    for end in range(low + 1, size):
        least = fallen[end - 1]
        for kind in range(4):
            first = start[kind, end]
            if first >= 0:
                least = max(least, fallen[first] + grown[kind, end])
        fallen[end] = min(max(fallen[end - 1] + want[end], least), rest[low] - rest[end])
    return fallen


@njit
def _made(
    start: Int64s,
    grown: Int64s,
    fallen: Int64s,
    is_part: Bools,
    measured: Int32s,
    made: Int32s,
    origin: int,
    low: int,
    spread: Bools,
) -> tuple[Int64s, Int64s, Bools]:
    """What is to stand beside the measured, by minute, where it is not what stands there already.

    More than a slot measured goes into the minute before the slot's own.
    """
    size = start.shape[1]
    aim = np.full(size, -1, np.int64)
    for i in range(low + 1, size):
        more = fallen[i] - fallen[i - 1]
        if more > 0 or is_part[i]:
            aim[i] = more
    over = 0
    for end in range(low + 1, size):
        first = start[MEASURED, end]
        if first < 0:
            continue
        over += fallen[end] - fallen[first] - grown[MEASURED, end]
        aim[first + 1 : end + 1] = -1
        if over > 0 and end - 1 > first:
            aim[end - 1], spread[end - 1], over = over, True, 0
    at, tenths, is_spread = (
        np.empty(size, np.int64),
        np.empty(size, np.int64),
        np.empty(size, np.bool_),
    )
    count = 0
    for i in range(low + 1, size):
        cell = (origin + i) % MINUTES
        want = 0 if aim[i] < 0 and made[cell] > 1 else aim[i]
        if want >= 0 and made[cell] != want + 1 and not measured[cell]:
            made[cell] = want + 1
            at[count], tenths[count], is_spread[count] = origin + i, want, spread[i]
            count += 1
    return at[:count], tenths[:count], is_spread[:count]


@njit
def follow(
    value: Int64s,
    at_ms: Int64s,
    held: Int64s,
    held_ms: Int64s,
    near: Int32s,
    rows: Int32s,
    ats: Int64s,
    values: Int64s,
    step: int,
    step_ms: int,
    is_counter: bool,
    is_daily: bool,
) -> tuple[Bools, Bools]:
    """Which readings of one element leap further than can be, and which counters started over.

    A leap is not believed until a second reading bears it out, or a neighbour leapt the same way within the hour; what
    comes next is held against the last believed one.
    """
    leaps, back = np.zeros(rows.size, np.bool_), np.zeros(rows.size, np.bool_)
    for n in range(rows.size):
        row, at, new = rows[n], ats[n], values[n]
        if at <= max(at_ms[row], held_ms[row]):
            continue
        before, since = value[row], at_ms[row]
        if since != LONG_AGO:
            began = (at - 1) // (DAY * 60_000) * (DAY * 60_000)
            if is_daily and since <= began:
                before, since = 0, began
            most = step * max(-(-(at - since) // step_ms), 1)
            like = step * max(-(-(at - held_ms[row]) // step_ms), 1) if held_ms[row] > since else -1
            if not is_counter:
                most, like = min(most, _MOST_STEPS * step), min(like, _MOST_STEPS * step)
            grown = new - before
            if is_counter and grown < 0:
                back[n] = not 0 <= grown + _MODULUS <= most
                grown = new if back[n] else grown + _MODULUS
            leaps[n] = abs(grown) > most and abs(new - held[row]) > like
            if leaps[n] and near[row] >= 0 and not is_counter:
                beside = (
                    (near == near[row]) & (held_ms > at - HOUR * 60_000) & ((held > value) == (grown > 0))
                )
                beside[row] = False
                leaps[n] = not beside.any()
        if leaps[n]:
            held[row], held_ms[row] = new, at
        else:
            value[row], at_ms[row], held_ms[row] = new, at, LONG_AGO
    return leaps, back


@njit
def take(cells: Int32s, made: Int32s, told: Int64s, steps: Int64s, news: Int64s) -> Int64s:
    """Take in news (row, kind, minute, tenths, number) grouped by row; what counts now: (number, minute, tenths, spread)."""
    found, count = np.empty((64, 4), np.int64), 0
    begin = 0
    while begin < len(news):
        row, end, since = news[begin, 0], begin, _NEVER
        while end < len(news) and news[end, 0] == row:
            first = put(cells, made, told, row, news[end, 1], news[end, 2], news[end, 3])
            since = min(since, first) if first >= 0 else since
            end += 1
        if since < _NEVER and cells[row, TOTAL:].any():
            at, tenths, is_spread = settle(cells[row], made[row], told[row], since, steps)
            while count + at.size > len(found):
                found = np.concatenate((found, np.empty_like(found)))
            for n in range(at.size):
                found[count, 0], found[count, 1] = news[end - 1, 4], at[n]
                found[count, 2], found[count, 3] = tenths[n], is_spread[n]
                count += 1
        begin = end
    return found[:count]
