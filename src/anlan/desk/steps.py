"""Before the first night: one night practised."""

from anlan.foundation import worlds
from anlan.foundation.context import Ctx
from anlan.foundation.words import Sentence, w
from anlan.ui.onset import Step, none


def _exercise(ctx: Ctx) -> Sentence | None:
    return none(
        w("还没有办过一次演练"), any(not world.is_live for world in map(worlds.info, worlds.everything()))
    )


STEPS = (Step(20, w("演练"), "exercises", _exercise),)
