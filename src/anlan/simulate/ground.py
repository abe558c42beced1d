"""The ground 地形 that runs refer to: made once by whoever knows the place, then kept as a file in the state folder."""

from pathlib import Path

from anlan.foundation.context import Ctx
from anlan.foundation.errors import NotFound
from anlan.foundation.home import home
from anlan.places.queries import Place
from anlan.simulate.models import Ground
from anlan.simulate.runner import runner
from anlan.simulate.shapes import Making

_makers: dict[str, str] = {}


def register(name: str, maker: str) -> None:
    """Say who makes the ground of that name: `module:function`, from metres a cell to a `Terrain`, without a database."""
    _makers[name] = maker


def keep(ctx: Ctx, *, ref: str, place: Place, dx_m: int, maker: str, synthetic: bool) -> None:
    """Put a ground on the list; its file is made when a run first asks for it."""
    Ground.objects.get_or_create(
        ref=ref,
        defaults={
            "place_id": place.id,
            "dx_m": dx_m,
            "maker": maker,
            "synthetic": synthetic,
        },
    )


def get(ctx: Ctx, ref: str) -> Ground:
    """A ground within scope. Raises: NotFound."""
    found = ctx.rows(Ground).filter(ref=ref).select_related("place").first()
    if found is None:
        raise NotFound("没有编号为 {ref} 的地形，或不在您的范围内。", ref=ref)
    return found


def listing(ctx: Ctx) -> list[Ground]:
    """The grounds within scope, the quickest first."""
    return list(ctx.rows(Ground).select_related("place").order_by("-dx_m", "ref"))


def file_of(ground: Ground) -> Path:
    """The ground's file, made when it is not there yet. Raises: NotFound where nobody makes it any more."""
    path = _path(ground)
    if not path.exists():
        runner().make(_making(ground))
    return path


def prepare(ground: Ground) -> None:
    """Have the file and the kernels for it made in time, without waiting for them."""
    runner().prepare(_making(ground))


def _path(ground: Ground) -> Path:
    return home() / "grounds" / f"{ground.ref}.npz"


def _making(ground: Ground) -> Making:
    if ground.maker not in _makers:
        raise NotFound("地形 {ref} 的文件不在了。请联系管理员重新生成。", ref=ground.ref)
    _path(ground).parent.mkdir(exist_ok=True)
    return Making(maker=_makers[ground.maker], dx=float(ground.dx_m), path=str(_path(ground)))
