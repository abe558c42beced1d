"""Who lives inside a drawn polygon: 2.05 million people, beside a prepared shapely polygon over the same points."""

import time
from typing import Any

import numpy as np

PEOPLE = 2_050_000
VILLAGES = 1_009


def rows() -> list[dict[str, Any]]:
    """Least milliseconds to the ids inside polygons of 200, 800 and 2,000 vertices, and near a stream."""
    from anlan.science.spatial.index import PointIndex

    lon, lat, villages = people()
    began = time.perf_counter()
    index = PointIndex(np.arange(PEOPLE), lon, lat, villages)
    build = time.perf_counter() - began
    out = [_compare(index, lon, lat, knots) for knots in (200, 800, 2_000)]
    stream = np.stack([np.linspace(112.9, 113.7, 200), 31.6 + 0.1 * np.sin(np.arange(200) / 20)], axis=1)
    near = _least(lambda: index.near(stream, 500.0))
    hits = index.in_polygon([[star(800)]])
    counting = _least(lambda: hits.counts(VILLAGES))
    out.append(_row("targeting_near_stream_500_m", 1e3 * near, "ms"))
    out.append(_row("targeting_counts_by_village", 1e3 * counting, "ms"))
    out.append(_row("targeting_build_2050000", build, "s"))
    return out


def people() -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Generated people: 1,009 villages of uneven size over two degrees."""
    random = np.random.default_rng(5)
    centre = np.stack([random.uniform(112.7, 114.0, VILLAGES), random.uniform(31.2, 32.4, VILLAGES)], axis=1)
    village = random.choice(VILLAGES, PEOPLE, p=random.dirichlet(np.full(VILLAGES, 0.7))).astype(np.int32)
    place = centre[village] + random.normal(0, 0.012, (PEOPLE, 2))
    return place[:, 0].copy(), place[:, 1].copy(), village


def star(knots: int) -> np.ndarray:
    """A ring about the middle of the city, ragged as a drawn or contoured outline is."""
    random = np.random.default_rng(knots)
    angle = np.linspace(0, 2 * np.pi, knots, endpoint=False)
    smooth = 0.28 + 0.06 * np.sin(3 * angle) + 0.03 * np.cos(11 * angle)
    far = smooth + random.normal(0, 0.001, knots)
    return np.stack([113.3 + far * np.cos(angle), 31.8 + far * np.sin(angle)], axis=1)


def _compare(index: Any, lon: np.ndarray, lat: np.ndarray, knots: int) -> dict[str, Any]:
    import shapely

    ring = star(knots)
    peer = shapely.Polygon(ring)
    shapely.prepare(peer)
    ours, theirs = [], []
    for _ in range(4):  # by turns, so that a busy moment of the machine strikes both
        ours.append(_least(lambda: index.in_polygon([[ring]])))
        theirs.append(_least(lambda: np.flatnonzero(shapely.contains_xy(peer, lon, lat)), times=1))
    found = np.sort(index.in_polygon([[ring]]).ids)
    assert np.array_equal(found, np.flatnonzero(shapely.contains_xy(peer, lon, lat))), "not the same people"
    return _row(f"targeting_polygon_{knots}", 1e3 * min(ours), "ms", "shapely prepared", 1e3 * min(theirs))


def _row(
    name: str, value: float, unit: str, peer: str | None = None, peer_value: float | None = None
) -> dict[str, Any]:
    ratio = None if peer_value is None else peer_value / value
    return {
        "name": name,
        "value": value,
        "unit": unit,
        "peer": peer,
        "peer_value": peer_value,
        "ratio": ratio,
    }


def _least(what: Any, times: int = 15) -> float:
    what()
    spent = []
    for _ in range(times):
        began = time.perf_counter()
        what()
        spent.append(time.perf_counter() - began)
    return min(spent)  # the machine is shared: the least is the work itself


if __name__ == "__main__":
    for row in rows():
        print(row)
