"""The equations of FTR 33, cell by cell. Powers of one base share its logarithm: most of the time goes there."""

from math import exp, isnan, log, sqrt

import numpy as np

from anlan.science.jit import Floats, Int8s, njit

NAMES = ("ffmc", "dmc", "dc", "isi", "bui", "fwi", "dsr")
LN10 = log(10.0)
LN100 = log(100.0)


@njit
def moisture(ffmc: float) -> float:
    """Fine fuel moisture in percent from its code (eq. 1)."""
    return 147.2 * (101.0 - ffmc) / (59.5 + ffmc)


@njit
def wetted(mo: float, rain: float) -> float:
    """Fine fuel after rain (eq. 2 to 3b)."""
    if rain <= 0.5:
        return mo
    rf = rain - 0.5
    mr = mo + 42.5 * rf * exp(-100.0 / (251.0 - mo)) * (1.0 - exp(-6.93 / rf))
    if mo > 150.0:
        mr += 0.0015 * (mo - 150.0) ** 2 * sqrt(rf)
    return min(mr, 250.0)


@njit
def rate(share: float, ln_share: float, wind: float, temp: float) -> float:
    """Log drying or wetting rate (eq. 6a to 7b); ``share`` is humidity, or its complement, from 0 to 1."""
    power = exp(1.7 * ln_share) if share > 0.0 else 0.0
    square = share * share
    quartic = square * square
    k = 0.424 * (1.0 - power) + 0.0694 * sqrt(wind) * (1.0 - quartic * quartic)
    return k * 0.581 * exp(0.0365 * temp)


@njit
def fine_fuel(temp: float, rh: float, wind: float, rain: float, before: float) -> float:
    """Moisture of fine fuel at the end of the day, percent (eq. 1 to 9)."""
    mo = wetted(moisture(before), rain)
    ln_rh = log(rh) if rh > 0.0 else -1e3
    common = 0.18 * (21.1 - temp) * (1.0 - exp(-0.115 * rh))
    near = exp((rh - 100.0) / 10.0)
    dry = 0.942 * exp(0.679 * ln_rh) + 11.0 * near + common
    if mo > dry:
        kd = rate(rh / 100.0, ln_rh - LN100, wind, temp)
        return dry + (mo - dry) * exp(-LN10 * kd)
    wet = 0.618 * exp(0.753 * ln_rh) + 10.0 * near + common
    if mo < wet:
        left = (100.0 - rh) / 100.0
        kw = rate(left, log(left) if left > 0.0 else 0.0, wind, temp)
        return wet - (wet - mo) * exp(-LN10 * kw)
    return mo


@njit
def duff(temp: float, rh: float, rain: float, before: float, length: float) -> float:
    """DMC (eq. 11 to 17); ``length`` is the effective day length."""
    start = before
    if rain > 1.5:
        re = 0.92 * rain - 1.27
        mo = 20.0 + exp(5.6348 - before / 43.43)
        if before <= 33.0:
            b = 100.0 / (0.5 + 0.3 * before)
        elif before <= 65.0:
            b = 14.0 - 1.3 * log(before)
        else:
            b = 6.2 * log(before) - 17.2
        mr = mo + 1000.0 * re / (48.77 + b * re)
        start = max(244.72 - 43.43 * log(mr - 20.0), 0.0)
    drying = max(temp + 1.1, 0.0)
    return start + 1.894e-4 * drying * (100.0 - rh) * length


@njit
def drought(temp: float, rain: float, before: float, season: float) -> float:
    """DC (eq. 18 to 23); ``season`` is the day-length term Lf."""
    start = before
    if rain > 2.8:
        q = 800.0 * exp(-before / 400.0) + 3.937 * (0.83 * rain - 1.27)
        start = max(400.0 * log(800.0 / q), 0.0)
    return start + 0.5 * max(0.36 * (max(temp, -2.8) + 2.8) + season, 0.0)


@njit
def spread(m: float, wind: float) -> float:
    """ISI from fine fuel moisture and wind (eq. 24 to 26)."""
    power = exp(5.31 * log(m)) if m > 0.0 else 0.0
    return 0.208 * 91.9 * exp(0.05039 * wind - 0.1386 * m) * (1.0 + power / 4.93e7)


@njit
def buildup(dmc: float, dc: float) -> float:
    """BUI (eq. 27a, 27b)."""
    if dmc == 0.0 and dc == 0.0:
        return 0.0
    share = 0.8 * dc / (dmc + 0.4 * dc)
    if dmc <= 0.4 * dc:
        return share * dmc
    return max(dmc - (1.0 - share) * (0.92 + exp(1.7 * log(0.0114 * dmc))), 0.0)


@njit
def danger(isi: float, bui: float) -> float:
    """FWI (eq. 28a to 30b)."""
    if bui <= 80.0:
        f = 0.626 * exp(0.809 * log(bui)) + 2.0 if bui > 0.0 else 2.0
    else:
        f = 1000.0 / (25.0 + 108.64 * exp(-0.023 * bui))
    b = 0.1 * isi * f
    if b <= 1.0:
        return b
    return exp(2.72 * exp(0.647 * log(0.434 * log(b))))


@njit
def cells(
    a: int,
    b: int,
    temp: Floats,
    rh: Floats,
    wind: Floats,
    rain: Floats,
    ffmc: Floats,
    dmc: Floats,
    dc: Floats,
    dmc_band: Int8s,
    dc_band: Int8s,
    le: Floats,
    lf: Floats,
    out: Floats,
) -> None:
    """The cells from ``a`` to ``b``; a cell of which anything is missing stays NaN, never dry."""
    for i in range(a, b):
        if isnan(temp[i] + rh[i] + wind[i] + rain[i] + ffmc[i] + dmc[i] + dc[i]):
            out[:, i] = np.nan
            continue
        m = fine_fuel(temp[i], rh[i], wind[i], rain[i], ffmc[i])
        code = min(max(59.5 * (250.0 - m) / (147.2 + m), 0.0), 101.0)
        p = duff(temp[i], rh[i], rain[i], dmc[i], le[dmc_band[i]])
        d = drought(temp[i], rain[i], dc[i], lf[dc_band[i]])
        r = spread(moisture(code), wind[i])
        u = buildup(p, d)
        s = danger(r, u)
        out[0, i], out[1, i], out[2, i] = code, p, d
        out[3, i], out[4, i], out[5, i] = r, u, s
        out[6, i] = 0.0272 * exp(1.77 * log(s)) if s > 0.0 else 0.0
