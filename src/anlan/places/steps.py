"""Before the first night: the places."""

from anlan.foundation.context import Ctx
from anlan.foundation.words import Sentence, w
from anlan.places.atlas import atlas
from anlan.places.layers import shown
from anlan.places.models import Division
from anlan.places.queries import lines
from anlan.ui.onset import NOTHING_TO_JUDGE, Step, left, none


def _villages(ctx: Ctx) -> Sentence | None:
    return none(w("还没有村级区划"), any(atlas().walk(4)))


def _outlines(ctx: Ctx) -> Sentence | None:
    drawn = Division.objects.filter(valid_to=None, tier__gte=3)
    if not drawn.exists():
        return NOTHING_TO_JUDGE
    return left(
        w("{n} 个乡镇、村没有边界"), drawn.filter(outline=[]).exclude(pk__in=shown().outlines).count()
    )


def _streams(ctx: Ctx) -> Sentence | None:
    return none(w("地图上还没有河流"), lines("stream"))


STEPS = (
    Step(1, w("区划"), "registers/divisions", _villages),
    Step(2, w("边界"), "layers", _outlines),
    Step(3, w("河流"), "layers", _streams),
)
