"""Before the first night: lines that villages are judged by."""

from anlan.foundation import shelf
from anlan.foundation.context import Ctx
from anlan.foundation.words import Sentence, w
from anlan.places.atlas import atlas
from anlan.ui.onset import NOTHING_TO_JUDGE, Step, left


def _thresholds(ctx: Ctx) -> Sentence | None:
    villages = list(atlas().walk(4))
    if not villages:
        return NOTHING_TO_JUDGE
    return left(
        w("{n} 个村没有起作用的雨量阈值"),
        sum(not shelf.in_force(ctx, "threshold", village.code) for village in villages),
    )


STEPS = (Step(16, w("村的雨量阈值"), "packs", _thresholds),)
