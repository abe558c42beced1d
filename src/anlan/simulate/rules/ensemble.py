"""集合 ensembles: how members differ, what a member's rain is, and what many answers say together. Shares of scenarios, never more.

Each member draws from its own stream of the seed: member 7 of ten is member 7 of two hundred, on every machine.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from anlan.simulate.rules.verdict import Reason

LEAST, MOST = 10, 200
"""Members of an ensemble: fewer say nothing about shares, more cost without telling more."""
SIGMAS = 2.5
"""A draw goes no further than this: the normal law has no say in what cannot be."""
LOW, HIGH = 0.1, 0.9
STEP_MIN = 5
LOOK_MIN = STEP_MIN / 2
"""Members are looked at twice in a step of their rain: what they differ by is more than what the water does in between."""
NEVER = -1
"""In arrivals: water of 0.3 m never came to a home."""
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]


@dataclass(frozen=True, kw_only=True)
class Spread:
    """离散度: one sigma of ln amount, of the place of the rain (m, each way), of when it falls (minutes)."""

    amount: float
    shift_m: float
    timing_min: float


@dataclass(frozen=True, kw_only=True)
class Member:
    """成员: its number from 1, the rain times `factor`, so far to the east and north, so many minutes late (below 0: early)."""

    number: int
    factor: float
    east_m: float
    north_m: float
    late_min: int


def draw(*, seed: int, members: int, spread: Spread) -> tuple[Member, ...]:
    """The members of a seed, in order. Lateness is in whole steps of rain."""
    return tuple(_one(seed, number, spread) for number in range(1, members + 1))


def _one(seed: int, number: int, spread: Spread) -> Member:
    random = np.random.Generator(np.random.PCG64(np.random.SeedSequence(seed, spawn_key=(number,))))
    amount, east, north, late = np.clip(random.standard_normal(4), -SIGMAS, SIGMAS).tolist()
    return Member(
        number=number,
        factor=round(float(np.exp(spread.amount * amount)), 3),
        east_m=float(round(spread.shift_m * east)),
        north_m=float(round(spread.shift_m * north)),
        late_min=STEP_MIN * round(spread.timing_min * late / STEP_MIN),
    )


def coming(tenths: Floats, member: Member, *, fallen: int, dry_before: bool) -> Floats:
    """The rain of a member from minute 0 on: (gauges, steps to come) in the units given.

    Args:
        tenths: (gauges, steps) five-minute sums, the first `fallen` of them observed.
        dry_before: nothing falls before the series begins (a design rain); else its first step stands for what was before.

    What has fallen is known and is not drawn: a late member repeats its end, an early one is ahead of it.
    """
    steps = tenths.shape[1]
    asked = np.arange(fallen, steps) - member.late_min // STEP_MIN
    told = tenths[:, np.clip(asked, 0, steps - 1)] * member.factor
    if dry_before:
        told[:, asked < 0] = 0.0
    return np.asarray(told)


def distinct(tenths: Floats) -> tuple[list[int], Floats]:
    """Steps at which the rain changes, and the rain from each on."""
    same = (tenths[:, 1:] == tenths[:, :-1]) | (np.isnan(tenths[:, 1:]) & np.isnan(tenths[:, :-1]))
    changes = [0, *(np.nonzero(~same.all(axis=0))[0] + 1).tolist()]
    return changes, np.asarray(tenths[:, changes])


@dataclass(frozen=True, kw_only=True)
class Together:
    """What members say of one village: median, low and high depth (cm), in how many of a hundred water comes to a home, and when.

    arrives_min: the median of those in which it comes; None where it comes in none. households: the median of all.
    """

    depth_cm: int
    low_cm: int
    high_cm: int
    share_percent: int
    arrives_min: int | None
    earliest_min: int | None
    latest_min: int | None
    households: int


def together(*, depth_cm: Ints, arrives_min: Ints, households: Ints) -> Together:
    """Members' answers for one village in one. Whole numbers, so that their order could not matter.

    >>> told = together(depth_cm=np.array([0, 20, 90]), arrives_min=np.array([-1, -1, 40]), households=np.array([0, 0, 3]))
    >>> told.depth_cm, told.share_percent, told.arrives_min
    (20, 33, 40)
    """
    came = arrives_min[arrives_min != NEVER]
    return Together(
        depth_cm=quantile(depth_cm, 0.5),
        low_cm=quantile(depth_cm, LOW),
        high_cm=quantile(depth_cm, HIGH),
        share_percent=percent(came.size, depth_cm.size),
        arrives_min=quantile(came, 0.5) if came.size else None,
        earliest_min=int(came.min()) if came.size else None,
        latest_min=int(came.max()) if came.size else None,
        households=quantile(households, 0.5),
    )


def quantile(values: Ints, share: float) -> int:
    """The value that a share of the members does not exceed: one that a member gave, never one between two."""
    return int(np.quantile(values, share, method="inverted_cdf"))


def percent(count: int, whole: int) -> int:
    """A share in whole percent that never rounds some to none or most to all."""
    if count in (0, whole):
        return 100 * (count > 0)
    return min(max(round(100 * count / whole), 1), 99)


def reasons(*, members: int, excluded: int, most_percent: int, stopped: bool) -> list[Reason]:
    """Why an ensemble may not speak: too many of its members refused themselves, or it was stopped."""
    if stopped:
        return [Reason("没有算完就被叫停，不下结论。请重新排上。")]
    if 100 * excluded > most_percent * members:
        values = {"n": excluded, "members": members, "most": most_percent}
        return [
            Reason(
                "{members} 个成员里有 {n} 个自己拒用，超过 {most}%，剩下的不能代表全体。请换地形或算法重算。",
                values,
            )
        ]
    return []
