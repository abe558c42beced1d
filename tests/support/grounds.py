"""A ground small enough to hold in the head: a valley over Liulin's villages in the city of tests.support.city."""

import numpy as np

from anlan.places.atlas import atlas
from anlan.simulate.actions import runs
from anlan.simulate.computing.shapes import Terrain, VillageFound
from anlan.simulate.models import Ground
from anlan.simulate.running import ground, jobs
from tests.support.city import TOWN, VILLAGE, Mini

CRS = "EPSG:4547"
REF = "valley-100"
TILE = (10, 834, 417)
"""The tile of the web map on which the valley lies: zoom, column, row."""


def valley(dx: float) -> Terrain:
    """A bowl whose floor runs down to the south, with Liulin's first village at the bottom of it."""
    town = atlas().code(VILLAGE)
    x, y = jobs.metres(CRS, [town.lon], [town.lat])
    ny = nx = round(4_000 / dx)
    across = np.abs(np.arange(nx) - nx / 2) * dx * 0.02
    down = np.arange(ny)[::-1] * dx * 0.004
    bed = 200.0 + down[:, None] + across[None, :]
    even = np.ones_like(bed)
    return Terrain(
        bed=bed, manning=0.04 * even, width=0 * even, depth=0 * even, dx=dx,
        west=float(x[0]) - 2_000, north=float(y[0]) + 3_000, crs=CRS,
    )  # fmt: skip


def keep_valley(mini: Mini) -> str:
    """Put the valley on the list; gives its ref."""
    ground.register("test-valley", "tests.support.grounds:valley")
    ground.keep(
        mini.ctx(),
        ref=REF,
        place=atlas().code(TOWN),
        dx_m=100,
        maker="test-valley",
        synthetic=True,
    )
    return REF


def make_valley() -> None:
    """The valley's file, as a run would have had it made."""
    file = ground.path_of(Ground.objects.get(ref=REF))
    file.parent.mkdir(exist_ok=True)
    np.savez(file, **vars(valley(100.0)))


def forecast(mini: Mini, water: dict[str, tuple[int, int]], *, purpose: str = "live") -> str:
    """A run that was taken in just now: by village code the depth in centimetres and the minutes until it comes."""
    ctx = mini.ctx()
    ref = runs.order(
        ctx, title="", ground_ref=keep_valley(mini), solver="li", precision="f32", minutes=180,
        rain={"kind": "stations", "until": ctx.now.isoformat(), "back_min": 180, "nowcast": "zero"}, purpose=purpose,
    )  # fmt: skip
    runs.begin(ctx, ref=ref)
    villages = {
        atlas().code(code).id: VillageFound(
            depth_cm=cm, arrives_min=minutes, households=3, curve=[(minutes, cm)]
        )
        for code, (cm, minutes) in water.items()
    }
    runs.finish(ctx, ref=ref, figures={}, villages=villages, reasons=[], known_at=ctx.now)
    return ref
