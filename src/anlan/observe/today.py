"""What gauges bring to a quiet day: how many report, which are silent."""

from anlan.foundation.context import Ctx
from anlan.foundation.words import Sentence, say, w
from anlan.observe.models import Station
from anlan.observe.queries.moments import silences
from anlan.ui.today import Line


def _gauges(ctx: Ctx) -> Sentence:
    n, silent = ctx.rows(Station).count(), len(silences(ctx))
    if not n:
        return say(w("还没有登记测站。"))
    return (
        say(w("{n} 站，{silent} 站静默"), n=n, silent=silent) if silent else say(w("{n} 站，没有静默的"), n=n)
    )


TODAY = (Line(word=w("测站"), page="stations", permission="observe.view", tell=_gauges),)
