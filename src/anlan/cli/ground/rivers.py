"""Base flow of a ground that is put in: read, and the rivers filled at once, so that no live cycle waits for it."""

import time
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np

from anlan.cli.simulate.files import InputWrong
from anlan.cli.simulate.flood.layers import named
from anlan.cli.simulate.flood.warming import base_flow
from anlan.science.flood.errors import Refused
from anlan.science.flood.warm import Warm
from anlan.simulate.computing import baseflow, compute, concentration, villages
from anlan.simulate.computing.shapes import Terrain

OPTION = "--base-flow"


@dataclass(frozen=True)
class Filled:
    """Rivers as base flow fills them (None: none is stated), for which method, and what is said of it."""

    note: str
    rivers: Warm | None = None
    solver: str = ""
    precision: str = ""

    def keep(self, ground: Path) -> None:
        """Beside the ground's file."""
        if self.rivers is not None:
            path = baseflow.file_of(ground, solver=self.solver, precision=self.precision)
            baseflow.keep(path, self.rivers)


def stated(path: str, terrain: Terrain) -> Terrain:
    """The ground with its rivers. Raises `InputWrong` for a row that names no land."""
    if not path:
        return terrain
    with named(OPTION, path):
        found = base_flow(path)
        x, y = np.array([river.x for river in found]), np.array([river.y for river in found])
        for n, on_land in enumerate(terrain.has_land(x, y).tolist(), 1):
            if not on_land:
                raise InputWrong(
                    f"row {n}: x, y ({x[n - 1]:.0f}, {y[n - 1]:.0f}) is not on the land of --dem; give metres of {terrain.crs}"
                )
    return replace(
        terrain, base_x=x, base_y=y, base_radius_m=np.array([river.radius_m for river in found]),
        base_m3_s=np.array([river.discharge.values[0] for river in found]),
    )  # fmt: skip


def fill(path: str, terrain: Terrain, live: dict[str, Any]) -> Filled:
    """Rivers full of their base flow as the live forecasts of the place begin. Raises `InputWrong`."""
    if not path:
        return Filled("没有写明基流（--base-flow）：滚动预报从干河道起算")
    terrain = concentration.with_concentration(terrain)
    domain, solver, precision = villages.domain_of(terrain), live["solver"], live["precision"]
    method, begun = compute.solver_of(solver, terrain, domain), time.perf_counter()
    with named(OPTION, path):
        try:
            found = baseflow.fill(terrain, domain, method, precision=precision, threads=compute.THREADS)
        except Refused as error:
            raise InputWrong(f"{error.reason}; look at m3_s and at the ground there") from error
    took, flow = time.perf_counter() - begun, terrain.base_m3_s.sum()
    note = f"基流 {flow:.3g} m³/s，{terrain.base_m3_s.size} 条河：充满河道用了 {took:.1f} 秒，只算这一次"
    if found.fills_share > baseflow.STEADY:
        note += f"；其中 {found.fills_m3_s:.2g} m³/s 还在填湖库、洼地"
    return Filled(note, found, solver, precision)
