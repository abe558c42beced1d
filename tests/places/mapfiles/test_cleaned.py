"""Shapes are checked for crossings, kept with holes and parts, and thinned with what went told."""

import time

import numpy as np
import pytest
import shapely

from anlan.places.mapfiles import cleaned, opening
from anlan.places.mapfiles.cleaned import AREA, LINE
from anlan.places.mapfiles.crs import placed
from anlan.places.mapfiles.features import MapFileWrong
from tests.support import mapfiles as made


def clean(*shapes: dict, want: str = AREA, tolerance_m: float = 0.0, mend: bool = False) -> cleaned.Cleaned:
    features = placed(opening.read(made.geojson([(shape, {"N": "1"}) for shape in shapes]))).features
    return cleaned.cleaned(features, want=want, tolerance_m=tolerance_m, mend=mend)


def test_a_bow_tie_is_refused_with_the_point_and_can_be_mended() -> None:
    found = clean(made.box(113.2, 31.5), made.bow_tie(113.3, 31.5))
    assert [(fault.number, fault.says.zh) for fault in found.faults] == [
        (2, "边线在 113.31000，31.51000 相交或套错")
    ]
    assert len(found.features) == 1
    mended = clean(made.bow_tie(113.3, 31.5), mend=True)
    assert not mended.faults
    assert mended.features[0].shape.is_valid
    assert "自动拆开" in mended.notes[0].zh


def test_points_and_lines_are_no_boundary_and_areas_no_stream() -> None:
    with pytest.raises(MapFileWrong):
        clean({"type": "Point", "coordinates": [113.2, 31.5]})
    with pytest.raises(MapFileWrong):
        clean(made.box(113.2, 31.5), want=LINE)
    mixed = clean(made.box(113.2, 31.5), {"type": "Point", "coordinates": [113.2, 31.5]})
    assert [fault.number for fault in mixed.faults] == [2]


def test_outlines_turn_against_the_clock_and_holes_with_it() -> None:
    wrong = made.box(113.0, 31.0, 0.1)["coordinates"][0][::-1]
    hole = made.box(113.02, 31.02)["coordinates"][0]
    island = made.box(114.0, 31.0)["coordinates"]
    found = clean({"type": "MultiPolygon", "coordinates": [[wrong, hole], island]})
    rings = cleaned.rings_of(found.features[0].shape)
    assert [len(part) for part in cleaned.parts_of(rings)] == [2, 1]
    assert [cleaned._turn(ring) > 0 for ring in rings] == [True, False, True]


def wavy(west: float, east: float, south: float, north: float, points: int) -> dict:
    """A field whose sides are full of small steps; neighbours have the same ones."""
    lat = np.linspace(south, north, points)
    left = np.column_stack([west + 1e-5 * np.sin(40 * lat + west), lat])
    right = np.column_stack([east + 1e-5 * np.sin(40 * lat + east), lat])
    return {"type": "Polygon", "coordinates": [[*right.tolist(), *left[::-1].tolist(), right[0].tolist()]]}


def test_neighbours_keep_their_common_line_when_they_are_thinned() -> None:
    found = clean(
        *(wavy(113 + n / 10, 113 + (n + 1) / 10, 31.0, 31.1, 500) for n in range(3)), tolerance_m=10
    )
    assert found.after < found.before / 5
    assert "顶点 3003 →" in found.notes[-1].zh
    assert bool(shapely.coverage_is_valid(np.array([f.shape for f in found.features])))


def test_two_million_vertices_are_thinned_in_bounded_time() -> None:
    ring = np.linspace(0, 2 * np.pi, 200_001)
    step = 1 + 0.0003 * np.sin(9_000 * ring)
    wide = [
        {
            "type": "Polygon",
            "coordinates": [
                np.column_stack(
                    [110 + n / 2 + 0.1 * step * np.cos(ring), 31 + 0.1 * step * np.sin(ring)]
                ).tolist()
            ],
        }
        for n in range(10)
    ]
    data = made.geojson([(shape, {"N": "1"}) for shape in wide])
    begun = time.process_time()
    found = cleaned.cleaned(placed(opening.read(data)).features, want=AREA, tolerance_m=10)
    assert found.before > 2_000_000
    assert found.after <= cleaned.MOST_KEPT
    assert time.process_time() - begun < 40


def test_a_stream_keeps_its_name_and_its_course() -> None:
    found = clean(made.line((113.2, 31.5), (113.21, 31.5000001), (113.22, 31.5)), want=LINE, tolerance_m=5)
    assert cleaned.lines_of(found.features[0].shape) == [[[113.2, 31.5], [113.22, 31.5]]]
