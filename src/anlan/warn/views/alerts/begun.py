"""A text begun from a forecast: which villages, how deep, from when; the officer goes on from there."""

from collections.abc import Sequence
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
    told = simulate.water(ctx, run)
    wet = [v for v in told if v.arrives_at is not None]
    if not wet:
        raise NotFound("运行 {ref} 没有说哪个村会进水，不能从它起稿。", ref=ref)
    first = min(v.arrives_at for v in wet if v.arrives_at is not None)
    names = _names([v.place.name for v in wet])
    unsaid = [v.place.name for v in told if v.is_unsaid] + [p.name for p in simulate.unmodelled(ctx, run)]
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
        )
        + (t("zh", w("{names}未模拟，不等于不进水。"), names=_names(unsaid)) if unsaid else ""),
        "by_when": t("zh", w("{clock} 以前"), clock=clock),
    }


def _names(names: Sequence[str]) -> str:
    return "、".join(names[:MOST_NAMES]) + ("等" if len(names) > MOST_NAMES else "")
