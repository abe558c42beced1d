"""The grounds of the demo city 合成地形: what model runs may refer to, and when their live forecasts begin."""

from anlan.demo.city.facts import LIULIN
from anlan.foundation.context import Ctx
from anlan.places.atlas import atlas
from anlan.simulate.running import ground

MAKER = "liulin"
SIDES = (80, 40, 20)
ground.register(MAKER, "anlan.demo.land_of_liulin:liulin")


def ref(dx_m: int) -> str:
    """What the ground of Liulin on such cells is called."""
    return f"{MAKER}-{dx_m}"


def keep_grounds(ctx: Ctx) -> None:
    """Put Liulin on the list of grounds, on each side of cell; the files are made when a run asks for them."""
    for dx in SIDES:
        ground.keep(
            ctx, ref=ref(dx), place=atlas().code(LIULIN), dx_m=dx, maker=MAKER,
            synthetic=True,
        )  # fmt: skip
