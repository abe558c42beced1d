"""Streams drawn as lines come onto cells that are joined."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from anlan.science.flood.domain import Domain
from anlan.science.flood.errors import BadInput
from anlan.science.flood.inertial.channels import Channels
from anlan.science.flood.inertial.traced import trace

GROUND = Domain.of(np.zeros((12, 15)), dx=10.0, west=500.0, north=1120.0)
X, Y = st.floats(500.0, 649.9), st.floats(1000.1, 1120.0)


def line(*vertices: tuple[float, float]) -> dict[str, np.ndarray]:
    x, y = np.array(vertices).T
    return {"x": x, "y": y, "width": np.full(x.size, 4.0), "bankfull": np.full(x.size, 1.5)}


@given(st.lists(st.tuples(X, Y), min_size=2, max_size=6))
def test_the_cells_of_a_line_hang_together_by_their_sides(vertices) -> None:
    width, depth = trace(GROUND, **line(*vertices))
    assert ((width == 4.0) == (depth == 1.5)).all()
    for x, y in vertices:
        assert width[GROUND.cell(x, y)] == 4.0
    made = Channels.of(GROUND, width=width, bankfull=depth)
    reached, waiting = {0}, [0]
    while waiting:
        at = waiting.pop()
        beside = [*made.b[made.a == at].tolist(), *made.a[made.b == at].tolist()]
        waiting += [n for n in beside if n not in reached]
        reached.update(beside)
    assert len(reached) == made.rows.size


def test_width_and_depth_go_straight_from_vertex_to_vertex() -> None:
    given_line = line((505.0, 1115.0), (605.0, 1115.0)) | {"width": np.array([2.0, 8.0])}
    width, _ = trace(GROUND, **given_line)
    assert width[0, :11] == pytest.approx(np.linspace(2.0, 8.0, 11))
    assert (width[1:] == 0).all()


def test_where_a_line_meets_itself_the_wider_holds() -> None:
    loop = line((505.0, 1115.0), (545.0, 1115.0), (505.0, 1115.0)) | {"width": np.array([1.0, 3.0, 5.0])}
    assert trace(GROUND, **loop)[0][0, 0] == 5.0


@pytest.mark.parametrize(
    ("bad", "words"),
    [
        (line((505.0, 1115.0)), "1 vertices"),
        (line((505.0, 1115.0), (np.nan, 1.0)), "a value is missing"),
        (line((505.0, 1115.0), (505.0, 999.0)), "vertex 2"),
    ],
)
def test_a_line_that_cannot_be_is_refused(bad, words) -> None:
    with pytest.raises(BadInput, match=words):
        trace(GROUND, **bad)
