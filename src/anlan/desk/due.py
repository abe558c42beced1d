"""现在要办的: everything that waits for a person, as one list by harm, each with its one next step.

Facts come from the rooms' queries; here they become sentences in the reader's language. Nothing is decided here.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from anlan.call.queries.board import MEANS_WORDS
from anlan.call.queries.waiting import Wait, waiting
from anlan.call.queries.waiting.refused import WHY_NOT_CALLED
from anlan.call.rules.calldown import LineKind
from anlan.desk import ill, tried
from anlan.foundation import tasks
from anlan.foundation.context import Ctx
from anlan.foundation.words import t, w, written
from anlan.judge.rules.urgency import SMALL, Harm, rank
from anlan.observe.queries import stations
from anlan.observe.queries.doubtful import doubtful
from anlan.observe.queries.moments import silences
from anlan.people import queries as people
from anlan.places.queries import Place, atlas
from anlan.ui import format as show
from anlan.ui.shared import made_once

FOLDS = {"calling": 3, "sheet": 3, "count": 1}
"""More rows alike than this make one: lines of a call-down, sheets of an hour, small counts of a township."""


@dataclass(frozen=True, kw_only=True)
class Due:
    """一件要办的事. `state` is the palette's code, or empty with `badge` (a word) or `level` instead."""

    key: str
    kind: str
    deadline: datetime | None
    title: str
    detail: str
    place: Place
    state: str = ""
    badge: str = ""
    level: str = ""
    call_down: str = ""
    wait: Wait | None = None
    harm: Harm = Harm.PAPER

    @property
    def harm_word(self) -> str:
        return HARMS[self.harm]

    def is_over(self, now: datetime) -> bool:
        return self.deadline is not None and self.deadline < now


HARMS = {
    Harm.HELP: w("求援"),
    Harm.SILENT: w("静默、失联，水要来"),
    Harm.WATER: w("水比转移快"),
    Harm.UNCALLED: w("红色还没叫"),
    Harm.CALL: w("叫应"),
    Harm.COUNT: w("清点"),
    Harm.PAPER: w("单据、测站、系统"),
    Harm.DONE: w("已办完"),
}

Say = Callable[..., str]
Sentence = Callable[["Words", Wait], Due]


@dataclass(frozen=True)
class Words:
    """What a sentence needs besides its facts: the language, the moment, and who the holders are."""

    lang: str
    now: datetime
    titles: dict[str, str]

    def __call__(self, text: str | dict[str, str], **values: object) -> str:
        return t(self.lang, text, **values)

    def clock(self, at: datetime) -> str:
        return show.clock(at, self.now)

    def list(self, names: Iterable[str], most: int = 8) -> str:
        found = list(dict.fromkeys(names))
        return ("、" if self.lang == "zh" else ", ").join(found[:most]) + ("…" if len(found) > most else "")


def dues(ctx: Ctx, *, lang: str, at: datetime | None = None, path: str = "") -> list[Due]:
    """The list as of now, or as it was known at a past moment, within scope and permission; once for all who see the same."""
    return list(made_once(ctx, ("dues", lang, at, path), lambda: _dues(ctx, lang, at, path)))


def _dues(ctx: Ctx, lang: str, at: datetime | None, path: str) -> list[Due]:
    found: list[Wait] = []
    if ctx.may("warn.view"):
        found += waiting(ctx, at=at, path=path)
    if ctx.may("observe.view"):
        found += _silent_stations(ctx, at, path) + _doubtful(ctx, at, path) + tried.waits(ctx, at, path)
    if ctx.may("admin.manage") and at is None:
        found += _dead_letters(ctx)
    if ctx.may("desk.view") and at is None and not path:
        found += ill.waits(ctx)
    words = Words(lang, at or ctx.now, _titles(ctx, lang, found))
    return in_order([SENTENCES[each.kind](words, each) for each in found], words)


def in_order(found: Iterable[Due], words: Words) -> list[Due]:
    """By harm, inside a class by deadline; many alike stand as one row."""
    return sorted(_together(found, words), key=lambda d: rank(d.harm, d.deadline, d.key))


