"""A million assets and a thousand events, one in a hundred struck, beside NumPy over the same sparse arrays."""

import time
from typing import Any

import numpy as np

ASSETS = 1_000_000
EVENTS = 1_000
STRUCK = 10_000  # assets that one event reaches: ten million pairs in all


def rows() -> list[dict[str, Any]]:
    """Least seconds for all columns of all events; the peer gives the loss alone."""
    from anlan.science.impact.sweep import impact

    hazard, exposure, curves = case()
    ours, theirs = [], []
    for _ in range(4):  # by turns, so that a busy moment of the machine strikes both
        ours.append(_least(lambda: impact(hazard, exposure, curves)))
        theirs.append(_least(lambda: _numpy(hazard, exposure, curves), times=1))
    found = impact(hazard, exposure, curves).of("loss_yuan")
    assert np.abs(found / _numpy(hazard, exposure, curves) - 1).max() < 1e-12, "the two do not agree"
    one = _least(lambda: impact(hazard, exposure, curves, threads=1))
    return [
        _row("impact_1000000_assets_1000_events", min(ours), "numpy, loss alone", min(theirs)),
        _row("impact_one_core", one, None, None),
    ]


def case() -> tuple[Any, Any, Any]:
    """Generated assets of every kind, and events that reach assets in the order of their rows."""
    from anlan.foundation.packs import load_all
    from anlan.science.impact.sweep import Exposure, SparseHazard
    from anlan.science.impact.vulnerability import Vulnerability

    curves = Vulnerability.from_data(load_all().get("vulnerability-flood").data)
    random = np.random.default_rng(0)
    exposure = Exposure.of(
        kind=random.integers(0, len(curves.codes), ASSETS).astype(np.int8),
        people=random.uniform(0, 6, ASSETS),
        quantity=np.ones(ASSETS),
        value=random.uniform(0, 5e5, ASSETS),
    )
    asset = [np.sort(random.integers(0, ASSETS, STRUCK)) for _ in range(EVENTS)]
    hazard = SparseHazard(
        np.arange(EVENTS + 1) * STRUCK,
        np.concatenate(asset).astype(np.int32),
        random.exponential(0.8, EVENTS * STRUCK),
        np.ones(EVENTS, np.bool_),
    )
    return hazard, exposure, curves


def _numpy(hazard: Any, exposure: Any, curves: Any) -> np.ndarray:
    points = curves.damage.shape[1]
    at = np.minimum(hazard.intensity / curves.step, points - 1)
    left = np.minimum(at.astype(np.int64), points - 2)
    flat, row = curves.damage.ravel(), exposure.kind[hazard.asset].astype(np.int64) * points + left
    damage = flat[row] + (at - left) * (flat[row + 1] - flat[row])
    return np.add.reduceat(damage * exposure.amounts[hazard.asset, 2], hazard.start[:-1])


def _row(name: str, value: float, peer: str | None, peer_value: float | None) -> dict[str, Any]:
    ratio = None if peer_value is None else peer_value / value
    return {
        "name": name,
        "value": value,
        "unit": "s",
        "peer": peer,
        "peer_value": peer_value,
        "ratio": ratio,
    }


def _least(what: Any, times: int = 5) -> float:
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
