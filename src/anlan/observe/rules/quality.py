"""质量标记: what makes a reading doubtful. Flags mark; nothing is thrown away for them.

Limits come from the quality pack (packs/observe/quality.toml), in the unit of the element; here they are whole numbers of the
element's last decimal, as readings are.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import IntFlag
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from anlan.science.jit import Bools, Int32s, Int64s
from anlan.wire.sl651.elements import ELEMENTS

Flags = NDArray[np.int16]


class Flag(IntFlag):
    """Why a reading is doubtful; several may hold. The bits are those that the store keeps."""

    MISSING = 1
    RANGE = 2
    RATE = 4
    CLOCK = 8
    LATE = 16
    RESET = 32
    ROUNDED = 64
    MANUAL = 128
    DERIVED = 256
    SPREAD = 512
    STAMP = 1024


NAMES: Final = {
    Flag.MISSING: "缺测",
    Flag.RANGE: "超出合理范围",
    Flag.RATE: "变率过大",
    Flag.CLOCK: "时钟偏差",
    Flag.LATE: "迟到",
    Flag.RESET: "累计重新起算",
    Flag.ROUNDED: "精度已化整",
    Flag.MANUAL: "人工录入",
    Flag.DERIVED: "由累计值推算",
    Flag.SPREAD: "间隔长，均摊",
    Flag.STAMP: "时刻待核实",
}


DOUBTFUL: Final = Flag.RANGE | Flag.RATE
"""可疑: no rule may go by such a reading; a leap (RATE) waits for a second reading, a neighbour or an officer."""


def believed(flags: Flags) -> Bools:
    """Which readings rules may go by."""
    return np.asarray((flags & (Flag.MISSING | DOUBTFUL)) == 0)


def names(flags: int) -> list[str]:
    """The flags in Chinese source words."""
    return [name for flag, name in NAMES.items() if flags & flag]


DECIMALS: Final = np.array(
    [ELEMENTS[f"{code:02X}"].decimals if f"{code:02X}" in ELEMENTS else 0 for code in range(256)], np.int64
)
_POWERS: Final = 10 ** np.arange(19, dtype=np.int64)


def in_resolution(value: Int64s, decimals: Int64s, code: Int32s) -> tuple[Int64s, Bools]:
    """Digits as sent → whole numbers of the element's last decimal (table C.1); True where digits had to go.

    Codes above FF (extensions, no table) keep their digits.
    """
    step = np.where(code < 256, DECIMALS[np.minimum(code, 255)] - decimals, 0)
    finer = step < 0
    scaled = value * _POWERS[np.where(finer, 0, step)]
    if not finer.any():
        return scaled, finer
    divisor = _POWERS[np.where(finer, -step, 0)]
    half = np.sign(value) * (divisor // 2)
    rounded = np.where(finer, np.fix((value + half) / divisor).astype(np.int64), scaled)
    return rounded, finer & (value % divisor != 0)


@dataclass(frozen=True)
class Steps:
    """How far an element may go in a while: `highest_step` each begun `step_s`; a counter only grows."""

    code: int
    highest_step: int
    step_s: int
    is_counter: bool
    is_daily: bool = False  # starts over at 08:00 in Beijing


@dataclass(frozen=True)
class Limits:
    """The quality pack as tables over the guide byte. Times in milliseconds."""

    ahead_ms: int
    late_ms: int
    refuse_ahead_ms: int
    refuse_past_ms: int
    lowest: Int64s
    highest: Int64s
    steps: tuple[Steps, ...]


_FAR: Final = 1 << 60
HOUR_MS: Final = 3_600_000
RAIN_SLOT: Final = 0x22
HOUR_SLOTS: Final = (0xF4, 0xFC)
"""First and last of the elements that hold twelve five-minute values of one hour."""


def limits_of(data: Mapping[str, Any]) -> Limits:
    """Read a quality pack's data."""
    lowest, highest = np.full(256, -_FAR, np.int64), np.full(256, _FAR, np.int64)
    steps = []
    for row in data["element"]:
        code = int(row["code"], 16)
        lowest[code], highest[code] = _whole(row["lowest"], code), _whole(row["highest"], code)
        if "highest_step" in row:
            step = _whole(row["highest_step"], code)
            seconds = int(row["step_minutes"]) * 60
            steps.append(Steps(code, step, seconds, bool(row.get("counter")), bool(row.get("daily"))))
    for table in (lowest, highest):
        table[HOUR_SLOTS[0]] = table[RAIN_SLOT]  # twelve of them in an hour
    clock = data["clock"]
    return Limits(
        ahead_ms=int(clock["ahead_s"]) * 1000,
        late_ms=int(clock["late_s"]) * 1000,
        refuse_ahead_ms=int(clock["refuse_ahead_s"]) * 1000,
        refuse_past_ms=int(clock["refuse_past_days"]) * 86_400_000,
        lowest=lowest,
        highest=highest,
        steps=tuple(steps),
    )


def _whole(value: int | Decimal, code: int) -> int:
    return int(Decimal(value).scaleb(int(DECIMALS[code])))


def flag(
    limits: Limits, *, code: Int32s, value: Int64s, missing: Bools, at_ms: Int64s, known_ms: Int64s
) -> Flags:
    """The flags that one reading shows by itself: range, clock, late, missing.

    The slots of an hour (F4..FC) come when the hour is over: late is what comes later than that.
    """
    flags = np.zeros(code.size, np.int16)
    guide = np.minimum(code, 255)
    outside = (code < 256) & ~missing & ((value < limits.lowest[guide]) | (value > limits.highest[guide]))
    flags[outside] |= Flag.RANGE
    flags[at_ms > known_ms + limits.ahead_ms] |= Flag.CLOCK
    of_an_hour = (code >= HOUR_SLOTS[0]) & (code <= HOUR_SLOTS[1])
    flags[at_ms < known_ms - limits.late_ms - np.where(of_an_hour, HOUR_MS, 0)] |= Flag.LATE
    flags[missing] |= Flag.MISSING
    return flags


def is_absurd(limits: Limits, *, at_ms: Int64s, known_ms: Int64s) -> Bools:
    """Dated so wrongly that the reading cannot be placed in time: for the quarantine, until somebody looks."""
    return (at_ms > known_ms + limits.refuse_ahead_ms) | (at_ms < known_ms - limits.refuse_past_ms)
