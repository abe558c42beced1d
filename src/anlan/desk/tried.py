"""Stations whose password somebody tries: told at the desk for as long as that is fresh."""

from datetime import datetime
from typing import Any

from anlan.foundation.context import Ctx
from anlan.foundation.words import w
from anlan.judge.queries.waiting import Wait
from anlan.observe.queries import stations
from anlan.observe.queries.moments import tried_passwords


def waits(ctx: Ctx, at: datetime | None, path: str) -> list[Wait]:
    found = tried_passwords(ctx, at=at, path=path)
    names = {s.address: s.name for s in stations(ctx)} if found else {}
    return [
        Wait(
            kind="tried",
            key=f"tried:{address}",
            place=place,
            since=since,
            due_at=None,
            facts={"address": address, "name": names[address], "peer": peer},
        )
        for address, (place, since, peer) in found.items()
        if address in names
    ]


def told(say: Any, it: Wait) -> dict[str, str]:
    """Title and detail of its row."""
    text = w("{clock} 起，来自 {peer}，那边的报文暂不收。下一步：查这个地址，换测站密码")
    return {
        "title": say(w("有人在试{name}的密码"), name=it.facts["name"]),
        "detail": say(text, clock=say.clock(it.since), peer=it.facts["peer"]),
    }
