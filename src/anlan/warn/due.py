"""What this room brings to the desk: alerts that wait for review, approval, a signature, the issue, or a telephone call."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime

from anlan.foundation.context import Ctx
from anlan.foundation.words import w
from anlan.judge.rules.urgency import Thing, harm_of
from anlan.ui.due import Due, Dues, Kind, Wait, due, opens
from anlan.ui.speech import Words
from anlan.warn.queries.waiting import alerts_waiting, sources_to_confirm

_STEPS = {
    "finish": (w("预警稿没有送审"), w("下一步：核对后送审")),
    "approve": (w("预警等批准"), w("下一步：签发人批准")),
    "cosign": (w("预警等{unit}会签"), w("下一步：叫醒{unit}的批准人会签")),
    "cosign_signature": (w("{unit}口头会签，待补签"), w("下一步：请{unit}的批准人补签")),
    "confirm": (w("电话签批还没有第二人确认"), w("下一步：另一位值班员登录自己的账号确认")),
    "source": (w("收到的预警没有签名，还没叫应"), w("下一步：打电话向发布单位核实，再按“已核实”")),
    "issue": (w("预警已批准，还没发出"), w("下一步：签发")),
    "countersign": (w("口头批准，待补签"), w("下一步：请批准人补签")),
}


def waits(ctx: Ctx, at: datetime | None, path: str) -> Iterator[Wait]:
    if ctx.may("warn.view"):
        now = at or ctx.now
        for it in (*alerts_waiting(ctx, at, path), *sources_to_confirm(ctx, at, path)):
            thing = Thing(kind=it.kind, now=now, grade=it.facts["grade"], step=it.facts["step"])
            yield replace(it, harm=harm_of(thing))


def _alert(say: Words, it: Wait) -> Due:
    facts = it.facts
    title, step = _STEPS[facts["step"]]
    return due(
        it,
        title=say(w("{title}：{headline}"), title=say(title, unit=facts["unit"]), headline=facts["headline"]),
        detail=say(step, unit=facts["unit"]),
        level=facts["grade"].code,
    )


_to_alert = opens(w("打开预警"), lambda say, it: say.url("alerts", it.facts["ref"]))
DUES = Dues(waits=waits, kinds={"alert": Kind(say=_alert, next=_to_alert)})
