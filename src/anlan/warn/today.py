"""What alerts bring to a quiet day: those that are open or in force."""

from anlan.foundation.context import Ctx
from anlan.foundation.words import Sentence, say, w
from anlan.ui.today import Line
from anlan.warn.alert_rows import CURRENT
from anlan.warn.queries.alerts import visible


def _open(ctx: Ctx) -> Sentence:
    n = visible(ctx).filter(state__in=[s.value for s in CURRENT]).count()
    return say(w("{n} 条在办或有效"), n=n) if n else say(w("没有在办或有效的"))


TODAY = (Line(word=w("预警"), page="alerts", permission="warn.view", tell=_open),)
