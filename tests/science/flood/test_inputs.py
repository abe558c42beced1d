"""Bad input is refused with the field and the mend."""

import numpy as np
import pytest

from anlan.science.flood.domain import Domain
from anlan.science.flood.edges import Edges, Inflow, Open, Series
from anlan.science.flood.errors import BadInput
from anlan.science.flood.sources import Rain
from anlan.science.flood.state import Layout, State

FLAT = np.zeros((4, 5))


def holed() -> np.ndarray:
    bed = FLAT.copy()
    bed[1, 2] = np.nan
    return bed


@pytest.mark.parametrize(
    ("wrong", "field", "mend"),
    [
        (lambda: Domain.of(FLAT[0], dx=10.0), "bed", "rows, columns"),
        (lambda: Domain.of(holed(), dx=10.0), "bed", "Fill them"),
        (lambda: Domain.of(FLAT, dx=0.0), "dx", "metres"),
        (lambda: Domain.of(FLAT, dx=-10.0), "dx", "metres"),
        (lambda: Domain.of(FLAT, dx=float("nan")), "dx", "metres"),
        (lambda: Domain.of(FLAT, dx=0.00028), "dx", "Reproject"),
        (lambda: Domain.of(FLAT - 9999 * np.eye(4, 5), dx=10.0), "bed", "no-data as NaN"),
        (lambda: Domain.of(FLAT, dx=10.0, inside=FLAT.T == 0), "inside", "Swap the axes"),
        (lambda: Domain.of(FLAT, dx=10.0, inside=FLAT == 1), "inside", "mask"),
        (lambda: Domain.of(FLAT, dx=10.0, manning=35.0), "manning", "s/m"),
        (lambda: Domain.of(FLAT, dx=10.0, manning=holed()), "manning", "s/m"),
        (lambda: Domain.of(FLAT, dx=10.0, manning=FLAT.T + 0.03), "manning", "Resample"),
        (lambda: Domain.of(FLAT, dx=10.0).cell(-1.0, 5.0), "point", "own system"),
        (lambda: Domain.of(FLAT, dx=10.0, inside=np.eye(4, 5) == 1).cell(15.0, 35.0), "point", "Move"),
        (lambda: Rain.of([0], np.array([np.nan])), "rain", "Fill"),
        (lambda: Rain.of([0], np.array([-1.0])), "rain", "0 or more"),
        (lambda: Rain.of([0], np.array([5000.0])), "rain", "tenths"),
        (lambda: Rain.of([0, 0], np.array([1.0, 1.0])), "rain", "Sort"),
        (lambda: Rain.of([0, 1], np.array([1.0])), "rain", "one rate a minute"),
        (lambda: Rain.of([0], np.zeros((1, 5, 4))).check(Domain.of(FLAT, dx=10.0)), "rain", "Swap the axes"),
        (lambda: Series.of([0, 1], [1.0], name="inflow"), "inflow", "Complete"),
        (lambda: Series.of([1, 0], [1.0, 2.0], name="inflow"), "inflow", "Sort"),
        (lambda: Series.of([0], [float("nan")], name="inflow"), "inflow", "fill"),
        (lambda: Inflow(0.0, 0.0, Series.of([0], [-2.0], name="inflow")), "inflow", "0 or more"),
        (lambda: Open(slope=-0.1), "boundary", "m/m"),
        (lambda: start(holed()), "start", "metres"),
        (lambda: start(FLAT - 1), "start", "metres"),
        (lambda: start(FLAT.T), "start", "Resample"),
    ],
)
def test_a_wrong_input_names_its_field_and_the_mend(wrong, field, mend) -> None:
    with pytest.raises(BadInput, match=mend) as said:
        wrong()
    assert said.value.field == field


def start(depth: np.ndarray) -> State:
    return State.of(Domain.of(FLAT, dx=10.0), layout=Layout.FACES, depth=depth)


def test_a_missing_cell_outside_the_mask_is_a_wall() -> None:
    ground = Domain.of(holed() + 100, dx=10.0, inside=np.isfinite(holed()))
    assert ground.datum == 100
    assert ground.area == 19 * 100
    assert np.isfinite(ground.bed).all()


def test_the_bed_is_held_above_the_lowest_whole_metre() -> None:
    ground = Domain.of(np.array([[712.25, 713.5]]), dx=10.0)
    assert (ground.datum, ground.bed.tolist()) == (712.0, [[0.25, 1.5]])


def test_rows_count_from_the_north() -> None:
    ground = Domain.of(FLAT, dx=10.0, west=500.0, north=1040.0)
    assert ground.cell(501.0, 1039.0) == (0, 0)
    assert ground.cell(549.0, 1001.0) == (3, 4)


def test_a_disc_smaller_than_a_cell_is_the_cell() -> None:
    assert Domain.of(FLAT, dx=10.0).disc(12.0, 38.0, 1.0).tolist() == [1]


def test_a_hydrograph_loses_no_volume_between_its_minutes() -> None:
    rise = Series.of([0, 1, 2], [0.0, 60.0, 0.0], name="inflow")
    whole = sum(rise.mean(t, t + 7.0) * 7.0 for t in np.arange(0, 126, 7.0))
    assert whole == pytest.approx(60 * 60)


def test_a_rate_of_rain_holds_from_its_minute_on() -> None:
    rain = Rain.of([10, 20], np.array([5.0, 0.0]))
    assert [rain.now(s) for s in (0, 599, 600, 1199, 1200, 9e9)] == [-1, -1, 0, 0, 1, 1]


def test_the_same_edge_on_every_side() -> None:
    assert Edges.all(Open(0.02)).w == Open(0.02)


def test_a_start_counts_its_water() -> None:
    made = start(FLAT + 2)
    assert made.ledger.stored == 2 * 20 * 100
    assert made.is_finite()
    assert made.ledger.error == 0