def _together(found: Iterable[Due], words: Words) -> list[Due]:
    """Lines of one call-down, sheets of one hour, and counts that lack few households in one township."""
    groups: dict[tuple[Any, ...], list[Due]] = defaultdict(list)
    for due in found:
        groups[_group(due)].append(due)
    return [
        each
        for (kind, *_), rows in groups.items()
        for each in ([_as_one(kind, rows, words)] if len(rows) > FOLDS.get(kind, len(rows)) else rows)
    ]


def _group(due: Due) -> tuple[Any, ...]:
    if due.kind == "calling":
        return due.kind, due.harm, due.call_down
    if due.kind == "count" and due.harm is Harm.COUNT and _lacking(due) <= SMALL:
        return due.kind, atlas().township(due.place).id
    return ("sheet",) if due.kind == "sheet" else (due.key, due.kind)


def _lacking(due: Due) -> int:
    move = due.wait.facts["move"] if due.wait else None
    return move.to_move - move.moved if move else SMALL + 1


def _as_one(kind: str, rows: list[Due], words: Words) -> Due:
    first = min(rows, key=lambda d: rank(d.harm, d.deadline, d.key))
    town = atlas().township(first.place)
    names = words.list(d.place.name for d in rows)
    if kind == "calling":
        title = words(w("{place}还有 {n} 条线没人应"), place=town.name, n=len(rows))
        return replace(first, key=f"calling:{first.call_down}", title=title, detail=names, place=town)
    if kind == "count":
        left = sum(map(_lacking, rows))
        title = words(w("{place} {n} 个村清点，共差 {left} 户"), place=town.name, n=len(rows), left=left)
        key = f"counts:{town.path}"
        return replace(first, key=key, kind="counts", title=title, detail=names, place=town)
    title = words(
        w("{n} 个乡镇的叫应单，{clock} 版"), n=len(rows), clock=words.clock(first.deadline or words.now)
    )
    return replace(first, key="sheets", title=title, detail=names)


def _titles(ctx: Ctx, lang: str, found: Iterable[Wait]) -> dict[str, str]:
    refs = sorted({str(each.facts["who"]) for each in found if each.facts.get("who")})
    known = people.holders_by_ref(ctx, refs) if refs else {}
    return {ref: written(lang, holder.title) for ref, holder in known.items()}


def _silent_stations(ctx: Ctx, at: datetime | None, path: str) -> list[Wait]:
    """Silent stations by township. Two of them are contact lost, which has a row of its own."""
    silent = silences(ctx, at=at, path=path)
    if not silent:
        return []
    known, places = {s.address: s for s in stations(ctx)}, atlas()
    found = []
    for address, since in silent.items():
        place = places.by_id[known[address].place_id]
        facts = {"address": address, "name": known[address].name}
        found.append(
            Wait(kind="station", key=f"station:{address}", place=place, since=since, due_at=None, facts=facts)
        )
    return found


def _doubtful(ctx: Ctx, at: datetime | None, path: str) -> list[Wait]:
    """Readings that no rule goes by until somebody or something bears them out."""
    return [
        Wait(
            kind="doubtful",
            key=f"doubtful:{station.address}:{reading.code}",
            place=atlas().by_id[station.place_id],
            since=reading.at,
            due_at=None,
            facts={"address": station.address, "name": station.name, "reading": reading},
        )
        for station, reading in doubtful(ctx, at=at, path=path)
    ]


def _dead_letters(ctx: Ctx) -> list[Wait]:
    dead = tasks.dead_letters(ctx)
    if not dead:
        return []
    since, facts = dead[0].due_at, {"n": len(dead)}
    return [Wait(kind="dead", key="dead", place=atlas().city, since=since, due_at=since, facts=facts)]


