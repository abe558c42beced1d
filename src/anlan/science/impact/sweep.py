"""The pass itself: each struck asset is looked at once, and gives to all that is asked about its event."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np

from anlan.science.bounds import ModelInputWrong
from anlan.science.fields import Field, science
from anlan.science.impact import kernels
from anlan.science.impact.vulnerability import Group, Vulnerability
from anlan.science.jit import Bools, Floats, Int8s, Int32s, Int64s
from anlan.science.shares import cores, in_shares

COLUMNS = (
    "people_affected",
    "people_to_move",
    "houses_slight",
    "houses_severe",
    "houses_collapsed",
    "road_m",
    "crops_slight_ha",
    "crops_severe_ha",
    "crops_lost_ha",
    "loss_yuan",
)
"""What `Impact.table` holds for each event. A house or a hectare stands in its own class only."""

_PLACE = np.array([[-1] * 3, [2, 3, 4], [5, -1, -1], [6, 7, 8]], np.int64)  # group, class -> column


class HazardUnsound(ModelInputWrong):
    """A hazard with NaN, a negative value or a row of no asset; the message names the event and the mend."""


class Why(IntEnum):
    """Why nobody is affected, or that somebody is."""

    SOMEBODY = 0
    NO_HAZARD = 1
    NO_EXPOSURE = 2
    BELOW_THRESHOLD = 3

    @property
    def zh(self) -> str:
        """The reason as a user reads it."""
        return ("", "没有危险到达任何地方", "危险到达之处没有登记的人", "危险到达有人之处,但未达到影响阈值")[
            self
        ]

    @property
    def en(self) -> str:
        """The same in English."""
        return (
            "",
            "the hazard reached no place",
            "nobody is registered where it reached",
            "it reached people, below the line from which it counts",
        )[self]


@dataclass(frozen=True, slots=True)
class SparseHazard:
    """The hazard of each event at each asset it reaches: rows ``start[e]`` to ``start[e + 1]`` belong to event e.

    ``present`` says whether the event's field has any hazard at all, on an asset or not: without it, nobody struck and
    nothing happened would look alike.
    """

    start: Int64s
    asset: Int32s
    intensity: Floats
    present: Bools

    @property
    def events(self) -> int:
        """How many events."""
        return self.start.size - 1


@dataclass(frozen=True, slots=True)
class Exposure:
    """Assets: their kind (row of the curves), and people, quantity (houses, m, ha by kind) and value (yuan) of each."""

    kind: Int8s
    amounts: Floats

    @classmethod
    @science(
        Field("kind", "int8", ("asset",), "row of the curves"),
        Field("people", "float64", ("asset",), "people"),
        Field("quantity", "float64", ("asset",), "houses, m or ha by kind"),
        Field("value", "float64", ("asset",), "yuan"),
        Field("return.amounts", "float64", ("asset", 3), "people, quantity, value", "out"),
        source="own",
    )
    def of(cls, *, kind: Int8s, people: Floats, quantity: Floats, value: Floats) -> "Exposure":
        """From one array each. Raises `ModelInputWrong` on a gap or a negative amount.

        >>> one = [np.array([n]) for n in (4.0, 1.0, 2e5)]
        >>> Exposure.of(kind=np.zeros(1, np.int8), people=one[0], quantity=one[1], value=one[2]).amounts.tolist()
        [[4.0, 1.0, 200000.0]]
        """
        for name, values in (("people", people), ("quantity", quantity), ("value", value)):
            if not (np.isfinite(values) & (values >= 0)).all():
                raise ModelInputWrong(f"{name} has a gap or a negative value: mend the row or leave it out")
        return cls(kind, np.stack([people, quantity, value], axis=1))


@dataclass(frozen=True, slots=True)
class Impact:
    """What each event does: ``table`` (event, `COLUMNS`), and why nobody is affected where nobody is."""

    table: Floats
    why: Int8s

    @science(Field("return", "float64", ("event",), "by column", "out"), source="own")
    def of(self, column: str) -> Floats:
        """One column for all events.

        >>> Impact(np.arange(10.0)[None, :], np.zeros(1, np.int8)).of("people_to_move")
        array([1.])
        """
        picked: Floats = self.table[:, COLUMNS.index(column)]
        return picked

    def reason(self, event: int) -> Why:
        """Why an event affects nobody."""
        return Why(int(self.why[event]))


@science(
    Field("factors", "float64", ("event", 3), "1: hazard, damage, people"),
    Field("return.table", "float64", ("event", len(COLUMNS)), "people, houses, m, ha, yuan", "out"),
    Field("return.why", "int8", ("event",), "Why", "out"),
    source="own: risk = hazard × exposure × vulnerability (UNDRR terminology)",
)
def impact(
    hazard: SparseHazard,
    exposure: Exposure,
    vulnerability: Vulnerability,
    *,
    factors: Floats | None = None,
    threads: int | None = None,
) -> Impact:
    """Strike every asset once for each event that reaches it.

    Affected and to be moved are the people of assets at or above the lines of their kind; damage is interpolated on the
    curve's grid; a house or hectare counts in the class of its damage, a road's metres where it is affected. ``factors``
    scale hazard, damage (kept within 1) and people of each event. The same to the last bit on any number of threads.
    Raises `HazardUnsound`.

    >>> from anlan.science.impact.vulnerability import Group
    >>> house = Vulnerability(("house",), np.array([Group.HOUSE], np.int8), 1.0, np.array([[0.0, 0.5]]), np.array([0.1]),
    ...                       np.array([0.5]), np.array([[9.0] * 3, [0.1, 0.4, 0.8], [9] * 3, [9] * 3]), (0, 0, 0), "")
    >>> deep = SparseHazard(np.array([0, 1, 1]), np.zeros(1, np.int32), np.array([0.9]), np.array([True, False]))
    >>> one = Exposure(np.zeros(1, np.int8), np.array([[4.0, 1.0, 1e5]]))
    >>> found = impact(deep, one, house, factors=np.ones((2, 3)))
    >>> found.of("people_to_move"), found.of("houses_severe"), found.of("loss_yuan"), found.reason(1).en
    (array([4., 0.]), array([1., 0.]), array([45000.,     0.]), 'the hazard reached no place')
    """
    _check(hazard, exposure, vulnerability)
    scale = np.ones((hazard.events, 3)) if factors is None else factors
    table = np.zeros((hazard.events, len(COLUMNS)))
    lived = np.zeros(hazard.events, np.int64)
    v = vulnerability
    ends = np.column_stack([v.affected_from, v.move_from, v.group == Group.ROAD]).astype(np.float64)
    damage = np.stack([v.damage, np.diff(v.damage, axis=1, append=v.damage[:, -1:])], axis=2)
    asset, kind = hazard.asset.view(np.uint32), exposure.kind.view(np.uint8)  # unsigned: no index from behind

    def work(a: int, b: int) -> None:
        kernels.sweep(
            a, b, hazard.start, asset, hazard.intensity, kind, exposure.amounts,
            damage, 1.0 / v.step, ends, v.cuts[v.group], _PLACE[v.group], scale, table, lived,
        )  # fmt: skip

    in_shares(work, hazard.events, threads=threads or cores(), worth=2)
    if (bad := np.flatnonzero(lived < 0)).size:
        raise HazardUnsound(
            f"event {bad[0]} has a missing, negative or endless intensity: the run behind it must be refused, not patched"
        )
    return Impact(table, _why(table, lived, hazard))


def _why(table: Floats, lived: Int64s, hazard: SparseHazard) -> Int8s:
    found = np.full(hazard.events, Why.BELOW_THRESHOLD, np.int8)
    found[lived == 0] = Why.NO_EXPOSURE
    found[~hazard.present] = Why.NO_HAZARD
    found[table[:, 0] > 0] = Why.SOMEBODY
    return found


def _check(hazard: SparseHazard, exposure: Exposure, vulnerability: Vulnerability) -> None:
    rows, assets = hazard.intensity.size, exposure.kind.size
    ends = hazard.start.size and hazard.start[0] == 0 and hazard.start[-1] == rows == hazard.asset.size
    if not ends or (np.diff(hazard.start) < 0).any() or hazard.present.size != hazard.events:
        raise HazardUnsound("start must grow from 0 to the number of rows, one more than there are events")
    if rows and not (hazard.asset.min() >= 0 and hazard.asset.max() < assets):
        raise HazardUnsound(f"asset names a row that the exposure lacks: it has {assets} assets")
    if assets and not (exposure.kind.min() >= 0 and exposure.kind.max() < len(vulnerability.codes)):
        raise ModelInputWrong(f"kind names a curve that is not there: there are {len(vulnerability.codes)}")
