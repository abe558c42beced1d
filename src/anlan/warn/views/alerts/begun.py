"""A text begun from a forecast: which villages, how deep, from when; the officer goes on from there."""

from datetime import timedelta
from typing import Any

from anlan.foundation.context import Ctx
from anlan.foundation.errors import NotFound
from anlan.foundation.worlds import BEIJING, beijing
from anlan.simulate import queries as simulate
from anlan.ui.words import t, w
from anlan.warn.rules.grade import Grade

MINUTE = "%Y-%m-%d %H:%M"
MOST_NAMES = 8


def of_forecast(ctx: Ctx, ref: str) -> dict[str, Any]:
    """What the composer begins with. Raises: NotFound for a run that is not there, is refused, or reaches nobody."""
    run = simulate.run(ctx, ref)
    wet = [v for v in simulate.water(ctx, run) if v.arrives_at is not None]
    if not wet:
        raise NotFound("运行 {ref} 没有说哪个村会进水，不能从它起稿。", ref=ref)
    first = min(v.arrives_at for v in wet if v.arrives_at is not None)
    names = "、".join(v.place.name for v in wet[:MOST_NAMES]) + ("等" if len(wet) > MOST_NAMES else "")
    clock = beijing(first).strftime("%H:%M")
    ends = first + timedelta(minutes=run.params["minutes"])
    return {
        "level": str(int(Grade.ORANGE)),
        "expires_at": ends.astimezone(BEIJING).strftime(MINUTE),
        "named": [v.place.code for v in wet],
        "description": t(
            "zh",
            w("模型研判：{clock} 起{names}住房处可能进水，最深 {m} 米。"),
            clock=clock,
            names=names,
            m=f"{max(v.depth_cm for v in wet) / 100:.1f}",
        ),
        "by_when": t("zh", w("{clock} 以前"), clock=clock),
    }
