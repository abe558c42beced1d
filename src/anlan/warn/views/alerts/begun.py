"""A text or a call begun from a forecast: which villages, how deep, from when; the officer goes on from there."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from anlan.foundation.context import Ctx
from anlan.foundation.errors import NotFound
from anlan.foundation.rules.grade import Grade
from anlan.foundation.rules.stage import Stage
from anlan.foundation.words import t, w
from anlan.foundation.worlds import BEIJING, beijing
from anlan.simulate import queries as simulate
from anlan.simulate.queries import VillageForecast

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
    unsaid = [v.place.name for v in told if v.is_unsaid] + [p.name for p in simulate.unmodelled(ctx, run)]
    clock = beijing(first).strftime("%H:%M")
    ends = first + timedelta(minutes=run.params["minutes"])
    return {
        "level": str(int(Grade.ORANGE)),
        "expires_at": ends.astimezone(BEIJING).strftime(MINUTE),
        "named": [v.place.code for v in wet],
        "description": t(
            "zh",
            w("模型研判：{clock} 起住房处可能进水：{villages}。"),
            clock=clock,
            villages=_names([_village(v) for v in sorted(wet, key=_by_time)]),
        )
        + (t("zh", w("{names}未模拟，不等于不进水。"), names=_names(unsaid)) if unsaid else ""),
        "instruction": t("zh", w("离开河边和低处，按村里安排去安置点，不要涉水过桥。")),
        "by_when": t("zh", w("{clock} 以前"), clock=clock),
    }


def call_of_forecast(ctx: Ctx, ref: str) -> dict[str, Any]:
    """What a call by hand begins with: the villages that water comes to, told to prepare, and why. Raises: NotFound."""
    begun, run = of_forecast(ctx, ref), simulate.run(ctx, ref)
    wet = [v for v in simulate.water(ctx, run) if v.arrives_at is not None]
    first = min(wet, key=_by_time).arrives_at
    assert first is not None
    reason = t(
        "zh",
        w("预报 {ref}：{clock} 起 {n} 村可能进水，最深 {m} 米"),
        ref=ref,
        clock=beijing(first).strftime("%H:%M"),
        n=len(wet),
        m=f"{max(v.depth_cm for v in wet) / 100:.1f}",
    )
    return {"places": begun["named"], "grade": "orange", "stage": Stage.PREPARE.value, "reason": reason}


def _by_time(village: VillageForecast) -> tuple[str, str]:
    return beijing(village.arrives_at).isoformat() if village.arrives_at else "", village.place.path


def _village(village: VillageForecast) -> str:
    assert village.arrives_at is not None
    clock = beijing(village.arrives_at).strftime("%H:%M")
    return t(
        "zh",
        w("{name} {clock} 最深 {m} 米"),
        name=village.place.name,
        clock=clock,
        m=f"{village.depth_m:.1f}",
    )


def _names(names: Sequence[str]) -> str:
    return "、".join(names[:MOST_NAMES]) + ("等" if len(names) > MOST_NAMES else "")
