"""The made-up land as plain records and arrays. Everything in it is synthetic (合成数据)."""

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray

from anlan.science.terrain.grid import Grid

from ..scenario import Assumption


class Cover(IntEnum):
    """地类: what covers a cell."""

    FOREST = 1
    SHRUB = 2
    FARMLAND = 3
    BUILT = 4
    CHANNEL = 5
    WATER = 6


@dataclass(frozen=True, slots=True)
class Spot:
    """A village or gauge on the grid; a stage gauge stands on its stream's cell."""

    ref: str  # division key or gauge address
    name: str
    kind: str  # village, rain, stage
    x: float  # m
    y: float
    row: int
    column: int
    is_modelled: bool  # its water comes from the catchment of the outlet, so a run over it holds all of it


@dataclass(frozen=True, slots=True, eq=False)
class Pool:
    """水库 below the gap: where it stands, its levels (m) and its volume by level."""

    name: str
    zone: NDArray[np.bool_]  # [row, column], what lies under water when the crest is reached
    normal_m: float  # 正常蓄水位, the spillway's sill
    crest_m: float
    levels_m: NDArray[np.float64]  # [level]
    volumes_m3: NDArray[np.float64]  # [level]


@dataclass(frozen=True, slots=True, eq=False)
class Land:
    """合成地形 of Liulin: bed and what stands on it, all [row, column] of `bed`'s grid, north up."""

    bed: Grid  # m, float64; bank height at streams: their channels are not cut in
    cover: NDArray[np.int8]  # Cover
    manning: NDArray[np.float32]  # s/m^(1/3)
    buildings: NDArray[np.float32]  # share of a cell's area under roofs, 0…1
    upstream_km2: NDArray[np.float64]  # drained by each cell
    directions: NDArray[np.int8]  # as science.terrain.flow_directions
    channel_width_m: NDArray[np.float32]  # 0 beside streams
    channel_depth_m: NDArray[np.float32]  # below bank, 0 beside streams
    catchment: NDArray[np.bool_]  # drains through the outlet
    outlet: tuple[int, int]  # row, column
    domain: NDArray[
        np.bool_
    ]  # for a run: all that drains to where the river leaves the grid, reservoir included
    leaves: tuple[int, int]  # row, column of that cell, on the northern edge: open there
    area_km2: float  # of the catchment on this grid
    villages: tuple[Spot, ...]
    gauges: tuple[Spot, ...]
    pool: Pool
    assumptions: tuple[Assumption, ...]
    seed: int
    note: str = "合成数据：柳林地形为生成，只保留公布的海拔、面积与三面环山 / Synthetic terrain"
