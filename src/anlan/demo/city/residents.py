"""Which residents of Liulin hold a duty: village posts, group leaders, helpers of households and of the frail."""

from collections.abc import Callable
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from anlan.exercise.chance import Chance

from .facts import LIULIN
from .model import People
from .risk import AtRisk

HOUSEHOLDS_A_HELPER = 4
_VILLAGE_POSTS = ("village_secretary", "village_deputy", "disaster_reporter")


@dataclass(frozen=True)
class Residents:
    """Rows of People by duty. `helpers`: row → households or one frail person; `helper_of`: ref → row."""

    village_posts: dict[str, dict[str, int]] = field(default_factory=dict)
    group_leaders: dict[tuple[str, int], int] = field(default_factory=dict)
    helpers: dict[int, tuple[str, ...]] = field(default_factory=dict)
    helper_of: dict[str, int] = field(default_factory=dict)


class _Candidates:
    """Grown, well, at home, not themselves in a corridor; each is taken once, in an order drawn by chance."""

    def __init__(self, chance: Chance, people: People, in_water: NDArray[np.bool_], village: str) -> None:
        rows = np.array(people.rows_of(village))
        fit = people.at_home[rows] & ~people.frail[rows] & ~in_water[rows] & (people.age_band[rows] == 1)
        subjects = np.uint64(int(village) * 100_000) + people.ordinal[rows].astype(np.uint64)
        order = np.argsort(chance.units(subjects, "turn for a duty"), kind="stable")
        self._people = people
        self._rows = [int(r) for r in rows[order] if fit[r - rows[0]]]

    def take(self, wish: Callable[[int], bool] = lambda row: True) -> int:
        """The next one who fits the wish, else simply the next."""
        if not self._rows:
            raise ValueError("no grown resident is left for a duty: lower the share of frail people")
        chosen = next((n for n, row in enumerate(self._rows) if wish(row)), 0)
        return self._rows.pop(chosen)

    def take_near(self, group: int) -> int:
        return self.take(lambda row: self._people.group[row] == group)


def give_duties(
    chance: Chance, people: People, in_water: NDArray[np.bool_], households: tuple[AtRisk, ...]
) -> Residents:
    """Choose for every village of Liulin. `in_water`: rows that live inside a corridor."""
    chosen = Residents()
    for village in (v for v in people.villages if v.startswith(LIULIN)):
        free = _Candidates(chance, people, in_water, village)
        chosen.village_posts[village] = {post: free.take() for post in _VILLAGE_POSTS}
        rows = people.rows_of(village)
        for group in range(1, int(people.group[rows[0] : rows[-1] + 1].max()) + 1):
            chosen.group_leaders[village, group] = free.take_near(group)
        _help_households(people, chosen, free, [h for h in households if h.village == village])
        for row in (r for r in rows if people.frail[r]):
            helper = free.take_near(int(people.group[row]))
            chosen.helpers[helper] = (people.ref(row),)
            chosen.helper_of[people.ref(row)] = helper
    return chosen


def _help_households(people: People, chosen: Residents, free: _Candidates, households: list[AtRisk]) -> None:
    """One helper for up to four households of a group."""
    by_group: dict[int, list[AtRisk]] = {}
    for household in households:
        by_group.setdefault(int(people.group[household.rows[0]]), []).append(household)
    for group, members in sorted(by_group.items()):
        for start in range(0, len(members), HOUSEHOLDS_A_HELPER):
            served = tuple(h.ref for h in members[start : start + HOUSEHOLDS_A_HELPER])
            helper = free.take_near(group)
            chosen.helpers[helper] = served
            chosen.helper_of.update(dict.fromkeys(served, helper))
