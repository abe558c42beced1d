"""Before the first night: ground on which water is run."""

from anlan.foundation.context import Ctx
from anlan.foundation.words import Sentence, w
from anlan.simulate.models import Ground
from anlan.ui.onset import Step, none


def _ground(ctx: Ctx) -> Sentence | None:
    return none(w("没有地形：只按雨量和水位判，不算水到哪"), Ground.objects.exists())


STEPS = (Step(19, w("地形"), "grounds", _ground),)
