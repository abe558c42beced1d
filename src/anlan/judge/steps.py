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
    acting = shelf.in_force(ctx, "threshold")
    own = frozenset[str]().union(*(pack.only for pack in acting))
    others = [pack for pack in acting if not pack.only]
    lacking = [
        village
        for village in villages
        if village.code not in own
        and not any(p.specificity(village.code) >= 0 and p.acts_at(village.code) for p in others)
    ]
    return left(w("{n} 个村没有起作用的雨量阈值"), len(lacking))


STEPS = (Step(16, w("村的雨量阈值"), "registers/thresholds", _thresholds),)