# ---------- sentences ----------
def _lost(say: Words, it: Wait) -> Due:
    n, facts = len(it.facts["silent"]), it.facts
    what = say(w("{n} 站无报"), n=n) if facts["kind"] == "station" else say(w("{n} 处静默"), n=n)
    step, following = _title(say, facts["step"]), _title(say, facts["next"])
    text = (
        w("按最坏情况办。下一步：{step}，不通就反复呼叫")
        if facts["is_last"]
        else w("按最坏情况办。下一步：{step}，再{next}")
    )
    detail = say(text, step=step, next=following) if not facts["is_last"] else say(text, step=step)
    return _due(
        it, title=say(w("{place}失联：{what}"), place=it.place.name, what=what), detail=detail, state="lost"
    )


def _silent(say: Words, it: Wait) -> Due:
    facts = it.facts
    if facts["line_kind"] == LineKind.VILLAGE:
        title = say(w("{place}静默：村里无人应答"), place=it.place.name)
    else:
        title = say(
            w("{place}{office}无人应答"),
            place=it.place.name,
            office=say(LineKind(facts["line_kind"]).word),
        )
    tried = say(w("已叫 {n} 次。"), n=facts["tries"])
    return _due(
        it, title=title, detail=tried + _at_the_door(say, facts), state="silent", call_down=facts["call_down"]
    )


def _at_the_door(say: Words, facts: Any) -> str:
    if not facts["check"]:
        return say(w("下一步：派人敲门"))
    if facts["who"]:
        who = say.titles.get(facts["who"], "")
        return say(w("已派{who}上门，等回报"), who=who)
    return say(
        w("人去不了，已用{means}示警，等回报"), means=say(MEANS_WORDS.get(facts["means"], facts["means"]))
    )


def _calling(say: Words, it: Wait) -> Due:
    facts = it.facts
    if facts["line_kind"] == LineKind.VILLAGE:
        title = say(w("{place}还没人应"), place=it.place.name)
    else:
        office = say(LineKind(facts["line_kind"]).word)
        title = say(w("{place}{office}还没应"), place=it.place.name, office=office)
    tried = say(w("已叫 {n} 次。"), n=facts["tries"])
    step = (
        say(w("下一步：叫{next}"), next=say(facts["next"])) if facts["next"] else say(w("下一步：派人敲门"))
    )
    return _due(it, title=title, detail=tried + step, state="calling", call_down=facts["call_down"])


def _help(say: Words, it: Wait) -> Due:
    title = say(w("{place}求援"), place=it.place.name)
    detail = say(w("{clock} 报来。下一步：回电问要什么"), clock=say.clock(it.since))
    return _due(it, title=title, detail=detail, state="help", call_down=it.facts["call_down"])


def _count(say: Words, it: Wait) -> Due:
    move = it.facts["move"]
    left = move.to_move - move.moved
    title = say(w("{place}清点：还差 {n} 户"), place=it.place.name, n=left)
    detail = say(
        w("应转 {to_move} 户，在路上 {moving}，已到 {moved}"),
        to_move=move.to_move,
        moving=move.moving,
        moved=move.moved,
    )
    state = "moving" if move.moving or move.moved else ""
    badge = "" if state else say(w("未动"))
    return _due(it, title=title, detail=detail, state=state, badge=badge, call_down=it.facts["call_down"])


def _refusal(say: Words, it: Wait) -> Due:
    title = say(w("{place} {n} 户不肯走"), place=it.place.name, n=it.facts["households"])
    return _due(it, title=title, detail=say(w("下一步：乡镇主要领导当面劝")), state="refused")


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


def _alert(say: Words, it: Wait) -> Due:
    facts = it.facts
    title, step = _STEPS[facts["step"]]
    return _due(
        it,
        title=say(w("{title}：{headline}"), title=say(title, unit=facts["unit"]), headline=facts["headline"]),
        detail=say(step, unit=facts["unit"]),
        level=facts["grade"].code,
    )


def _refused_call_out(say: Words, it: Wait) -> Due:
    title = say(w("{place}没有自动叫应"), place=it.place.name)
    why = WHY_NOT_CALLED[it.facts["why"]]
    return _due(it, title=title, detail=say(why) + say(w("下一步：人工叫应")), badge=say(w("要人工叫")))


