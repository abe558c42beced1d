"""The small tables of a flood: rain, inflow and points as CSV, and the words of --boundary."""

import numpy as np

from anlan.cli.simulate.files import InputWrong, csv_rows, number, text
from anlan.science.flood.domain import Domain
from anlan.science.flood.edges import Closed, Edge, Edges, Inflow, Open, Series
from anlan.science.flood.outputs import Point
from anlan.science.flood.sources import Rain
from anlan.science.jit import Bools

SIDES = ("n", "e", "s", "w")


def rain(path: str) -> Rain:
    """Rate from each minute on. Raises `InputWrong`, `BadInput`."""
    minutes, rates = [], []
    for n, row in enumerate(csv_rows(text(path), ("minute", "mm_h")), 1):
        minutes.append(number(row, "minute", where=f"row {n}: "))
        rates.append(number(row, "mm_h", where=f"row {n}: "))
        _grows(minutes, n)
    return Rain.of(minutes, np.array(rates))


def inflows(path: str) -> tuple[Inflow, ...]:
    """A hydrograph for each place and radius, in the order of the file. Raises `InputWrong`, `BadInput`."""
    places: dict[tuple[float, ...], tuple[list[float], list[float]]] = {}
    keys = ("x", "y", "radius_m", "minute", "m3_s")
    for n, row in enumerate(csv_rows(text(path), keys), 1):
        x, y, radius, minute, flow = (number(row, key, where=f"row {n}: ") for key in keys)
        minutes, flows = places.setdefault((x, y, radius), ([], []))
        minutes.append(minute)
        flows.append(flow)
        _grows(minutes, n)
        if flow < 0:
            raise InputWrong(f"row {n}: m3_s is {flow:g}: give what flows in, 0 or more")
    return tuple(
        Inflow(x, y, Series.of(minutes, flows, name="m3_s"), radius)
        for (x, y, radius), (minutes, flows) in places.items()
    )


def points(path: str) -> tuple[Point, ...]:
    """Named places. Raises `InputWrong`."""
    found: list[Point] = []
    for n, row in enumerate(csv_rows(text(path), ("name", "x", "y")), 1):
        name = row["name"]
        if not name or any(name == one.name for one in found):
            raise InputWrong(f"row {n}: name {name!r} is empty or stands twice: give each point its own")
        found.append(Point(name, *(number(row, key, where=f"row {n}: ") for key in ("x", "y"))))
    return tuple(found)


def place(domain: Domain, free: Bools, x: float, y: float, *, who: str) -> tuple[int, int]:
    """The cell of a place, one of the ``free``. Raises `InputWrong` saying why it has none."""
    ny, nx = domain.shape
    west, south, east, north = (
        domain.west,
        domain.north - ny * domain.dx,
        domain.west + nx * domain.dx,
        domain.north,
    )
    if not (west <= x < east and south < y <= north):
        why = "give x and y in the terrain's own system"
        if west <= y < east and south < x <= north:
            why = "x and y are changed: give easting first"
        elif abs(x) <= 180 and abs(y) <= 90:
            why = "they look like degrees: give metres of the terrain's own system"
        holds = f"x {west:.10g} to {east:.10g}, y {south:.10g} to {north:.10g}"
        raise InputWrong(f"{who}: x, y: ({x:.10g}, {y:.10g}) lies outside the terrain, {holds}; {why}")
    row, column = int((north - y) // domain.dx), int((x - west) // domain.dx)
    if not free[row, column]:
        raise InputWrong(
            f"{who}: x, y: ({x:.10g}, {y:.10g}) lies on a cell without height or in a building; move it onto open land"
        )
    return row, column


def edges(words: str, inflow: tuple[Inflow, ...]) -> Edges:
    """`open`, `closed`, or each of n, e, s, w by name. Raises `InputWrong`."""
    given = dict.fromkeys(SIDES, words.strip()) if "=" not in words else _by_side(words)
    kinds: dict[str, Edge] = {"open": Open(), "closed": Closed()}
    for side, word in given.items():
        if word not in kinds:
            where = f"{side} is " if "=" in words else ""
            raise InputWrong(
                f"--boundary: {where}{word!r}: give open or closed, or n=open,e=open,s=closed,w=closed"
            )
    n, e, s, w = (kinds[given[side]] for side in SIDES)
    return Edges(n, e, s, w, inflows=inflow)


def _by_side(words: str) -> dict[str, str]:
    given: dict[str, str] = {}
    for part in words.split(","):
        side, _, word = (piece.strip() for piece in part.partition("="))
        if side not in SIDES or side in given:
            raise InputWrong(
                f"--boundary: {part.strip()!r} names no edge, or one twice: give n, e, s and w once each, as n=open"
            )
        given[side] = word
    if lacking := [side for side in SIDES if side not in given]:
        raise InputWrong(f"--boundary: {lacking[0]} is missing: give n, e, s and w once each, as n=open")
    return given


def _grows(minutes: list[float], n: int) -> None:
    if len(minutes) > 1 and minutes[-1] <= minutes[-2]:
        raise InputWrong(
            f"row {n}: minute {minutes[-1]:g} is not after {minutes[-2]:g}: sort the rows by minute, one row a minute"
        )
