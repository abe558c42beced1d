"""What this room brings to the desk: silent stations, readings in doubt, stations whose password somebody tries."""

from collections.abc import Iterator
from datetime import datetime

from anlan.foundation.context import Ctx
from anlan.foundation.words import w
from anlan.observe.queries import stations
from anlan.observe.queries.doubtful import doubtful
from anlan.observe.queries.moments import silences, tried_passwords
from anlan.places.atlas import atlas
from anlan.ui.due import Due, Dues, Kind, Wait, due, opens
from anlan.ui.speech import Words


def waits(ctx: Ctx, at: datetime | None, path: str) -> Iterator[Wait]:
    """Readings in doubt are gone by in no rule until somebody or something bears them out."""
    if not ctx.may("observe.view"):
        return
    silent, tried = silences(ctx, at=at, path=path), tried_passwords(ctx, at=at, path=path)
    known = {s.address: s for s in stations(ctx)} if silent or tried else {}
    for address, since in silent.items():
        place = atlas().by_id[known[address].place_id]
        facts = {"address": address, "name": known[address].name}
        yield Wait(
            kind="station", key=f"station:{address}", place=place, since=since, due_at=None, facts=facts
        )
    for station, reading in doubtful(ctx, at=at, path=path):
        yield Wait(
            kind="doubtful",
            key=f"doubtful:{station.address}:{reading.code}",
            place=atlas().by_id[station.place_id],
            since=reading.at,
            due_at=None,
            facts={"address": station.address, "name": station.name, "reading": reading},
        )
    for address, (place, since, peer) in tried.items():
        if address in known:
            facts = {"address": address, "name": known[address].name, "peer": peer}
            yield Wait(
                kind="tried", key=f"tried:{address}", place=place, since=since, due_at=None, facts=facts
            )


def _silent(say: Words, it: Wait) -> Due:
    detail = say(w("{clock} 起没有数据。下一步：派人看仪器"), clock=say.clock(it.since))
    return due(it, title=say(w("{name}无报"), name=it.facts["name"]), detail=detail, state="silent")


def _doubted(say: Words, it: Wait) -> Due:
    reading = it.facts["reading"]
    value = f"{reading.value:.{reading.decimals}f} {reading.unit}".strip()
    what = say(reading.name)
    title = say(w("{name}读数可疑：{what} {value}"), name=it.facts["name"], what=what, value=value)
    text = w("{clock}，{why}。研判不用它，等下一次报来。下一步：核实；若属实，人工录入")
    detail = say(text, clock=say.clock(it.since), why=say.list(map(say, reading.flags)))
    return due(it, title=title, detail=detail, badge=say(w("可疑")))


def _tried(say: Words, it: Wait) -> Due:
    text = w("{clock} 起，来自 {peer}，那边的报文暂不收。下一步：查这个地址，换测站密码")
    title = say(w("有人在试{name}的密码"), name=it.facts["name"])
    detail = say(text, clock=say.clock(it.since), peer=it.facts["peer"])
    return due(it, title=title, detail=detail, badge=say(w("安全")))


_to_station = opens(w("打开测站"), lambda say, it: say.url("stations", it.facts["address"]))
DUES = Dues(
    waits=waits,
    kinds={
        "station": Kind(say=_silent, next=_to_station),
        "doubtful": Kind(say=_doubted, next=_to_station),
        "tried": Kind(say=_tried, next=_to_station),
    },
)
