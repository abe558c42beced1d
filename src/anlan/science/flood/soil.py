"""The loops under infiltration: what the soil takes of rain and of standing water in one tick."""

import numpy as np

from anlan.science.jit import Bools, Floats, Int64s, Reals, fetch, njit, njit_field


@njit
def green_ampt(
    h: Reals,
    rain: Floats,
    inside: Bools,
    conductivity: Floats,
    storage: Floats,
    soil: Floats,
    carry: Floats,
    span: float,
    net: Reals,
) -> tuple[float, float]:
    """Take from rain, then from standing water, what the soil can drink in ``span`` seconds.

    Green and Ampt (1911) in the explicit form of Li, Stevens and Simons (1976), J. Irrig. Drain. Div. 102(2):
    ΔF = ½ (KΔt − 2F + √((KΔt − 2F)² + 8 KΔt (ψΔθ + F))). ``h`` and ``net`` with ring; the rest (ny, nx) or (1, nx), SI.
    Returns the metres of all cells taken from rain and from standing water. What rounding of h keeps back is taken
    in the next row.
    """
    fell = 0.0
    stood = 0.0
    for j in range(soil.shape[0]):
        at = j if rain.shape[0] > 1 else 0
        k = j if conductivity.shape[0] > 1 else 0
        s = j if storage.shape[0] > 1 else 0
        for i in range(soil.shape[1]):
            coming = rain[at, i] * span
            have = np.float64(h[j + 2, i + 2])
            if not inside[j, i] or coming + have <= 0.0:
                net[j + 2, i + 2] = 0.0
                continue
            step = conductivity[k, i] * span
            full = soil[j, i]
            root = np.sqrt((step - 2 * full) ** 2 + 8 * step * (storage[s, i] + full))
            take = min(0.5 * (step - 2 * full + root), coming + have)
            of_rain = min(take, coming)
            net[j + 2, i + 2] = (coming - of_rain) / span
            want = min(take - of_rain + carry[i], have)
            if want > 0.0:
                h[j + 2, i + 2] = have - want
                got = have - np.float64(h[j + 2, i + 2])
                carry[i] += take - of_rain - got
                stood += got
                soil[j, i] += got
            soil[j, i] += of_rain
            fell += of_rain
    return fell, stood


@njit
def scs_cn(
    first: int,
    last: int,
    rain: Floats,
    inside: Bools,
    lo: Int64s,
    hi: Int64s,
    retention: Floats,
    initial: float,
    soil: Floats,
    span: float,
    net: Reals,
    told: Floats,
) -> None:
    """Excess rain by the curve number (SCS NEH-4, 1972, eq. 10.10) on the rain so far: ``soil``, metres.

    Of rows ``first`` to ``last - 1`` and columns ``lo`` to ``hi - 1`` of each, all that is ``inside``;
    ``told`` of all cells of each row: the metres that did not run off, and ``net`` (m/s).
    """
    for j in range(first, last):
        if j + 2 < last:
            ahead = slice(lo[j + 2], hi[j + 2])
            fetch(rain[j + 2 if rain.shape[0] > 1 else 0, ahead])
            fetch(retention[j + 2 if retention.shape[0] > 1 else 0, ahead])
            fetch(soil[j + 2, ahead])
        at = j if rain.shape[0] > 1 else 0
        k = j if retention.shape[0] > 1 else 0
        c, ring = slice(lo[j], hi[j]), slice(lo[j] + 2, hi[j] + 2)
        told[j, 0], told[j, 1] = _excess(
            rain[at, c], inside[j, c], retention[k, c], initial, soil[j, c], span, net[j + 2, ring]
        )


@njit_field
def _excess(
    rain: Floats, inside: Bools, retention: Floats, initial: float, soil: Floats, span: float, net: Reals
) -> tuple[float, float]:
    """One row of `scs_cn`, made of vectors: a²/(a + S) - b²/(b + S) = (a - b)·(1 - S²/((a + S)·(b + S)))."""
    lost, runs, per_second = 0.0, 0.0, 1.0 / span
    for i in range(soil.size):
        fell = rain[i] * span
        coming = fell if inside[i] else 0.0
        s = retention[i]
        before = max(soil[i] - initial * s, 0.0)
        soil[i] += coming
        after = max(soil[i] - initial * s, 0.0)
        ran = (after - before) * (1.0 - s * s / ((after + s) * (before + s) + 1e-30))
        ran = 0.0 if ran < 0.0 else ran  # a NaN stays
        ran = coming if ran > coming else ran
        net[i] = ran * per_second
        runs += np.float64(net[i])
        lost += coming - ran
    return lost, runs
