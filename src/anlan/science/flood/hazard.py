"""How dangerous moving water is, as data: the rating d·(v + 0.5) + DF, and the classes H1 to H6.

The bounds stand here and in no pack: they are what the names mean, so a place that drew them elsewhere would have no H3 but
a class of its own. A grading that China lays down, with its issuer and its day, will be a pack beside these.
"""

import numpy as np

from anlan.science.fields import Field, science
from anlan.science.jit import Floats, Int8s

RATING_DEGREES = (
    (0.75, "low"),
    (1.25, "danger for some"),
    (2.0, "danger for most"),
    (np.inf, "danger for all"),
)
"""Upper bound (the bound itself is the next degree) and meaning of each degree of the rating (FD2321/TR1, table 13.1)."""

ARR_CLASSES = (
    (0.3, 2.0, 0.3, "H1: generally safe"),
    (0.5, 2.0, 0.6, "H2: unsafe for small vehicles"),
    (1.2, 2.0, 0.6, "H3: unsafe for vehicles, children and the elderly"),
    (2.0, 2.0, 1.0, "H4: unsafe for people and vehicles"),
    (4.0, 4.0, 4.0, "H5: unsafe for people and vehicles; ordinary buildings fail"),
    (np.inf, np.inf, np.inf, "H6: unsafe for people and vehicles; every building may fail"),
)
"""Greatest depth (m), speed (m/s) and product (m²/s) of each class, both ends in (Smith, Davey and Cox 2014)."""


@science(
    Field("depth", "float64", ("row", "column"), "m"),
    Field("speed", "float64", ("row", "column"), "m/s"),
    Field("return", "float64", ("row", "column"), "m²/s, with DF added as a number", "out"),
    source="Defra and Environment Agency, Flood Risks to People, FD2321/TR1 (2006), eq. 13.1; note of May 2008 on DF",
)
def rating(depth: Floats, speed: Floats) -> Floats:
    """Hazard rating HR = d·(v + 0.5) + DF of people in moving water; 0 where dry.

    The debris factor DF is the conservative one of the 2008 note: 0.5 up to 0.25 m deep, 1.0 above. For depth and
    speed of the **same** moment; the product of two maxima overstates. NaN stays NaN.

    >>> rating(np.array([[0.0, 0.2, 1.0]]), np.array([[0.0, 1.0, 2.0]]))
    array([[0. , 0.8, 3.5]])
    """
    return rating_of_maxima(depth, depth * (speed + 0.5))


@science(
    Field("max_depth", "float64", ("row", "column"), "m"),
    Field("max_hazard", "float64", ("row", "column"), "m²/s, greatest d·(v + 0.5) at any one moment"),
    Field("return", "float64", ("row", "column"), "m²/s, with DF added as a number", "out"),
    source="as `rating`; the maps of `outputs`",
)
def rating_of_maxima(max_depth: Floats, max_hazard: Floats) -> Floats:
    """Greatest hazard rating of a whole flood, of its maps; 0 where it stayed dry, NaN stays NaN.

    DF is that of the greatest depth: never too low, and 0.5 too high at most, where water ran hardest while it was
    still shallower than 0.25 m.

    >>> rating_of_maxima(np.array([[0.0, 0.2, 1.0]]), np.array([[0.0, 0.3, 2.5]]))
    array([[0. , 0.8, 3.5]])
    """
    debris = np.where(max_depth > 0.25, 1.0, 0.5)
    unknown = np.where(np.isnan(max_depth + max_hazard), np.nan, 0.0)
    return np.where(max_depth > 0, max_hazard + debris, unknown)


@science(
    Field("rated", "float64", ("row", "column"), "m²/s, of `rating`"),
    Field("return", "int8", ("row", "column"), "degree, 0 dry, 1 to 4; -1 unknown", "out"),
    source="FD2321/TR1 (2006), table 13.1",
)
def rating_degree(rated: Floats) -> Int8s:
    """Degree of danger to people, 1 (low) to 4 (danger for all); 0 where dry, -1 where the rating is no number.

    >>> rating_degree(np.array([[0.0, 0.74, 0.75, 2.0, np.nan]]))
    array([[ 0,  1,  2,  4, -1]], dtype=int8)
    """
    bounds = [bound for bound, _ in RATING_DEGREES[:-1]]
    degree = 1 + np.searchsorted(bounds, rated, side="right")
    return np.where(np.isnan(rated), -1, np.where(rated > 0, degree, 0)).astype(np.int8)


@science(
    Field("depth", "float64", ("row", "column"), "m"),
    Field("speed", "float64", ("row", "column"), "m/s"),
    Field("return", "int8", ("row", "column"), "class, 0 dry, 1 to 6; -1 unknown", "out"),
    source="Smith, Davey and Cox, WRL TR 2014/07; Australian Rainfall and Runoff (2019), book 6, table 6.7.4",
)
def arr_class(depth: Floats, speed: Floats) -> Int8s:
    """General flood hazard class H1 to H6 as 1 to 6; 0 where dry, -1 where depth or speed is no number.

    >>> arr_class(np.array([[0.0, 0.3, 0.3, 1.2, 5.0]]), np.array([[0.0, 1.0, 1.1, 0.5, 0.0]]))
    array([[0, 1, 2, 3, 6]], dtype=int8)
    """
    return arr_class_of_maxima(depth, speed, depth * speed)


@science(
    Field("max_depth", "float64", ("row", "column"), "m"),
    Field("max_speed", "float64", ("row", "column"), "m/s"),
    Field("max_flow", "float64", ("row", "column"), "m²/s, greatest depth × speed at any one moment"),
    Field("return", "int8", ("row", "column"), "class, 0 dry, 1 to 6; -1 unknown", "out"),
    source="as `arr_class`; the maps of `outputs`",
)
def arr_class_of_maxima(max_depth: Floats, max_speed: Floats, max_flow: Floats) -> Int8s:
    """The highest class H1 to H6 of a whole flood, of its maps. Exact: each bound of a class is on one of the three alone.

    >>> arr_class_of_maxima(np.array([[0.4, 0.4]]), np.array([[2.0, 2.0]]), np.array([[0.6, 0.61]]))
    array([[2, 4]], dtype=int8)
    """
    found = np.full(np.shape(max_depth), 6, np.int8)
    for number in range(5, 0, -1):
        deep, fast, product, _ = ARR_CLASSES[number - 1]
        is_in = (max_depth <= deep) & (max_speed <= fast) & (max_flow <= product * (1 + 1e-12))
        found[is_in] = number
    found[np.asarray(max_depth) <= 0] = 0
    found[np.isnan(max_depth + max_speed + max_flow)] = -1
    return found
