"""The loops under infiltration: what the soil takes of rain and of standing water in one tick."""

import numpy as np

from anlan.science.jit import Bools, Floats, Reals, njit

__all__ = ["green_ampt", "scs_cn"]


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
    retention: Floats,
    initial: float,
    soil: Floats,
    span: float,
    net: Reals,
    lost: Floats,
) -> None:
    """Excess rain by the curve number (SCS NEH-4, 1972, eq. 10.10) on the rain so far: ``soil``, metres.

    Of rows ``first`` to ``last - 1``; ``lost``: the metres of all cells of each row that did not run off.
    """
    for j in range(first, last):
        lost[j] = 0.0
        at = j if rain.shape[0] > 1 else 0
        k = j if retention.shape[0] > 1 else 0
        for i in range(soil.shape[1]):
            coming = rain[at, i] * span
            if not inside[j, i] or coming <= 0.0:
                net[j + 2, i + 2] = 0.0
                continue
            s = retention[k, i]
            before = max(soil[j, i] - initial * s, 0.0)
            soil[j, i] += coming
            after = max(soil[j, i] - initial * s, 0.0)
            ran = 0.0
            if after > 0.0:
                ran = after * after / (after + s)
            if before > 0.0:
                ran -= before * before / (before + s)
            ran = min(max(ran, 0.0), coming)
            net[j + 2, i + 2] = ran / span
            lost[j] += coming - ran
