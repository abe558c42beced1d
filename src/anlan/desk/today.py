"""What the desk brings to a quiet day: the steps that going live still lacks, and the last exercise."""

from anlan.foundation import worlds
from anlan.foundation.context import Ctx
from anlan.foundation.words import Sentence, say, w
from anlan.ui import onset
from anlan.ui.today import Line


def _steps(ctx: Ctx) -> Sentence | None:
    open_ = [state for state in onset.states(ctx) if state.lacks is not None]
    if not open_:
        return None
    first = open_[0]
    return say(
        w("还差 {n} 步，先办{word}：{lacks}"), n=len(open_), word=say(first.step.word), lacks=first.lacks
    )


def _exercise(ctx: Ctx) -> Sentence:
    played = [world for world in worlds.everything() if world.key != "live"]
    return (
        say(w("办过 {n} 场，最近是{title}"), n=len(played), title=played[0].title)
        if played
        else say(w("还没有演练过。"))
    )


TODAY = (
    Line(word=w("上线二十步"), page="onset", permission="admin.manage", tell=_steps),
    Line(word=w("演练"), page="exercises", permission="exercise.view", tell=_exercise),
)
