"""What this room brings to the desk: townships out of contact, silent and calling lines, cries for help, calls that nobody started."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Any

from anlan.call.actions import calldown, contact, doorchecks
from anlan.call.queries.board import MEANS_WORDS, OUTCOMES_AT_DOOR
from anlan.call.queries.waiting import waiting
from anlan.call.queries.waiting.refused import WHY_NOT_CALLED
from anlan.call.rules.calldown.shapes import LineKind
from anlan.foundation.words import w
from anlan.judge.queries import lead_words
from anlan.people.queries import titled
from anlan.places.atlas import atlas
from anlan.ui.due import Act, Due, Dues, Kind, Next, Pick, Wait, due, opens
from anlan.ui.pages import Request
from anlan.ui.speech import Words

NOT_SENT_SHOWN = 3


# ---------- out of contact ----------
def _lost(say: Words, it: Wait) -> Due:
    facts = it.facts
    what = say(w("{n} 站无报") if facts["kind"] == "station" else w("{n} 处静默"), n=len(facts["silent"]))
    step, following = _title(say, facts["step"]), _title(say, facts["next"])
    text = (
        w("按最坏情况办。下一步：{step}，不通就反复呼叫")
        if facts["is_last"]
        else w("按最坏情况办。下一步：{step}，再{next}")
    )
    title = say(w("{place}失联：{what}"), place=it.place.name, what=what)
    return due(it, title=title, detail=say(text, step=step, next=following), state="lost")


def _title(say: Words, step: Any) -> str:
    return say({"zh": step.zh, "en": step.en})


def _reaching(say: Words, it: Due) -> Next:
    facts = it.facts
    step = _title(say, facts["step"])
    picks = [Pick(sign="●", strong=step, text=say(w("到时限没联系上就转下一步")))]
    if not facts["is_last"]:
        picks.append(Pick(sign="○", strong=_title(say, facts["next"])))
    picks.append(
        Pick(sign="✕", strong=say.list(facts["silent"], len(facts["silent"])), text=say(w("没有声音")))
    )
    fields = {"act": "regained", "ref": facts["ref"], "how": facts["step"].zh}
    return Next(
        word=say(w("按最坏情况办：{step}"), step=step),
        picks=picks,
        primary=Act(word=say(w("{step}联系上了"), step=step), fields=fields)
        if say.ctx.may("warn.call")
        else None,
        others=[Act(word=say(w("看叫应板")), url=say.link("call:calls"))],
    )


# ---------- silent: somebody goes to the door ----------
def _silent(say: Words, it: Wait) -> Due:
    facts = it.facts
    title = (
        say(w("{place}静默：村里无人应答"), place=it.place.name)
        if facts["line_kind"] == LineKind.VILLAGE
        else say(
            w("{place}{office}无人应答"), place=it.place.name, office=say(LineKind(facts["line_kind"]).word)
        )
    )
    return due(it, title=title, detail=_tried(say, facts) + _at_the_door(say, facts), state="silent")


def _tried(say: Words, facts: Mapping[str, Any]) -> str:
    return say(w("已叫 {n} 次。"), n=facts["tries"])


def _at_the_door(say: Words, facts: Mapping[str, Any]) -> str:
    if not facts["check"]:
        return say(w("下一步：派人敲门"))
    if facts["who"]:
        return say(w("已派{who}上门，等回报"), who=say.titles.get(facts["who"], ""))
    return say(w("人去不了，已用{means}示警，等回报"), means=_means(say, facts["means"]))


def _means(say: Words, means: str) -> str:
    return say(MEANS_WORDS.get(means, means))


def _knocking(say: Words, it: Due) -> Next:
    facts, plan = it.facts, it.facts["plan"] or {}
    who, picks = str(facts["who"]), []
    proposals, not_sent = plan.get("proposals", []), plan.get("not_sent", [])
    refs = [p["who"] for p in proposals] + [n["who"] for n in not_sent[:12]]
    names = titled(say.ctx, say.lang, refs)
    for each in proposals[:2]:
        arrives = say.clock(datetime.fromisoformat(each["arrives_at"]))
        text = say(w("直线 {km} km，约 {clock} 到"), km=f"{each['distance_m'] / 1000:.1f}", clock=arrives)
        goes = each["who"] == who
        sent = say(w("，已派")) if goes else ""
        picks.append(Pick(sign="✓" if goes else "○", strong=names.get(each["who"], ""), text=text + sent))
    picks += _left(say, not_sent, names)
    picks += [Pick(sign="＋", strong=_means(say, i["key"])) for i in plan.get("instead", [])[:3]]
    word = (
        w("派人敲门，不进淹没区")
        if not facts["check"]
        else w("等敲门回报，问到就登记")
        if who
        else w("人去不了，示警后问结果")
    )
    acts = _door_acts(say, facts, proposals, names) if say.ctx.may("warn.doorcheck") else [None]
    return Next(word=say(word), picks=picks, primary=acts[0], others=[act for act in acts[1:] if act])


def _left(say: Words, not_sent: list[dict[str, str]], names: Mapping[str, str]) -> list[Pick]:
    """Of each reason one person, so that three lines tell why the others stay."""
    by_reason: dict[str, list[dict[str, str]]] = {}
    for each in not_sent:
        by_reason.setdefault(each["why"], []).append(each)
    picks = []
    for found in list(by_reason.values())[:NOT_SENT_SHOWN]:
        more = say(w("，还有 {n} 人同此"), n=len(found) - 1) if len(found) > 1 else ""
        why = found[0]["en" if say.lang == "en" else "zh"].rstrip("。.")
        text = say(w("不派：{why}"), why=why) + more
        picks.append(Pick(sign="✕", strong=names.get(found[0]["who"], ""), text=text))
    return picks


def _door_acts(
    say: Words, facts: Mapping[str, Any], proposals: list[dict[str, Any]], names: Mapping[str, str]
) -> list[Act | None]:
    who = str(facts["who"])
    order = {"act": "door", "call_down": facts["call_down"], "line": facts["line"]}
    if not facts["check"]:
        return [Act(word=say(w("派人敲门")), fields=order)]
    outcomes = ("reached", "nobody_home", "turned_back") if who else ("warned_from_afar", "reached")
    report = {"act": "report", "ref": facts["check"]}
    made = [
        Act(word=say(w("登记：{what}"), what=say(OUTCOMES_AT_DOOR[o])), fields={**report, "outcome": o})
        for o in outcomes
    ]
    others = [p["who"] for p in proposals if p["who"] != who][:1]
    return [
        *made,
        *(
            Act(word=say(w("改派 {name}"), name=names.get(ref, "")), fields={**order, "who": ref})
            for ref in others
        ),
    ]


# ---------- calling ----------
def _calling(say: Words, it: Wait) -> Due:
    facts = it.facts
    title = (
        say(w("{place}还没人应"), place=it.place.name)
        if facts["line_kind"] == LineKind.VILLAGE
        else say(
            w("{place}{office}还没应"), place=it.place.name, office=say(LineKind(facts["line_kind"]).word)
        )
    )
    step = w("下一步：叫{next}") if facts["next"] else w("下一步：派人敲门")
    detail = _tried(say, facts) + say(step, next=facts["next"])
    return due(it, title=title, detail=detail, state="calling")


def _callings(say: Words, rows: Sequence[Due], first: Due) -> Due:
    town = atlas().township(first.place)
    title = say(w("{place}还有 {n} 条线没人应"), place=town.name, n=len(rows))
    names = say.list(row.place.name for row in rows)
    return replace(first, key=f"calling:{first.facts['call_down']}", title=title, detail=names, place=town)


def _help(say: Words, it: Wait) -> Due:
    detail = say(w("{clock} 报来。下一步：回电问要什么"), clock=say.clock(it.since))
    return due(it, title=say(w("{place}求援"), place=it.place.name), detail=detail, state="help")


def _refused(say: Words, it: Wait) -> Due:
    detail = say(WHY_NOT_CALLED[it.facts["why"]]) + say(w("下一步：人工叫应"))
    title = say(w("{place}没有自动叫应"), place=it.place.name)
    return due(it, title=title, detail=detail, badge=say(w("要人工叫")))


def _by_hand(say: Words, it: Due) -> Next:
    url = f"{say.url('calls', 'new')}?place={it.place.code}"
    return Next(word=say(w("没有授权不会自动叫，要人来启动")), primary=Act(word=say(w("人工叫应")), url=url))


def _held(say: Words, it: Wait) -> Due:
    title = say(w("{place}叫应暂缓中，没有在叫"), place=it.place.name)
    return due(it, title=title, detail=say(w("理由：{why}"), why=it.facts["reason"]), badge=say(w("暂缓")))


def _releasing(say: Words, it: Due) -> Next:
    fields = {"act": "release", "call_down": it.facts["call_down"]}
    return Next(
        word=say(w("暂缓的时候没有人在叫")),
        primary=Act(word=say(w("继续叫应")), fields=fields) if say.ctx.may("warn.hold") else None,
        others=[Act(word=say(w("看叫应板")), url=_board(say, it))],
    )


def _board(say: Words, it: Due) -> str:
    return say.url("calls", it.facts["call_down"])


def _sheet(say: Words, it: Wait) -> Due:
    title = say(w("{place}叫应单，{clock} 版"), place=it.place.name, clock=say.clock(it.due_at or say.now))
    return due(it, title=title, detail=say(w("断电断网也能照单叫")), badge=say(w("叫应单")))


def _sheets(say: Words, rows: Sequence[Due], first: Due) -> Due:
    clock = say.clock(first.deadline or say.now)
    title = say(w("{n} 个乡镇的叫应单，{clock} 版"), n=len(rows), clock=clock)
    return replace(first, key="sheets", title=title, detail=say.list(row.place.name for row in rows))


def _printing(say: Words, it: Due) -> Next:
    act = Act(word=say(w("打开叫应单")), url=f"{_board(say, it)}/sheet")
    return Next(word=say(w("打印出来，断电断网也能照单叫")), primary=act)


# ---------- foreseen, and not called yet ----------
def _forecast(say: Words, it: Wait) -> Due:
    facts = it.facts
    parts = [say(w("最深 {m} 米，{n} 户。"), m=f"{facts['depth_cm'] / 100:.1f}", n=facts["households"])]
    if facts["unsaid"]:
        parts.append(say(w("{names}未模拟，不等于不进水。"), names=say.list(facts["unsaid"])))
    if facts["synthetic"]:
        parts.append(say(w("地形是合成的，只作演练。")))
    parts.append(say(w("还没叫应。下一步：看预报，决定提前叫")))
    return due(
        it,
        title=say(w("{place}：预报 {n} 个村可能进水"), place=it.place.name, n=len(facts["names"])),
        detail=say.list(facts["names"]) + ("；" if say.lang == "zh" else "; ") + "".join(parts),
        badge=say(w("预报")),
    )


def _trusting(say: Words, it: Due) -> Next:
    run = it.facts["run"]
    call, notice = f"calls/new?run={run}", f"alerts/new?kind=notice&run={run}"
    acts = (("warn.call", w("提前叫应"), call), ("warn.draft", w("写风险提示"), notice))
    trust = lead_words.trust(say.ctx, run, say.lang)
    return Next(
        word=say(w("预报不会自动叫人，要人来决定")),
        picks=[Pick(sign="●", strong=what, text=text) for what, text in trust],
        primary=Act(word=say(w("看预报")), url=say.url("runs", run)),
        others=[Act(word=say(word), url=say.url(url)) for may, word, url in acts if say.ctx.may(may)],
    )


# ---------- what the desk's buttons do ----------
def _door(request: Request) -> str:
    given = {name: request.POST.get(name, "") for name in ("call_down", "line", "who")}
    doorchecks.order(request.ctx, **given)
    return w("已派人敲门。")


def _report(request: Request) -> str:
    doorchecks.report(request.ctx, ref=request.POST.get("ref", ""), outcome=request.POST.get("outcome", ""))
    return w("敲门结果已登记。")


def _regained(request: Request) -> str:
    contact.regained(request.ctx, ref=request.POST.get("ref", ""), how=request.POST.get("how", ""))
    return w("已登记恢复联系。")


def _release(request: Request) -> str:
    calldown.release(request.ctx, ref=request.POST.get("call_down", ""))
    return w("叫应已继续。")


DUES = Dues(
    waits=lambda ctx, at, path: waiting(ctx, at=at, path=path),
    kinds={
        "lost": Kind(say=_lost, next=_reaching),
        "silent": Kind(say=_silent, next=_knocking),
        "calling": Kind(
            say=_calling,
            next=opens(w("到叫应台接着叫"), _board),
            alike=lambda it: (it.harm, it.facts["call_down"]),
            most=3,
            as_one=_callings,
        ),
        "help": Kind(say=_help, next=opens(w("到叫应台回电"), _board)),
        "refused_call_out": Kind(say=_refused, next=_by_hand),
        "held": Kind(say=_held, next=_releasing),
        "sheet": Kind(say=_sheet, next=_printing, alike=lambda it: True, most=3, as_one=_sheets),
        "forecast": Kind(say=_forecast, next=_trusting),
    },
    acts={"door": _door, "report": _report, "regained": _regained, "release": _release},
)