def _held(say: Words, it: Wait) -> Due:
    title = say(w("{place}叫应暂缓中，没有在叫"), place=it.place.name)
    detail = say(w("理由：{why}"), why=it.facts["reason"])
    return _due(it, title=title, detail=detail, badge=say(w("暂缓")), call_down=it.facts["call_down"])


def _sheet(say: Words, it: Wait) -> Due:
    title = say(w("{place}叫应单，{clock} 版"), place=it.place.name, clock=say.clock(it.due_at or say.now))
    detail = say(w("断电断网也能照单叫"))
    return _due(it, title=title, detail=detail, badge=say(w("叫应单")), call_down=it.facts["call_down"])


def _forecast(say: Words, it: Wait) -> Due:
    facts = it.facts
    title = say(w("{place}：预报 {n} 个村可能进水"), place=it.place.name, n=len(facts["names"]))
    parts = [say.list(facts["names"])]
    parts.append(say(w("最深 {m} 米，{n} 户。"), m=f"{facts['depth_cm'] / 100:.1f}", n=facts["households"]))
    if facts["unsaid"]:
        parts.append(say(w("{names}未模拟，不等于不进水。"), names=say.list(facts["unsaid"])))
    if facts["synthetic"]:
        parts.append(say(w("地形是合成的，只作演练。")))
    parts.append(say(w("还没叫应。下一步：看预报，决定提前叫")))
    joint = "；" if say.lang == "zh" else "; "
    return _due(
        it, title=title, detail=joint.join(parts[:1]) + joint + "".join(parts[1:]), badge=say(w("预报"))
    )


def _station(say: Words, it: Wait) -> Due:
    title = say(w("{name}无报"), name=it.facts["name"])
    detail = say(w("{clock} 起没有数据。下一步：派人看仪器"), clock=say.clock(it.since))
    return _due(it, title=title, detail=detail, state="silent")


def _doubted(say: Words, it: Wait) -> Due:
    reading = it.facts["reading"]
    value = f"{reading.value:.{reading.decimals}f} {reading.unit}".strip()
    what = say(reading.name)
    title = say(w("{name}读数可疑：{what} {value}"), name=it.facts["name"], what=what, value=value)
    why = ("、" if say.lang == "zh" else ", ").join(say(flag) for flag in reading.flags)
    text = w("{clock}，{why}。研判不用它，等下一次报来。下一步：核实；若属实，人工录入")
    return _due(it, title=title, detail=say(text, clock=say.clock(it.since), why=why), badge=say(w("可疑")))


def _dead(say: Words, it: Wait) -> Due:
    title = say(w("{n} 件系统任务没有做成"), n=it.facts["n"])
    return _due(
        it, title=title, detail=say(w("试过四次都失败。下一步：看原因，重新派出")), badge=say(w("系统"))
    )


def _due(it: Wait, *, title: str, detail: str, **marks: str) -> Due:
    return Due(
        key=it.key,
        kind=it.kind,
        deadline=it.due_at,
        title=title,
        detail=detail,
        place=it.place,
        wait=it,
        harm=it.harm,
        **marks,
    )


def _title(say: Words, step: Any) -> str:
    return say({"zh": step.zh, "en": step.en})


SENTENCES: dict[str, Sentence] = {
    "lost": _lost,
    "silent": _silent,
    "calling": _calling,
    "help": _help,
    "count": _count,
    "refusal": _refusal,
    "alert": _alert,
    "refused_call_out": _refused_call_out,
    "held": _held,
    "sheet": _sheet,
    "station": _station,
    "doubtful": _doubted,
    "tried": lambda say, it: _due(it, badge=say(w("安全")), **tried.told(say, it)),
    "forecast": _forecast,
    "dead": _dead,
    "ill": lambda say, it: _due(it, badge=say(w("系统")), **ill.told(say, it)),
}
