"""Rain windows with levels, beside polars' rolling sums over the same readings."""

import os
import time
from typing import Any

import numpy as np

GAUGES = 50_000
PEER_GAUGES = 5_000
TICKS = 60
SLOT_MS = 300_000
START = 1_628_700_000_000 // SLOT_MS * SLOT_MS


def rows() -> list[dict[str, Any]]:
    """Observations a second (clock, push, levels), and one look at all gauges."""
    values = _rain()
    ours, evaluate_ms, sums = _ours(values)
    theirs, peer_sums = _polars(values[:, :PEER_GAUGES])
    assert np.array_equal(sums[:, :PEER_GAUGES], peer_sums), "the two do not add up to the same"
    return [
        _row(
            "windows_observations", ours, "observations/s/core", "polars rolling_sum", theirs, ours / theirs
        ),
        _row("windows_evaluate_50000_gauges", evaluate_ms, "ms", None, None, None),
    ]


def _row(
    name: str, value: float, unit: str, peer: str | None, peer_value: float | None, ratio: float | None
) -> dict[str, Any]:
    return {
        "name": name,
        "value": value,
        "unit": unit,
        "peer": peer,
        "peer_value": peer_value,
        "ratio": ratio,
    }


def _rain() -> np.ndarray:
    random = np.random.default_rng(0)
    return (random.gamma(0.3, 4.0, (TICKS, GAUGES)) * 10).astype(np.int32)


def _ours(values: np.ndarray) -> tuple[float, float, np.ndarray]:
    from anlan.science.windows.ring import LENGTHS_MIN, RainWindows

    base = np.array([160, 300, 400, 500, 500, 600])[:, None] * np.array([1, 2, 3, 5])
    thresholds = np.stack([base + 20 * k for k in range(8)]).astype(np.int32)
    random = np.random.default_rng(1)
    classes = random.integers(0, 8, GAUGES).astype(np.int32)
    windows = RainWindows(np.arange(GAUGES), thresholds=thresholds, classes=classes)
    order = random.permutation(GAUGES).astype(np.int32)
    spent, looks = [], []
    for tick in range(TICKS):
        now = START + tick * SLOT_MS
        observed = np.full(GAUGES, now)
        rain = values[tick][order]
        began = time.perf_counter()
        windows.advance(now)
        for a in range(0, GAUGES, 1_000):
            windows.push(order[a : a + 1_000], observed[a : a + 1_000], rain[a : a + 1_000])
        looked = time.perf_counter()
        windows.evaluate()
        ended = time.perf_counter()
        if tick > 1:  # the first ticks compile
            spent.append(ended - began)
            looks.append(ended - looked)
    sums, _ = windows.read(np.arange(GAUGES, dtype=np.int32))
    assert sums.shape[0] == len(LENGTHS_MIN)
    return GAUGES / float(np.median(spent)), 1e3 * float(np.median(looks)), sums


def _polars(values: np.ndarray) -> tuple[float, np.ndarray]:
    """The same sums by rolling windows over time, gauge by gauge, on one thread."""
    os.environ.setdefault("POLARS_MAX_THREADS", "1")  # ours runs on one core, too
    import polars as pl

    ticks, gauges = values.shape
    at = START + np.arange(ticks) * SLOT_MS
    table = pl.DataFrame(
        {
            "gauge": np.repeat(np.arange(gauges), ticks),
            "at": np.tile(at, gauges),
            "rain": values.T.ravel(),
        }
    ).with_columns(pl.col("at").cast(pl.Datetime("ms")))
    lengths = (30, 60, 180, 360, 720, 1440)
    began = time.perf_counter()
    sums = table.select(
        pl.col("rain").rolling_sum_by("at", window_size=f"{m}m").over("gauge").alias(str(m)) for m in lengths
    )
    spent = time.perf_counter() - began
    last = sums.to_numpy().reshape(gauges, ticks, len(lengths))[:, -1].T
    return gauges * ticks / spent, last


if __name__ == "__main__":
    for row in rows():
        print(row)
