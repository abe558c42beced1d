"""Light and shade of a ground 山体阴影 as tiles of the web map, made when first asked for and kept in the state folder."""

from functools import lru_cache
from pathlib import Path
from tempfile import NamedTemporaryFile

import numpy as np
from django.http import HttpResponse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import require_GET
from numpy.typing import NDArray

from anlan.foundation.errors import NotFound
from anlan.science.terrain.grid import Grid
from anlan.science.terrain.shade import hillshade_tile
from anlan.simulate.computing.shapes import Terrain
from anlan.simulate.running import ground
from anlan.ui.pages import Request, page
from anlan.wire.raster.png import write_png

LEAST, MOST = 7, 15
"""Zooms that are served; the browser enlarges the last."""
LEVEL = 180
"""What flat land is lit with; a slope is darker or lighter than that."""


@page("simulate.view")
@require_GET
def tile(request: Request, ref: str, z: int, x: int, y: int) -> HttpResponse:
    """One tile: black where it is darker than flat land and white where lighter, clear between, so that it lies on any map."""
    over = ground.get(request.ctx, ref)
    if not (LEAST <= z <= MOST and x < 1 << z and y < 1 << z):
        raise NotFound("地图上没有这一块。")
    file = ground.path_of(over)
    if not file.exists():
        raise NotFound("地形 {ref} 还没有生成。排上一次运行就会生成。", ref=ref)
    mark = f'"{ref}-{file.stat().st_mtime_ns:x}-{z}-{x}-{y}"'
    if request.headers.get("If-None-Match") == mark:
        reply = HttpResponse(status=304)
    else:
        reply = HttpResponse(_kept(file, z, x, y), content_type="image/png")
    reply["ETag"] = mark
    reply["Vary"] = "Cookie"
    patch_cache_control(reply, private=True, max_age=3600)
    return reply


def _kept(file: Path, z: int, x: int, y: int) -> bytes:
    made = file.stat().st_mtime_ns
    folder = file.parent / "shade" / f"{file.stem}-{made:x}"
    path = folder / f"{z}-{x}-{y}.png"
    if not path.exists():
        folder.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=folder, prefix="new-", delete=False) as scratch:
            scratch.write(write_png(relief(hillshade_tile(_grid(file, made), z=z, x=x, y=y))))
        Path(scratch.name).rename(path)
    return path.read_bytes()


@lru_cache(maxsize=2)
def _grid(file: Path, made: int) -> Grid:
    found = Terrain.load(file)
    return Grid(found.bed, west=found.west, north=found.north, dx=found.dx, dy=found.dx, crs=found.crs)


def relief(lit: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Grey and opacity of `hillshade_tile` as black or white of some opacity."""
    light, land = lit[..., 0].astype(np.int16), lit[..., 1]
    dark = np.clip((LEVEL - light) * 150 // LEVEL, 0, 150)
    bright = np.clip((light - LEVEL) * 190 // (255 - LEVEL), 0, 190)
    opacity = np.where(land > 0, np.maximum(dark, bright), 0)
    return np.stack([np.where(light > LEVEL, 255, 0), opacity], axis=-1).astype(np.uint8)
