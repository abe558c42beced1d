"""The loops under `RainWindows`, over plain arrays.

``parts[slot % SLOTS, gauge, minute]`` holds each reading of the last 24 hours in tenths of a millimetre, -1 where
there is none, so that a repeat, a late reading and a correction all land on the cell of their own minute.
``sums`` and ``seen`` are what each window ending with slot ``head`` adds up to, kept current by difference.
"""

import numpy as np

from anlan.science.jit import Bools, Int8s, Int16s, Int32s, Int64s, njit

PARTS = 5
SLOTS = 289  # 24 h, and the slot that left them last: the window before this one can still be read
NONE = -1
MOST = 32_766  # 3.2 m of rain in one reading is no rain

STORED, REPEATED, CORRECTED, TOO_OLD, TOO_EARLY, UNKNOWN, OUT_OF_RANGE = range(7)


@njit
def cell(parts: Int16s, row: int, gauge: int) -> tuple[int, int]:
    """What one gauge had in one slot, and whether it had anything."""
    total = 0
    seen = 0
    for k in range(PARTS):
        value = parts[row, gauge, k]
        if value >= 0:
            total += value
            seen = 1
    return total, seen


@njit
def advance(parts: Int16s, sums: Int32s, seen: Int16s, lengths: Int64s, head: int, to: int) -> None:
    """Move the newest slot from ``head`` to ``to``; what falls out of a window leaves its sum."""
    for now in range(head + 1, to + 1):
        for w in range(lengths.size):
            row = (now - lengths[w]) % SLOTS
            for g in range(parts.shape[1]):
                total, had = cell(parts, row, g)
                sums[w, g] -= total
                seen[w, g] -= had
        parts[now % SLOTS] = NONE


@njit
def push(
    parts: Int16s,
    sums: Int32s,
    seen: Int16s,
    lengths: Int64s,
    head: int,
    gauges: Int32s,
    minutes: Int64s,
    values: Int32s,
    touched: Bools,
    status: Int8s,
) -> None:
    """Put each reading in its own minute and carry the difference into the sums."""
    for i in range(gauges.size):
        g = gauges[i]
        slot = (minutes[i] + PARTS - 1) // PARTS
        age = head - slot
        if g < 0 or age < 0 or age >= SLOTS or values[i] < NONE or values[i] > MOST:
            status[i] = _refusal(g, age, values[i])
            continue
        part = (minutes[i] + PARTS - 1) % PARTS
        status[i] = _replace(parts, sums, seen, lengths, slot % SLOTS, age, g, part, values[i])
        if status[i] != REPEATED:
            touched[g] = True


@njit
def _refusal(gauge: int, age: int, value: int) -> int:
    if gauge < 0:
        return UNKNOWN
    if value < NONE or value > MOST:
        return OUT_OF_RANGE
    return TOO_EARLY if age < 0 else TOO_OLD


@njit
def _replace(
    parts: Int16s,
    sums: Int32s,
    seen: Int16s,
    lengths: Int64s,
    row: int,
    age: int,
    g: int,
    part: int,
    value: int,
) -> int:
    old = parts[row, g, part]
    if old == value:
        return REPEATED
    _, had = cell(parts, row, g)
    parts[row, g, part] = value
    _, has = cell(parts, row, g)
    more = max(value, 0) - max(old, 0)
    for w in range(lengths.size - 1, -1, -1):
        if age >= lengths[w]:
            break
        sums[w, g] += more
        seen[w, g] += has - had
    return STORED if old == NONE else CORRECTED


@njit
def recount(parts: Int16s, sums: Int32s, seen: Int16s, lengths: Int64s, head: int) -> None:
    """Make sums and seen anew from the readings."""
    sums[:] = 0
    seen[:] = 0
    for w in range(lengths.size):
        for back in range(lengths[w]):
            row = (head - back) % SLOTS
            for g in range(parts.shape[1]):
                total, had = cell(parts, row, g)
                sums[w, g] += total
                seen[w, g] += had


@njit
def read(
    parts: Int16s,
    sums: Int32s,
    seen: Int16s,
    lengths: Int64s,
    head: int,
    running: bool,
    gauges: Int32s,
    out_sums: Int32s,
    out_seen: Int16s,
) -> None:
    """For each gauge and window: the sum that counts now, and how many of its slots have a reading.

    While slot ``head`` still runs, the window of full slots before it counts too, and the larger is taken:
    otherwise the first tip after five past would hide the hour that has just ended.
    """
    for i in range(gauges.size):
        g = gauges[i]
        newest, newest_seen = cell(parts, head % SLOTS, g)
        for w in range(lengths.size):
            total = sums[w, g]
            has = seen[w, g]
            if running:
                oldest, oldest_seen = cell(parts, (head - lengths[w]) % SLOTS, g)
                before = total - newest + oldest
                before_has = has - newest_seen + oldest_seen
                if before > total or (before == total and before_has > has):
                    total, has = before, before_has
            out_sums[w, i] = total
            out_seen[w, i] = has


@njit
def classify(
    sums: Int32s,
    gauges: Int32s,
    classes: Int32s,
    rise: Int32s,
    hold: Int32s,
    level: Int8s,
    cause: Int8s,
    changed: Bools,
) -> None:
    """Levels with hysteresis: up at the line, down only when below what holds the level.

    ``cause`` becomes the shortest window that reaches the new level, -1 after a fall.
    """
    for i in range(gauges.size):
        g = gauges[i]
        c = classes[g]
        up, window = _highest(sums, i, rise, c)
        now = up
        if up < level[g]:
            held, _ = _highest(sums, i, hold, c)
            now = max(up, min(held, level[g]))
        changed[i] = now != level[g]
        cause[i] = window if now > level[g] else NONE
        level[g] = now


@njit
def _highest(sums: Int32s, i: int, lines: Int32s, c: int) -> tuple[int, int]:
    best = 0
    window = NONE
    for w in range(lines.shape[1]):
        for k in range(lines.shape[2] - 1, best - 1, -1):
            if sums[w, i] >= lines[c, w, k]:
                best = k + 1
                window = w
                break
    return best, window


@njit
def blank(gauges: int) -> Int16s:
    """An empty ring."""
    return np.full((SLOTS, gauges, PARTS), NONE, np.int16)
