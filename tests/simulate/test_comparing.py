"""Two runs against each other: villages by difference, cells that both have, what differs in sign and size."""

from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.places.atlas import Place
from anlan.simulate.computing.shapes import NOBODY
from anlan.simulate.maps import waters
from anlan.simulate.maps.waters import Frame
from anlan.simulate.queries import VillageForecast, comparing
from anlan.simulate.queries.comparing import Meeting, meeting, onto, ranks
from tests.support.city import NIGHT

CRS = "EPSG:4547"


def place(number: int) -> Place:
    return Place(
        id=number, path=f"/{number}/", tier=4, name=f"村{number}", kind="village", code=str(number), lon=113.2, lat=31.8,
        synthetic=True, residents=9, at_home=9, households=3,
    )  # fmt: skip


def said(number: int, cm: int, minute: int | None = None, **other: object) -> VillageForecast:
    at = None if minute is None else NIGHT + timedelta(minutes=minute)
    told = {
        "place": place(number),
        "depth_cm": cm,
        "arrives_at": at,
        "households": cm // 30,
        "curve": [],
        **other,
    }
    return VillageForecast(**told)  # type: ignore[arg-type]


def test_the_greatest_difference_comes_first_and_what_one_does_not_say_last() -> None:
    pairs = comparing.villages(
        [said(1, 50, 30), said(2, 10), said(3, 200, 10), said(4, 40, 5, solver=NOBODY)],
        [said(1, 55, 25), said(2, 90, 60), said(3, 100, 20), said(4, 45, 5), said(5, 70, 8)],
    )
    assert [(p.place.id, p.depth_cm, p.later_min) for p in pairs] == [
        (3, -100, 10), (2, 80, None), (1, 5, -5), (4, None, None), (5, None, None)
    ]  # fmt: skip
    assert [p.place.id for p in pairs if p.is_wet_in_one] == [2]
    assert pairs[0].households == -3


def kept(
    folder: Path, deepest: list[list[int]], *, dx: float = 40.0, west: float = 5e5, crs: str = CRS
) -> Path:
    folder.mkdir()
    grid = np.array(deepest)
    frame = Frame(west=west, north=35e5, dx=dx, crs=crs)
    waters.keep(
        folder, grids={"deepest": np.maximum(grid, 0).astype(np.uint16), "inside": grid >= 0}, frame=frame
    )
    return folder


def test_alike_cells_are_held_against_each_other_as_they_are(tmp_path: Path) -> None:
    found = meeting(kept(tmp_path / "a", [[60, 0], [20, 5]]), kept(tmp_path / "b", [[80, 20], [0, 5]]))
    assert found is not None
    assert not found.resampled
    assert found.difference.tolist() == [[20, 20], [-20, 0]]
    assert found.csi(10) == pytest.approx(1 / 3)
    assert found.wet(10) == (1, 1, 1)
    assert found.csi(50) == 1.0


def test_where_neither_is_wet_there_is_no_index(tmp_path: Path) -> None:
    found = meeting(kept(tmp_path / "a", [[0, 3]]), kept(tmp_path / "b", [[5, 0]]))
    assert found is not None
    assert found.csi(10) is None


def test_outside_one_ground_nothing_is_compared(tmp_path: Path) -> None:
    found = meeting(kept(tmp_path / "a", [[60, -1]]), kept(tmp_path / "b", [[60, 90]]))
    assert found is not None
    assert found.difference.tolist() == [[0, 0]]
    assert found.wet(50) == (1, 0, 0)


def test_the_finer_is_brought_to_the_coarser_by_its_deepest_cell(tmp_path: Path) -> None:
    fine = [[0, 10, 70, 0], [5, 20, 0, 0]]
    coarse = kept(tmp_path / "coarse", [[25, 60]], dx=80.0)
    for first, second, sign in ((tmp_path / "fine", coarse, 1), (coarse, tmp_path / "fine", -1)):
        if not (tmp_path / "fine").exists():
            kept(tmp_path / "fine", fine, dx=40.0)
        found = meeting(first, second)
        assert found is not None
        assert found.resampled
        assert found.frame.dx == 80.0
        assert (sign * found.difference).tolist() == [[5, -10]]


def test_grounds_that_do_not_meet_are_not_compared(tmp_path: Path) -> None:
    a = kept(tmp_path / "a", [[60]])
    assert meeting(a, kept(tmp_path / "far", [[60]], west=6e5)) is None
    assert meeting(a, kept(tmp_path / "other", [[60]], crs="EPSG:4546")) is None


@given(st.integers(1, 6), st.integers(1, 6), st.integers(0, 3), st.integers(0, 3))
def test_every_fine_cell_lands_in_the_cell_that_holds_its_middle(
    rows: int, columns: int, down: int, right: int
) -> None:
    fine = np.arange(rows * columns).reshape(rows, columns)
    own = Frame(west=5e5 + 40.0 * right, north=35e5 - 40.0 * down, dx=40.0, crs=CRS)
    made = onto(fine, own, Frame(west=5e5, north=35e5, dx=80.0, crs=CRS), (8, 8))
    for j in range(rows):
        for i in range(columns):
            assert made[(j + down) // 2, (i + right) // 2] >= fine[j, i]
    assert made.max() == fine.max()


@pytest.mark.parametrize(
    ("cm", "rank"),
    [(0, 0), (9, 0), (-9, 0), (10, 4), (30, 5), (100, 6), (-10, 1), (-29, 1), (-30, 2), (-250, 3)],
)
def test_ranks_tell_sign_and_size(cm: int, rank: int) -> None:
    assert ranks(np.array([[cm]]))[0, 0] == rank


def test_the_picture_of_a_difference_is_a_png() -> None:
    frame = Frame(west=5e5, north=35e5, dx=40.0, crs=CRS)
    found = Meeting(a=np.array([[0, 50]]), b=np.array([[40, 0]]), frame=frame, resampled=False)
    assert comparing.picture(found).startswith(b"\x89PNG")
