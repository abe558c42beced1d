"""What of the system itself is ill: parts of the engine and forecasts that do not come, since when and why, as rows of the desk."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from anlan.foundation import health, tasks, worlds
from anlan.foundation.context import Ctx
from anlan.foundation.words import w
from anlan.foundation.worlds import World
from anlan.judge.rules.urgency import BLIND, Thing, harm_of
from anlan.places.atlas import atlas
from anlan.simulate.running import live
from anlan.ui.due import Due, Dues, Kind, Wait, due, opens
from anlan.ui.speech import Words

FORECAST = "forecast"
LOOK_BACK = timedelta(days=1)
PARTS = {
    health.ENGINE: w("引擎停了，不收报文，也不叫应"),
    "live": w("值班的研判和叫应停了"),
    "watch": w("研判停了，雨量越线没有人看"),
    "handlers": w("预警和叫应的启动停了"),
    "due work": w("到时要办的事停了，叫应不往下走"),
    "forecasts": w("滚动预报没有人照看"),
    "ordered": w("下了单的模型运行停了"),
    "slow work": w("读数导入和滚动预报停了"),
    "signing": w("日志没有签上检查点"),
    "exercises": w("演练没有人开动"),
    "gateway": w("测站的报文收不进来"),
    "line": w("一条外呼线路停了，它的电话转到叫应台"),
    "messages": w("短信、群消息发不出去"),
    "lines": w("外呼线路没有人照看"),
    "exercise": w("演练停在原处"),
    FORECAST: w("{place}的滚动预报停了"),
}
WHY = {
    health.BUSY: w("数据库忙"),
    health.FULL: w("磁盘写满了"),
    health.STUCK: w("它没有动静"),
    health.STOPPED: w("它的进程没有动静"),
    "OSError": w("端口或文件打不开"),
    "NotInstalled": w("没有安装它的软件包"),
    "unacknowledged": w("报文写不下去，没有得到确认"),
}
BLIND_PARTS = (health.ENGINE, "live", "watch", "handlers", "due work", "gateway", "exercise")
"""Without these nobody is found or called."""
OF_LIVE = (
    "live",
    "watch",
    "handlers",
    "due work",
    "forecasts",
    "slow work",
    "gateway",
    "line",
    "lines",
    "signing",
)


def waits(ctx: Ctx, at: datetime | None, path: str) -> Iterator[Wait]:
    """Work of the system that is dead, and everything that is ill here, the oldest first; of now, not of a past moment."""
    if at is None and ctx.may("admin.manage") and (dead := tasks.dead_letters(ctx)):
        since, facts = dead[0].due_at, {"n": len(dead)}
        yield Wait(kind="dead", key="dead", place=atlas().city, since=since, due_at=since, facts=facts)
    if at is None and not path and ctx.may("desk.view") and atlas().places:
        yield from sorted(_ill(ctx), key=lambda wait: wait.since)


def _ill(ctx: Ctx) -> Iterator[Wait]:
    for ill in parts(worlds.get(ctx.world.key)):
        yield _wait(ill.part, ill.since, ill.why)
    for each in live.missed(ctx, ctx.now - LOOK_BACK) if ctx.may("simulate.view") else []:
        if each.stands_since is not None:
            yield _wait(FORECAST, each.stands_since, each.why, each.place_id)


def parts(world: World) -> list[health.Ill]:
    """Parts of the engine that are ill and that this world misses."""
    if world.key == "live":
        return [ill for ill in health.ills() if not ill.part.startswith("exercise:")]
    if world.state != World.State.RUNNING:
        return []
    mine = health.ills(world.key if world.settings.get("own_engine") else "")
    of_others = (*OF_LIVE, "exercise")
    return [i for i in mine if i.part == f"exercise:{world.key}" or i.part.partition(":")[0] not in of_others]


def _wait(part: str, since: datetime, why: str, place: int | None = None) -> Wait:
    where = atlas().by_id[place] if place is not None else atlas().city
    facts = {"part": part.partition(":")[0], "why": why}
    step = BLIND if facts["part"] in BLIND_PARTS else ""
    return Wait(
        kind="ill",
        key=f"ill:{part}:{where.code}",
        place=where,
        since=since,
        due_at=since,
        facts=facts,
        harm=harm_of(Thing(kind="ill", now=since, step=step)),
    )


def _told(say: Words, it: Wait) -> Due:
    text, why = w("{clock} 起，因为{why}。系统在不断重试"), reason(say, it.facts["why"])
    title = say(PARTS.get(it.facts["part"], w("系统的一部分停了")), place=it.place.name)
    detail = say(text, clock=say.clock(it.since), why=why)
    return due(it, title=title, detail=detail, badge=say(w("系统")))


def _dead(say: Words, it: Wait) -> Due:
    title = say(w("{n} 件系统任务没有做成"), n=it.facts["n"])
    detail = say(w("试过四次都失败。下一步：看原因，重新派出"))
    return due(it, title=title, detail=detail, badge=say(w("系统")))


def reason(say: Any, why: str) -> str:
    """Why, in the reader's words; an error of the program by its name."""
    known = WHY.get(why)
    return say(known) if known else say(w("程序出错（{name}），请管理员看日志"), name=why)


DUES = Dues(
    waits=waits,
    kinds={
        "ill": Kind(say=_told),
        "dead": Kind(say=_dead, next=opens(w("看死信"), lambda say, it: say.url("dead-letters"))),
    },
)
